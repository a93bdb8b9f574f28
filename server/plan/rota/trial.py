"""A day tried a hundred times with the shifts of a rota: the real call rule, people as forecast.

The people are drawn once, so different shifts meet the same people: what differs is the rota.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple, Protocol

import msgspec

from server.domain.day import Millis
from server.domain.office import Office
from server.domain.policies import Policy
from server.domain.policy import Head
from server.domain.states import Priority
from server.plan.forecast import HALF_HOURS, band
from server.plan.learned import Learned
from server.plan.rota.targets import Targets
from server.plan.rota.values import HalfHour, Outlook, ServiceDay, Shift
from server.plan.simulator import NEVER, Break, Desk, Served, Simulation

HALF_HOUR: Millis = 1_800_000
MINUTE = 60_000
USUAL_PRIORITY = 0.08
"""Share of priority visitors where the log knows too few people."""
FEW = 100


class Few(NamedTuple):
    """People in a half hour below whom a target is not judged there: of all, a service's own."""

    usual: int
    own: int


DRAWN = Few(1, 12)
"""For days that are drawn: people of all runs together."""


class Expected(msgspec.Struct, frozen=True):
    """A day as it is expected, before anybody is planned.

    Attributes:
        opens, closes: half hours between which counters work.
        people: by service and half hour.
        bunched, bunched_day: how much more counts vary than by chance, see ``forecast.Fit``.
        priority: share of priority visitors.
    """

    day: str
    opens: int
    closes: int
    people: dict[str, list[float]]
    bunched: float
    bunched_day: float
    priority: float

    def times(self, factor: float) -> Expected:
        """Return the day with ``factor`` times as many people."""
        people = {code: [each * factor for each in its] for code, its in self.people.items()}
        return msgspec.structs.replace(self, people=people)


class Seating(msgspec.Struct, frozen=True):
    """Somebody at a counter: what they offer there, and their shift."""

    shift: Shift
    services: tuple[str, ...]


class Crowd:
    """The people of some days, each with what they keep a desk busy for."""

    def __init__(self, office: Office, expected: Expected, learned: Learned, days: int, seed: str
                 ) -> None:  # fmt: skip
        self.expected = expected
        self.office = office
        self.days: list[list[Head]] = []
        self._lengths: list[list[Served]] = []
        self._learned = learned
        self._seed = seed
        for n in range(days):
            random = Random(f"{seed}/{n}")  # noqa: S311 - the same people again
            heads = self._heads(random)
            self.days.append(heads)
            self._lengths.append([self._length(each.service, random) for each in heads])

    def _heads(self, random: Random) -> list[Head]:
        expected = self.expected
        busy = _gamma(expected.bunched_day, random)
        bunched = max(0.0, expected.bunched - expected.bunched_day)
        came: list[tuple[int, str]] = []
        for code, its in expected.people.items():
            for slot, mean in enumerate(its):
                if mean > 0 and slot < expected.closes:
                    many = _poisson(mean * busy * _gamma(bunched, random), random)
                    came += [(int((slot + random.random()) * HALF_HOUR), code) for _ in range(many)]
        heads = []
        for place, (at, code) in enumerate(sorted(came)):
            limit, target = self.office.promise(code)
            first = random.random() < expected.priority
            cls = Priority.PRIORITY if first else Priority.REGULAR
            heads.append(Head("", 1, code, cls, place, at, limit, target_ms=target))
        return heads

    def _length(self, service: str, random: Random) -> Served:
        length, then = self._learned.at_desk(service).draw(random)
        return Served(length + self._learned.pause(random), then)

    def waits(self, n: int, seats: Sequence[Seating]) -> list[Millis | None]:
        """Return how long everybody waited on a day, from the opening on; ``None``: not called."""
        lengths = self._lengths[n]
        later = Random(f"{self._seed}/later/{n}")  # noqa: S311

        def serve(head: Head, _desk: Desk, _now: Millis) -> Served:
            return lengths[head.arrival] if head.leg == 1 else self._length(head.service, later)

        return played(self.office, self.expected, self.days[n], seats, serve)


class People(Protocol):
    """Days of people that shifts are tried on: drawn ones (``Crowd``), or one that was."""

    @property
    def expected(self) -> Expected:
        """The day they belong to."""

    @property
    def days(self) -> Sequence[Sequence[Head]]:
        """Who comes, by day, in order; moments are milliseconds from midnight."""

    def waits(self, n: int, seats: Sequence[Seating]) -> list[Millis | None]:
        """Return how long everybody waited on a day."""


def played(
    office: Office, expected: Expected, heads: Sequence[Head], seats: Sequence[Seating],
    serve: Callable[[Head, Desk, Millis], Served],
) -> list[Millis | None]:  # fmt: skip
    """Play one day; return how long each waited, from the opening on; ``None``: not called."""
    opens = expected.opens * HALF_HOUR
    waits: list[Millis | None] = [None] * len(heads)

    def seen(head: Head, _desk: Desk | None, now: Millis) -> None:
        if head.leg == 1:
            waits[head.arrival] = now - max(head.eligible_at, opens)

    desks = [_desk_of(office, expected, each) for each in seats]
    keeps = office.rules.transfer_position == "arrival"
    Simulation(desks, keeps_place=keeps).run(0, heads, serve, seen)
    return waits


def _desk_of(office: Office, expected: Expected, seat: Seating) -> Desk:
    shift, rules = seat.shift, office.rules
    counter = next((each for each in office.counters if each.number == shift.counter), None)
    weights = {} if counter is None else counter.weights
    policy = Policy(rules.policy, rules.priority_cap, rules.slot_cap, seat.services, weights)
    rests = [] if shift.rest is None else [
        Break(shift.rest * HALF_HOUR, shift.rest_slots * HALF_HOUR)
    ]  # fmt: skip
    # the last ones stay until nobody waits
    ends = NEVER if shift.end >= expected.closes else shift.end * HALF_HOUR
    return Desk(f"{shift.counter} {shift.officer}", policy, shift.start * HALF_HOUR, rests, ends)


class Waits:
    """Waits in minutes by half hour and service, gathered over the days; endless: not called."""

    def __init__(self) -> None:
        self.by: dict[tuple[int, str], list[float]] = {}

    def add(self, heads: Sequence[Head], waits: Sequence[Millis | None], opens: int) -> None:
        """Add the waits of one day; who came before the doors belongs to the first half hour."""
        for head, wait in zip(heads, waits, strict=True):
            slot = max(opens, head.eligible_at // HALF_HOUR)
            self.put(slot, head.service, math.inf if wait is None else wait / MINUTE)

    def put(self, slot: int, service: str, minutes: float) -> None:
        """Add the wait of somebody who came in a half hour."""
        self.by.setdefault((slot, service), []).append(minutes)

    def of(self, slot: int | None = None, service: str | None = None) -> list[float]:
        """Return the waits of a half hour, of a service, or all."""
        return [
            wait for (at, code), its in self.by.items()
            if slot in (None, at) and service in (None, code) for wait in its
        ]  # fmt: skip

    def in_time(
        self, targets: Targets, slot: int | None = None, service: str | None = None
    ) -> float | None:
        """Return the per cent called in time, each by the target of their service."""
        right = people = 0
        for (at, code), its in self.by.items():
            if slot in (None, at) and service in (None, code):
                people += len(its)
                right += sum(wait <= targets.of(code).minutes for wait in its)
        return 100 * right / people if people else None


class Tried(msgspec.Struct, frozen=True):
    """What came of it.

    Attributes:
        late: people called too late, by half hour and service; of targets that are missed.
        missing: people a day beyond those who may be called late.
        far: points below the target that is missed most, by half hour.
    """

    outcome: Outlook
    late: dict[tuple[int, str], float]
    missing: float
    far: dict[int, float]


class Missed(msgspec.Struct):
    """Targets that were missed; as in ``Tried``, and half hours by service with an own target."""

    late: dict[tuple[int, str], float] = {}
    missing: float = 0.0
    far: dict[int, float] = {}
    own: dict[str, list[int]] = {}


def trial(
    crowd: People, seats: Sequence[Seating], targets: Targets,
    needed: Mapping[str, Sequence[float]], days: int | None = None, few: Few = DRAWN,
) -> Tried:  # fmt: skip
    """Play the days with people at these counters."""
    expected = crowd.expected
    count = min(days or len(crowd.days), len(crowd.days))
    found = Waits()
    for n in range(count):
        found.add(crowd.days[n], crowd.waits(n, seats), expected.opens)
    missed = missed_of(found, targets, range(expected.opens, expected.closes), count, few)
    half_hours = []
    for slot in range(expected.opens, expected.closes):
        its = found.of(slot)
        services = _people_in(expected, slot)
        slots = sum(services.values())
        right = found.in_time(targets, slot=slot)
        low_high = band(slots, expected.bunched)
        half_hours.append(HalfHour(
            slot, round(slots, 2), low_high.low, low_high.high,
            sum(each.shift.works(slot) for each in seats),
            round(sum(each[slot] for each in needed.values()), 1),
            None if right is None else round(right, 1),
            quantile_of(its, 0.5), quantile_of(its, 0.9),
            {code: round(n, 2) for code, n in services.items() if n >= 0.005},  # noqa: PLR2004
        ))  # fmt: skip
    everybody = found.of()
    whole = found.in_time(targets)
    outcome = Outlook(
        expected.opens, expected.closes, half_hours,
        [
            _service(found, code, its, targets, missed) for code, its in expected.people.items()
            if sum(its)
        ],
        None if whole is None else round(whole, 1), quantile_of(everybody, 0.9), sorted(missed.far),
        sum(each.shift.slots for each in seats) / 2,
        {code: [round(each, 2) for each in its] for code, its in needed.items()},
    )  # fmt: skip
    return Tried(outcome, missed.late, missed.missing, missed.far)


def missed_of(
    found: Waits, targets: Targets, slots: Iterable[int], days: int, few: Few
) -> Missed:  # fmt: skip
    """Hold each half hour against the target of all and those of single services."""
    missed = Missed()
    for slot in slots:
        groups: dict[str, list[str]] = {}
        for at, code in found.by:
            if at == slot:
                groups.setdefault(code if code in targets.own else "", []).append(code)
        for own, codes in groups.items():
            target = targets.of(codes[0])
            its = {code: found.by[slot, code] for code in codes}
            people = sum(map(len, its.values()))
            late = {code: sum(wait > target.minutes for wait in its[code]) for code in codes}
            below = target.share - 100 * (1 - sum(late.values()) / people)
            if below <= 0 or people < (few.own if own else few.usual):
                continue
            missed.missing += below / 100 * people / days
            missed.far[slot] = max(below, missed.far.get(slot, 0.0))
            missed.late |= {(slot, code): n / days for code, n in late.items() if n}
            if own:
                missed.own.setdefault(own, []).append(slot)
    return missed


def _service(
    found: Waits, code: str, its: Sequence[float], targets: Targets, missed: Missed
) -> ServiceDay:
    right = found.in_time(targets, service=code)
    return ServiceDay(
        code, round(sum(its), 1), None if right is None else round(right, 1),
        quantile_of(found.of(service=code), 0.9), missed.own.get(code, []),
    )  # fmt: skip


def _people_in(expected: Expected, slot: int) -> dict[str, float]:
    """Return who comes in a half hour; in the first one, also who came before the doors."""
    first = 0 if slot == expected.opens else slot
    return {code: sum(its[first : slot + 1]) for code, its in expected.people.items()}


def quantile_of(waits: Sequence[float], share: float) -> float | None:
    """Return a quantile in minutes; ``None`` for nobody, or where so many are never called."""
    if not waits:
        return None
    found = sorted(waits)[min(len(waits) - 1, math.ceil(share * len(waits)) - 1)]
    return None if math.isinf(found) else round(found, 1)


def _gamma(variance: float, random: Random) -> float:
    """Draw how busy it is, 1 on average."""
    return 1.0 if variance <= 0 else random.gammavariate(1 / variance, variance)


def _poisson(mean: float, random: Random) -> int:
    n, left = 0, random.expovariate(1.0)
    while left < mean:
        n += 1
        left += random.expovariate(1.0)
    return n


def load_of(expected: Expected, learned: Learned) -> dict[str, list[float]]:
    """Return how many desks the work of a service keeps busy, by half hour.

    Who comes before the doors is served once they are open.
    """
    found: dict[str, list[float]] = {}
    pause = sum(learned.pauses) / len(learned.pauses)
    for code in expected.people:
        length = learned.at_desk(code).mean + pause
        load = [0.0] * HALF_HOURS
        for slot in range(expected.opens, expected.closes):
            load[slot] = _people_in(expected, slot)[code] * length / HALF_HOUR
        found[code] = load
    return found
