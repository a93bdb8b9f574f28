"""A forecast reads the calendar: hours of Ramadan, closed days, school starting, last year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from server.branches import described
from server.demo.history import working_days
from server.plan.calendar import OfficeCalendar, moved
from server.plan.dayskind import AFTER_CLOSED
from server.plan.forecast import HALF_HOURS, Counts, fit
from tests.server.domain.test_special_days import HEAD

TODAY = "2026-07-01"
HOURS = {
    "hours": {
        "periods": [
            {"days": [1, 2, 3, 4], "opens": "08:00", "closes": "15:00"},
            {"days": [5], "opens": "08:00", "closes": "11:00"},
        ]
    }
}
MORNING = [0] * 16 + [20, 20, 10, 10, 10, 10, 5, 5, 4, 2, 2, 1, 1, 0] + [0] * 18
DAY = sum(MORNING)


def calendar(**more: object) -> OfficeCalendar:
    return OfficeCalendar(described(HEAD | HOURS | more))


def days_before(last: str, days: int = 84) -> list[str]:
    return [each.isoformat() for each in working_days(date.fromisoformat(last), days)]


def alike(days: list[str]) -> dict[str, dict[str, list[int]]]:
    return {day: {"A": list(MORNING)} for day in days}


def expected(counts: Counts, day: str, of: OfficeCalendar) -> float:
    return sum(fit(counts, TODAY, of).day(day)["A"])


def test_days_to_come_are_no_days_after_a_holiday_unless_they_are() -> None:
    known = days_before("2026-06-30")
    busy = {day for day in known if AFTER_CLOSED in fit(alike(known), day).days.kinds(day)}
    counts = alike(known) | {day: {"A": [2 * n for n in MORNING]} for day in busy}
    said = calendar(closed_dates=["2026-07-08"])
    found = fit(counts, TODAY, said)
    for day in ("2026-07-01", "2026-07-02", "2026-07-07", "2026-07-10"):
        assert AFTER_CLOSED not in found.days.kinds(day), day
        assert sum(found.day(day)["A"]) < 1.15 * DAY
    assert AFTER_CLOSED in found.days.kinds("2026-07-09")
    assert sum(found.day("2026-07-09")["A"]) > 1.3 * DAY
    assert sum(found.day("2026-07-08")["A"]) == 0, "closed"
    assert AFTER_CLOSED not in fit(counts, TODAY).days.kinds("2026-07-09"), "nobody says so"


def test_in_ramadan_who_comes_does_so_within_its_hours() -> None:
    ramadan = {
        "first": "2026-07-06", "last": "2026-08-04", "names": {"en": "Ramadan"},
        "periods": [{"days": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "12:30"}],
    }  # fmt: skip
    of = calendar(special_days=[ramadan])
    counts = alike(days_before("2026-06-30"))
    usual = fit(counts, TODAY, of).day("2026-07-02")["A"]
    short = fit(counts, TODAY, of).day("2026-07-07")["A"]
    assert sum(short) == pytest.approx(sum(usual), rel=0.01)
    assert sum(usual[16:18]) == pytest.approx(40, rel=0.1)
    assert sum(short[:17]) < 3, "before eight there is nobody, as before seven else"
    assert short[18] == pytest.approx(40, rel=0.1), "the first hour's people within half an hour"
    later = alike(days_before("2026-07-03", 90)) | {
        day: {"A": moved_to_ramadan()} for day in days_before("2026-07-31", 26)
    }
    after = fit(later, "2026-08-05", of).day("2026-08-06")["A"]
    assert after[16] == pytest.approx(usual[16], rel=0.15), "Ramadan leaves the usual hours alone"


def moved_to_ramadan() -> list[int]:
    return [round(n) for n in moved(MORNING, [(480, 900)], [(540, 750)])]


def test_people_told_on_another_clock_are_as_many() -> None:
    spans = [[(480, 900)], [(480, 720), (780, 990)], [(540, 750)], [(0, 1440)]]
    for here in spans:
        for there in spans:
            assert sum(moved(MORNING, here, there)) == pytest.approx(DAY)
    assert moved(MORNING, spans[0], []) == [0.0] * HALF_HOURS
    assert moved(MORNING, spans[0], spans[0]) == MORNING


def test_school_that_starts_brings_as_many_more_as_the_year_before() -> None:
    last_year = days_before("2025-08-29", 110)
    starts = [day for day in last_year if "2025-07-14" <= day <= "2025-07-25"]
    counts = alike(last_year) | {day: {"A": [2 * n for n in MORNING]} for day in starts}
    counts |= alike(days_before("2026-06-30"))
    seasons = [
        {"first": f"{year}-07-{day}", "last": f"{year}-07-25", "names": {"en": name}}
        for year, day, name in ((2025, 14, "School  starts"), (2026, 13, "school starts"))
    ]
    of = calendar(seasons=seasons)
    assert expected(counts, "2026-07-15", of) == pytest.approx(1.75 * DAY, rel=0.05)
    assert expected(counts, "2026-07-28", of) == pytest.approx(DAY, rel=0.05)
    first = (date.fromisoformat(TODAY) - timedelta(days=84)).isoformat()
    read = of.earlier(first, "2026-08-29")
    assert read == [("2025-06-02", "2025-09-05")], "six weeks on both sides"
    assert expected(counts, "2026-07-15", calendar(seasons=seasons[1:])) == pytest.approx(DAY)


def test_what_the_office_says_of_a_season_counts_and_what_comes_corrects_it() -> None:
    season = {"first": "2026-06-15", "last": "2026-07-10", "names": {"en": "Tax"}, "percent": 150}
    of = calendar(seasons=[season])
    before = alike(days_before("2026-06-14", 68))
    assert expected(before, "2026-07-02", of) == pytest.approx(1.5 * DAY, rel=0.02)
    usual = before | alike(days_before("2026-06-30", 16))
    assert DAY < expected(usual, "2026-07-02", of) < 1.3 * DAY, "nobody more came so far"
    assert expected(usual, "2026-07-14", of) < 1.05 * DAY
    other = calendar(seasons=[season | {"services": ["B"]}])
    assert expected(before, "2026-07-02", other) == pytest.approx(DAY, rel=0.02)


def test_an_office_is_closed_only_where_all_of_it_says_so() -> None:
    sunday = "2026-07-05"
    assert calendar().opens(sunday) is False
    own = {"periods": [{"days": [7], "opens": "09:00", "closes": "12:00"}]}
    half = [HEAD["services"][0], HEAD["services"][1] | {"hours": own}]
    assert calendar(services=half).opens(sunday) is True
    bare = {key: value for key, value in HEAD.items() if key != "hours"}
    assert OfficeCalendar(described(bare)).opens(sunday) is None, "who says no hours may be open"
    assert OfficeCalendar(described(bare | {"closed_dates": [sunday]})).opens(sunday) is False
    assert OfficeCalendar().opens(sunday) is None


def test_where_usual_days_have_no_hours_people_of_a_special_day_keep_their_time() -> None:
    bare = {key: value for key, value in HEAD.items() if key != "hours"}
    ramadan = {
        "first": "2026-07-06", "last": "2026-08-04", "names": {"en": "Ramadan"},
        "periods": [{"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "14:00"}],
    }  # fmt: skip
    of = OfficeCalendar(described(bare | {"special_days": [ramadan]}))
    counts = alike(days_before("2026-06-30"))
    found = fit(counts, TODAY, of)
    assert found.day("2026-07-07")["A"][16] == pytest.approx(20, rel=0.1)
