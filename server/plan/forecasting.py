"""How many people will come to a branch on a day, read from its log."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import date, timedelta

from server.domain.day import Millis, business_day, local
from server.plan.asked import Forecast, ServiceForecast
from server.plan.backtest import DAYS as JUDGED
from server.plan.backtest import backtest
from server.plan.forecast import HALF_HOURS, HISTORY_DAYS, Counts, band, corrected, fit
from server.storage.queries.offices import branch as branch_now
from server.storage.queries.offices import office
from server.storage.queries.waits import arrivals

HALF_HOUR_MS = 1_800_000
BEFORE_DAYS = 2 * JUDGED + HISTORY_DAYS
"""As many days are read as a forecast and its back-test need."""


def counts_of(db: sqlite3.Connection, branch: int, zone: str, first: str, last: str) -> Counts:
    """Return who came on some business days, by day, service and half hour."""
    found: dict[str, dict[str, list[int]]] = defaultdict(
        lambda: defaultdict(lambda: [0] * HALF_HOURS)
    )
    for each in arrivals(db, branch, first, last):
        at = local(each.half_hour * HALF_HOUR_MS, zone)
        found[each.day][each.service][at.hour * 2 + at.minute // 30] += each.people
    return {day: dict(its) for day, its in found.items()}


def forecast(db: sqlite3.Connection, branch: int, day: str, now: Millis) -> Forecast:
    """Return what is expected of a day, today's corrected by who came."""
    version = branch_now(db, branch).version
    settings = office(db, branch, version)
    if settings is None:
        return Forecast(day, 0, 0, [], None)
    zone, today = settings.zone, business_day(now, settings.zone, settings.day_start_minutes)
    first = (date.fromisoformat(min(day, today)) - timedelta(days=BEFORE_DAYS)).isoformat()
    counts = counts_of(db, branch, zone, first, today)
    past = {each: its for each, its in counts.items() if each < min(day, today)}
    found = fit(past, min(day, today)) if past else None
    until = 0
    expected: dict[str, list[float]] = {}
    if found is not None:
        expected = found.day(day, set(past))
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
    return Forecast(day, len(past), until, services, backtest(past))
