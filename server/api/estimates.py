"""Owns the call that judges the waits told: by service, class, hour and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import msgspec

from server.api.routing import Call, Route
from server.api.spans import asked_day, check_span
from server.auth.access import MANAGER_UP
from server.domain.names import service_name
from server.domain.texts import DAY
from server.plan.judged import Judged, Verdict, drift, hits, judged, verdict
from server.storage.queries.waits import told_waits
from server.storage.transaction import SqliteTx

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

    def study(tx: SqliteTx) -> EstimatesAnswer:
        last = asked_day(query.get("to") or tx.day, "to")
        usual = date.fromisoformat(last) - timedelta(days=USUAL_DAYS - 1)
        first = asked_day(query.get("from") or usual.isoformat(), "from")
        check_span(first, last, "to", MOST_DAYS)
        found = judged(told_waits(tx.db, tx.branch, first, last), tx.office.zone)

        def named(code: str) -> str:
            return service_name(tx.office, code, language)

        return EstimatesAnswer(
            first, last, verdict(found),
            _parts(found, lambda each: each.service, named),
            _parts(found, lambda each: each.priority),
            _parts(found, lambda each: f"{each.hour:02}"),
            _parts(found, lambda each: each.day), _parts(found, lambda each: each.model),
            hits(found), drift([each for each in found if each.day < tx.day]),
        )  # fmt: skip

    return await call.study(study)


def _parts(
    found: list[Judged], key: Callable[[Judged], str], named: Callable[[str], str] = str
) -> list[EstimatePart]:
    parts: dict[str, list[Judged]] = defaultdict(list)
    for each in found:
        parts[key(each)].append(each)
    return [EstimatePart(each, named(each), verdict(its)) for each, its in sorted(parts.items())]


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
