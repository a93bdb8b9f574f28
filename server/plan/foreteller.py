"""Keeps the waits of every hall worked out: asks the process beside it, once per change.

The hall is never asked and never waits: the other process reads the log, and what it says is laid
where quotes look. Should it fail, what lies there is too old soon, and the formula stands in.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from server.apart import Apart, NoChild
from server.domain.day import Millis
from server.domain.foretold import Foretold
from server.plan.asked import WaitsAsked

FIRST_S = 2.0
"""After the first change: a server that only starts and stops never needs the other process."""
PACE_S = 1.0
AGAIN_S = 15.0
"""A hall that is at work is worked out anew after so long, also when nothing happens; one of which
nothing can be known is asked for again after so long."""
PATIENCE_S = 30.0
REST_S = 30.0
"""A hall that could not be worked out is left alone so long."""
MOVES = frozenset({
    "issued", "called", "started", "finished", "no_show", "returned", "reopened", "transferred",
    "held", "cancelled", "expired", "turn_closed", "continued", "freed", "ticket_changed",
    "counter_changed", "undone", "configured", "day_reopened", "clock_set",
})  # fmt: skip
"""Kinds of event after which somebody may wait longer or shorter."""
_decode = msgspec.msgpack.Decoder(Foretold | None).decode
log = structlog.get_logger()


class Halls(Protocol):
    """Where the waits are laid, and the clock of the halls."""

    foretold: dict[int, Foretold]

    @property
    def clock(self) -> Callable[[], Millis]:
        """The moment by the clock in use."""


class Foreteller:
    """Asks the process beside the hall, from the first change on."""

    def __init__(self, data: Path, halls: Halls, child: Apart) -> None:
        self._data = str(data.resolve())
        self._halls = halls
        self._child = child
        self._changed: set[int] = set()
        self._wake = asyncio.Event()
        self._worked: dict[int, float] = {}
        self._rests: dict[int, float] = {}

    def heard(self, branch: int, kind: str) -> None:
        """Take the branch and kind of an event that was just told."""
        if kind in MOVES:
            self._changed.add(branch)
            self._wake.set()

    async def run(self) -> None:
        """Work out, for ever."""
        await self._wake.wait()
        await asyncio.sleep(FIRST_S)
        try:
            while True:
                began = time.monotonic()
                for branch in self._due(began):
                    await self._work_out(branch)
                await asyncio.sleep(max(0.0, began + PACE_S - time.monotonic()))
                with suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_S):
                        await self._wake.wait()
        finally:
            self._child.close()

    def _due(self, now: float) -> list[int]:
        """Return the halls that changed, and those whose waits time alone makes wrong."""
        self._wake.clear()
        old = {
            branch for branch, known in self._halls.foretold.items()
            if known.grows_old() and self._worked.get(branch, 0.0) <= now - AGAIN_S
        }  # fmt: skip
        due = {each for each in self._changed | old if self._rests.get(each, 0.0) <= now}
        self._changed -= due
        return sorted(due)

    async def _work_out(self, branch: int) -> None:
        asked = msgspec.msgpack.encode(WaitsAsked(self._data, branch, self._halls.clock()))
        found, rest = None, AGAIN_S
        try:
            found = _decode(await self._child.within(asked, PATIENCE_S))
        except (NoChild, TimeoutError, msgspec.DecodeError) as error:
            log.warning("waits_not_worked_out", branch=branch, why=repr(error))
            rest = REST_S
        self._worked[branch] = time.monotonic()
        if found is not None:
            self._halls.foretold[branch] = found
        else:  # the formula stands in; the other halls do not wait for this one
            self._halls.foretold.pop(branch, None)
            self._rests[branch] = self._worked[branch] + rest
