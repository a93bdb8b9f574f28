"""What became of a plan, of days played by the real commands and of a small one by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import pytest

from bench.waits.judging import World
from bench.waits.world import Past
from server.demo.seed import demo_office
from server.demo.simulator import Habits
from server.domain.day import day_bounds
from server.plan.rota.regret import DayBack, look_back, midnight_of
from server.plan.rota.targets import Target, Targets
from server.plan.rota.values import (
    DayRota,
    HalfHour,
    Officer,
    Outlook,
    Rota,
    RotaRules,
    Shift,
    clock_of,
)
from server.storage.queries import rota as kept
from server.storage.queries.rota import Saved
from server.storage.queries.waits import PastSession, PastTurn
from tests.server.api.client import Client
from tests.server.process import Hall
from tests.server.rehearsal import office

DAY = "2026-07-07"
OPENS, CLOSES = 16, 30
MINUTE = 60_000
DEMO = demo_office()
RULES = RotaRules(
    officers=[Officer(f"o{each.number}", "", counter=each.number) for each in DEMO.counters]
)
USUAL = Targets(Target(80, 15))


def outlook(counters: int, closes: int = CLOSES) -> Outlook:
    """What a plan said: ten people a half hour, all well."""
    its = [
        HalfHour(at, 10.0, 5, 15, counters, 4.0, 90.0, 2.0, 8.0, {})
        for at in range(OPENS, closes)
    ]  # fmt: skip
    return Outlook(OPENS, closes, its, [], 90.0, 8.0, [], counters * (closes - OPENS) / 2)


def all_day(numbers: Sequence[int], closes: int = CLOSES) -> DayRota:
    shifts = [Shift(f"o{number}", number, OPENS, closes) for number in numbers]
    return DayRota(DAY, shifts, outlook(len(shifts), closes))


@pytest.fixture(scope="module")
def past() -> Past:
    return World(DEMO, DEMO.services, 170, Habits(), 0, "demo").play(DAY)[1]


def back(past: Past, numbers: Sequence[int], targets: Targets = USUAL) -> DayBack:
    plan = all_day(numbers)
    found = look_back(DEMO, RULES, targets, plan, 1, past.turns, past.sessions)
    assert found is not None
    return found


def test_a_day_as_it_was_stands_beside_its_plan(past: Past) -> None:
    found = back(past, [each.number for each in DEMO.counters])
    people = [each for each in past.turns if each.leg == 1]
    assert (found.came, found.expected) == (len(people), 140.0)
    assert sum(each.came for each in found.half_hours) == len(people)
    doors = midnight_of(DEMO, DAY) + OPENS * 30 * MINUTE
    waits = [
        (each.first_called_at - max(each.came_at, doors)) / MINUTE
        for each in people if each.first_called_at is not None
    ]  # fmt: skip
    assert len(waits) == len(people)
    in_time = 100 * sum(each <= 15 for each in waits) / len(waits)
    assert found.real_share == pytest.approx(in_time, abs=0.06)
    assert found.real_p90 == pytest.approx(sorted(waits)[-(len(waits) // 10) - 1], abs=0.2)
    at_noon = next(each for each in found.half_hours if each.at == 24)
    assert (at_noon.counters, at_noon.opened < 9) == (12, True), "rests were not planned"
    missed = {each.at for each in found.half_hours if each.missed}
    low = {
        each.at for each in found.half_hours
        if each.real_share is not None and each.real_share < 80 and each.came >= 3
    }  # fmt: skip
    assert (len(missed), missed) == (found.missed, low)
    assert [each.opened <= each.hours for each in found.seats] == [True] * 12


def test_hours_that_would_have_done_lie_between_too_few_and_too_many(past: Past) -> None:
    many = back(past, [each.number for each in DEMO.counters])
    few = back(past, [1, 3, 5, 7, 9])
    assert many.followed == 0 < few.followed
    assert many.beyond == few.beyond == 0
    assert few.hours < few.needed <= many.hours
    assert many.needed < many.hours
    hard = back(past, [1, 3, 5, 7, 9], Targets(Target(99, 1)))
    assert 0 < hard.beyond <= hard.followed, "all officers together would not have done"
    assert hard.needed > few.needed


def turn(came: int, called: int | None, ended: int | None, service: str = "A") -> PastTurn:
    """Somebody of 7 July, in minutes from midnight."""
    start = midnight_of(office(), DAY)
    at = [None if each is None else start + each * MINUTE for each in (called, ended)]
    return PastTurn(
        DAY, service, "regular", 1, start + came * MINUTE, None, at[0], at[1], True,
        arrival=came, first_called_at=at[0],
    )  # fmt: skip


def test_who_left_counts_once_they_waited_too_long_and_the_doors_open_the_waiting() -> None:
    hall = office()
    turns = [
        turn(450, 485, 490),  # before the doors: five minutes
        turn(486, 506, 510),  # twenty: too late for A
        turn(487, None, 490),  # left soon: not counted
        turn(488, None, 530),  # left after more than fifteen
        turn(545, 553, 560, "B"), turn(546, 553, 560, "B"), turn(547, 553, 560, "B"),
    ]  # fmt: skip
    sessions = [
        PastSession(hall.counters[0].id or "", "open",
                    midnight_of(hall, DAY) + 480 * MINUTE, midnight_of(hall, DAY) + 555 * MINUTE),
        PastSession("gone", "open", 0, 1),
    ]  # fmt: skip
    plan = DayRota(DAY, [Shift("ani", 1, OPENS, 20)], outlook(1, 20))
    rules = RotaRules(officers=[Officer("ani", "Ani")])
    own = Targets(Target(80, 15), {"B": Target(90, 5)})
    found = look_back(hall, rules, own, plan, 3, turns, sessions)
    assert found is not None
    first, second, third = found.half_hours[:3]
    assert (first.came, first.real_share, first.missed) == (4, 33.3, True)
    assert (third.came, third.real_share, third.missed) == (3, 0.0, True), "B has its own target"
    assert (second.came, second.real_share, second.missed) == (0, None, False)
    assert [each.opened for each in found.half_hours] == [1.0, 1.0, 0.5, 0.0]
    assert (found.version, found.opened, found.missed) == (3, 1.2, 2)
    assert look_back(hall, rules, own, DayRota(DAY, []), 1, turns, sessions) is None


def planned_and_past(hall: Hall, today: date, zone: str) -> date:
    """Give a hall a planned Wednesday of last week, with four people; return that day."""
    day = today - timedelta(days=today.weekday() + 5)
    week = (day - timedelta(days=2)).isoformat()
    start = day_bounds(day.isoformat(), zone)[0]
    plan = msgspec.structs.replace(all_day([1]), day=day.isoformat())
    late = msgspec.structs.replace(plan, shifts=[])
    with hall.server.database() as db:
        db.executemany(
            "INSERT INTO turns (ticket, leg, branch, day, label, service, priority, state, "
            "arrival, eligible_at, first_called_at, called_at, ended_at, calls) "
            "VALUES (?, 1, ?, ?, 'A001', 'A', 'regular', 'done', ?, ?, ?, ?, ?, 1)",
            [
                (f"{hall.number}/{n}", hall.number, day.isoformat(), n, start + at * MINUTE,
                 *[start + (at + wait) * MINUTE] * 2, start + (at + wait + 5) * MINUTE)
                for n, (at, wait) in enumerate([(480, 1), (485, 3), (490, 30), (600, 2)])
            ],
        )  # fmt: skip
        for version, (at, its) in enumerate([(0, plan), (start + 12 * 60 * MINUTE, late)], 1):
            text = msgspec.json.encode(Rota([its], 80, 15)).decode()
            kept.save(db, hall.number, Saved(week, version, at, "Ibu Dewi", text))
    return day


async def test_a_manager_reads_what_became_of_last_week(hall: Hall, manager: Client) -> None:
    queue = (await manager.get("/api/queue")).json
    today = date.fromisoformat(queue["day"])
    day = planned_and_past(hall, today, queue["branch"]["zone"])
    week = (day - timedelta(days=2)).isoformat()
    found = (await manager.get(f"/api/rota/hindsight?week={day}")).json
    assert (found["week"], len(found["days"])) == (week, 1)
    (told,) = found["days"]
    assert (told["version"], told["came"], told["real_share"]) == (1, 4, 75.0), "not the later plan"
    assert (told["missed"], found["missed"], found["half_hours"]) == (1, 1, 14)
    assert (told["opened"], told["target"]) == (0, {"share": 80, "minutes": 15})
    this_week = await manager.get(f"/api/rota/hindsight?week={today}")
    assert this_week.json["days"] == [], "nothing was planned, or it is not over"
    sheet = await manager.get(f"/api/rota/hindsight/file?week={day}&by=half-hour&language=en")
    head, first, *rest = sheet.body.decode().splitlines()
    assert head.startswith("Day,From,Visitors forecast,")
    assert first.startswith(f"{day},{clock_of(OPENS)},10,5,15,3,1,0,90,66.7,2,3,8,30,0,1")
    assert len(rest) == 13
    days = await manager.get(f"/api/rota/hindsight/file?week={day}&format=csv-sheet&language=id")
    assert days.body.decode("utf-8-sig").splitlines()[1].split(";")[:3] == [f"{day}", "140", "4"]
    assert (await manager.get("/api/rota/hindsight/file?by=month")).status == 422
