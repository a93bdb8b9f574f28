"""The ways of guessing a wait that are known elsewhere, as favourable to them as they can get.

Each rule gives one number when a number is taken. Which waits went with such a number is learned
from days before: sorted by the rule's number into 25 groups, the waits of a group are its range.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from statistics import NormalDist, median

import msgspec

from bench.waits.world import Past, Taken
from server.domain.estimate import work_ahead
from server.domain.foretold import Range
from server.domain.issuing import place_in_line
from server.domain.presence import offers
from server.domain.quoting import offered_work
from server.domain.states import Priority
from server.domain.tx import Tx
from server.plan.foretell import quantile

MINUTE = 60_000
GROUPS = 25
SHARES = (0.1, 0.5, 0.9)
LATELY, LATEST = 4 * 60 * MINUTE, 30
WORK_AHEAD = "work-ahead-1"
RULES = ("last wait", "head of line", "ahead x mean / counters", "mean of 30", "median of the hour")


class Seen(msgspec.Struct):
    """What a rule could know when a number was taken: its number, by rule."""

    taken: Taken
    hour: int
    numbers: dict[str, float]
    formula: Range | None


class Watcher:
    """Follows one day and notes what each rule would say of each newcomer."""

    def __init__(self, means: Mapping[str, float]) -> None:
        self.seen: list[Seen] = []
        self._means = means
        self._waits: dict[str, deque[tuple[int, float]]] = defaultdict(deque)
        self._known: set[str] = set()

    def asked(self, tx: Tx, taken: Taken, _today: Past) -> None:
        """Note what is known just before a number is given."""
        self._follow(tx)
        code, line, office = taken.service, tx.line(taken.service), tx.office
        cls = Priority(taken.priority)
        ahead = tx.due_now(code) + place_in_line(tx, line.regular, line.priority, cls)
        recent = [wait for at, wait in self._waits[code] if at > tx.now - LATELY][-LATEST:]
        first = [head for head in tx.heads("", [code]) if head.priority is cls]
        counters = sum(code in each.services for each in office.counters)
        work = work_ahead(office.service(code), ahead, offered_work(tx, code), offers(tx))
        self.seen.append(Seen(
            taken, (tx.now // MINUTE // 60 + 8) % 24,
            {
                "last wait": recent[-1] if recent else 0.0,
                "head of line": max((tx.now - each.eligible_at for each in first), default=0)
                / MINUTE,
                "ahead x mean / counters": ahead * self._means.get(code, 10.0) / max(1, counters),
                "mean of 30": sum(recent) / len(recent) if recent else 0.0,
            },
            None if work is None else _normal(*work),
        ))  # fmt: skip

    def _follow(self, tx: Tx) -> None:
        for call in tx.hall.calls:
            turn = tx.hall.visits[call.ticket].turns[0]
            if call.ticket in self._known:
                break
            self._known.add(call.ticket)
            wait = turn.wait_ms
            if wait is not None:
                self._waits[turn.service].append((call.at, wait / MINUTE))


def _normal(middle: float, spread: float) -> Range:
    if spread <= 0:
        return Range(middle, middle, middle)
    low, _, high = (NormalDist(middle, spread).inv_cdf(share) for share in SHARES)
    return Range(max(0.0, low), middle, high)


class Fitted:
    """The ranges of every rule, learned from days before."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self._of = {rule: _groups(rule, seen) for rule in RULES[:-1]}
        hours: dict[tuple[str, int], list[float]] = defaultdict(list)
        for each in seen:
            if each.taken.wait is not None:
                hours[each.taken.service, each.hour].append(each.taken.wait)
        self._hours = {key: _range(waits) for key, waits in hours.items()}

    def guess(self, rule: str, seen: Seen) -> Range | None:
        """Return what a rule says."""
        if rule == RULES[-1]:
            return self._hours.get((seen.taken.service, seen.hour))
        bounds, ranges = self._of[rule]
        return ranges[bisect_left(bounds, seen.numbers[rule])]


def _groups(rule: str, seen: Sequence[Seen]) -> tuple[list[float], list[Range]]:
    pairs = sorted(
        (each.numbers[rule], each.taken.wait) for each in seen if each.taken.wait is not None
    )
    bounds: list[float] = []
    ranges: list[Range] = []
    begin, size = 0, math.ceil(len(pairs) / GROUPS)
    while begin < len(pairs):
        end = min(len(pairs), begin + size)
        while end < len(pairs) and pairs[end][0] == pairs[end - 1][0]:
            end += 1
        ranges.append(_range([wait for _, wait in pairs[begin:end]]))
        bounds.append(pairs[end - 1][0])
        begin = end
    return bounds[:-1], ranges


def _range(waits: Sequence[float]) -> Range:
    ordered = sorted(waits)
    return Range(*(quantile(ordered, share) for share in SHARES))


def means_of(past: Past) -> dict[str, float]:
    """Return the middle service time of each service, minutes."""
    lengths: dict[str, list[float]] = defaultdict(list)
    for each in past.turns:
        if each.by_hand and each.called_at is not None and each.ended_at is not None:
            lengths[each.service].append((each.ended_at - each.called_at) / MINUTE)
    return {code: sum(found) / len(found) for code, found in lengths.items() if median(found)}
