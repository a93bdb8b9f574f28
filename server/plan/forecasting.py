"""How many people will come to a branch on a day, read from its log."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from server.domain.day import Millis, business_day, local
from server.domain.office import Office
from server.plan.asked import AHEAD_DAYS, Forecast, SeasonForecast, ServiceForecast
from server.plan.backtest import DAYS as JUDGED
from server.plan.backtest import backtest
from server.plan.calendar import OfficeCalendar, SeasonNow, days_from
from server.plan.dayskind import AFTER_CLOSED
from server.plan.forecast import HALF_HOURS, HISTORY_DAYS, Counts, Fit, band, corrected, fit
from server.storage.queries.offices import branch as branch_now
from server.storage.queries.offices import office
from server.storage.queries.waits import arrivals

HALF_HOUR_MS = 1_800_000
BEFORE_DAYS = 2 * JUDGED + HISTORY_DAYS
"""As many days are read as a forecast and its back-test need."""


def counts_of(
    db: sqlite3.Connection, branch: int, settings: Office, first: str, last: str
) -> Counts:
    """Return who came on business days, by day, service and half hour.

    Also on those that tell how the seasons of these days, and of the weeks that can be planned,
    were the time before.
    """
    found: dict[str, dict[str, list[int]]] = defaultdict(
        lambda: defaultdict(lambda: [0] * HALF_HOURS)
    )
    soon = days_from(last, AHEAD_DAYS)
    spans = [(first, last), *OfficeCalendar(settings).earlier(first, soon)]
    for each in {row for span in spans for row in arrivals(db, branch, *span)}:
        at = local(each.half_hour * HALF_HOUR_MS, settings.zone)
        found[each.day][each.service][at.hour * 2 + at.minute // 30] += each.people
    return {day: dict(its) for day, its in found.items()}


def forecast(db: sqlite3.Connection, branch: int, day: str, now: Millis) -> Forecast:
    """Return what is expected of a day, today's corrected by who came."""
    version = branch_now(db, branch).version
    settings = office(db, branch, version)
    if settings is None:
        return Forecast(day, 0, 0, [], None)
    calendar = OfficeCalendar(settings)
    zone, today = settings.zone, business_day(now, settings.zone, settings.day_start_minutes)
    first = days_from(min(day, today), -BEFORE_DAYS)
    counts = counts_of(db, branch, settings, first, today)
    past = {each: its for each, its in counts.items() if each < min(day, today)}
    found = fit(past, min(day, today), calendar) if past else None
    until = 0
    expected: dict[str, list[float]] = {}
    if found is not None:
        expected = found.day(day)
        if day == today:
            moment = local(now, zone)
            until = moment.hour * 2 + moment.minute // 30
            expected = corrected(found, expected, counts.get(day, {}), until)
    services = [
        ServiceForecast(
            code, round(sum(its), 1), [band(each, found.bunched) for each in its]
        )
        for code, its in expected.items()
        if found is not None and sum(its) >= 0.05  # noqa: PLR2004 - nobody to speak of
    ]  # fmt: skip
    return Forecast(
        day,
        len(past),
        until,
        services,
        backtest(past, calendar=calendar),
        closed=calendar.opens(day) is False,
        after_closed=found is not None and AFTER_CLOSED in found.days.kinds(day),
        seasons=[] if found is None else seasons_of(found, day),
    )


def seasons_of(found: Fit, day: str) -> list[SeasonForecast]:
    """Return the seasons that a day is in, and what each makes of how many come."""
    calendar = found.days.calendar
    told: dict[str, tuple[SeasonNow, list[tuple[float, float]]]] = {}
    for code in found.base:
        for season in calendar.seasons(code, day):
            its = told.setdefault(season.key, (season, []))[1]
            its.append((found.base[code], found.of_season(code, season)))
    return [
        SeasonForecast(season.names, _of_all(its), season.percent is not None)
        for season, its in told.values()
    ]


def _of_all(services: list[tuple[float, float]]) -> int:
    people = sum(usual for usual, _ in services)
    return round(100 * sum(usual * by for usual, by in services) / people) if people else 100
