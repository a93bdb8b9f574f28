"""What became of a plan: a day as planned, beside the day as it was, and what would have done.

The people who really came are also played at the counters of the plan, and at the fewest that
would have kept the targets for them: so a wrong forecast, a counter that stayed closed, and a
plan with too many or too few hours can be told apart. Counters are compared, never people.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median

import msgspec

from server.domain.day import Millis, millis, zone
from server.domain.office import Office
from server.domain.policy import Head
from server.domain.states import Priority
from server.plan.learned import LONGEST, PAUSE, busy
from server.plan.rota.changes import seated
from server.plan.rota.mending import Attempt, Best, Mending, Work
from server.plan.rota.moves import free
from server.plan.rota.shapes import Option, options_of
from server.plan.rota.targets import Targets
from server.plan.rota.trial import (
    HALF_HOUR,
    MINUTE,
    Expected,
    Few,
    Missed,
    Seating,
    Tried,
    Waits,
    missed_of,
    played,
    quantile_of,
    trial,
)
from server.plan.rota.values import HALF_HOURS, DayRota, Outlook, RotaRules
from server.plan.simulator import Desk, Served
from server.storage.queries.waits import PastSession, PastTurn

CAME = Few(3, 3)
"""Fewer people in a half hour of one day say nothing about it."""
TRIMS = 200
BUDGET_S = 6.0
"""Of the processor, for the hours that would have done."""
USUAL = 10 * MINUTE


class HalfHourBack(msgspec.Struct, frozen=True):
    """A half hour as it was planned, and as it was.

    Attributes:
        at: which.
        expected, low, high: people by the forecast, with its band.
        came: people who really did.
        counters: at work by the plan; ``opened``: really, on average.
        share, p50, p90: foreseen: per cent in time, minutes that half and nine in ten wait at most.
        real_share, real_p50, real_p90: the same by the log; null for nobody.
        foreseen: the plan said that a target would be missed; ``missed``: one was.
    """

    at: int
    expected: float
    low: int
    high: int
    came: int
    counters: int
    opened: float
    share: float | None
    real_share: float | None
    p50: float | None
    real_p50: float | None
    p90: float | None
    real_p90: float | None
    foreseen: bool
    missed: bool


class SeatBack(msgspec.Struct, frozen=True):
    """A counter of the plan: whose, between which half hours, and how long it really was open.

    ``start`` and ``end`` are half hours, ``hours`` those at the counter; ``opened`` is hours.
    """

    counter: int
    officer: str
    start: int
    end: int
    hours: float
    opened: float


class DayBack(msgspec.Struct, frozen=True):
    """A day as it was planned, and as it was.

    Attributes:
        version: of the plan that held when the office opened.
        expected, came: people.
        hours: at counters by the plan; ``opened``: really.
        share, p90: foreseen; ``real_share``, ``real_p90``: by the log; null for nobody.
        foreseen, missed: half hours below a target: by the plan, really.
        followed: half hours that these people would have missed at the counters of the plan.
        needed: hours at counters that would have done for them, as far as anything would have.
        beyond: half hours that they would have missed even then.
        seats: counters of the plan.
    """

    day: str
    version: int
    expected: float
    came: int
    hours: float
    opened: float
    share: float | None
    real_share: float | None
    p90: float | None
    real_p90: float | None
    foreseen: int
    missed: int
    followed: int
    needed: float
    beyond: int
    half_hours: list[HalfHourBack]
    seats: list[SeatBack]


class Lived:
    """The people of one day of the log, as they can be played at other counters."""

    def __init__(
        self, office: Office, expected: Expected, turns: Sequence[PastTurn], midnight: Millis
    ) -> None:  # fmt: skip
        self.expected = expected
        self._office = office
        called = [each for each in turns if each.leg == 1 and each.first_called_at is not None]
        called.sort(key=lambda each: (each.came_at, each.arrival))
        self.days = [[
            _head(office, each, place, each.came_at - midnight) for place, each in enumerate(called)
        ]]  # fmt: skip
        places = {each.arrival: place for place, each in enumerate(called)}
        self._lengths: dict[tuple[int, int], Served] = {}
        of: dict[str, list[Millis]] = defaultdict(list)
        for each in turns:
            took = busy(each)
            if 0 < took < LONGEST:
                of[each.service].append(took)
                if each.arrival in places:
                    key = places[each.arrival], each.leg
                    self._lengths[key] = Served(took + PAUSE, each.then)
        self._usual = {code: round(median(its)) + PAUSE for code, its in of.items()}

    def waits(self, n: int, seats: Sequence[Seating]) -> list[Millis | None]:
        """Return how long everybody would have waited at these counters."""

        def serve(head: Head, _desk: Desk, _now: Millis) -> Served:
            known = self._lengths.get((head.arrival, head.leg))
            return known or Served(self._usual.get(head.service, USUAL))

        return played(self._office, self.expected, self.days[n], seats, serve)


def midnight_of(office: Office, day: str) -> Millis:
    """Return the moment from which the half hours of a day are counted."""
    return millis(datetime.fromisoformat(day).replace(tzinfo=zone(office.zone)))


def look_back(
    office: Office, rules: RotaRules, targets: Targets, plan: DayRota, version: int,
    turns: Sequence[PastTurn], sessions: Sequence[PastSession],
) -> DayBack | None:  # fmt: skip
    """Return what became of a planned day; ``None`` where nothing was planned.

    Who was never called counts as too late once they waited longer than the target, else not at
    all. Hours that would have done are looked for with everybody of ``rules``.
    """
    outcome = plan.outcome
    if outcome is None or not plan.shifts:
        return None
    midnight = midnight_of(office, plan.day)
    people = [each for each in turns if each.leg == 1]
    real = _waits(people, targets, outcome, midnight)
    slots = range(outcome.opens, outcome.closes)
    missed = missed_of(real, targets, slots, 1, CAME)
    came = _came(people, outcome, midnight)
    opened = _opened(office, sessions, midnight)
    lived = Lived(office, _expected(plan.day, outcome, came), turns, midnight)
    seats = seated(office, rules, plan.shifts)

    def attempt(seats: Sequence[Seating], work: Work) -> Tried:
        return trial(lived, seats, targets, work, few=CAME)

    followed = attempt(seats, {})
    best = _needed(seats, attempt, lived.expected, office, rules, plan.day)
    everybody = real.of()
    return DayBack(
        plan.day, version, round(sum(each.expected for each in outcome.half_hours), 1),
        len(people), outcome.hours,
        round(sum(sum(its) for its in opened.values()) / 2, 1), outcome.share,
        _rounded(real.in_time(targets)), outcome.p90, quantile_of(everybody, 0.9),
        len(outcome.missed), len(missed.far), len(followed.far),
        best.tried.outcome.hours, len(best.tried.far),
        _half_hours(outcome, real, targets, missed, came, opened),
        [
            SeatBack(
                each.counter, each.officer, each.start, each.end, each.slots / 2,
                round(sum(opened.get(each.counter, [])) / 2, 1),
            ) for each in plan.shifts
        ],
    )  # fmt: skip


def _half_hours(
    outcome: Outlook, real: Waits, targets: Targets, missed: Missed,
    came: Mapping[str, Sequence[int]], opened: Mapping[int, Sequence[float]],
) -> list[HalfHourBack]:  # fmt: skip
    found = []
    for each in outcome.half_hours:
        its = real.of(each.at)
        found.append(HalfHourBack(
            each.at, each.expected, each.low, each.high, sum(n[each.at] for n in came.values()),
            each.counters, round(sum(n[each.at] for n in opened.values()), 1),
            each.share, _rounded(real.in_time(targets, slot=each.at)),
            each.p50, quantile_of(its, 0.5), each.p90, quantile_of(its, 0.9),
            each.at in outcome.missed, each.at in missed.far,
        ))  # fmt: skip
    return found


def _needed(
    seats: list[Seating], attempt: Attempt, expected: Expected, office: Office, rules: RotaRules,
    day: str,
) -> Best:  # fmt: skip
    """Return the fewest counter hours that keep the targets, or come nearest to it.

    As far as small changes find them, of the plan and of everybody of ``rules`` all day.
    """
    ends = time.process_time() + BUDGET_S
    mending = Mending(attempt, expected, rules, lambda: time.process_time() > ends)
    options = options_of(office, rules, day, expected.opens, expected.closes, {})
    found = []
    for start in (seats, _everybody(options)):
        best = Best(start, attempt(start, {}), {})
        for better in mending.repaired(best, options):
            best = better
        for better in mending.trimmed(best, TRIMS):
            best = better
        found.append(best)
    return min(found, key=lambda each: each.mark)


def _everybody(options: Mapping[str, Sequence[Option]]) -> list[Seating]:
    """Return everybody at a counter for as long as they can be."""
    found: list[Seating] = []
    for its in options.values():
        for each in sorted(its, key=lambda option: -option.shift.slots):
            if free(each.shift, found):
                found.append(Seating(each.shift, tuple(sorted(each.services))))
                break
    return found


def _expected(day: str, outcome: Outlook, came: Mapping[str, Sequence[int]]) -> Expected:
    people = {code: [float(n) for n in its] for code, its in came.items()}
    return Expected(day, outcome.opens, outcome.closes, people, 0.0, 0.0, 0.0)


def _came(
    people: Sequence[PastTurn], outcome: Outlook, midnight: Millis
) -> dict[str, list[int]]:  # fmt: skip
    """Return who came, by service and half hour; before the doors is the first one."""
    found: dict[str, list[int]] = {}
    for each in people:
        slot = _slot(each, outcome, midnight)
        if slot < HALF_HOURS:
            found.setdefault(each.service, [0] * HALF_HOURS)[slot] += 1
    return found


def _slot(turn: PastTurn, outcome: Outlook, midnight: Millis) -> int:
    return max(outcome.opens, (turn.came_at - midnight) // HALF_HOUR)


def _waits(
    people: Sequence[PastTurn], targets: Targets, outcome: Outlook, midnight: Millis
) -> Waits:  # fmt: skip
    """Return how long people really waited, from the opening on."""
    found = Waits()
    doors = midnight + outcome.opens * HALF_HOUR
    for each in people:
        since = max(each.came_at, doors)
        until = each.first_called_at
        minutes = math.inf if until is None else max(0, until - since) / MINUTE
        if until is None and (
            each.ended_at is None or each.ended_at - since <= targets.of(each.service).minutes
            * MINUTE
        ):  # fmt: skip
            continue
        found.put(_slot(each, outcome, midnight), each.service, minutes)
    return found


def _opened(
    office: Office, sessions: Sequence[PastSession], midnight: Millis
) -> dict[int, list[float]]:  # fmt: skip
    """Return which part of each half hour counters were really open, by number."""
    numbers = {each.id: each.number for each in office.counters}
    found: dict[int, list[float]] = {}
    for each in sessions:
        number = numbers.get(each.counter)
        if number is None or each.state != "open" or each.to_at is None:
            continue
        its = found.setdefault(number, [0.0] * HALF_HOURS)
        for slot in range(HALF_HOURS):
            begins = midnight + slot * HALF_HOUR
            over = min(each.to_at, begins + HALF_HOUR) - max(each.from_at, begins)
            its[slot] += max(0, over) / HALF_HOUR
    return found


def _head(office: Office, turn: PastTurn, place: int, at: Millis) -> Head:
    limit, target = office.promise(turn.service)
    return Head(
        "", 1, turn.service, Priority(turn.priority), place, at, limit, target_ms=target,
        booked=turn.booked,
    )  # fmt: skip


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 1)
