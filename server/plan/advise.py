"""Advice: one more counter, which, and until when, where people would wait too long without it.

The hall is played on from where it stands with and without the counter. What counts is the time
that people wait beyond what the office promises, all together: in a long line a counter spares
everybody some, before it spares anybody all of it. Little things are not worth a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import attrgetter
from random import Random

import msgspec

from server.domain.day import Millis
from server.domain.policy import Head
from server.domain.states import CounterState
from server.plan.foretell import desks_of, quantile, to_come
from server.plan.futures import MINUTE, SETTLING, WINDOW, Extra, Future, Wait, summed
from server.plan.learned import LATE, Learned
from server.plan.simulator import Desk, Served
from server.plan.situation import DeskNow, Situation

MODEL = "advice-1"
"""Name of this model; kept with each advice, so that what came of it can be told apart."""
RUNS, FIRST_RUNS = 40, 12
LEAST = 60.0
"""Minutes beyond the promise that must be spared, of all together, or nobody is troubled."""
WORTH = 0.2
"""Of those minutes so many must be spared."""
KEPT = 0.5
"""An advice that was given stays while it is still worth half of that."""
NEARLY = 0.9
"""The shortest time that spares so much of what the longest would."""
STEP = 10 * MINUTE
SHORTEST = 20 * MINUTE
MOST_COUNTERS = 3
LONG_REST = 90 * MINUTE
SOON = 30 * MINUTE
MOST_OF_THEM = 0.9
"""Nine of ten wait no longer than the wait that is told."""


class Advice(msgspec.Struct, frozen=True):
    """Open a counter until then.

    Attributes:
        counter: its id.
        service: the one that presses most.
        people: who wait now or come within an hour and a half.
        late: of them, who would wait longer than promised without the counter.
        over: the minutes beyond the promise, of all together.
        late_with, over_with: the same with the counter.
        wait, wait_with: minutes that nine of ten of the pressing service wait at most.
    """

    at: Millis
    counter: str
    until: Millis
    service: str
    people: int
    late: int
    late_with: int
    over: int
    over_with: int
    wait: int
    wait_with: int
    model: str = MODEL


class _Tally(msgspec.Struct):
    """What came of all runs: on average, and the waits of all."""

    runs: int
    waits: list[Wait]

    @property
    def over(self) -> float:
        """Return the minutes beyond the promise."""
        return sum(each.over for each in self.waits) / self.runs / MINUTE

    def by_service(self) -> Counter[str]:
        """Return the time beyond the promise of each service."""
        found: Counter[str] = Counter()
        for each in self.waits:
            found[each.service] += each.over
        return found

    def usual(self, service: str) -> int:
        """Return the minutes that nine of ten wait at most."""
        waits = sorted(each.wait for each in self.waits if each.service == service)
        return round(quantile(waits, MOST_OF_THEM) / MINUTE)


def advise(
    situation: Situation, learned: Learned, random: Random, closed: Sequence[str] = (), *,
    given: bool = False,
) -> Advice | None:  # fmt: skip
    """Return what would help; ``None`` when all is well, or nothing would.

    Args:
        situation: the hall as it stands.
        learned: what its past teaches.
        random: draws the runs.
        closed: services that give no numbers now: no counter helps them.
        given: an advice was given and not answered; it is taken back only when it has lost its
            point.
    """
    if not any(each.state is CounterState.OPEN for each in situation.desks):
        return None  # before the doors open, or after: nobody is there to ask
    least = LEAST * (KEPT if given else 1.0)
    runs = [_future(situation, learned, random) for _ in range(FIRST_RUNS)]
    if _tally(situation, runs).over < least:
        return None
    runs += [_future(situation, learned, random) for _ in range(RUNS - FIRST_RUNS)]
    without = _tally(situation, runs)
    over = without.by_service()
    ((service, _),) = over.most_common(1)
    if service in closed:
        return None
    now = situation.now
    options = [Extra(each.key, each.policy, now + SETTLING, now + WINDOW, each.pace)
               for each in could_open(situation, learned, service, over)]  # fmt: skip
    found = [(_tally(situation, runs, each), each) for each in options]
    if not found:
        return None
    most, best = min(found, key=lambda each: each[0].over)  # the first of equals
    saved = without.over - most.over
    if saved < max(least, WORTH * (KEPT if given else 1.0) * without.over):
        return None
    until = _shortest(situation, runs, best, without.over - NEARLY * saved)
    with_it = _tally(situation, runs, msgspec.structs.replace(best, until=until))
    before, after = summed(without.waits, RUNS), summed(with_it.waits, RUNS)
    return Advice(
        now, best.key, until, service, round(len(without.waits) / RUNS), before.late, after.late,
        before.over, after.over, without.usual(service), with_it.usual(service),
    )  # fmt: skip


def could_open(
    situation: Situation, learned: Learned, service: str, over: Counter[str]
) -> list[DeskNow]:
    """Return counters nobody works at that serve a service.

    First comes which serves most of those who wait too long. One that opens at about this time
    anyway is left to that. Nobody's rest is cut short: one at rest counts only where no other is,
    and when its rest is over by what was said, or by far.
    """

    def helps(desk: DeskNow) -> int:
        return -sum(over[each] for each in desk.policy.services)

    def comes(desk: DeskNow) -> bool:
        opens = None if desk.worked else learned.opens.get(desk.key)
        return opens is not None and -LATE <= situation.began + opens - situation.now < SOON

    serve = [each for each in situation.desks if service in each.policy.services]
    shut = [each for each in serve if each.state is CounterState.CLOSED and not comes(each)]
    rests = [
        each for each in serve if each.state is CounterState.BREAK
        and situation.now > (each.until or each.since + LONG_REST)
    ]  # fmt: skip
    return sorted(shut or rests, key=helps)[:MOST_COUNTERS]


def _shortest(
    situation: Situation, runs: Sequence[Future], extra: Extra, at_most: float
) -> Millis:  # fmt: skip
    """Return the first ten minutes of the clock at which the counter may close again.

    Looked for by halves: the longer it is open, the fewer wait too long.
    """
    first = -(-(situation.now + SHORTEST - situation.began) // STEP)
    last = (extra.until - situation.began) // STEP
    while first < last:
        middle = (first + last) // 2
        until = situation.began + middle * STEP
        if _tally(situation, runs, msgspec.structs.replace(extra, until=until)).over <= at_most:
            last = middle
        else:
            first = middle + 1
    return situation.began + last * STEP


def _tally(situation: Situation, runs: Sequence[Future], extra: Extra | None = None) -> _Tally:
    found = _Tally(len(runs), [])
    for each in runs:
        found.waits += each.play(situation, extra)
    return found


def _future(situation: Situation, learned: Learned, random: Random) -> Future:
    pattern = learned.pattern(random)
    desks, joins = desks_of(situation, pattern, learned, random)
    coming = to_come(situation, pattern, random, everybody=True) + joins
    coming.sort(key=attrgetter("eligible_at"))
    drawn: dict[tuple[int, int], tuple[float, Millis]] = {}

    def serve(head: Head, desk: Desk, _at: Millis) -> Served:
        key = head.arrival, head.leg
        if key not in drawn:
            drawn[key] = random.random(), learned.pause(random)
        share, pause = drawn[key]
        length, then = learned.at_desk(head.service).at(share, desk.pace)
        return Served(length + pause, then)

    return Future(desks, coming, serve)
