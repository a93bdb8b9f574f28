"""Owns who goes first on the event loop: while somebody known is answered, no stranger begins.

A stranger's answer that begins just before a counter's press stands before it, and a crowd's do so
one after the other. So newcomers, strangers and the sweep of connections give way to known requests
under way; not for long, for a hall at full work is never without one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

GIVES_WAY_S = 0.05
"""So long one of the others gives way before it goes on nevertheless; what is under way for longer
(a download, a socket of a print agent) is nobody's press."""
AGAIN_S = 0.001
"""How soon who gave way looks again."""


class Precedence:
    """The known requests under way."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._under_way: dict[object, float] = {}

    def begin(self) -> object:
        """Take note of a known request; return what it is ended by."""
        key = object()
        self._under_way[key] = self._now()
        return key

    def end(self, key: object) -> None:
        """Take note that it is answered."""
        del self._under_way[key]

    def begun_since(self, moment: float) -> bool:
        """Whether one is under way that began after a moment."""
        return bool(self._under_way) and next(reversed(self._under_way.values())) > moment

    def now(self) -> float:
        """Return the moment by the steady clock."""
        return self._now()


class GivesWay:
    """One kind of work that gives way to known requests.

    Args:
        known: the known requests under way.
        most_s: so long it gives way before it goes on nevertheless.
    """

    def __init__(self, known: Precedence, most_s: float = GIVES_WAY_S) -> None:
        self._known = known
        self._most = most_s
        self._since: float | None = None

    def waits(self) -> bool:
        """Whether it has to wait a moment more; whoever is told so asks again ``AGAIN_S`` later."""
        now = self._known.now()
        if not self._known.begun_since(now - GIVES_WAY_S):
            self._since = None
        elif self._since is None:
            self._since = now
        elif now - self._since > self._most:
            self._since = None
        return self._since is not None

    async def clear(self) -> None:
        """Wait as long as it has to."""
        while self.waits():  # noqa: ASYNC110 - an event would have to be set with each answer
            await asyncio.sleep(AGAIN_S)
