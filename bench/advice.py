"""Judges the advice to open one more counter: days are played again with it, by real commands.

On days on which two colleagues are away, the hall is asked every ten minutes. Of the first advice
of each day three figures stand side by side: how much waiting beyond the promise it said would be
spared, what hindsight makes of it, and how much really was, as the very day was played again with
the counter open.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random

import msgspec

from bench.figures import Figure, median, quantile
from bench.scale import Pasts, Scale
from bench.waits import LAST, LEARNED_DAYS
from bench.waits.judging import World
from bench.waits.world import Past, ShiftedDay, Stage, Taken, log_of
from server.demo.history import working_days
from server.demo.seed import demo_office
from server.demo.simulator import Habits, Seat
from server.domain.day import Millis
from server.domain.tx import Tx
from server.plan.advise import Advice, advise
from server.plan.futures import SETTLING, WINDOW, Sum, Wait, summed
from server.plan.hindsight import Hindsight, Kept, hindsight
from server.plan.learned import DAYS, Learned, learn
from server.plan.situation import Situation, situation_of

PER_DAY = 240
AWAY = (8, 12)
"""Counters whose officers are away."""
EVERY = 10 * 60_000
DAYS_EACH = 4


class ShortDay(ShiftedDay):
    """A day on which some counters stay closed, but for a stretch of time if one was advised."""

    def __init__(self, helps: Advice | None, *args: object) -> None:
        self._helps = helps
        super().__init__("usual", 0, *args)
        if helps is not None:
            for seat in self._seats:
                if seat.counter.id == helps.counter:
                    seat.lunch = None
                    self._at(helps.at + SETTLING - self._midnight, self._help, seat)

    def _help(self, at: Millis, seat: Seat) -> None:
        seat.shut = False
        super()._open(at, seat)

    def _open(self, at: Millis, seat: Seat) -> None:
        if seat.counter.number in AWAY:
            seat.shut = True
        else:
            super()._open(at, seat)

    def _free(self, at: Millis, seat: Seat) -> None:
        helps = self._helps
        if helps is not None and seat.counter.id == helps.counter and not seat.shut \
                and at >= helps.until - self._midnight:  # fmt: skip
            self._close(at, seat)
            seat.shut = True
            return
        super()._free(at, seat)


class Asker:
    """Asks for advice every ten minutes; keeps the first."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self._next: Millis = 0
        self.kept: Kept | None = None
        self.took: list[float] = []

    def asked(self, tx: Tx, taken: Taken, today: Past) -> None:
        """Ask, before a number is given."""
        if tx.now < self._next or self.kept is not None:
            return
        self._next = tx.now + EVERY
        ended = [each for each in today.turns if each.ended_at]
        found = situation_of(tx, self._learned, today.sessions, ended)
        assert found is not None
        began = time.process_time()
        advice = advise(found, self._learned, Random(taken.ticket))
        self.took.append(time.process_time() - began)
        if advice is not None:
            self.kept = Kept(advice, found)


def _played(
    world: World, day: str, learned: Learned, helps: Advice | None = None
) -> tuple[Past, Asker]:
    asker = Asker(learned)
    stage = Stage(world.office, asker.asked if helps is None else None)
    count, seed = world.count(day), f"{world.seed}/{day}"
    ShortDay(helps, world.office, day, count, seed, stage, {}, world.habits).play()
    return log_of(stage, world.office, day), asker


def _late(past: Past, situation: Situation) -> Sum:
    """Return how much too long people waited by the log, of those an advice counts."""
    promise = {each.service: each.target_ms for each in situation.newcomers}
    here = {(each.arrival, each.leg) for each in situation.in_line()}
    now = situation.now
    waits = [
        (each.first_called_at or each.ended_at or 0) - each.came_at - promise[each.service]
        for each in past.turns
        if (each.arrival, each.leg) in here or (each.leg == 1 and now < each.came_at < now + WINDOW)
    ]
    return summed(Wait("", 0, max(0, over)) for over in waits)


def run(scale: Scale, _pasts: Pasts) -> list[Figure]:
    """Judge the first advice of each day."""
    office = demo_office()
    world = World(office, office.services, PER_DAY, Habits(), 0, "advice")
    days = [each.isoformat() for each in working_days(LAST, LEARNED_DAYS)]
    judged = days[-DAYS_EACH * scale.rounds :]
    past = world.past(days[: -len(judged)])
    found: list[tuple[Advice, Hindsight, Sum, Sum]] = []
    took: list[float] = []
    for day in judged:
        known = past.before(day, DAYS)
        learned = learn(world.told, day, known.turns, known.sessions, known.began)
        was, asker = _played(world, day, learned)
        took += asker.took
        if asker.kept is not None:
            advice, situation = asker.kept.advice, asker.kept.situation
            again, _ = _played(world, day, learned, advice)
            seen = hindsight(asker.kept, was.turns, was.sessions)
            found.append((advice, seen, _late(was, situation), _late(again, situation)))
    return list(_figures(len(judged), found, took))


def _figures(
    days: int, found: list[tuple[Advice, Hindsight, Sum, Sum]], took: list[float]
) -> Iterator[Figure]:
    for advice, seen, late, with_it in found:
        print(f"{msgspec.structs.asdict(advice)} {seen} really {late} -> {with_it}", flush=True)
    told = [advice.over - advice.over_with for advice, *_ in found]
    after = [seen.without.over - seen.with_it.over for _, seen, *_ in found]
    really = [late.over - with_it.over for *_, late, with_it in found]
    note = f"{len(found)} of {days} days had one; spared really {sum(really)} minutes"
    yield Figure("advice: spared a long wait, told against really", sum(told) / sum(really), "x",
                 1.3, "<", note=note)  # fmt: skip
    yield Figure("advice: the same, in hindsight against really", sum(after) / sum(really), "x",
                 1.3, "<", note=f"{sum(after)} minutes")  # fmt: skip
    off = [abs(ours - real) for ours, real in zip(after, really, strict=True)]
    yield Figure("advice: hindsight off by, median", median(off), "min", 60, "<",
                 note="of all people together")  # fmt: skip
    yield Figure("advice: days on which it helped", 100 * sum(each > 0 for each in really)
                 / len(really), "%", 80, ">=")  # fmt: skip
    yield Figure("advice: worked out in, at most", quantile(took, 1.0) * 1000, "ms of CPU", 2000,
                 "<", note=f"median {1000 * median(took):.0f} ms; every few minutes")  # fmt: skip
