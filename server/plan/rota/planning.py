"""Has rotas made and changes tried beside the hall: one rota at a time, with its progress."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import structlog

from server.apart import Apart, NoChild
from server.domain.day import Millis
from server.domain.errors import Conflict, Refused
from server.domain.office import Office
from server.plan.rota.asked import (
    Asked,
    BackAsked,
    Became,
    GoOnAsked,
    Made,
    MakeAsked,
    TriedDay,
    TryAsked,
)
from server.plan.rota.making import Progress
from server.plan.rota.regret import DayBack
from server.plan.rota.targets import Targets
from server.plan.rota.values import Change, DayRota, Outlook, RotaRules, Shift

BEGIN_S, STEP_S, TRY_S = 600.0, 600.0, 60.0
"""A plan is made of what nobody else wants: on a busy machine a step of a second takes minutes."""
MOST_BACK = 1000
"""Days that are over which are kept in memory; a longer past is worked out again."""
State = Literal["making", "made", "stopped", "failed"]
T = TypeVar("T")
Basis = tuple[RotaRules, Office, str]
"""What an outlook rests on beside the log: rules, settings, and the day on which it was asked."""
log = structlog.get_logger()


class Making(msgspec.Struct):
    """A rota of a branch that is being made, or was.

    Attributes:
        trouble: why it failed: ``no-solver``, ``no-history``, else "".
        known: days of the log that it is made from.
        basis: rules, settings and day that it was asked on.
    """

    branch: int
    week: str
    basis: Basis
    state: State = "making"
    progress: Progress | None = None
    known: int = 0
    trouble: str = ""


class Rotas:
    """Asks the processes that make rotas, and keeps the last one made for each branch."""

    def __init__(self, data: Path) -> None:
        self._data = str(data.resolve())
        self._maker, self._trier = Apart("server.plan.rota.child"), Apart("server.plan.rota.child")
        self._trying = asyncio.Lock()
        self._made: dict[int, Making] = {}
        self._back: dict[tuple[int, str, int], DayBack | None] = {}
        self._task: asyncio.Task[None] | None = None

    def begin(self, branch: int, week: str, now: Millis, basis: Basis) -> Making:
        """Begin to make a week's rota; asked twice, it goes on.

        Raises:
            Conflict: another one is being made.
        """
        known = self._made.get(branch)
        if known is not None and (known.week, known.state) == (week, "making"):
            return known
        if self._task is not None and not self._task.done():
            raise Conflict("Another plan is being made. Please wait a minute.", slug="busy")
        made = self._made[branch] = Making(branch, week, basis)
        asked = MakeAsked(self._data, branch, week, now, basis[0])
        self._task = asyncio.get_running_loop().create_task(self._make(made, asked))
        return made

    def made(self, branch: int) -> Making | None:
        """Return the rota of a branch that is being made, or the last that was."""
        return self._made.get(branch)

    def foreseen(self, branch: int, basis: Basis, day: str, shifts: list[Shift]) -> Outlook | None:
        """Return what the plan that was made expects of these shifts, if it rests on the same.

        So a plan that nobody changed is saved at once, and says what it said before.
        """
        made = self._made.get(branch)
        if made is None or made.progress is None or made.basis != basis:
            return None
        if made.state not in {"made", "stopped"} or made.progress.day == day:
            return None
        same = (each for each in made.progress.days if (each.day, each.shifts) == (day, shifts))
        return next((each.outcome for each in same), None)

    def saved(self, branch: int, week: str) -> None:
        """Forget the plan that was made: the one that is saved stands for it."""
        made = self._made.get(branch)
        if made is not None and made.week == week and made.state != "making":
            self._made.pop(branch)

    def stop(self, branch: int, *, keep: bool) -> Making | None:
        """End the work on a branch's rota; the best so far stays, unless it is not to be kept."""
        made = self._made.get(branch)
        if made is not None and made.state == "making":
            made.state = "stopped"
            if self._task is not None:
                self._task.cancel()
        if not keep:
            self._made.pop(branch, None)
            return None
        return made

    async def tried(
        self, branch: int, day: str, now: Millis, rules: RotaRules, shifts: list[Shift],
        changes: list[Change], people: int = 100,
    ) -> Outlook | None:  # fmt: skip
        """Return what comes of a day's shifts; ``None`` on a day on which nobody is expected.

        Raises:
            Refused: it cannot be said now.
        """
        asked = TryAsked(self._data, branch, day, now, rules, shifts, changes, people)
        return (await self._try(asked, TriedDay)).outcome

    async def became(
        self, branch: int, now: Millis, rules: RotaRules, targets: Targets, plan: DayRota,
        version: int,
    ) -> DayBack | None:  # fmt: skip
        """Return what became of a planned day that is over; it is worked out once.

        Raises:
            Refused: it cannot be said now.
        """
        key = branch, plan.day, version
        if key not in self._back:
            asked = BackAsked(self._data, branch, now, rules, targets, plan, version)
            found = (await self._try(asked, Became)).day
            if len(self._back) >= MOST_BACK:
                self._back.pop(next(iter(self._back)))
            self._back[key] = found
        return self._back[key]

    async def _try(self, asked: Asked, kind: type[T]) -> T:
        async with self._trying:
            try:
                told = await self._trier.within(msgspec.msgpack.encode(asked), TRY_S)
                return msgspec.msgpack.decode(told, type=kind)
            except (NoChild, TimeoutError, msgspec.DecodeError) as error:
                raise Refused(
                    "The log cannot be read just now. Please try again in a minute.",
                    slug="no-study",
                ) from error

    def close(self) -> None:
        """Let the children go."""
        if self._task is not None:
            self._task.cancel()
        self._maker.close()
        self._trier.close()

    async def _make(self, made: Making, asked: MakeAsked) -> None:
        try:
            self._take(made, await self._ask(asked, BEGIN_S))
            while made.state == "making":
                self._take(made, await self._ask(GoOnAsked(), STEP_S))
        except (NoChild, TimeoutError, msgspec.DecodeError) as error:
            log.warning("rota_not_made", branch=made.branch, why=repr(error))
            made.state = "failed"

    def _take(self, made: Making, told: Made) -> None:
        made.known = told.known
        if told.trouble:
            made.state, made.trouble = "failed", told.trouble
        elif made.state == "making":
            made.progress = told.progress
            if told.progress is not None and told.progress.made:
                made.state = "made"

    async def _ask(self, asked: Asked, patience_s: float) -> Made:
        told = await self._maker.within(msgspec.msgpack.encode(asked), patience_s)
        return msgspec.msgpack.decode(told, type=Made)
