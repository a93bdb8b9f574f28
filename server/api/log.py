"""Owns the calls of the manager: the wait-time log and a day in numbers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from functools import partial

import msgspec
from aiohttp import web

from server.api.routing import JSON, Call, Route
from server.api.types import LogTurn, Totals
from server.auth.access import MANAGER_UP
from server.domain.errors import Invalid
from server.reports.log import Place, Span, csv_header, csv_rows, page, span_of
from server.reports.totals import totals

DAY = r"^\d{4}-\d{2}-\d{2}$"
BOUND = r"^\d{4}-\d{2}-\d{2}([T ].+)?$"


class LogAnswer(msgspec.Struct, frozen=True):
    """The turns of a span, oldest first. Streamed; ``turns`` may be very long."""

    turns: list[LogTurn]


async def log(call: Call) -> web.StreamResponse:
    """Stream the log of a span as CSV or JSON; memory stays flat for millions of turns."""
    query = call.request.query
    form = query.get("format", "json")
    if form not in {"csv", "json"}:
        raise Invalid("The format is csv or json.", field="format")
    span = await call.read(
        lambda tx: span_of(tx.office, tx.day, query.get("from"), query.get("to"))
    )
    response = web.StreamResponse()
    if form == "csv":
        response.content_type = "text/csv"
        response.charset = "utf-8"
        name = f"ramah-{span.first}-{span.last}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        chunks = _csv(call, span)
    else:
        response.content_type = JSON
        chunks = _json(call, span)
    first = await anext(chunks)  # an error still becomes a problem document
    await response.prepare(call.request)
    await response.write(first)
    async for chunk in chunks:
        await response.write(chunk)
    await response.write_eof()
    return response


async def _pages(call: Call, span: Span) -> AsyncIterator[list[LogTurn]]:
    place: Place | None = Place(span.first)
    while place is not None:
        turns, place = await call.read(
            partial(page, span=span, place=place, language=call.language)
        )
        yield turns


async def _csv(call: Call, span: Span) -> AsyncIterator[bytes]:
    yield csv_header()
    async for turns in _pages(call, span):
        if turns:
            yield csv_rows(turns)


async def _json(call: Call, span: Span) -> AsyncIterator[bytes]:
    yield b'{"turns":['
    comma = b""
    async for turns in _pages(call, span):
        if turns:
            yield comma + msgspec.json.encode(turns)[1:-1]
            comma = b","
    yield b"]}"


async def day_totals(call: Call) -> Totals:
    """Return a business day in numbers; today when none is named."""
    day = call.request.query.get("day")
    if day is not None:
        try:
            day = date.fromisoformat(day).isoformat()
        except ValueError:
            raise Invalid("Give a date like 2026-11-24.", field="day") from None
    return await call.read(lambda tx: totals(tx, day or tx.day))


ROUTES = [
    Route(
        "GET", "/api/log", log, MANAGER_UP, "The wait-time log, one row per turn",
        answer=LogAnswer, also=("text/csv",),
        query={
            "from": (BOUND, "first business day, or a moment with offset; default today"),
            "to": (BOUND, "last business day (included), or a moment (not included)"),
            "format": ("^(csv|json)$", "default json"),
        },
    ),
    Route(
        "GET", "/api/totals", day_totals, MANAGER_UP, "A business day in numbers",
        answer=Totals, query={"day": (DAY, "business day; default today")},
    ),
]  # fmt: skip
