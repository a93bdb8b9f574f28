"""Owns rehearsing a day without a clock: the demo office under each call policy, side by side.

Arrivals, classes, service times and the staff's lunch follow what Indonesian halls report
(own estimates where nothing is published): 225 tickets on a usual day, 12 % by 08:00, 8 %
priority, 5 % missed, log-normal service times, half of the staff away from 12 to 13. One in ten
visitors for a service with a slot of its own has an appointment. Every policy sees the same
visitors: same arrivals, same service times.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Sequence

import msgspec

from server.domain.office import Counter, Office
from server.domain.policies import Past, Policy, PolicyName, select
from server.domain.policy import Head
from server.domain.states import Priority

MINUTE = 60_000
HOURS = (  # (from, to, share of the day), minutes after midnight
    (450, 480, 12), (480, 540, 19), (540, 600, 20), (600, 660, 17), (660, 720, 11), (720, 780, 5),
    (780, 840, 10), (840, 870, 6),
)  # fmt: skip
MIX = {"A": 31, "B": 13, "C": 18, "D": 19, "E": 8, "F": 9, "L": 2}
PRIORITY_SHARE, MISSED_SHARE, BOOKED_SHARE = 0.08, 0.05, 0.1
OPENING, LUNCH, LUNCH_END = 480, 720, 780
GROUPS = ("regular", "priority", "booked")


class Visitor(msgspec.Struct, frozen=True):
    """One visitor of the rehearsed day; moments in milliseconds after midnight."""

    head: Head
    busy: int


class Waits(msgspec.Struct, frozen=True):
    """How long a group waited, minutes: median, 90th percentile, longest; ``n`` visitors."""

    n: int
    p50: float
    p90: float
    longest: float


def visitors(office: Office, count: int, seed: int) -> list[Visitor]:
    """Return the visitors of one day, in the order in which they arrive."""
    dice = random.Random(seed)  # noqa: S311 - a repeatable rehearsal, nothing secret
    services = {service.code: service for service in office.services if service.code in MIX}
    codes = list(services)
    arrivals = sorted(_arrival(dice) for _ in range(count))
    made = []
    for number, at in enumerate(arrivals, 1):
        service = services[dice.choices(codes, [MIX[code] for code in codes])[0]]
        first = dice.random() < PRIORITY_SHARE
        booked = dice.random() < BOOKED_SHARE
        due = -(-(at + 5 * MINUTE) // (15 * MINUTE)) * 15 * MINUTE if booked else at
        spread = math.sqrt(math.log(1 + service.spread**2))
        minutes = dice.lognormvariate(math.log(service.typical_minutes) - spread**2 / 2, spread)
        missed = dice.random() < MISSED_SHARE
        made.append(
            Visitor(
                Head(
                    f"t{number}", 1, service.code,
                    Priority.PRIORITY if first else Priority.REGULAR, number, max(at, due),
                    service.max_wait_minutes * MINUTE,
                    target_ms=service.target_minutes * MINUTE, booked=booked,
                ),
                round((1.5 if missed else minutes) * MINUTE),
            )
        )  # fmt: skip
    return made


def _arrival(dice: random.Random) -> int:
    start, end, _ = dice.choices(HOURS, [share for *_, share in HOURS])[0]
    return round(dice.uniform(start, end) * MINUTE)


def rehearse(office: Office, day: Sequence[Visitor], policy: PolicyName) -> dict[str, Waits]:
    """Return the waits of each group when the day runs under ``policy``."""
    rules = office.rules
    waiting: list[Head] = []
    busy = {visitor.head.ticket: visitor.busy for visitor in day}
    past: deque[Past] = deque(maxlen=200)
    own: dict[str, deque[str]] = {}
    waits: dict[str, list[float]] = {group: [] for group in GROUPS}
    moments = [(max(v.head.eligible_at, 0), 0, n, v.head) for n, v in enumerate(day)]
    free = [(OPENING * MINUTE, 1, n, counter) for n, counter in enumerate(office.counters)]
    queue: list[tuple[int, int, int, Head | Counter]] = [*moments, *free]
    heapq.heapify(queue)
    idle: dict[int, Counter] = {}
    while queue:
        now, _, place, what = heapq.heappop(queue)
        if isinstance(what, Head):
            waiting.append(what)
        elif place % 2 and LUNCH * MINUTE <= now < LUNCH_END * MINUTE:
            heapq.heappush(queue, (LUNCH_END * MINUTE, 1, place, what))
        else:
            idle[place] = what
        for at_place, counter in sorted(idle.items()):
            used = own.setdefault(counter.id, deque(maxlen=200))
            rule = Policy(
                policy, rules.priority_cap, rules.slot_cap, counter.services, counter.weights
            )
            choice = select(rule, _heads(waiting, counter), past, list(used), now)
            if choice is None:
                continue
            head = choice.head
            waiting.remove(head)
            del idle[at_place]
            past.appendleft(Past(head.service, head.priority, choice.rule))
            used.appendleft(head.service)
            group = "booked" if head.booked else head.priority.value
            waits[group].append(max(0, now - head.eligible_at) / MINUTE)
            heapq.heappush(queue, (now + busy[head.ticket], 1, at_place, counter))
    return {group: _summary(each) for group, each in waits.items()}


def _heads(waiting: Sequence[Head], counter: Counter) -> list[Head]:
    first: dict[tuple[str, str], Head] = {}
    for head in waiting:
        if head.service in counter.services:
            key = (head.service, "booked" if head.booked else head.priority.value)
            known = first.get(key)
            if known is None or head.arrival < known.arrival:
                first[key] = head
    return list(first.values())


def _summary(waits: Sequence[float]) -> Waits:
    ordered = sorted(waits)
    if not ordered:
        return Waits(0, 0, 0, 0)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]

    return Waits(len(ordered), at(0.5), at(0.9), ordered[-1])
