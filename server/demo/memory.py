"""A hall in memory alone: for comparing rules and plans, nothing is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import count
from typing import TypeVar

import msgspec

from server.demo.simulator import Day, Habits
from server.domain.day import Millis, business_day
from server.domain.events import AnyEvent, Envelope
from server.domain.foretold import Foretold
from server.domain.hall import Hall
from server.domain.lines import Day as LineDay
from server.domain.office import Office
from server.domain.policies import PolicyName
from server.domain.turns import Visit
from server.domain.tx import Actor, PrinterPlace, Tx

T = TypeVar("T")

GROUPS = ("regular", "priority", "booked")
DAY = "2026-03-03"
"""A usual Tuesday."""
MINUTE = 60_000
HABITS = Habits(booked=0.1, transfer=0, hold=0, cancel=0, comes_back=0)


class _Outside:
    """Ids that count up; no printers, no older tickets."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def visit(self, _ticket: str) -> Visit | None:
        return None

    def printers(self) -> Sequence[PrinterPlace]:
        return ()

    def foretold(self) -> Foretold | None:
        return None

    def new_id(self, _now: Millis) -> str:
        return f"{next(self._numbers):032x}"

    def new_token(self, _now: Millis) -> str:
        return f"{next(self._numbers):030x}"


class MemoryTx(Tx):
    """A command on a hall of which nothing is kept but the hall itself."""

    def __init__(self, hall: Hall, outside: _Outside, actor: Actor, now: Millis, day: str) -> None:
        if hall.office is None:
            raise ValueError("a hall needs settings")
        super().__init__(outside, actor, now, hall.office, day)
        self._hall = hall
        hall.days.setdefault(day, LineDay())

    @property
    def hall(self) -> Hall:
        """The hall."""
        return self._hall

    def append(self, event: AnyEvent) -> int:
        """Apply the event."""
        self._hall.apply(Envelope(self._hall.seq + 1, self.now, self.actor.id, event))
        return self._hall.seq


class MemoryStage:
    """A stage on which a day is only thought through."""

    def __init__(self, office: Office) -> None:
        self.hall = Hall(office)
        self._office = office
        self._outside = _Outside()

    def do(self, at: Millis, actor: Actor, command: Callable[[Tx], T]) -> T:
        """Run a command at a moment."""
        day = business_day(at, self._office.zone, self._office.day_start_minutes)
        return command(MemoryTx(self.hall, self._outside, actor, at, day))


class Waits(msgspec.Struct, frozen=True):
    """How long a group waited, minutes: median, 90th percentile, longest; ``n`` visitors."""

    n: int
    p50: float
    p90: float
    longest: float


def waits_under(office: Office, policy: PolicyName, visitors: int, seed: int) -> dict[str, Waits]:
    """Return the waits of each group when a day runs under a policy.

    The same seed brings the same visitors under every policy.
    """
    rules = msgspec.structs.replace(office.rules, policy=policy)
    stage = MemoryStage(msgspec.structs.replace(office, rules=rules))
    Day(stage.hall.office or office, DAY, visitors, str(seed), stage, {}, HABITS).play(
        to_the_end=False
    )
    waits: dict[str, list[float]] = {group: [] for group in GROUPS}
    for visit in stage.hall.visits.values():
        turn = visit.turns[0]
        if turn.wait_ms is not None:
            group = turn.priority.value if turn.due is None else "booked"
            waits[group].append(turn.wait_ms / MINUTE)
    return {group: _summary(each) for group, each in waits.items()}


def _summary(waits: Sequence[float]) -> Waits:
    ordered = sorted(waits)
    if not ordered:
        return Waits(0, 0, 0, 0)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]

    return Waits(len(ordered), at(0.5), at(0.9), ordered[-1])
