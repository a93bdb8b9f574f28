"""How many people will come: what a history says of a day, and how wrong that was."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from server.demo import profile
from server.demo.history import working_days
from server.demo.seed import demo_office
from server.demo.simulator import Habits, visitors_of
from server.plan.backtest import backtest
from server.plan.calendar import OfficeCalendar
from server.plan.dayskind import AFTER_CLOSED, OpenDays
from server.plan.forecast import HALF_HOURS, Counts, band, corrected, fit
from tests.server.api.client import Client
from tests.server.api.test_settings_calls import now, send
from tests.server.process import Hall, some_noon

OPEN = [each.isoformat() for each in working_days(date(2026, 6, 30), 150)]


def demo_counts(seed: int) -> Counts:
    """Days of the demo's office, drawn as its made-up past is."""
    random, office = Random(seed), demo_office()
    counts: dict[str, dict[str, list[int]]] = {}
    for day in OPEN:
        on, its = date.fromisoformat(day), dict[str, list[int]]()
        many = profile.volume(on, 225, random)
        for who in visitors_of(office, on, many, Random(f"{seed}/{day}"), Habits()):
            its.setdefault(who.service, [0] * HALF_HOURS)[who.at // 1_800_000] += 1
        counts[day] = its
    return counts


def test_the_forecast_is_nearer_than_as_many_as_a_week_ago_and_its_band_holds() -> None:
    found = backtest(demo_counts(1))
    assert found is not None
    assert found.days == 20
    assert found.ours.half_hour < 0.8 * found.last_week.half_hour
    assert found.ours.day < 0.8 * found.last_week.day
    assert 80 <= found.inside <= 97


def test_a_week_ahead_no_more_people_are_foreseen_than_come() -> None:
    counts = demo_counts(1)
    judged = sorted(counts)[-20:]
    foreseen = 0.0
    for day in judged:
        since = (date.fromisoformat(day) - timedelta(days=6)).isoformat()
        known = {each: its for each, its in counts.items() if each < since}
        foreseen += sum(map(sum, fit(known, since).day(day).values()))
    came = sum(sum(its) for day in judged for its in counts[day].values())
    assert foreseen == pytest.approx(came, rel=0.04)


def test_a_day_is_foreseen_from_the_days_before_it_alone() -> None:
    counts = dict(demo_counts(2))
    before = backtest(counts, 5)
    last = OPEN[-1]
    foreseen = fit(counts, last).day(last)
    counts[last] = {"A": [1000] * HALF_HOURS}
    assert fit(counts, last).day(last) == foreseen
    assert backtest(counts, 5) != before


def test_a_service_that_comes_on_some_weekdays_is_expected_on_those_alone() -> None:
    found = fit(demo_counts(3), "2026-07-01")
    wednesday, thursday = found.day("2026-07-01"), found.day("2026-07-02")
    assert sum(wednesday["L"]) == 0
    assert sum(thursday["L"]) > 10
    assert sum(thursday["L"][:15]) < 0.5, "nobody comes before half past seven"


def test_the_first_day_after_a_holiday_is_busier() -> None:
    days, rest = OPEN[-40:], [0] * (HALF_HOURS - 1)
    known = OpenDays(frozenset(days), "2026-07-01", OfficeCalendar())
    after = {day for day in days if AFTER_CLOSED in known.kinds(day)}
    assert "2026-06-17" in after
    assert "2026-06-15" not in after, "a usual Monday"
    counts = {day: {"A": [16 if day in after else 10, *rest]} for day in days}
    found = fit(counts, "2026-07-01")
    assert found.factors["A", "after closed"] > 1.05


def test_a_morning_with_more_people_lifts_the_rest_of_its_day() -> None:
    counts = demo_counts(4)
    found = fit(counts, "2026-07-01")
    expected = found.day("2026-07-01")
    until = 20
    twice = {code: [round(2 * each) for each in its] for code, its in expected.items()}
    more = corrected(found, expected, twice, until)
    usual = corrected(
        found, expected, {c: [round(e) for e in i] for c, i in expected.items()}, until
    )
    assert more["A"][:until] == expected["A"][:until]
    assert 1.1 < sum(more["A"][until:]) / sum(expected["A"][until:]) < 2
    assert sum(usual["A"][until:]) == pytest.approx(sum(expected["A"][until:]), rel=0.05)


@pytest.mark.parametrize(("mean", "bunched", "low", "high"), [
    (5, 0.0, 2, 8), (5, 0.5, 1, 11), (0, 0.3, 0, 0),
])  # fmt: skip
def test_the_band_is_wider_where_people_come_in_bunches(
    mean: float, bunched: float, low: int, high: int
) -> None:
    slot = band(mean, bunched)
    assert (slot.low, slot.high) == (low, high)


def test_too_few_days_are_not_judged() -> None:
    few = dict(list(demo_counts(1).items())[:10])
    assert backtest(few) is None


async def test_a_manager_reads_how_many_will_come(
    hall: Hall, kiosk: Client, manager: Client
) -> None:
    for _ in range(3):
        await kiosk.take()
    assert (await kiosk.get("/api/forecast")).status == 403
    empty = (await manager.get("/api/forecast")).json
    assert (empty["known"], empty["services"], empty["backtest"]) == (0, [], None)
    today = date.fromisoformat(empty["day"]) - timedelta(days=1)
    with hall.server.database() as db:
        db.executemany(
            "INSERT INTO turns (ticket, leg, branch, day, label, service, priority, state, "
            "arrival, eligible_at) VALUES (?, 1, ?, ?, 'A001', 'A', 'regular', 'done', 0, ?)",
            [
                (f"{hall.number}/{back}/{n}", hall.number,
                 (today - timedelta(days=back)).isoformat(), some_noon())
                for back in range(1, 31)
                for n in range(8)
            ],
        )  # fmt: skip
    day = (today + timedelta(days=2)).isoformat()
    told = (await manager.get(f"/api/forecast?day={day}")).json
    (service,) = told["services"]
    assert told["known"] == 30
    assert service["expected"] == pytest.approx(8, abs=0.5)
    slot = max(service["slots"], key=lambda each: each["expected"])
    assert slot["low"] <= slot["expected"] <= slot["high"]
    assert told["backtest"]["ours"]["day"] < 1
    assert (told["closed"], told["after_closed"], told["seasons"]) == (False, False, [])
    assert (await manager.get("/api/forecast?day=2020-01-01")).status == 422
    closed, people, seasons = await seasoned(manager, day)
    assert not closed
    assert people == pytest.approx(12, abs=1)
    assert seasons == [{"name": "Tahun ajaran baru", "percent": 150, "said": True}]
    assert await seasoned(manager, day, closed_dates=[day]) == (True, 0, [])


async def seasoned(manager: Client, day: str, **more: object) -> tuple[bool, float, list[object]]:
    """Set a season, and return what is foreseen then."""
    version, settings = await now(manager)
    names = {"id": "Tahun ajaran baru", "en": "School starts"}
    season = {"first": day, "last": day, "names": names, "percent": 150}
    settings |= {"seasons": [season] if not more else []} | more
    saved = await send(manager, "", settings, version)
    assert saved.status == 200, saved.text
    told = (await manager.get(f"/api/forecast?day={day}")).json
    people = sum(each["expected"] for each in told["services"])
    return told["closed"], people, told["seasons"]
