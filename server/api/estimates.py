"""Owns the call that judges the waits told: by service, class, hour and day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import msgspec

from server.api.routing import Call, Route
from server.api.spans import asked_day, check_span
from server.domain.names import service_name
from server.domain.roles import MANAGER_UP
from server.domain.texts import DAY
from server.plan.asked import Verdict

MOST_DAYS = 92
USUAL_DAYS = 30


class EstimatePart(msgspec.Struct, frozen=True):
    """How right ranges were of one service, class, hour, day or model; ``name`` for people."""

    key: str
    name: str
    verdict: Verdict


class EstimatesAnswer(msgspec.Struct, frozen=True):
    """How right the waits were that visitors were told.

    Attributes:
        first, last: the business days counted.
        whole: all of them.
        services, classes, hours, days, models: the same in parts.
        hits: of the last hundred of these days who waited, how many were told right; null before
            there are a hundred.
        drift: per cent inside on the last day, when the model was out of bounds on two; else null.
    """

    first: str
    last: str
    whole: Verdict
    services: list[EstimatePart]
    classes: list[EstimatePart]
    hours: list[EstimatePart]
    days: list[EstimatePart]
    models: list[EstimatePart]
    hits: int | None
    drift: int | None


async def estimates(call: Call) -> EstimatesAnswer:
    """Return how right the waits were that visitors were told."""
    query, language = call.request.query, call.language
    today, office = await call.study(lambda tx: (tx.day, tx.office))  # rows that wait are written
    last = asked_day(query.get("to") or today, "to")
    usual = date.fromisoformat(last) - timedelta(days=USUAL_DAYS - 1)
    first = asked_day(query.get("from") or usual.isoformat(), "from")
    check_span(first, last, "to", MOST_DAYS)
    found = await call.hall.studies.verdicts(call.who.branch, office.zone, first, last, today)

    def named(code: str) -> str:
        return service_name(office, code, language)

    return EstimatesAnswer(
        first, last, found.whole, _parts(found.services, named), _parts(found.classes),
        _parts(found.hours), _parts(found.days), _parts(found.models), found.hits, found.drift,
    )  # fmt: skip


def _parts(parts: dict[str, Verdict], named: Callable[[str], str] = str) -> list[EstimatePart]:
    return [EstimatePart(key, named(key), its) for key, its in parts.items()]


ROUTES = [
    Route(
        "GET", "/api/estimates", estimates, MANAGER_UP,
        "How right the waits were that visitors were told", answer=EstimatesAnswer,
        query={
            "from": (DAY, "first business day, default 29 days before `to`"),
            "to": (DAY, "last business day, default today; at most 92 days"),
        },
    ),
]  # fmt: skip
