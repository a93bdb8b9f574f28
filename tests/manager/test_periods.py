"""Which days a report covers, and how they are written: on the page as on paper, in every zone."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest

from server.reports.paper import period_words
from tests.manager.node import in_node

SPANS = """
const { before, earlier, later, shifted, spanOf } = await load('/manager/period.js');
return given.days.map(([kind, day, today]) => {
  const span = spanOf(kind, day, today);
  return [span, before(kind, span), earlier(span), later(kind, span), shifted(day, 1)];
});
"""
FAR = "2099-12-31"
EVERY = [date(2019, 12, 20) + timedelta(days=at) for at in range(366 * 9)]
"""Two leap years, weeks 53 of 2020 and 2026, years that begin on each weekday."""


def spans(kind: str, days: list[date], today: str = FAR, zone: str = "UTC") -> list[Any]:
    """Return span, the span before, a day before, a day after and the next day of each."""
    asked = [[kind, day.isoformat(), today] for day in days]
    return list(in_node(SPANS, {"days": asked}, zone=zone))


@pytest.mark.parametrize(("kind", "months"), [("quarter", 3), ("half", 6)])
def test_quarters_and_half_years_are_those_of_the_calendar_as_surveys_are_handed_in(
    kind: str, months: int
) -> None:
    for day, (span, _, earlier, later, _) in zip(EVERY, spans(kind, EVERY), strict=True):
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        month = first.month + months - 1
        last = date(day.year, month, monthrange(day.year, month)[1])
        assert span == {"first": first.isoformat(), "last": last.isoformat()}
        assert earlier == (first - timedelta(days=1)).isoformat()
        assert later == (last + timedelta(days=1)).isoformat()
    ((now, *_),) = spans(kind, [date(2026, 11, 29)], "2026-11-29")
    assert now["last"] == "2026-11-29", "never beyond today"


def test_a_week_is_monday_to_sunday_also_the_53rd_and_over_the_end_of_a_year() -> None:
    for day, (span, before, _, later, _) in zip(EVERY, spans("week", EVERY), strict=True):
        monday = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        assert span == {
            "first": date.fromisocalendar(year, week, 1).isoformat(),
            "last": date.fromisocalendar(year, week, 7).isoformat(),
        }
        assert before == {
            "first": (monday - timedelta(days=7)).isoformat(),
            "last": (monday - timedelta(days=1)).isoformat(),
        }
        assert later == (monday + timedelta(days=7)).isoformat()
    assert date(2026, 12, 31).isocalendar().week == date(2021, 1, 3).isocalendar().week == 53


def test_a_month_ends_with_its_own_last_day_and_is_beside_the_month_before() -> None:
    for day, (span, before, earlier, later, _) in zip(EVERY, spans("month", EVERY), strict=True):
        last = day.replace(day=monthrange(day.year, day.month)[1])
        end = day.replace(day=1) - timedelta(days=1)
        assert span == {"first": day.replace(day=1).isoformat(), "last": last.isoformat()}
        assert before == {"first": end.replace(day=1).isoformat(), "last": end.isoformat()}
        assert earlier == end.isoformat()
        assert later == (last + timedelta(days=1)).isoformat()


def test_half_a_month_is_beside_the_same_half() -> None:
    for today, last in {
        "2026-03-15": "2026-02-15", "2026-03-29": "2026-02-28", "2024-03-29": "2024-02-29",
        "2024-03-30": "2024-02-29", "2026-01-10": "2025-12-10", "2026-05-30": "2026-04-30",
    }.items():  # fmt: skip
        ((span, before, *_),) = spans("month", [date.fromisoformat(today)], today)
        assert span == {"first": f"{today[:7]}-01", "last": today}
        assert before == {"first": f"{last[:7]}-01", "last": last}


def test_a_month_that_ends_today_is_beside_a_whole_one() -> None:
    ((_, before, *_),) = spans("month", [date(2026, 2, 28)], "2026-02-28")
    assert before == {"first": "2026-01-01", "last": "2026-01-31"}


def test_a_year_is_365_days_beside_as_many_with_the_same_weekdays() -> None:
    for day, (span, before, _, later, _) in zip(EVERY, spans("year", EVERY), strict=True):
        first = day - timedelta(days=364)
        assert span == {"first": first.isoformat(), "last": day.isoformat()}
        earlier = date.fromisoformat(before["first"])
        assert earlier.weekday() == first.weekday()
        assert date.fromisoformat(before["last"]) - earlier == timedelta(days=364)
        assert date.fromisoformat(before["last"]) < first
        assert later == (day + timedelta(days=365)).isoformat()


def test_the_first_days_of_a_week_or_month_are_cut_at_today() -> None:
    monday = date(2026, 11, 30)
    assert spans("week", [monday], "2026-11-30")[0][0] == {"first": "2026-11-30",
                                                           "last": "2026-11-30"}  # fmt: skip
    sunday = date(2026, 11, 1)
    assert spans("month", [sunday], "2026-11-01")[0][0] == {"first": "2026-11-01",
                                                            "last": "2026-11-01"}  # fmt: skip
    assert spans("week", [sunday], "2026-11-01")[0][0] == {"first": "2026-10-26",
                                                           "last": "2026-11-01"}  # fmt: skip


@pytest.mark.parametrize("kind", ["day", "week", "month", "year"])
def test_a_device_in_any_zone_reckons_the_same_days(kind: str) -> None:
    odd = [
        date(2026, 3, 29), date(2026, 10, 25), date(2024, 2, 29), date(2026, 12, 31),
        date(2011, 12, 30), date(2026, 4, 5), date(2026, 11, 1),
    ]  # fmt: skip
    right = spans(kind, odd)
    for zone in ("Pacific/Kiritimati", "Pacific/Apia", "Pacific/Niue", "Asia/Makassar",
                 "Europe/Berlin", "America/St_Johns", "America/Havana", "Africa/Casablanca",
                 "Australia/Lord_Howe", "Asia/Kathmandu"):  # fmt: skip
        assert zone in available_timezones()
        assert spans(kind, odd, zone=zone) == right, zone


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_period_is_written_on_paper_as_on_the_page(language: str) -> None:
    pairs = [(date(2024, 1, 1) + timedelta(days=13 * at), 1 + at * at % 61) for at in range(90)]
    asked = [[day.isoformat(), (day + timedelta(days=more)).isoformat()] for day, more in pairs]
    asked += [["2026-11-23", "2026-11-24"], ["2025-12-30", "2026-01-03"]]
    asked += [[f"2026-{month:02d}-07"] * 2 for month in range(1, 13)]
    page = in_node(
        "const { spanWords } = await load('/manager/periodwords.js');"
        "return given.days.map(([first, last]) => spanWords({ first, last }));",
        {"days": asked, "lang": language},
    )
    paper = [
        period_words(date.fromisoformat(first), date.fromisoformat(last), language)
        for first, last in asked
    ]
    assert page == paper


def test_nothing_is_said_twice_in_a_period() -> None:
    told = [
        period_words(date.fromisoformat(first), date.fromisoformat(last), language)
        for first, last in (("2026-11-23", "2026-11-24"), ("2026-10-30", "2026-11-05"),
                            ("2025-12-30", "2026-01-03"), ("2026-11-24", "2026-11-24"))
        for language in ("id", "en")
    ]  # fmt: skip
    assert told == [
        "23–24 Nov 2026", "23–24 Nov 2026", "30 Okt – 5 Nov 2026", "30 Oct – 5 Nov 2026",
        "30 Des 2025 – 3 Jan 2026", "30 Dec 2025 – 3 Jan 2026", "24 Nov 2026", "24 Nov 2026",
    ]  # fmt: skip
