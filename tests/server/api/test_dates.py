"""Dates are dates in every question: one that is none is refused by its name, never guessed at."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from server.contract import ROUTES
from server.domain.day import calendar_day
from tests.server.api.client import Client
from tests.server.process import Hall

NO_DATES = [
    "2026-02-30", "2027-02-29", "2026-13-01", "2026-00-10", "2026-1-2", "20261225", "2026-W52-5",
    "2026-12-25 ", "0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31",
    "\u0662\u0660\u0662\u0666-01-01", "2026-11-28T00:00",
    "2026-W48-6T08:00:00+08:00", "2026-11-28T25:00:00+08:00", "x", "-1", "NaN",
]  # fmt: skip
"""The first days of the years before and after, other spellings, and moments without a zone."""
DATES = ["2028-02-29", "2000-01-01", "2100-12-31", "2026-11-01"]
ASKED = [
    (route.path, name)
    for route in ROUTES
    if route.method == "GET"
    for name, (pattern, *_) in route.query.items()
    if pattern.startswith(r"^\d{4}-\d{2}-\d{2}")
]
ROLE = {route.path: "manager" if "manager" in route.roles else "city" for route in ROUTES}
BESIDE = {"/api/city/tickets": "&label=A001", "/api/privacy/visit": "&label=A001"}
NOTHING_THERE = {"/api/privacy/visit": 404, "/api/rota/file": 404, "/api/rota/mine.ics": 404}
"""What is answered of a day on which nothing was."""
OTHERS = {"to": "from", "from": "to", "compare_to": "compare_from", "compare_from": "compare_to"}


def test_the_questions_with_dates_are_found() -> None:
    assert {path for path, _ in ASKED} >= {
        "/api/log",
        "/api/log/count",
        "/api/totals",
        "/api/reports",
    }


@pytest.mark.parametrize(("path", "name"), ASKED)
async def test_a_date_that_is_none_is_refused_by_name(hall: Hall, path: str, name: str) -> None:
    async with hall.client(ROLE[path]) as reader:
        for text in NO_DATES:
            beside = f"&{OTHERS[name]}=2026-11-20" if name in OTHERS else BESIDE.get(path, "")
            answer = await reader.get(f"{path}?{name}={quote(text)}{beside}")
            assert (answer.status, answer.problem) == (422, "invalid"), (text, answer.body[:200])
            assert answer.json["field"] == name


@pytest.mark.parametrize(
    ("path", "name"), [each for each in ASKED if not each[0].endswith(("/paper", "/forecast"))]
)
async def test_each_day_of_the_calendar_is_taken(hall: Hall, path: str, name: str) -> None:
    async with hall.client(ROLE[path]) as reader:
        for day in DATES:
            beside = f"&{OTHERS[name]}={day}" if name in OTHERS else BESIDE.get(path, "")
            if name.startswith("compare"):
                beside += "&from=2026-11-20&to=2026-11-20"
            answer = await reader.get(f"{path}?{name}={day}{beside}")
            assert answer.status == NOTHING_THERE.get(path, 200), (day, answer.body[:200])


async def test_the_end_is_not_before_the_start_and_a_span_has_a_limit(manager: Client) -> None:
    for path in ("/api/log", "/api/log/count", "/api/reports"):
        turned = await manager.get(f"{path}?from=2026-11-20&to=2026-11-19")
        assert (turned.status, turned.json["field"]) == (422, "to")
    endless = await manager.get("/api/reports?from=2000-01-01&to=2100-12-31")
    assert (endless.status, endless.problem) == (422, "invalid")


@pytest.mark.parametrize("text", NO_DATES)
def test_no_other_spelling_passes_for_a_day(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        calendar_day(text)


@pytest.mark.parametrize("day", DATES)
def test_a_day_stays_as_it_stands(day: str) -> None:
    assert calendar_day(day) == day
