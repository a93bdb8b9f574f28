"""Owns the calls of who receives visitors: counts without a number, and samples of the door."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.feedback import SPAN, span
from server.api.requests import Request
from server.api.routing import Call, Route
from server.domain import events
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.roles import HOST_UP
from server.domain.texts import Code
from server.reports.figures import ReceptionFigures
from server.reports.reception import reception_figures
from server.storage.queries import reception
from server.storage.transaction import SqliteTx

LONGEST_S = 3 * 3600.0
"""Nobody stands at the door for longer; a clock that was forgotten does."""


class CountVisitor(Request, frozen=True):
    """Count a visitor without a number by what they came for; ``undo`` takes one back."""

    what: Code
    undo: bool = False


class MeasureDoor(Request, frozen=True):
    """A sample: ``people`` in line for a number, or the ``seconds`` from the door to a number."""

    people: Annotated[int, msgspec.Meta(ge=0, le=999)] | None = None
    seconds: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_S)] | None = None


async def count(call: Call) -> web.Response:
    """Count a visitor who needs no number; the feed brings the new count to every page of staff."""
    body: CountVisitor = call.body

    def command(tx: SqliteTx) -> None:
        if not body.undo and body.what not in {each.code for each in tx.office.reception.kinds}:
            raise NotFound("There is no such kind of visitor.", slug="unknown-kind", field="what")
        if body.undo and reception.count_of(tx.db, tx.branch, tx.day, body.what) <= 0:
            raise Conflict("There is nothing to take back.", slug="nothing-counted", field="what")
        tx.append(events.VisitorCounted(day=tx.day, what=body.what, n=-1 if body.undo else 1))

    return await call.do(command)


async def measure(call: Call) -> web.Response:
    """Keep a sample of the way from the door to a number."""
    body: MeasureDoor = call.body
    if (body.people is None) == (body.seconds is None):
        raise Invalid("Give either the people in line or the seconds of one.", field="people")

    def command(tx: SqliteTx) -> None:
        seconds = None if body.seconds is None else round(body.seconds, 1)
        tx.append(events.DoorMeasured(day=tx.day, people=body.people, seconds=seconds))

    return await call.do(command)


async def figures(call: Call) -> ReceptionFigures:
    """Return what was counted at the door."""
    return await call.study(partial(_figures, call=call))


def _figures(tx: SqliteTx, call: Call) -> ReceptionFigures:
    return reception_figures(tx, *span(call, tx.day))


ROUTES = [
    Route(
        "POST", "/api/reception/count", count, HOST_UP, "Count a visitor without a number",
        body=CountVisitor, status=204, idempotent=True,
    ),
    Route(
        "POST", "/api/reception/door", measure, HOST_UP,
        "A sample of the way from the door to a number", body=MeasureDoor, status=204,
        idempotent=True,
    ),
    Route(
        "GET", "/api/reception", figures, HOST_UP, "What was counted at the door on some days",
        answer=ReceptionFigures, query=SPAN,
    ),
]  # fmt: skip
