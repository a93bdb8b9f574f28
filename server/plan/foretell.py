"""The model ``simulated-1``: a hundred runs from the hall as it stands, one newcomer in each line.

Told is a range that four of five of those who have to wait will find themselves in. Who is called
within a minute did not wait; such people are let out of both ends, so that the many who walk
straight to a free counter do not make the range of the others look right.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import attrgetter
from random import Random

from server.domain.day import Millis
from server.domain.foretold import Foretold, LineRange, Range
from server.domain.policy import Head
from server.domain.states import CounterState, Priority
from server.plan.halts import draw_end
from server.plan.learned import LATE, Learned, Pattern
from server.plan.simulator import NEVER, Break, Desk, Served, Simulation
from server.plan.situation import DeskNow, Situation

MODEL = "simulated-1"
"""Name of this model; kept with every quote, so that its hits can be counted later."""

RUNS = 100
MINUTE = 60_000
HORIZON = 8 * 60 * MINUTE
AT_ONCE = MINUTE
"""Who is called within this did not have to wait."""
OVERDUE = 45 * MINUTE
"""A rest that is so late is not expected any more."""
STILL_TO_COME = 1 << 40
"""Places in line of people who come after everybody who waits."""
STEADY = 20
"""People that the usual number who come counts for, against those of today."""
MOSTLY = 0.8
"""When so many runs know no end of the wait, none is told."""
LOWER, UPPER = 0.11, 0.12
"""Shares of those who wait below and above; rounding, which never shortens, makes four of five."""
MISSED, MOST_ABOVE = 0.2, 0.12
"""Where a range begins at 0: the share of those who wait, and of everybody, above it."""
SELDOM = 0.2

Tails = Mapping[str, tuple[float, float]]
"""By service: by how much the lower and the upper share were found to be right today."""


def foretell(
    situation: Situation, learned: Learned, random: Random, *, runs: int = RUNS,
    tails: Tails | None = None,
) -> Foretold:  # fmt: skip
    """Return how long everybody who waits and every newcomer would wait."""
    ahead_of = {head.arrival: (head.service, head.priority) for head in situation.newcomers}
    services = {head.arrival: head.service for head in situation.in_line()}
    waits: dict[int, list[float]] = {place: [] for place in services}
    waits |= {place: [] for place in ahead_of}
    for _ in range(runs):
        _play(situation, learned, random, waits)
    lines: dict[str, dict[Priority, LineRange]] = {}
    for place, (service, cls) in ahead_of.items():
        known = range_of(waits.pop(place), runs, (tails or {}).get(service, (1.0, 1.0)))
        step = _step(situation, learned, service)
        lines.setdefault(service, {})[cls] = LineRange(situation.ahead[service, cls], step, known)
    places = {}
    for place, found in waits.items():
        known = range_of(found, runs, (tails or {}).get(services[place], (1.0, 1.0)))
        if known is not None:
            places[place] = known
    staffed = any(each.state is CounterState.OPEN for each in situation.desks)
    return Foretold(situation.now, situation.seq, MODEL, lines, places, staffed)


def _step(situation: Situation, learned: Learned, service: str) -> float:
    """Return what one person more costs: a service at one of the desks that offer it."""
    desks = sum(service in each.policy.services for each in situation.desks
                if each.state is CounterState.OPEN)  # fmt: skip
    return learned.at_desk(service).mean / MINUTE / max(1, desks)


def _play(
    situation: Situation, learned: Learned, random: Random, waits: dict[int, list[float]]
) -> None:
    now, pattern, wanted = situation.now, learned.pattern(random), set(waits)
    desks, joins = desks_of(situation, pattern, learned, random)

    def serve(head: Head, desk: Desk, _at: Millis) -> Served:
        length, then = learned.at_desk(head.service).draw(random, desk.pace)
        return Served(length + learned.pause(random), then)

    def seen(head: Head, _desk: Desk | None, at: Millis) -> None:
        if head.arrival in wanted:
            wanted.discard(head.arrival)
            waits[head.arrival].append((at - now) / MINUTE)

    coming = to_come(situation, pattern, random) + joins
    coming.sort(key=attrgetter("eligible_at"))
    Simulation(
        desks, situation.waiting, situation.recent, situation.newcomers,
        keeps_place=situation.keeps_place,
    ).run(
        now, coming, serve, seen, until=now + HORIZON,
        only_tagged=True,
    )  # fmt: skip


def goes_on(head: Head, service: str, at: Millis) -> Head:
    """Return somebody who goes on to another service, as they join its line."""
    return Head(
        head.ticket, head.leg + 1, service, head.priority, head.arrival, at, head.max_wait_ms,
        target_ms=head.target_ms,
    )  # fmt: skip


def desks_of(
    situation: Situation, pattern: Pattern | None, learned: Learned, random: Random
) -> tuple[list[Desk], list[Head]]:
    """Return the counters as this run takes them to go on, and who goes on from them."""
    joins: list[Head] = []
    halts: dict[Millis, Millis] = {}
    desks = [
        desk for each in situation.desks
        if (desk := _desk_of(each, situation, pattern, learned, random, joins, halts)) is not None
    ]  # fmt: skip
    return desks, joins


def _desk_of(
    now: DeskNow, situation: Situation, pattern: Pattern | None, learned: Learned, random: Random,
    joins: list[Head], halts: dict[Millis, Millis],
) -> Desk | None:  # fmt: skip
    """Return a counter as this run takes it to go on; ``None`` when it is not expected.

    ``joins`` gets whoever goes on from there to another service, ``halts`` when counters that
    stand still together go on, by the moment since when they do.
    """
    moment, began = situation.now, situation.began
    usual = None if pattern is None else pattern.shifts.get(now.key)
    breaks: list[Break] = []
    ends = NEVER
    if usual is not None:
        if not now.rested and now.state is not CounterState.BREAK:
            breaks = [
                Break(began + rest.start, rest.length) for rest in usual.rests
                if began + rest.start > moment - OVERDUE
            ]  # fmt: skip
        if usual.closes is not None and began + usual.closes > moment:
            ends = began + usual.closes
    if now.state is CounterState.OPEN:
        free = moment
        if now.busy_since is not None and now.serves is not None:
            known = learned.at_desk(now.serves.service)
            rest = known.rest(max(0, moment - now.busy_since), random, now.pace)
            free += rest.length
            if rest.then is not None:
                joins.append(goes_on(now.serves, rest.then, free))
            free += learned.pause(random)
    elif now.state is CounterState.BREAK:
        free = max(moment, _back(now, moment, learned, random, halts))
    else:
        opens = None if now.worked or usual is None else learned.opening(now.key, random)
        if opens is None or began + opens < moment - LATE:
            return None
        free = max(moment, began + opens)
    return Desk(
        now.key, now.policy, free, breaks, ends, sent=now.sent, own=now.own, pace=now.pace
    )  # fmt: skip


def _back(
    now: DeskNow, moment: Millis, learned: Learned, random: Random, halts: dict[Millis, Millis]
) -> Millis:
    """Return when a counter goes on that rests or stands still."""
    if now.halt is None:
        return now.until or moment + learned.rests.rest(moment - now.since, random).length
    if now.halt not in halts:
        halts[now.halt] = draw_end(now.halt, moment, random)
    return halts[now.halt]


def to_come(
    situation: Situation, pattern: Pattern | None, random: Random, *, everybody: bool = False
) -> list[Head]:
    """Return who still comes and may be called before somebody who waits already, or everybody."""
    if pattern is None:
        return []
    since = situation.now - situation.began
    usual = sum(each.at <= since for each in pattern.arrivals)
    ratio = (situation.came + STEADY) / (usual + STEADY)
    promise = {head.service: (head.max_wait_ms, head.target_ms) for head in situation.newcomers}
    found: list[Head] = []
    for each in pattern.arrivals:
        wanted = everybody or situation.all_matter or each.priority is Priority.PRIORITY
        if each.at <= since or not wanted or each.service not in promise:
            continue
        whole, part = divmod(ratio, 1)
        for _ in range(int(whole) + (random.random() < part)):
            limit, target = promise[each.service]
            found.append(Head(
                "", 1, each.service, each.priority, STILL_TO_COME + len(found),
                situation.began + each.at, limit, target_ms=target,
            ))  # fmt: skip
    return found


def range_of(
    found: Sequence[float], runs: int, tails: tuple[float, float] = (1.0, 1.0)
) -> Range | None:
    """Return what is told of these waits of ``runs`` runs; those without end are left out of it.

    ``tails`` widens (below 1) or narrows the shares that are left outside.
    """
    if len(found) < MOSTLY * runs:
        return None
    waits = sorted(found) + [math.inf] * (runs - len(found))
    at_once = sum(wait * MINUTE < AT_ONCE for wait in waits)
    share = at_once / runs
    lower, upper = tails
    above = min(MOST_ABOVE, MISSED * (1 - share)) if share >= SELDOM else UPPER * (1 - share)
    high = quantile(waits, 1 - above * upper)
    low = quantile(waits[at_once:], LOWER * lower) if share < SELDOM else 0.0
    middle = quantile(waits, 0.5)
    if math.isinf(high):
        return None
    return Range(low, middle, max(high, low))


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which this share lies, between neighbours in proportion."""
    place = share * len(ordered) - 0.5
    below = min(max(math.floor(place), 0), len(ordered) - 1)
    above = min(below + 1, len(ordered) - 1)
    part = min(1.0, max(0.0, place - below))
    if part == 0 or ordered[above] == ordered[below]:
        return ordered[below]
    return ordered[below] + part * (ordered[above] - ordered[below])
