"""What an office's own log teaches: how long people sit at a desk, and how its days usually go.

Pure: rows of past turns and counter sessions in, pools to draw from out. A time at a desk runs from
the call to the end, so walking, missed calls and visitors who are sent on are in it as they happen.
Recent days weigh more. Moments are milliseconds, those of a ``Pattern`` after the day's beginning.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from random import Random
from statistics import NormalDist, median
from typing import NamedTuple

import msgspec

from server.domain.day import Millis
from server.domain.office import Service
from server.domain.states import Priority
from server.plan.halts import usual_reasons, without_halts
from server.plan.simulator import Break, Served
from server.storage.queries.waits import PastSession, PastTurn

DAYS = 60
"""Days of the log that count."""
ENOUGH = 200
"""Turns of a service from which on its configured time no longer counts."""
HALF_LIFE_DAYS = 20.0
POOL = 400
MINUTE = 60_000
WALK = MINUTE // 2
WALK_AGAIN = MINUTE
LONGEST = 8 * 60 * MINUTE
"""A desk that was busy longer was forgotten, not busy."""
PAUSE = 10_000
LONGEST_PAUSE = 90_000
"""From an end to the next call: longer, and there was nobody to call."""
SHORTEST_REST = 10 * MINUTE
LATE = 20 * MINUTE
"""A counter that is so late for its usual opening is not expected any more."""
LATE_REST = 30 * MINUTE
"""Rests of one counter that begin within so long of each other are the same, kept by its work."""
EARLIER = 60 * MINUTE
"""A desk that closed so much before the last one had its own end, whoever waited."""
OTHER_WEEKDAY = 0.3
FEW_DAYS = 3
ALIKE, ALIKE_MS = 0.8, 15 * MINUTE
"""Weekdays on which so many counters open and rest so near each other tell of each other."""


class Lengths:
    """How long a call to one service keeps a desk busy: a pool, the shortest first."""

    def __init__(self, pool: Sequence[Served]) -> None:
        self._pool = sorted(pool, key=lambda each: each.length)
        self._lengths = [each.length for each in self._pool]
        self.mean = sum(self._lengths) / len(self._lengths)

    def draw(self, random: Random, pace: float = 1.0) -> Served:
        """Return a whole time at the desk."""
        return self.at(random.random(), pace)

    def at(self, share: float, pace: float = 1.0) -> Served:
        """Return the time at the desk that this share of all are shorter than."""
        length, then = self._pool[int(share * len(self._pool))]
        return Served(int(length * pace), then)

    def rest(self, busy: Millis, random: Random, pace: float = 1.0) -> Served:
        """Return what is left of a time at the desk that has lasted so long already."""
        at = bisect_right(self._lengths, busy / pace)
        left = len(self._pool) - at
        if left < max(1, len(self._pool) // 100):  # longer than nearly all: what is left grows
            return Served(int(random.expovariate(1 / (self.mean / 2 + busy / 4))))
        length, then = self._pool[at + int(random.random() * left)]
        return Served(max(1, int(length * pace) - busy), then)


class Shift(msgspec.Struct, frozen=True):
    """A counter on one past day; ``closes`` only when it had an end of its own."""

    opens: Millis
    closes: Millis | None
    rests: list[Break]


class Arrival(NamedTuple):
    """Somebody who came on a past day."""

    at: Millis
    service: str
    priority: Priority


class Pattern(msgspec.Struct, frozen=True):
    """One past day, as a guess how another goes on."""

    day: str
    weight: float
    shifts: dict[str, Shift]
    arrivals: list[Arrival]


class Learned(msgspec.Struct, frozen=True):
    """What is known of an office on the eve of a day.

    Attributes:
        lengths: of calls, by service.
        pauses: of a desk between two calls.
        rests: of a desk.
        patterns: days like this one.
        opens: when each counter usually opens; late: by how much it then was later.
        reasons: why counters rest as a habit; ``None`` while too little is known.
    """

    lengths: dict[str, Lengths]
    pauses: list[Millis]
    rests: Lengths
    patterns: list[Pattern]
    opens: dict[str, Millis]
    late: list[Millis]
    reasons: frozenset[str] | None = None

    def pattern(self, random: Random) -> Pattern | None:
        """Draw a past day; ``None`` when there is none."""
        if not self.patterns:
            return None
        weights = [each.weight for each in self.patterns]
        return random.choices(self.patterns, weights)[0]

    def at_desk(self, service: str) -> Lengths:
        """Return how long a service takes; of one that is no longer offered, as long as another."""
        return self.lengths.get(service) or next(iter(self.lengths.values()), self.rests)

    def opening(self, counter: str, random: Random) -> Millis | None:
        """Draw when a counter opens, by its habit and by how punctual all are."""
        usual = self.opens.get(counter)
        return None if usual is None else usual + random.choice(self.late)

    def pause(self, random: Random) -> Millis:
        """Draw the moment that a desk takes for itself between two people."""
        return self.pauses[int(random.random() * len(self.pauses))]


def learn(
    services: Iterable[Service], on: str, turns: Sequence[PastTurn],
    sessions: Sequence[PastSession], began: dict[str, Millis],
) -> Learned:  # fmt: skip
    """Return what the log before business day ``on`` teaches.

    Args:
        services: of the office.
        on: the day that is to be foreseen.
        turns: of past days, in any order.
        sessions: of past days, in any order.
        began: when each past day began.
    """
    today = date.fromisoformat(on)
    ages = {day: (today - date.fromisoformat(day)).days for day in began}
    lengths = {each.code: _lengths(each, turns, ages) for each in services}
    reasons = usual_reasons(sessions, began)
    patterns = _patterns(today, turns, without_halts(sessions, reasons), began)
    rests = [
        Served(rest.length) for each in patterns for shift in each.shifts.values()
        for rest in shift.rests
    ]  # fmt: skip
    opens = {
        counter: round(at) for (counter, what), at in _usual(patterns).items() if what == "opens"
    }
    late = [
        shift.opens - opens[counter] for each in patterns for counter, shift in each.shifts.items()
    ]
    return Learned(
        lengths, _pauses(turns), Lengths(rests or [Served(45 * MINUTE), Served(60 * MINUTE)]),
        patterns, opens, [each for each in late if abs(each) < LATE] or [0], reasons,
    )  # fmt: skip


def _lengths(service: Service, turns: Sequence[PastTurn], ages: dict[str, int]) -> Lengths:
    known = [
        (Served(busy(each), each.then), _weight(ages[each.day]))
        for each in turns
        if each.service == service.code and each.by_hand and each.day in ages
        and 0 < busy(each) < LONGEST
    ]  # fmt: skip
    own = min(1.0, len(known) / ENOUGH)
    pool = _evenly(known, round(POOL * own)) + configured(service, POOL - round(POOL * own))
    return Lengths(pool)


def busy(turn: PastTurn) -> Millis:
    """Return how long a turn kept desks busy, 0 when it is not known.

    Who was held, or came back after a missed call, kept one busy before the last call too.
    """
    if turn.called_at is None or turn.ended_at is None:
        return 0
    last = turn.ended_at - turn.called_at
    return last if turn.calls < 2 else max(last, turn.service_ms + turn.calls * WALK_AGAIN)  # noqa: PLR2004


def _weight(age_days: int) -> float:
    return float(0.5 ** (age_days / HALF_LIFE_DAYS))


def _evenly(known: Sequence[tuple[Served, float]], count: int) -> list[Served]:
    """Return ``count`` of what is known, each as often as its weight wants it."""
    if not count:
        return []
    step = sum(weight for _, weight in known) / count
    found: list[Served] = []
    passed = -step / 2
    for each, weight in sorted(known, key=lambda pair: pair[0].length):
        passed += weight
        while passed >= 0 and len(found) < count:
            found.append(each)
            passed -= step
    return found


def configured(service: Service, count: int) -> list[Served]:
    """Return times that are log-normal with the service's configured figures."""
    variance = math.log(1 + service.spread * service.spread)
    middle, spread = math.log(service.typical_minutes * MINUTE) - variance / 2, math.sqrt(variance)
    normal = NormalDist()
    return [
        Served(WALK + int(math.exp(middle + spread * normal.inv_cdf((n + 0.5) / count))))
        for n in range(count)
    ]


def _pauses(turns: Sequence[PastTurn]) -> list[Millis]:
    at_desk: dict[tuple[str, str], list[tuple[Millis, Millis]]] = defaultdict(list)
    for each in turns:
        if each.counter is not None and each.called_at is not None and each.ended_at is not None:
            at_desk[each.day, each.counter].append((each.called_at, each.ended_at))
    found: list[Millis] = []
    for spans in at_desk.values():
        spans.sort()
        found += [
            then - end for (_, end), (then, _) in pairwise(spans) if 0 <= then - end < LONGEST_PAUSE
        ]
    found.sort()
    if len(found) < ENOUGH:
        return [PAUSE]
    return [found[n * len(found) // POOL] for n in range(POOL)]


def _patterns(
    today: date, turns: Sequence[PastTurn], sessions: Sequence[PastSession],
    began: dict[str, Millis],
) -> list[Pattern]:  # fmt: skip
    arrivals: dict[str, list[Arrival]] = defaultdict(list)
    for each in turns:
        if each.leg == 1 and each.day in began:
            at = each.came_at - began[each.day]
            arrivals[each.day].append(Arrival(at, each.service, Priority(each.priority)))
    found: list[Pattern] = []
    for day, start in began.items():
        weight = _weight((today - date.fromisoformat(day)).days)
        shifts = shifts_of(sessions, start)
        if shifts:
            found.append(Pattern(day, weight, shifts, sorted(arrivals[day])))
    return _as_meant(_like(today.weekday(), found))


def _like(weekday: int, patterns: Sequence[Pattern]) -> list[Pattern]:
    """Return the days of the weekday, and with less weight those of weekdays that work alike."""
    of: dict[int, list[Pattern]] = defaultdict(list)
    for each in patterns:
        of[date.fromisoformat(each.day).weekday()].append(each)
    own = of.pop(weekday, [])
    usual = _usual(own)
    for others in of.values():
        theirs = _usual(others)
        both = usual.keys() & theirs.keys()
        apart = [abs(usual[key] - theirs[key]) for key in both]
        if len(own) < FEW_DAYS or (
            len(both) > len(usual) * ALIKE and sum(apart) < ALIKE_MS * len(apart)
        ):
            own += [
                msgspec.structs.replace(each, weight=each.weight * OTHER_WEEKDAY)
                for each in others
            ]  # fmt: skip
    return own


def _usual(patterns: Sequence[Pattern]) -> dict[tuple[str, str], float]:
    """Return when counters usually open and rest on these days."""
    times: dict[tuple[str, str], list[Millis]] = defaultdict(list)
    for pattern in patterns:
        for counter, shift in pattern.shifts.items():
            times[counter, "opens"].append(shift.opens)
            for rest in shift.rests[:1]:
                times[counter, "rests"].append(rest.start)
                times[counter, "back"].append(rest.start + rest.length)
    return {key: median(found) for key, found in times.items()}


def _as_meant(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Let each rest begin when it was meant to: the earliest of its counter near that time.

    What a log shows is when somebody was done with whoever sat there.
    """
    starts: dict[str, list[Millis]] = defaultdict(list)
    for pattern in patterns:
        for counter, shift in pattern.shifts.items():
            starts[counter] += [rest.start for rest in shift.rests]

    def meant(counter: str, rest: Break) -> Break:
        near = (at for at in starts[counter] if 0 <= rest.start - at < LATE_REST)
        return Break(min(near), rest.length)

    return [
        msgspec.structs.replace(
            pattern,
            shifts={
                counter: msgspec.structs.replace(
                    shift, rests=[meant(counter, each) for each in shift.rests]
                )
                for counter, shift in pattern.shifts.items()
            },
        )
        for pattern in patterns
    ]


def shifts_of(sessions: Iterable[PastSession], began: Millis) -> dict[str, Shift]:
    """Return how the counters worked on the day that began then, by their ids."""
    spans: dict[str, list[PastSession]] = defaultdict(list)
    for each in sessions:
        if began <= each.from_at < began + 24 * 60 * MINUTE:
            spans[each.counter].append(each)
    known: dict[str, Shift] = {}
    for counter, its in spans.items():
        its.sort(key=lambda each: each.from_at)
        work = [each for each in its if each.state == "open"]
        if not work:
            continue
        rests = [
            Break(each.from_at - began, (each.to_at or each.from_at) - each.from_at)
            for each in its
            if each.state == "break" and (each.to_at or 0) - each.from_at >= SHORTEST_REST
        ]
        ends = work[-1].to_at
        known[counter] = Shift(
            work[0].from_at - began, None if ends is None else ends - began, rests
        )
    last = max((each.closes or 0 for each in known.values()), default=0)
    return {
        counter: each
        if each.closes is not None and each.closes < last - EARLIER
        else Shift(each.opens, None, each.rests)
        for counter, each in known.items()
    }
