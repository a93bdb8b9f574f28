"""A forecast, made in a process of its own: ``python -m server.plan.forecasting DATA ...``.

It reads the log on a connection of its own at low priority and tells the answer on standard output.
"""

from __future__ import annotations

import sqlite3
import sys
from collections import defaultdict
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import msgspec

from server.apart import step_back
from server.domain.day import Millis, business_day, local
from server.plan.backtest import DAYS as JUDGED
from server.plan.backtest import Backtest, backtest
from server.plan.forecast import HALF_HOURS, HISTORY_DAYS, Counts, Slot, band, corrected, fit
from server.storage.database import DATABASE, reading
from server.storage.dialect import prepare
from server.storage.queries.offices import branch as branch_now
from server.storage.queries.offices import office
from server.storage.queries.waits import arrivals

HALF_HOUR_MS = 1_800_000
BEFORE_DAYS = 2 * JUDGED + HISTORY_DAYS
"""As many days are read as a forecast and its back-test need."""


class ServiceForecast(msgspec.Struct, frozen=True):
    """People expected for a service; ``slots`` are the half hours from midnight on."""

    service: str
    expected: float
    slots: list[Slot]


class Forecast(msgspec.Struct, frozen=True):
    """What is expected of a day.

    Attributes:
        day: the business day.
        known: days of the log it is made from.
        until: half hours of the day that are over; the rest is corrected by who came in them.
        services: with somebody expected.
        backtest: how wrong such forecasts were; null while too few days are known.
    """

    day: str
    known: int
    until: int
    services: list[ServiceForecast]
    backtest: Backtest | None


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


def main(data: Path, branch: int, day: str, now: Millis) -> None:
    """Tell the forecast on standard output."""
    step_back()
    with closing(sqlite3.connect(data / DATABASE, isolation_level=None)) as db:
        prepare(db, readonly=True)
        with reading(db):
            found = forecast(db, branch, day, now)
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
