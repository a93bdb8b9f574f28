"""Keeps the waits of every hall worked out: asks the process beside it, once per change.

The hall is never asked and never waits: the other process reads the log, and what it says is laid
where quotes look. Should it fail, what lies there is too old soon, and the formula stands in.
"""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from server.domain.day import Millis
from server.domain.foretold import Foretold
from server.plan.frames import LENGTH, Answer, Ask, frame

ROOT = Path(__file__).resolve().parents[2]
FIRST_S = 2.0
"""After the first change: a server that only starts and stops never needs the other process."""
PACE_S = 1.0
AGAIN_S = 15.0
"""A hall where people wait is worked out anew after so long, also when nothing happens."""
PATIENCE_S = 30.0
REST_S = 30.0
MOVES = frozenset({
    "issued", "called", "started", "finished", "no_show", "returned", "reopened", "transferred",
    "held", "cancelled", "expired", "turn_closed", "continued", "freed", "ticket_changed",
    "counter_changed", "undone", "configured", "day_reopened", "clock_set",
})  # fmt: skip
"""Kinds of event after which somebody may wait longer or shorter."""
log = structlog.get_logger()


class Halls(Protocol):
    """Where the waits are laid, and the clock of the halls."""

    foretold: dict[int, Foretold]

    @property
    def clock(self) -> Callable[[], Millis]:
        """The moment by the clock in use."""


class Failed(Exception):
    """The process beside the hall ended, or does not answer."""


class Foreteller:
    """Runs the process beside the hall, from the first change on."""

    def __init__(self, data: Path, halls: Halls) -> None:
        self._data = data
        self._halls = halls
        self._changed: set[int] = set()
        self._wake = asyncio.Event()
        self._decoder = msgspec.msgpack.Decoder(Answer)
        self._worked: dict[int, float] = {}

    def heard(self, branch: int, kind: str) -> None:
        """Take the branch and kind of an event that was just told."""
        if kind in MOVES:
            self._changed.add(branch)
            self._wake.set()

    async def run(self) -> None:
        """Work out, for ever."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(FIRST_S)
            try:
                await self._serve()
            except (Failed, OSError, msgspec.DecodeError, TimeoutError) as error:
                log.warning("waits_not_worked_out", why=repr(error))
                self._halls.foretold.clear()
                await asyncio.sleep(REST_S)

    async def _serve(self) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.plan.apart", str(self._data.resolve()),
            cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
        )  # fmt: skip
        try:
            while True:
                began = time.monotonic()
                for branch in self._due():
                    async with asyncio.timeout(PATIENCE_S):
                        await self._work_out(process, branch)
                await asyncio.sleep(max(0.0, began + PACE_S - time.monotonic()))
                with suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_S):
                        await self._wake.wait()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _due(self) -> Iterable[int]:
        """Return the halls that changed, and those where people still wait."""
        self._wake.clear()
        changed, self._changed = self._changed, set()
        old = time.monotonic() - AGAIN_S
        waits = {
            branch for branch, at in self._worked.items()
            if at <= old and branch in self._halls.foretold
            and self._halls.foretold[branch].places
        }  # fmt: skip
        return sorted(changed | waits)

    async def _work_out(self, process: Process, branch: int) -> None:
        if process.stdin is None or process.stdout is None:
            raise Failed("no pipes")
        process.stdin.write(frame(Ask(branch, self._halls.clock())))
        await process.stdin.drain()
        try:
            (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
            answer = self._decoder.decode(await process.stdout.readexactly(length))
        except asyncio.IncompleteReadError as error:
            raise Failed("it ended") from error
        if answer.foretold is None:
            self._halls.foretold.pop(answer.branch, None)
        else:
            self._halls.foretold[answer.branch] = answer.foretold
        self._worked[branch] = time.monotonic()
