"""Judges what visitors are told of their wait, against simple rules, on days made up by seed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from random import Random

from bench.figures import Figure, columns
from bench.scale import Pasts, Scale
from bench.waits.judging import WAYS, Guesses, World, judge, unseen
from bench.waits.marks import loss_against, marks
from bench.waits.rules import RULES, WORK_AHEAD
from bench.waits.world import SHIFTS
from server.demo import profile
from server.demo.history import working_days
from server.demo.seed import demo_office
from server.demo.simulator import Habits, visitors_of
from server.domain.policies import Policy
from server.domain.policy import Head
from server.domain.states import Priority
from server.plan import erlang
from server.plan.backtest import backtest
from server.plan.forecast import HALF_HOURS
from server.plan.foretell import MODEL
from server.plan.simulator import Desk, Served, Simulation

LAST = date(2026, 6, 30)
LEARNED_DAYS, FITTED_DAYS = 90, 25
USUAL_DAYS, SHIFTED_DAYS = 8, 2
"""Days judged, a round: in fewer, a block of forty people says little."""
VISITORS_A_MINUTE = 3_000_000
NAMES = {
    "usual": "a usual day", "closed": "a counter closes at ten",
    "surge": "from half past nine, eight come where five did", "slow": "one officer is slow",
    "outage": "a system is down from ten to 10.40",
    "half": "half a day", "holiday": "the first day after a holiday",
}  # fmt: skip
HEADINGS = (
    "way", "n", "waited", "inside %", "longer %", "loss", "error", "bias", "width", "unknown %",
    "blocks %",
)  # fmt: skip


def run(scale: Scale, _pasts: Pasts) -> list[Figure]:
    """Judge usual and shifted days, and a month with parameters that the model never saw."""
    office = demo_office()
    world = World(office, office.services, 225, Habits(), 0, "demo")
    many = USUAL_DAYS * scale.rounds
    days = [each.isoformat() for each in working_days(LAST, LEARNED_DAYS + 2 * many)]
    before, judged = days[:-many], days[-many:]
    past = world.past(before)
    fitted, means = world.fitted(before[-FITTED_DAYS:], past)
    past.add(world.past(judged))  # each of them knows those before it
    figures = list(_engine(scale))
    for shift in SHIFTS:
        of = judged if shift == "usual" else judged[-SHIFTED_DAYS * scale.rounds :]
        found = judge(world, of, shift, past, fitted, means)
        _tell(NAMES[shift], found)
        figures += _figures(NAMES[shift], found, usual=shift == "usual")
    figures += _unseen_month(scale)
    figures += _forecast()
    return figures


def _forecast() -> Iterator[Figure]:
    """Judge the forecast of who will come by the demo's last twenty days."""
    office, random = demo_office(), Random(1)
    counts: dict[str, dict[str, list[int]]] = {}
    for on in working_days(LAST, 150):
        its: dict[str, list[int]] = {}
        many = profile.volume(on, 225, random)
        for who in visitors_of(office, on, many, Random(f"1/{on}"), Habits()):
            its.setdefault(who.service, [0] * HALF_HOURS)[who.at // 1_800_000] += 1
        counts[on.isoformat()] = its
    found = backtest(counts)
    assert found is not None
    for name, ours, theirs in (
        ("half hour", found.ours.half_hour, found.last_week.half_hour),
        ("day", found.ours.day, found.last_week.day),
    ):
        yield Figure(f"forecast: error of a service's {name}, against a week ago", ours / theirs,
                     "x", 0.8, "<", note=f"{ours:.2f} people, a week ago {theirs:.2f}")  # fmt: skip
    yield Figure("forecast: half hours inside the band", found.inside, "%", 80, ">=")


def _unseen_month(scale: Scale) -> Iterator[Figure]:
    """Judge a month of another office; its log begins empty, and its settings are wrong."""
    other = unseen(demo_office(), "never seen 1")
    month = [each.isoformat() for each in working_days(date(2026, 7, 31), 30)][: 4 * scale.rounds]
    past = other.past(month)
    fitted, means = other.fitted(month, past)
    found = judge(other, month, "usual", past, fitted, means)
    name = f"{len(month)} days of an office never seen"
    _tell(f"{name}; the rules were fitted to these very days", found)
    yield from _figures(name, found, usual=False)


def _tell(name: str, found: Guesses) -> None:
    rows = [HEADINGS]
    for way in WAYS:
        m = marks(found[way])
        rows.append((
            way, f"{m.n}", f"{m.waited}", f"{m.cover:.0f}", f"{m.above:.0f}", f"{m.loss:.2f}",
            f"{m.error:.1f}", f"{m.bias:+.1f}", f"{m.width:.1f}", f"{m.unknown:.0f}",
            f"{m.blocks[0]:.0f}-{m.blocks[1]:.0f}",
        ))  # fmt: skip
    print(f"\n{name}\n{columns(rows)}", flush=True)


def _figures(name: str, found: Guesses, *, usual: bool) -> Iterator[Figure]:
    ours = marks(found[MODEL])
    best = max(loss_against(found[MODEL], found[rule]) for rule in RULES)
    before = loss_against(found[MODEL], found[WORK_AHEAD])
    least, most = (75, 85) if usual else (65, 90)
    begin = f"waits: {name}"
    note = f"all who waited: {ours.cover:.0f} %; best block {ours.blocks[1]:.0f} %, below {most}"
    yield Figure(f"{begin}, inside, worst block", ours.blocks[0], "%", least, ">=", note=note)
    yield Figure(f"{begin}, longer than told", ours.above, "%", 12, "<")
    yield Figure(f"{begin}, loss against the best rule", best, "x", 0.65, "<")
    yield Figure(f"{begin}, loss against {WORK_AHEAD}", before, "x",
                 0.6, "<")  # fmt: skip
    yield Figure(f"{begin}, median error of short waits", ours.error, "min", 3, "<")
    yield Figure(f"{begin}, bias", abs(ours.bias), "min", 1, "<")
    yield Figure(f"{begin}, not known", ours.unknown, "%", 10, "<")


def _engine(scale: Scale) -> Iterator[Figure]:
    """Measure the simulator, and hold it against Erlang C."""
    office, days = demo_office(), 60 * scale.rounds
    people = [visitors_of(office, date(2026, 3, 3), 225, Random(n), Habits()) for n in range(days)]
    heads = [
        [
            Head("", 1, each.service, each.priority, n, each.at, 3_600_000)
            for n, each in enumerate(day)
        ]
        for day in people
    ]
    began = time.process_time()
    for day, its in zip(people, heads, strict=True):
        desks = [
            Desk(each.id, Policy(services=tuple(each.services)), 480 * 60_000)
            for each in office.counters
        ]
        Simulation(desks).run(
            0, its, lambda head, *_, of=day: Served(of[head.arrival].length), lambda *_: None
        )
    took = time.process_time() - began
    yield Figure("waits: simulated visitors with the real policy", 60 * 225 * days / took,
                 "a minute", VISITORS_A_MINUTE, ">=", note="12 counters, 7 services")  # fmt: skip
    random, count = Random(7), 200_000 * scale.rounds
    lengths = [int(random.expovariate(1e-6)) for _ in range(count)]
    gaps = (random.expovariate(6.3e-6) for _ in range(count))
    line = [
        Head("", 1, "A", Priority.REGULAR, n, int(at), 2**60)
        for n, at in enumerate(accumulate(gaps))
    ]
    waited, waits = [0], [0]

    def seen(head: Head, _desk: Desk | None, at: int) -> None:
        waited[0] += at > head.eligible_at
        waits[0] += at - head.eligible_at

    Simulation([Desk(str(n), Policy(services=("A",))) for n in range(9)]).run(
        0, line, lambda head, *_: Served(lengths[head.arrival]), seen
    )
    off = abs(waited[0] / count / erlang.delayed(9, 6.3) - 1)
    mean = abs(waits[0] / count / 1e6 / erlang.mean_wait(9, 6.3, 1) - 1)
    yield Figure("waits: who waits at all, off Erlang C (9 desks, load 6.3)", 100 * off, "%", 1,
                 "<", note=f"{count:,} people; mean wait off by {100 * mean:.2f} %")  # fmt: skip
