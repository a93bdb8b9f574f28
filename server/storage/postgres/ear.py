"""Hears what other processes committed: the heads that moved, or that something else changed.

A line that broke says nothing and gives no error, so whoever waits here also comes back when
nothing was heard, and looks. After a new line was made, everything may have changed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import NamedTuple

import structlog

from server.storage.postgres.connection import LINE_ERRORS, SENDER, connected, end
from server.storage.postgres.notices import CHANNEL, MOVED

AGAIN_S = 0.5
PROVE_S = 5.0
"""A line that carries nothing for so long is asked whether it is still there."""
log = structlog.get_logger()


class Heard(NamedTuple):
    """What changed: the branches that moved (or ``all`` are to be looked at), and tables beside.

    ``owners``: which server has which branch.
    """

    branches: frozenset[int]
    all: bool
    beside: bool
    owners: bool


class Ear:
    """One connection that listens; it is made again when it breaks."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._news = asyncio.Event()
        self._branches: set[int] = set()
        self._all = False
        self._beside = False
        self._owners = False

    def _take(self, _line: object, _process: int, _channel: str, payload: object) -> None:
        sender, _, told = str(payload).partition(" ")
        if sender == SENDER or not told:
            return
        for each in told.split(","):
            branch = each.partition(":")[0]
            if branch.isdecimal():
                self._branches.add(int(branch))
            elif each == MOVED:
                self._owners = True
            else:
                self._beside = self._all = True
        self._news.set()

    async def heard(self, most_s: float) -> Heard:
        """Wait for news, or for so long that it is time to look at every head."""
        with suppress(TimeoutError):
            async with asyncio.timeout(most_s):
                await self._news.wait()
        quiet = not self._news.is_set()
        self._news.clear()
        news = Heard(frozenset(self._branches), self._all or quiet, self._beside, self._owners)
        self._branches.clear()
        self._all = self._beside = self._owners = False
        return news

    async def listen(self) -> None:
        """Listen for ever."""
        while True:
            try:
                await self._once()
            except LINE_ERRORS as error:
                log.warning("not_listening", why=repr(error))
            await asyncio.sleep(AGAIN_S)

    async def _once(self) -> None:
        line = await connected(self._address)
        gone = asyncio.Event()
        line.add_termination_listener(lambda _line: gone.set())
        try:
            await line.add_listener(CHANNEL, self._take)
            self._all = self._beside = True
            self._news.set()
            while not gone.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(PROVE_S):
                        await gone.wait()
                if not gone.is_set():
                    await line.execute("SELECT 1")
        finally:
            await end(line)
