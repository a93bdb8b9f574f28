"""Holds a week's rota against what then happens, against a formula and against last week's.

All days are played with the real commands, by people made by seed.
"""

from __future__ import annotations

import json
import math
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from bench.figures import Figure, columns, median, quantile
from bench.load import Plan, drive
from bench.mix import COUNTERS, ROUND, at_counter, tickets
from bench.office import Office as Running
from bench.office import serving
from bench.scale import Pasts, Scale
from bench.waits.judging import World
from bench.waits.world import Past, Stage
from server.demo.history import working_days
from server.demo.seed import demo_office
from server.demo.simulator import Day, Habits, Seat
from server.domain.day import day_bounds
from server.domain.desks import take_break
from server.domain.office import Office
from server.plan import erlang
from server.plan.forecast import HALF_HOURS, Counts
from server.plan.learned import Learned, learn
from server.plan.rota.expecting import days_of, expected
from server.plan.rota.making import Making
from server.plan.rota.shapes import options_of
from server.plan.rota.solving import Need, solve
from server.plan.rota.trial import HALF_HOUR, Crowd, Expected, Seating, load_of
from server.plan.rota.values import DayRota, Officer, RotaRules, Shift, clock_of

WEEK = "2026-07-06"
KNOWN_DAYS = 60
MINUTE = 60_000
PER_DAY, BUSY = 170, 225
"""Visitors that twelve counters can serve in time also at eight, and those of the demo."""
WITHIN = 5
SLOTS = range(16, 30)
CALLS = 60


class PlannedDay(Day):
    """A day on which counters open, rest and close by a rota."""

    def __init__(self, shifts: Sequence[Shift], *args: Any) -> None:  # noqa: ANN401
        super().__init__(*args)
        self._shifts = {each.counter: each for each in shifts}
        self._seats = [each for each in self._seats if each.counter.number in self._shifts]
        self._opens = [self._shifts[each.counter.number].start * HALF_HOUR for each in self._seats]
        for seat in self._seats:
            shift = self._shifts[seat.counter.number]
            seat.lunch = None if shift.rest is None else shift.rest * HALF_HOUR
            if shift.end < SLOTS.stop:
                self._at(shift.end * HALF_HOUR, self._idle_until, seat)

    def _free(self, at: int, seat: Seat) -> None:
        shift = self._shifts[seat.counter.number]
        if not seat.shut and shift.end < SLOTS.stop and at >= shift.end * HALF_HOUR:
            self._close(at, seat)
        elif not seat.shut and seat.lunch is not None and at >= seat.lunch:
            seat.lunch = None
            self._do(at, seat.who, take_break, seat.counter.id, "Istirahat")
            self._at(at + shift.rest_slots * HALF_HOUR, self._open, seat)
        else:
            super()._free(at, seat)


Waits = dict[tuple[str, int], list[float]]
"""Minutes of waiting from the opening on, by day and half hour; endless for who was not called."""


def happened(
    world: World, rota: Mapping[str, Sequence[Shift]], weeks: int, waits: Waits | None = None
) -> Waits:
    """Play a rota for some weeks of people; return how long they waited."""
    found: Waits = {} if waits is None else waits
    for n in range(weeks):
        for day, shifts in rota.items():
            seeded = msgspec.structs.replace(world, seed=f"{world.seed}/week {n}")
            stage = Stage(world.office, None)
            PlannedDay(
                shifts,
                world.office,
                day,
                seeded.count(day),
                f"{seeded.seed}/{day}",
                stage,
                {},
                world.habits,
            ).play()
            began = day_bounds(day, world.office.zone)[0]
            for each in stage.taken:
                turn = stage.hall.visits[each.ticket].turns[0]
                slot = max(SLOTS.start, (each.at - began) // HALF_HOUR)
                since = max(each.at, began + SLOTS.start * HALF_HOUR)
                wait = math.inf if turn.called_at is None else (turn.called_at - since) / MINUTE
                if turn.called_at is not None or turn.wait_ms is not None:
                    found.setdefault((day, slot), []).append(max(0.0, wait))
    return found


def counts_of(past: Past) -> Counts:
    """Return who came, by day, service and half hour."""
    found: dict[str, dict[str, list[int]]] = {}
    for turn in past.turns:
        if turn.leg == 1:
            slot = (turn.came_at - past.began[turn.day]) // HALF_HOUR
            its = found.setdefault(turn.day, {}).setdefault(turn.service, [0] * HALF_HOURS)
            its[slot] += 1
    return found


class Known(msgspec.Struct, frozen=True):
    """What a planner knows on Friday evening."""

    office: Office
    rules: RotaRules
    learned: Learned
    days: dict[str, Expected]


def known(world: World, week: str) -> Known:
    """Play the weeks before, and learn from them."""
    before = [
        each.isoformat()
        for each in working_days(date.fromisoformat(week) - timedelta(days=1), KNOWN_DAYS)
    ]
    past = world.past(before)
    counts = counts_of(past)
    learned = learn(world.told, week, past.turns, past.sessions, past.began)
    rules = RotaRules(
        opens="08:00", closes="15:00",
        officers=[
            Officer(f"o{each.number}", f"{each.number}", counter=each.number)
            for each in world.office.counters
        ],
    )  # fmt: skip
    days = {
        day: found
        for day in days_of(week, 5)
        if (found := expected(world.office, rules, learned, counts, day, week)) is not None
    }
    return Known(world.office, rules, learned, days)


def planned(of: Known) -> tuple[dict[str, DayRota], float]:
    """Make the week's rota; return it and how many seconds that took."""
    began = time.monotonic()
    making = Making(of.office, of.rules, of.days, of.learned)
    while not (progress := making.step()).made:
        pass
    return {each.day: each for each in progress.days}, time.monotonic() - began


def by_formula(of: Known) -> dict[str, list[Shift]]:
    """Staff each half hour alone, as Erlang C has it (SIPP), and cover that by shifts once."""
    found = {}
    for day, each in of.days.items():
        work: dict[str, list[float]] = {}
        for code, load in load_of(each, of.learned).items():
            length = of.learned.at_desk(code).mean / MINUTE
            target = of.rules.minutes
            work[code] = [
                float(erlang.desks_for(a, length, target, of.rules.share / 100)) if a else 0.0
                for a in load
            ]
        options = options_of(of.office, of.rules, day, each.opens, each.closes, {})
        seats = solve(options, Need(each.opens, each.closes, work, 1, {}))
        found[day] = [seat.shift for seat in seats]
    return found


def last_week(of: Known) -> dict[str, list[Shift]]:
    """Have everybody there all day, as the demo's office has: rests alternate, on Fridays all."""
    found = {}
    for day in of.days:
        friday = date.fromisoformat(day).weekday() == 4  # noqa: PLR2004
        found[day] = [
            Shift(f"o{each.number}", each.number, 16, 30, 23 if friday else 23 + n % 2 * 2,
                  3 if friday else 2)
            for n, each in enumerate(of.office.counters)
        ]  # fmt: skip
    return found


def hours(rota: Mapping[str, Sequence[Shift]]) -> float:
    """Return the hours at counters."""
    return sum(shift.slots for its in rota.values() for shift in its) / 2


def shares(waits: Waits, minutes: int) -> dict[tuple[str, int], float]:
    """Return the share in time by half hour, where at least 40 came."""
    return {
        key: 100 * sum(wait <= minutes for wait in its) / len(its)
        for key, its in waits.items()
        if key[1] < SLOTS.stop and len(its) >= 40  # noqa: PLR2004
    }


def run(scale: Scale, _pasts: Pasts) -> list[Figure]:
    """Plan a week, play it, and hold it against the other ways."""
    weeks = 4 * scale.rounds
    figures = list(_week(PER_DAY, weeks))
    figures += _week(BUSY, max(2, weeks // 4))
    figures += _back_test(scale)
    return figures


def _week(per_day: int, weeks: int) -> Iterator[Figure]:
    office = demo_office()
    world = World(office, office.services, per_day, Habits(), 0, "demo")
    of = known(world, WEEK)
    made, took = planned(of)
    ways: dict[str, Mapping[str, Sequence[Shift]]] = {
        "plan": {day: each.shifts for day, each in made.items()},
        "each half hour by Erlang C (SIPP)": by_formula(of),
        "same as last week": last_week(of),
    }
    told = [("way", "counter hours", "half hours", "below 80 %", f"below {80 - WITHIN} %", "worst",
             "in time %", "p90 min")]  # fmt: skip
    begin = f"plan, {per_day} visitors a day"
    for name, rota in ways.items():
        waits = happened(world, rota, weeks)
        found = shares(waits, of.rules.minutes)
        every = [wait for its in waits.values() for wait in its]
        share = of.rules.share
        missed = sum(each < share for each in found.values())
        far = sum(each < share - WITHIN for each in found.values())
        p90 = quantile(every, 0.9)
        right = 100 * sum(wait <= of.rules.minutes for wait in every) / len(every)
        told.append((
            name, f"{hours(rota):.0f}", f"{len(found)}", f"{missed}", f"{far}",
            f"{min(found.values()):.0f} %", f"{right:.1f}", f"{p90:.1f}",
        ))  # fmt: skip
        if name == "plan":
            outs = [each.outcome for each in made.values() if each.outcome is not None]
            expects = _p90(of, rota)
            worst = min(found, key=lambda key: found[key])
            yield Figure(f"{begin}: worst half hour of {weeks} weeks", found[worst], "%",
                         80 - WITHIN, ">=", note=f"{worst[0]} {clock_of(worst[1])}")  # fmt: skip
            yield Figure(f"{begin}: half hours more than {WITHIN} points below", far, "", 1, "<",
                         note=f"of {len(found)}; the plan itself says that it misses "
                              f"{sum(len(each.missed) for each in outs)}")  # fmt: skip
            yield Figure(f"{begin}: p90 as planned, against what happened",
                         abs(expects / p90 - 1) * 100, "%", 25, "<",
                         note=f"{expects:.1f} and {p90:.1f} min")  # fmt: skip
            yield Figure(f"{begin}: making it, {len(office.counters)} counters", took, "s", 60, "<")
        else:
            yield Figure(f"{begin}: counter hours beside {name}", hours(ways["plan"]) / hours(rota),
                         "x", note=f"{hours(ways['plan']):.0f} h, {hours(rota):.0f} h; half hours "
                                   f"missed {told[1][3]}, {missed}")  # fmt: skip
    print(f"\n{begin}, {weeks} weeks played\n{columns(told)}", flush=True)


def _p90(of: Known, rota: Mapping[str, Sequence[Shift]], runs: int = 100) -> float:
    """Return the ninetieth percentile of waiting that the planner foresees for a rota."""
    waits: list[float] = []
    for day, each in of.days.items():
        crowd = Crowd(of.office, each, of.learned, runs, f"p90 {day}")
        services = {c.number: tuple(c.services) for c in of.office.counters}
        seats = [Seating(shift, services[shift.counter]) for shift in rota[day]]
        for n in range(runs):
            waits += [math.inf if w is None else w / MINUTE for w in crowd.waits(n, seats)]
    return quantile(waits, 0.9)


def _back_test(scale: Scale) -> Iterator[Figure]:
    """Foresee four weeks that were, each from the weeks before it, with the rota that was kept."""
    office = demo_office()
    world = World(office, office.services, BUSY, Habits(), 0, "demo")
    ours: list[float] = []
    theirs: list[float] = []
    for n in range(scale.rounds - 1):
        week = (date.fromisoformat(WEEK) + timedelta(weeks=n)).isoformat()
        of = known(world, week)
        rota = last_week(of)
        ours.append(_p90(of, rota, 40))
        waits = happened(world, rota, 1)
        theirs.append(quantile([wait for its in waits.values() for wait in its], 0.9))
    pairs = ", ".join(f"{a:.1f}/{b:.1f}" for a, b in zip(ours, theirs, strict=True))
    yield Figure("plan: back-test, p90 foreseen against what happened",
                 abs(sum(ours) / sum(theirs) - 1) * 100, "%", 25, "<",
                 note=f"foreseen/happened by week: {pairs} min")  # fmt: skip


def beside(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Measure calls with a plan in the making beside the hall and without one, in turns.

    Which of a pair comes first changes with each, so that a machine that grows slower meets both
    alike. A pair in which the plan was made before the calls were over is not counted.
    """
    data = pasts.with_turns(30_000, "-plan")
    ratios: list[float] = []
    alone: list[float] = []
    meanwhile: list[float] = []
    with serving(data) as office:
        _calls(office)
        for n in range(3 * scale.rounds):
            found: dict[bool, list[float]] = {}
            for planning in (n % 2 == 1, n % 2 == 0):
                found[planning] = _planning(office) if planning else _calls(office)
            if found[True]:
                alone += found[False]
                meanwhile += found[True]
                ratios.append(quantile(found[True], 0.99) / quantile(found[False], 0.99))
    note = (f"of {len(ratios)} pairs {min(ratios):.2f} to {max(ratios):.2f}, all calls together "
            f"{quantile(meanwhile, 0.99) / quantile(alone, 0.99):.2f}")  # fmt: skip
    return [
        Figure("plan-beside: call-next p99, plan in the making against none", median(ratios), "x",
               1.3, "<", note=note),
        *(
            Figure(f"plan-beside: call-next {words}", quantile(meanwhile, share) / 1000, "ms",
                   note=f"{quantile(alone, share) / 1000:.2f} ms without")
            for share, words in ((0.5, "p50"), (0.99, "p99"))
        ),
    ]  # fmt: skip


def _planning(office: Running) -> list[float]:
    """Return the latencies of calls beside a plan; none when it was made too soon."""
    manager = office.token("manager")
    _ask(office, manager, "/api/rota/make", {"week": _next_week()})
    while not (told := _ask(office, manager, "/api/rota/making"))["day"]:
        if told["state"] != "making":
            raise RuntimeError(told["trouble"] or told["state"])
        time.sleep(0.1)
    found = _calls(office)
    state = _ask(office, manager, "/api/rota/making")["state"]
    _ask(office, manager, "/api/rota/stop", {"keep": False})
    return found if state == "making" else []


def _calls(office: Running) -> list[float]:
    """Give numbers, let every counter call, start and finish; return the latencies of calls."""
    staff = office.token("staff")
    drive(Plan(office.port, [tickets(staff, services=ROUND)] * 8, CALLS * len(ROUND)))
    requests = [
        at_counter(staff, counter, "call-next", "start", "finish")
        for counter in range(1, COUNTERS + 1)
    ]
    return list(drive(Plan(office.port, requests, rounds=CALLS)).phases[0].latencies_us)


def _next_week() -> str:
    today = date.today()  # noqa: DTZ011 - which week it is does not matter
    return (today + timedelta(days=7 - today.weekday())).isoformat()


def _ask(office: Running, token: str, path: str, body: object = None) -> dict[str, Any]:
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{office.port}{path}", sent,
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        found: dict[str, Any] = json.loads(answer.read())
        return found
