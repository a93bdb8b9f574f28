"""Days of an office, played by the demo's simulator with the real commands, and their quotes.

Each day can be shifted: a counter closes at ten, more people come, an officer is slow, ... What the
hall looked like when each number was taken is handed to whoever guesses the wait.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal, TypeVar

import msgspec

from server.demo.memory import MemoryStage, MemoryTx
from server.demo.simulator import Day, Habits, Seat
from server.domain.day import Millis, business_day, day_bounds
from server.domain.desks import take_break
from server.domain.events import AnyEvent, CounterChanged, Issued
from server.domain.office import Office
from server.domain.tx import Actor, Tx
from server.storage.queries.waits import PastSession, PastTurn

T = TypeVar("T")
MINUTE = 60_000
Shift = Literal["usual", "closed", "surge", "slow", "outage", "half", "holiday"]
SHIFTS: tuple[Shift, ...] = ("usual", "closed", "surge", "slow", "outage", "half", "holiday")
TEN, NOON, LAST_NUMBER = 600 * MINUTE, 720 * MINUTE, 690 * MINUTE
CLOSED, SLOW_ONE, OUT = 7, 1, "A"
"""The counter that closes at ten, the slow officer's, the service whose system is down."""
OUTAGE = (600 * MINUTE, 40 * MINUTE)
MANY = 1.3
SURGE, MORE = 570 * MINUTE, (5, 8)
"""From half past nine on eight come where five did."""
SLOW = 1.6


class Taken(msgspec.Struct):
    """A number, and what it is known by: the wait of its first turn comes at the day's end."""

    ticket: str
    service: str
    priority: str
    at: Millis
    wait: float | None = None


Asked = Callable[[Tx, Taken, "Past"], None]
"""Told of each number just before it is given, with the hall as it stands."""


class Past(msgspec.Struct):
    """What a log would hold."""

    turns: list[PastTurn]
    sessions: list[PastSession]
    began: dict[str, Millis]

    def add(self, other: Past) -> None:
        """Take another past in."""
        self.turns += other.turns
        self.sessions += other.sessions
        self.began |= other.began

    def before(self, day: str, days: int) -> Past:
        """Return the days of a past before one."""
        first = (date.fromisoformat(day) - timedelta(days=days)).isoformat()
        began = {each: at for each, at in self.began.items() if first <= each < day}
        turns = [each for each in self.turns if each.day in began]
        ends = max(began.values(), default=0) + 24 * 60 * MINUTE
        starts = min(began.values(), default=0)
        return Past(turns, [each for each in self.sessions if starts <= each.from_at < ends], began)


class _Tx(MemoryTx):
    """A command that tells a stage what it appends."""

    stage: Stage

    def append(self, event: AnyEvent) -> int:
        self.stage.before(self, event)
        return super().append(event)


class Stage(MemoryStage):
    """A hall in memory that keeps the sessions of its counters and asks for quotes."""

    def __init__(self, office: Office, asked: Asked | None) -> None:
        super().__init__(office)
        self.today = Past([], [], {})
        self.taken: list[Taken] = []
        self._asked = asked
        self._now: dict[str, PastSession] = {}

    def do(self, at: Millis, actor: Actor, command: Callable[[Tx], T]) -> T:
        """Run a command at a moment."""
        office = self.hall.office
        assert office is not None
        tx = _Tx(self.hall, self._outside, actor, at, business_day(at, office.zone, 0))
        tx.stage = self
        return command(tx)

    def before(self, tx: Tx, event: AnyEvent) -> None:
        """Note what is about to happen."""
        if isinstance(event, CounterChanged):
            known = self._now.get(event.counter.id)
            if known is not None:
                self.today.sessions[self.today.sessions.index(known)] = known._replace(to_at=tx.now)
            session = PastSession(
                event.counter.id, event.state.value, tx.now, None, event.reason or ""
            )
            self._now[event.counter.id] = session
            self.today.sessions.append(session)
        elif isinstance(event, Issued) and event.due is None:
            taken = Taken(event.ticket, event.service, event.priority.value, tx.now)
            self.taken.append(taken)
            if self._asked is not None:
                self.today.turns = turns_of(self)
                self._asked(tx, taken, self.today)


def turns_of(stage: MemoryStage) -> list[PastTurn]:
    """Return the turns of a hall that have been called, as its log would have them."""
    found = []
    for visit in stage.hall.visits.values():
        for n, turn in enumerate(visit.turns):
            later = visit.turns[n + 1].service if n + 1 < len(visit.turns) else None
            found.append(PastTurn(
                turn.day, turn.service, turn.priority.value, turn.leg, turn.eligible_at,
                turn.counter, turn.called_at, turn.ended_at, turn.ended_by == "hand", later,
                turn.calls, turn.service_ms, turn.arrival, turn.first_called_at,
                turn.due is not None,
            ))  # fmt: skip
    return found


class ShiftedDay(Day):
    """A day on which something is not as usual."""

    def __init__(self, shift: Shift, lunch: int, *args: Any) -> None:  # noqa: ANN401
        self._shift, self._later = shift, lunch * MINUTE
        super().__init__(*args)
        if shift == "half":
            self._visitors = [each for each in self._visitors if each.at < LAST_NUMBER]
            self._closes = NOON
            for seat in self._seats:
                seat.lunch = None
        elif shift == "surge":
            self._visitors = [
                each for n, each in enumerate(self._visitors)
                if each.at >= SURGE or n % MORE[1] < MORE[0]
            ]  # fmt: skip

    def _lunch(self, place: int) -> Millis:
        return super()._lunch(place) + self._later

    def _free(self, at: Millis, seat: Seat) -> None:
        if seat.shut:
            return
        ends = OUTAGE[0] + OUTAGE[1]
        if self._shift == "closed" and seat.counter.number == CLOSED and at >= TEN:
            self._close(at, seat)
        elif self._shift == "outage" and OUT in seat.counter.services and OUTAGE[0] <= at < ends:
            self._do(at, seat.who, take_break, seat.counter.id, "Gangguan sistem")
            self._at(ends, self._open, seat)
        else:
            super()._free(at, seat)

    def _start(self, at: Millis, seat: Seat, ticket: str, leg: int) -> None:
        if self._shift == "slow" and seat.counter.number == SLOW_ONE:
            who = self._here[ticket]
            self._here[ticket] = msgspec.structs.replace(who, length=int(who.length * SLOW))
        super()._start(at, seat, ticket, leg)


def play(
    office: Office, day: str, visitors: int, seed: str, shift: Shift = "usual", lunch: int = 0,
    asked: Asked | None = None, habits: Habits | None = None,
) -> tuple[list[Taken], Past]:  # fmt: skip
    """Play a day; return the numbers that were given with their true waits, and its log."""
    if shift == "holiday":
        visitors = round(visitors * MANY)
    elif shift == "surge":
        visitors = visitors * MORE[1] // MORE[0]
    stage = Stage(office, asked)
    ShiftedDay(shift, lunch, office, day, visitors, seed, stage, {}, habits).play()
    for each in stage.taken:
        each.wait = minutes(stage.hall.visits[each.ticket].turns[0].wait_ms)
    return stage.taken, log_of(stage, office, day)


def log_of(stage: Stage, office: Office, day: str) -> Past:
    """Return what the log of a day that was played holds."""
    stage.today.turns = turns_of(stage)
    stage.today.began = {day: day_bounds(day, office.zone)[0]}
    return stage.today


def minutes(wait: Millis | None) -> float | None:
    """Return a wait in minutes."""
    return None if wait is None else wait / MINUTE
