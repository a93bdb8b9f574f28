"""Owns the devices that stand before the door: each shows a code, until somebody lets it in.

A device brings nothing and is told a secret and a code. The secret opens nothing yet; whoever
types the code on the manager's page makes a key of it. What waits is kept in memory, for minutes
and bounded: strangers write nothing on the disk, and after a restart a device asks anew.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from server.auth.secrets import CODE_ALPHABET, digest, new_token

Kind = Literal["kiosk", "display", "tablet", "agent"]
LETTERS = 6
ENDS_S = 900.0
SILENT_S = 45.0
"""A device that did not ask again for so long is switched off, or shows another page."""
WAIT_S = 20.0
"""How long one question of a device is held open."""
MOST, MOST_EACH = 100, 10
"""Devices that wait, in all and from one address."""


class Full(Exception):
    """So many wait, from so many places, that none more is taken."""


@dataclass(eq=False)
class Asked:
    """A device that waits.

    Attributes:
        hashed: of the secret that becomes its key.
        kind: what its page is. counter: the number in its page's address, of a tablet.
        address, browser: where it is and what it runs, as its requests show.
        at, heard: seconds of the room's clock: when it came, and when it asked last.
        picture: of its code, once drawn. taken: somebody is letting it in.
    """

    hashed: str
    code: str
    kind: Kind
    counter: int | None
    address: str
    browser: str
    at: float
    heard: float
    picture: tuple[str, str] = ("", "")
    taken: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Asking:
    """The devices that wait now.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: OrderedDict[str, Asked] = OrderedDict()
        self._done: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def ask(self, kind: Kind, counter: int | None, address: str, browser: str) -> tuple[Asked, str]:
        """Let a device wait; return it and its secret.

        An address that has many waiting loses the first of them, and so does the one that has
        most of all when there is no more room.

        Raises:
            Full: every address has one at the most.
        """
        self._sweep()
        here = [each for each in self._waiting.values() if each.address == address]
        if len(here) >= MOST_EACH:
            self._drop(here[0])
        elif len(self._waiting) >= MOST:
            most, count = Counter(each.address for each in self.waiting()).most_common(1)[0]
            if count == 1:
                raise Full
            self._drop(next(each for each in self.waiting() if each.address == most))
        secret, now = new_token(), self._clock()
        asked = Asked(digest(secret), self._new_code(), kind, counter, address, browser, now, now)
        self._waiting[asked.hashed] = asked
        return asked, secret

    def waiting(self) -> list[Asked]:
        """Return who waits, the first that came first."""
        self._sweep()
        return list(self._waiting.values())

    def find(self, hashed: str) -> Asked | None:
        """Return the device with this secret."""
        self._sweep()
        return self._waiting.get(hashed)

    def shows(self, code: str) -> Asked | None:
        """Return the device that shows this code (capitals, no spaces)."""
        return next((each for each in self.waiting() if each.code == code), None)

    def let_in_by(self, code: str) -> int | None:
        """Return the branch that let the device with this code in, a moment ago."""
        self._sweep()
        found = self._done.get(code)
        return None if found is None else found[0]

    async def wait(self, asked: Asked) -> bool:
        """Hold a device's question until it is let in or a while passed; false: ask again."""
        asked.heard = self._clock()
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_S):
                await asked.over.wait()
        asked.heard = self._clock()
        return asked.over.is_set()

    def let_in(self, asked: Asked, branch: int) -> None:
        """The device has a key: it waits no longer."""
        self._done[asked.code] = branch, self._clock() + ENDS_S
        while len(self._done) > MOST:
            self._done.popitem(last=False)
        self._drop(asked)

    def close(self) -> None:
        """Send every question home: the server ends."""
        for each in self.waiting():
            each.over.set()

    def left_s(self, asked: Asked) -> int:
        """Return for how many seconds its code still works."""
        return max(0, round(asked.at + ENDS_S - self._clock()))

    def since_s(self, asked: Asked) -> int:
        """Return for how many seconds it waits."""
        return max(0, round(self._clock() - asked.at))

    def _drop(self, asked: Asked) -> None:
        self._waiting.pop(asked.hashed, None)
        asked.over.set()

    def _sweep(self) -> None:
        now = self._clock()
        for each in list(self._waiting.values()):
            late = now - each.at > ENDS_S or now - each.heard > SILENT_S
            if late and not each.taken:
                self._drop(each)
        while self._done and next(iter(self._done.values()))[1] < now:
            self._done.popitem(last=False)

    def _new_code(self) -> str:
        known = {each.code for each in self._waiting.values()} | self._done.keys()
        while True:
            code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(LETTERS))
            if code not in known:
                return code
