"""Shifts mended one by one: what a day misses is added, what it does not need taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from server.plan.rota.moves import more_at, shorter
from server.plan.rota.shapes import Option
from server.plan.rota.trial import Expected, Seating, Tried
from server.plan.rota.values import RotaRules, Shift

REPAIRS, MOVES = 12, 6
"""Half hours that are mended, with so many ways tried for each."""
Work = Mapping[str, Sequence[float]]
"""Counters needed, by service and half hour."""
Attempt = Callable[[Sequence[Seating], Work], Tried]


class Best(msgspec.Struct, frozen=True):
    """Who sits where, what comes of it, and the work that it was made for."""

    seats: list[Seating]
    tried: Tried
    needed: Work

    @property
    def mark(self) -> tuple[float, float]:
        """The less the better: who is called too late, then hours at counters."""
        return (round(self.tried.missing, 2), self.tried.outcome.hours)


class Mending:
    """Looks for better shifts of one day.

    Args:
        attempt: says what comes of shifts.
        expected: the day.
        rules: the least presence, the shortest shift.
        over: whether the time is up.
    """

    def __init__(
        self, attempt: Attempt, expected: Expected,
        rules: RotaRules, over: Callable[[], bool],
    ) -> None:  # fmt: skip
        self.attempt = attempt
        self._expected, self._rules, self._over = expected, rules, over

    def repaired(self, best: Best, options: Mapping[str, Sequence[Option]]) -> Iterator[Best]:
        """Put one counter more where the promise is missed most, as far as that helps."""
        given_up: set[int] = set()
        for _ in range(REPAIRS):
            far = {at: n for at, n in best.tried.far.items() if at not in given_up}
            if not far or self._over():
                return
            worst = max(far, key=lambda slot: (far[slot], -slot))
            late = {code for (slot, code), n in best.tried.late.items() if slot == worst and n > 0}
            before = max(self._expected.opens, worst - 1)
            found = [
                self._tried(seats, best)
                for slot in {worst, before}
                for seats in more_at(slot, best.seats, options, late, MOVES)
            ]
            better = min(found, key=lambda each: each.mark, default=best)
            if better.tried.missing < best.tried.missing - 0.01:
                best = better
                yield best
            else:
                given_up.add(worst)

    def trimmed(self, best: Best, most: int) -> Iterator[Best]:
        """Take away what the promise does not need: ends and beginnings of shifts, whole ones."""
        tries = 0
        tired: set[Shift] = set()
        while tries < most and not self._over():
            free = [each for each in best.seats if each.shift not in tired]
            if not free:
                return
            seat = max(free, key=lambda each: _spare(best, each))
            for less in shorter(seat, self._rules):
                seats = [each for each in best.seats if each is not seat]
                seats += [] if less is None else [less]
                tries += 1
                if not self._enough(seats):
                    continue
                found = self._tried(seats, best)
                if found.tried.missing <= best.tried.missing + 0.01:
                    best = found
                    yield best
                    break
                yield best
            else:
                tired.add(seat.shift)

    def _tried(self, seats: list[Seating], like: Best) -> Best:
        return Best(seats, self.attempt(seats, like.needed), like.needed)

    def _enough(self, seats: Sequence[Seating]) -> bool:
        """Return whether the least presence is kept, and each service has somebody all day."""
        expected = self._expected
        for slot in range(expected.opens, expected.closes):
            at_work = [each for each in seats if each.shift.works(slot)]
            if len(at_work) < self._rules.least:
                return False
            offered = set().union(*(each.services for each in at_work))
            if any(its[slot] and code not in offered for code, its in expected.people.items()):
                return False
        return True


def _spare(best: Best, seat: Seating) -> float:
    """Return how well the half hours of a shift are served without it."""
    shares = [
        each.share if each.share is not None else 100.0
        for each in best.tried.outcome.half_hours
        if seat.shift.works(each.at)
    ]
    return min(sorted(shares)[len(shares) // 2 :], default=100.0)
