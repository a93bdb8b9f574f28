"""Owns the call that tells how many people will come, with the error of such forecasts."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from server.api.routing import Call, Route
from server.api.spans import asked_day, check_span
from server.domain.names import named, service_name
from server.domain.office import Office
from server.domain.roles import MANAGER_UP
from server.domain.texts import DAY
from server.plan.asked import AHEAD_DAYS
from server.plan.backtest import Backtest


class ForecastSlot(msgspec.Struct, frozen=True):
    """A half hour: people expected, and the band that four of five fall into."""

    at: str
    expected: float
    low: int
    high: int


class ServiceForecastAnswer(msgspec.Struct, frozen=True):
    """People expected for a service, in the half hours with somebody."""

    service: str
    name: str
    expected: float
    slots: list[ForecastSlot]


class SeasonAnswer(msgspec.Struct, frozen=True):
    """A season that a day is in.

    Attributes:
        name: in the language asked in.
        percent: of the usual, who come because of it, of the services it is about.
        said: whether the settings say so; else the log of this time and the one before.
    """

    name: str
    percent: int
    said: bool


class ForecastAnswer(msgspec.Struct, frozen=True):
    """How many people will come on a day.

    Attributes:
        day: the business day.
        known: days of the log it is made from.
        until: of today, up to when who came is known; the rest is corrected by it. Else null.
        services: those with somebody expected.
        backtest: how wrong such forecasts were on the last days, beside "as many as a week ago";
            null while too few days are known.
        closed: the calendar says that nobody is served.
        after_closed: it is the first open day after closed ones.
        seasons: that it is in, such as the start of school.
    """

    day: str
    known: int
    until: str | None
    services: list[ServiceForecastAnswer]
    backtest: Backtest | None
    closed: bool
    after_closed: bool
    seasons: list[SeasonAnswer]


async def forecast(call: Call) -> ForecastAnswer:
    """Return how many people will come."""
    today, office = await call.read(lambda tx: (tx.day, tx.office))
    tomorrow = (date.fromisoformat(today) + timedelta(days=1)).isoformat()
    day = asked_day(call.request.query.get("day") or tomorrow, "day")
    check_span(today, day, "day", AHEAD_DAYS)
    now = call.hall.store.clock()
    found = await call.hall.studies.forecast(call.who.branch, office, day, now)
    return ForecastAnswer(
        day, found.known, _clock(found.until) if found.until else None,
        [_service(office, call.language, each.service, each.expected, [
            ForecastSlot(_clock(at), slot.expected, slot.low, slot.high)
            for at, slot in enumerate(each.slots) if slot.expected
        ]) for each in found.services],
        found.backtest, found.closed, found.after_closed,
        [
            SeasonAnswer(named(each.names, call.language, ""), each.percent, each.said)
            for each in found.seasons
        ],
    )  # fmt: skip


def _service(
    office: Office, language: str, code: str, expected: float, slots: list[ForecastSlot]
) -> ServiceForecastAnswer:
    return ServiceForecastAnswer(code, service_name(office, code, language), expected, slots)


def _clock(slot: int) -> str:
    return f"{slot // 2:02}:{slot % 2 * 30:02}"


ROUTES = [
    Route(
        "GET", "/api/forecast", forecast, MANAGER_UP,
        "How many people will come on a day, with the error of such forecasts",
        answer=ForecastAnswer,
        query={"day": (DAY, "business day from today on, at most 59 days ahead; default tomorrow")},
    ),
]  # fmt: skip
