"""A week's rota in the making: solve a day, try it, put counters where people waited, again.

Iterative staffing by simulation: the first guess of the counters needed is the work and a little
more; where the simulated day misses its promise, the need of that half hour and of the one before
is raised, and the day solved anew. What is left over is then taken back bit by bit. Busy days go
first, so that short contracts serve where they help most.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from server.domain.office import Office
from server.plan.learned import Learned
from server.plan.rota.mending import REPAIRS, Best, Mending
from server.plan.rota.shapes import options_of
from server.plan.rota.solving import PATIENT_S, SOLVE_S, Need, solve
from server.plan.rota.targets import Target, targets_of
from server.plan.rota.trial import Crowd, Expected, Seating, Tried, load_of, trial
from server.plan.rota.values import DayRota, Officer, RotaRules

RUNS, TOLD_RUNS = 48, 120
ROUNDS, STALE = 5, 2
MORE = 0.3
"""Square roots of the work that a first guess adds to it."""
MARGIN = 4
"""Per cent that the simulated share is to be above the promise: real days differ from ours."""
RAISE, RAISE_BEFORE = 1.0, 0.5
FAIR = 0.6
"""How much more a half hour costs of somebody whose week is full than of one whose week is free."""
TRIMS = 30
LEAST_S = 1.0
BUDGET_S = 45.0
"""Of the processor: after so much nothing is tried any more; each day gets its first solution."""
PATIENCE = 4.0
"""Seconds that pass count as one of the processor at least: whoever waits on a machine with other
work gets what was found in some minutes."""


class Progress(msgspec.Struct, frozen=True):
    """How far a plan is: per cent, the day in work, whether it is made, and the best so far."""

    done: int
    day: str
    made: bool
    days: list[DayRota]


class Making:
    """Makes a week, a piece each time that ``step`` is called.

    Args:
        office: whose counters and rule it is.
        rules: what is promised, and who is there.
        days: as they are expected; ``None`` for one on which the office is closed.
        learned: how long people take, by weekday of the days.
        own: targets of single services; without them those of the office.
        clock: seconds that pass.
    """

    def __init__(
        self, office: Office, rules: RotaRules, days: Mapping[str, Expected | None],
        learned: Learned, budget_s: float = BUDGET_S, own: Mapping[str, Target] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._targets = targets_of(office, rules.target, own)
        self._office, self._rules, self._days, self._learned = office, rules, days, learned
        self._left = {each.key: each.hours for each in rules.officers if each.active}
        self._best: dict[str, Best] = {}
        self._told: dict[str, DayRota] = {day: DayRota(day, []) for day in days}
        self._budget_s, self._spent, self._clock = budget_s, 0.0, clock
        self._began: tuple[float, float] | None = None
        open_days = {day: each for day, each in days.items() if each is not None}
        loads = {day: load_of(each, learned) for day, each in open_days.items()}
        self._order = sorted(open_days, key=lambda day: (-sum(map(sum, loads[day].values())), day))
        self._loads = loads
        self._at = 0
        self._steps: Iterator[float] | None = None
        self._within = 0.0

    def step(self) -> Progress:
        """Go on for a second or so; once made, nothing more happens.

        Raises:
            NoSolver: there is no solver here.
        """
        self._began = time.process_time(), self._clock()
        if self._at < len(self._order):
            day = self._order[self._at]
            if self._steps is None:
                self._steps = self._make(day)
            self._within = next(self._steps, 1.0)
            if self._within >= 1.0:
                self._end(day)
        self._spent, self._began = self._used(), None
        return self.progress()

    def progress(self) -> Progress:
        """Return how far it is."""
        made = self._at >= len(self._order)
        days = max(1, len(self._order))
        done = 100 if made else int(100 * (self._at + min(self._within, 0.99)) / days)
        day = "" if made else self._order[self._at]
        return Progress(done, day, made, list(self._told.values()))

    def _end(self, day: str) -> None:
        best = self._best.get(day)
        if best is not None:
            for seat in best.seats:
                self._left[seat.shift.officer] -= seat.shift.slots / 2
        self._steps, self._within = None, 0.0
        self._at += 1

    def _used(self) -> float:
        """Return the seconds used up to now, with those of the step that is under way."""
        if self._began is None:
            return self._spent
        worked, began = self._began
        passed = (self._clock() - began) / PATIENCE
        return self._spent + max(time.process_time() - worked, passed)

    def _over(self) -> bool:
        """Return whether this day has used up its part of the time."""
        return self._used() >= self._budget_s * (self._at + 1) / max(1, len(self._order))

    def _limit(self) -> float:
        """Return how long the solver may take: a third of what is left for this day."""
        left = self._budget_s * (self._at + 1) / max(1, len(self._order)) - self._used()
        return max(LEAST_S, min(SOLVE_S, left / 3))

    def _make(self, day: str) -> Iterator[float]:
        """Work on a day; what is given says how far it is."""
        expected = self._days[day]
        if expected is None:
            return
        crowd = Crowd(self._office, expected, self._learned, TOLD_RUNS, day)
        mending = self._mending(crowd, self._loads[day])
        needed = {
            code: [each + MORE * math.sqrt(each) for each in its]
            for code, its in self._loads[day].items()
        }
        options = options_of(
            self._office, self._rules, day, expected.opens, expected.closes, self._left
        )
        prices = {each.key: self._price(each) for each in self._rules.officers}
        work = {code: list(its) for code, its in needed.items()}
        best, stale = None, 0
        for round_ in range(ROUNDS):
            need = Need(expected.opens, expected.closes, work, self._rules.least, prices)
            patient_s = PATIENT_S if best is None else 0.0
            seats = solve(options, need, self._limit(), patient_s)
            found = Best(seats, mending.attempt(seats, work), {c: list(w) for c, w in work.items()})
            stale += 1
            if best is None or found.mark < best.mark:
                best, stale = found, 0
                self._keep(day, crowd, best, told=round_ == 0)
            if not found.tried.missing or stale >= STALE or self._over():
                break
            yield 0.5 * (round_ + 1) / ROUNDS
            _raise(work, found.tried, expected.opens)
        assert best is not None  # noqa: S101 - at least one round
        for n, better in enumerate(mending.repaired(best, options)):
            best = better
            self._keep(day, crowd, best, told=False)
            yield 0.5 + 0.2 * n / REPAIRS
        for n, better in enumerate(mending.trimmed(best, TRIMS)):
            best = better
            if n % 6 == 5:  # noqa: PLR2004 - about a second
                yield 0.7 + 0.29 * min(1.0, n / TRIMS)
        self._keep(day, crowd, best, told=True)

    def _price(self, officer: Officer) -> float:
        used = officer.hours - self._left.get(officer.key, officer.hours)
        return 1.0 + FAIR * used / max(1.0, officer.hours)

    def _mending(self, crowd: Crowd, load: Mapping[str, Sequence[float]]) -> Mending:
        def attempt(seats: Sequence[Seating], _work: object) -> Tried:
            return trial(crowd, seats, self._targets.harder(MARGIN), load, RUNS)

        return Mending(attempt, crowd.expected, self._rules, self._over)

    def _keep(self, day: str, crowd: Crowd, best: Best, *, told: bool) -> None:
        """Remember the best of a day; ``told``: worked out with more runs, for people to read."""
        self._best[day] = best
        outcome = (
            trial(crowd, best.seats, self._targets, self._loads[crowd.expected.day]).outcome
            if told else best.tried.outcome
        )  # fmt: skip
        shifts = sorted((each.shift for each in best.seats), key=lambda each: each.counter)
        self._told[day] = DayRota(day, shifts, outcome)


def _raise(work: dict[str, list[float]], tried: Tried, opens: int) -> None:
    """Ask for more counters in the half hours that missed, for the services that were late."""
    for at in tried.far:
        late = {code: n for (slot, code), n in tried.late.items() if slot == at}
        whole = sum(late.values())
        for code, n in late.items():
            if code in work:
                work[code][at] += RAISE * n / whole
                if at > opens:
                    work[code][at - 1] += RAISE_BEFORE * n / whole
