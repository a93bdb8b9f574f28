"""Counters that stand still together, as when a system is down: nobody knows for how long.

They go on together, so one end is drawn for all of them; what an office's rests teach does not
count. How long repairs take is taken as log-normal, as maintenance engineers do (median and
spread below), given how long it has lasted.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from statistics import NormalDist

from server.domain.day import Millis
from server.domain.records import CounterNow
from server.domain.states import CounterState
from server.storage.queries.waits import PastSession

MINUTE = 60_000
USUAL_SHARE = 0.2
"""Share of past days on which a reason was said from which on it is one for a rest."""
KNOWN_DAYS = 3
TOGETHER = 2
MEDIAN, SPREAD = 30 * MINUTE, 0.8
_NORMAL = NormalDist()


def usual_reasons(
    sessions: Iterable[PastSession], began: Mapping[str, Millis]
) -> frozenset[str] | None:
    """Return why counters rest as a habit; ``None`` while too few days are known to say so."""
    if len(began) < KNOWN_DAYS:
        return None
    days: dict[str, set[int]] = defaultdict(set)
    for each in sessions:
        if each.state == CounterState.BREAK:
            days[each.reason].add(each.from_at // (24 * 60 * MINUTE))
    return frozenset(reason for reason, its in days.items() if len(its) >= USUAL_SHARE * len(began))


def without_halts(
    sessions: Sequence[PastSession], usual: frozenset[str] | None
) -> list[PastSession]:
    """Return sessions without those in which a counter stood still for no rest of its own."""
    return [
        each for each in sessions
        if each.state != CounterState.BREAK or usual is None or each.reason in usual
    ]  # fmt: skip


def halts_of(counters: Iterable[CounterNow], usual: frozenset[str] | None) -> dict[str, Millis]:
    """Return the counters that stand still together, by id, and since when their first does."""
    found: dict[str, list[CounterNow]] = defaultdict(list)
    for each in counters:
        unusual = usual is not None and each.reason is not None and each.reason not in usual
        if each.state is CounterState.BREAK and each.until is None and unusual:
            found[each.reason or ""].append(each)
    return {
        each.id: min(one.since for one in its)
        for its in found.values() if len(its) >= TOGETHER
        for each in its
    }  # fmt: skip


def draw_end(began: Millis, now: Millis, random: Random) -> Millis:
    """Draw when a halt ends that has lasted until now."""
    gone = max(1, now - began)
    past = _NORMAL.cdf(math.log(gone / MEDIAN) / SPREAD)
    share = min(past + (1 - past) * random.random(), 1 - 1e-9)
    return max(now, began + int(MEDIAN * math.exp(SPREAD * _NORMAL.inv_cdf(share))))
