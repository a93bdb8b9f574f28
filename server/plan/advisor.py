"""Asks the process beside the hall now and then whether one more counter would help.

It asks for halls at work only, every few minutes, and hours later once more: what came of it?
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from server.apart import Apart, NoChild
from server.domain.errors import DomainError
from server.domain.tx import Actor
from server.plan import advices
from server.plan.asked import AdviceAsked, AdviceFound, HindsightAsked
from server.plan.hindsight import Hindsight
from server.storage.queries.advices import unseen
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx

ADVISER = Actor("advice", "system")
EVERY_S = 180.0
PACE_S = 5.0
PATIENCE_S = 60.0
LATER_MS = 4 * 3_600_000
"""After so long all that an advice was about is in the log."""
T = TypeVar("T")
log = structlog.get_logger()


class Advisor:
    """Gives advice to the halls of this server.

    Args:
        data: folder of the database.
        store: where waits lie, and where advice is written.
        child: the process beside the halls.
    """

    def __init__(self, data: Path, store: Store, child: Apart) -> None:
        self._data = str(data.resolve())
        self._store = store
        self._child = child
        self._asked: dict[int, float] = {}
        self._given: set[int] = set()
        self._moved: set[int] = set()
        self._wake = asyncio.Event()

    def heard(self, branch: int, kind: str) -> None:
        """Take the branch and kind of an event: a counter that opened may be the one advised."""
        if kind == "advised":
            self._given.add(branch)
        elif kind == "advice_answered":
            self._given.discard(branch)
        elif kind == "counter_changed" and branch in self._given:
            self._moved.add(branch)
            self._wake.set()

    async def run(self) -> None:
        """Advise, for ever."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S / 6):
                    await self._wake.wait()
            self._wake.clear()
            moved, self._moved = self._moved, set()
            for branch in moved:
                await self._write(branch, advices.let_go)
            for branch, known in list(self._store.foretold.items()):
                asked = self._asked.get(branch, -EVERY_S)
                if known.staffed and asked <= time.monotonic() - EVERY_S:
                    self._asked[branch] = time.monotonic()
                    with suppress(Busy, Unavailable):
                        await self.advise(branch)
                        await self.look_back(branch)
            await asyncio.sleep(PACE_S)

    async def advise(self, branch: int) -> None:
        """Have a hall thought through; write down what is worth a word."""
        known = await self._store.look(branch, ADVISER, advices.standing)
        if known is not None:
            self._given.add(branch)
        now = self._store.clock()
        asked = AdviceAsked(self._data, branch, now, given=known is not None)
        found = await self._ask(asked, AdviceFound)
        if found is None:
            return
        if known is not None:
            await self._write(branch, partial(advices.let_go, well=found.advice is None))
        elif found.advice is not None:
            give = partial(advices.give, found=found.advice, inputs=found.inputs)
            await self._write(branch, give)

    async def look_back(self, branch: int) -> None:
        """Have one advice of hours ago looked at again."""
        before = self._store.clock() - LATER_MS
        key = await self._store.look(branch, ADVISER, lambda tx: unseen(tx.db, tx.branch, before))
        if key is not None:
            asked = HindsightAsked(self._data, branch, self._store.clock(), key)
            seen = await self._ask(asked, Hindsight)
            await self._write(branch, partial(advices.note, key=key, seen=seen))

    async def _write(self, branch: int, command: Callable[[SqliteTx], object]) -> None:
        with suppress(Busy, Unavailable, DomainError):
            await self._store.transact(branch, ADVISER, command)

    async def _ask(self, asked: AdviceAsked | HindsightAsked, kind: type[T]) -> T | None:
        try:
            told = await self._child.within(msgspec.msgpack.encode(asked), PATIENCE_S)
            found: T | None = msgspec.msgpack.decode(told, type=kind | None)
        except (NoChild, TimeoutError, msgspec.DecodeError) as error:
            log.warning("advice_not_worked_out", branch=asked.branch, why=repr(error))
            return None
        return found
