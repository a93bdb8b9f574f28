"""How right the waits were that visitors were told: hits, misses, and what follows from them.

Counted are those who had to wait, called later than a minute after taking the number: with the
others every way of guessing looks good. A hit is a wait inside what was told, as it was rounded.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

import msgspec

from server.domain.day import Millis, local
from server.domain.events import Quote
from server.domain.names import reading_order
from server.plan.asked import Verdict, Verdicts
from server.plan.foretell import MODEL
from server.plan.shares import per_cent
from server.storage.queries.waits import ToldWait

MINUTE = 60_000
LAST = 100
"""Of so many who waited last, the poster tells how many were told right."""
ENOUGH = 200
"""Ranges told on a day before the day corrects itself."""
FEW = 30
"""Who waited on a day: fewer say nothing about the model."""
SOUND = (70.0, 90.0)
"""Per cent inside; out of it on two days, the model has drifted."""
BELOW, ABOVE = 0.08, 0.12
"""Shares of those who waited that should be called earlier, and later, than told."""
STEP = 0.05
BOUNDS = (0.25, 2.5)
WIDE = 0.5
"""A model that drifts leaves so much less outside."""


class Judged(msgspec.Struct, frozen=True, gc=False):
    """One wait and what was told of it, in minutes; ``low`` is ``None`` when nothing was."""

    day: str
    hour: int
    at: Millis
    service: str
    priority: str
    model: str
    wait: float
    low: int | None
    high: int | None
    middle: float | None

    @property
    def waited(self) -> bool:
        """Whether they had to wait, and were told how long."""
        return self.wait >= 1 and self.low is not None

    @property
    def above(self) -> bool:
        """Whether they waited longer than told."""
        return self.high is not None and self.wait > self.high

    @property
    def below(self) -> bool:
        """Whether they were called earlier than told."""
        return self.low is not None and self.wait < self.low


class _Issued(msgspec.Struct):
    """What is needed of the event."""

    quote: Quote | None = None


_decode = msgspec.json.Decoder(_Issued).decode


def judged(rows: Iterable[ToldWait], zone: str) -> list[Judged]:
    """Return what the log tells, in the order in which the numbers were taken."""
    found = []
    for row in rows:
        quote = _decode(row.event).quote
        if quote is None:
            continue
        told = quote.estimate
        found.append(Judged(
            row.day, local(row.at, zone).hour, row.at, row.service, row.priority, quote.model,
            row.wait_ms / MINUTE, None if told is None else told.low_minutes,
            None if told is None else told.high_minutes,
            None if quote.middle_s is None else quote.middle_s / 60,
        ))  # fmt: skip
    return sorted(found, key=lambda each: each.at)


def verdict(found: Sequence[Judged]) -> Verdict:
    """Return how right they were; ``None`` where nobody is to be counted."""
    waited = [each for each in found if each.waited]
    biases = [each.middle - each.wait for each in waited if each.middle is not None]
    widths = [each.high - each.low for each in waited
              if each.high is not None and each.low is not None]  # fmt: skip
    outside = [(each.below, each.above) for each in waited]
    above, below = sum(up for _, up in outside), sum(down for down, _ in outside)
    return Verdict(
        len(found), len(waited), per_cent(len(waited) - above - below, len(waited)),
        per_cent(above, len(waited)), per_cent(below, len(waited)),
        round(sum(widths) / len(widths), 2) if widths else None,
        round(median(biases), 2) if biases else None,
        per_cent(sum(each.low is None for each in found), len(found)),
    )  # fmt: skip


def verdicts(found: Sequence[Judged], today: str) -> Verdicts:
    """Return how right they were, as a whole and in parts; ``today`` is not over."""
    return Verdicts(
        verdict(found),
        _parts(found, lambda each: each.service), _parts(found, lambda each: each.priority),
        _parts(found, lambda each: f"{each.hour:02}"), _parts(found, lambda each: each.day),
        _parts(found, lambda each: each.model),
        hits(found), drift([each for each in found if each.day < today]),
    )  # fmt: skip


def _parts(found: Sequence[Judged], key: Callable[[Judged], str]) -> dict[str, Verdict]:
    parts: dict[str, list[Judged]] = defaultdict(list)
    for each in found:
        parts[key(each)].append(each)
    return {each: verdict(parts[each]) for each in sorted(parts, key=reading_order)}


def hits(found: Sequence[Judged]) -> int | None:
    """Return how many of the last hundred who waited were told right; ``None`` before that many."""
    last = [each for each in found if each.waited][-LAST:]
    return sum(not each.above and not each.below for each in last) if len(last) == LAST else None


def drift(found: Sequence[Judged]) -> int | None:
    """Return the per cent inside on the last day, if the model was out of bounds on two.

    ``found`` are days that are over; days with few who waited are passed over.
    """
    days: dict[str, list[Judged]] = defaultdict(list)
    for each in found:
        if each.model == MODEL and each.waited:
            days[each.day].append(each)
    shares = [
        share for _, its in sorted(days.items())
        if len(its) >= FEW and (share := verdict(its).inside) is not None
    ][-2:]  # fmt: skip
    out = [not SOUND[0] <= share <= SOUND[1] for share in shares]
    if len(out) != 2 or not all(out):  # noqa: PLR2004
        return None
    last = shares[-1]
    return round(last) if last in {0, 100} else min(max(round(last), 1), 99)


def tails(
    today: Sequence[Judged], services: Iterable[str], *, drifted: bool = False
) -> Mapping[str, tuple[float, float]]:
    """Return by how much the shares outside are to be changed, by service: lower, upper.

    Below 1 the range is wider. Each visitor called moves its service a little towards what was
    promised, once the day has told enough ranges; a model that has drifted begins wider.
    """
    first = WIDE if drifted else 1.0
    found = dict.fromkeys(services, (first, first))
    own = [each for each in today if each.model == MODEL]
    if len(own) < ENOUGH:
        return found
    for each in own:
        if each.waited:
            lower, upper = found.get(each.service, (first, first))
            found[each.service] = (
                _moved(lower, BELOW - each.below), _moved(upper, ABOVE - each.above)
            )  # fmt: skip
    return found


def _moved(factor: float, by: float) -> float:
    return min(BOUNDS[1], max(BOUNDS[0], factor * math.exp(STEP * by)))
