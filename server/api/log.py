"""Owns the calls of the manager: the wait-time log and a day in numbers."""

from __future__ import annotations

import asyncio
import tempfile
from functools import partial
from importlib import import_module
from typing import IO, Protocol

import msgspec
from aiohttp import web

from server.api.json_answer import JSON
from server.api.routing import LANGUAGE, Call, Route
from server.api.spans import asked_day, whole
from server.domain.errors import Conflict, Invalid
from server.domain.roles import MANAGER_UP
from server.domain.texts import DAY
from server.reports import lines, workbook
from server.reports.figures import GoneTurn, LogChoices, Totals
from server.reports.log import Turns, changed_since, checked, span_of, where
from server.reports.names import Names
from server.reports.pages import View, page
from server.reports.totals import totals
from server.storage.queries import forms
from server.storage.queries.columns import LogTurn
from server.storage.queries.log import SORTS, Only, Place, Span
from server.storage.store import Busy
from server.storage.transaction import SqliteTx

BOUND = r"^\d{4}-\d{2}-\d{2}([T ].+)?$"
MAX_PAGE = 1000
MAX_EVENTS = 5000
FILE_PIECE = 256 * 1024
FORMATS = ("xlsx", "csv-sheet", "csv", "json", "parquet")
PARQUET = "application/vnd.apache.parquet"


class LogAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The turns of a span, oldest first. Streamed; ``turns`` may be very long.

    With ``limit`` a page of them: ``next`` is the cursor of the following page, if any. With
    ``after`` the turns that changed: ``seq`` is the number to ask after next time, ``more``
    says that there is more at once, ``gone`` are turns to forget (their opening was undone).
    """

    turns: list[LogTurn]
    next: str | None = None
    seq: int | None = None
    history: str | None = None
    more: bool = False
    gone: list[GoneTurn] = []


class LogCount(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/log/count``."""

    rows: int


async def log(call: Call) -> web.StreamResponse | LogAnswer:
    """Answer with the log of a span: a page, what changed, or all of it as a streamed file."""
    query = call.request.query
    form = query.get("format", "json")
    if form not in FORMATS:
        raise Invalid("The format is one of {known}.", field="format", known=", ".join(FORMATS))
    if form != "json" and not query.keys().isdisjoint({"after", "cursor", "limit"}):
        raise Invalid(
            "A page, and what changed, comes as JSON; a file holds a whole span.", field="format"
        )
    if form != "csv-sheet" and "decimal" in query:
        raise Invalid("Only csv-sheet has a choice of its decimal sign.", field="decimal")
    if "after" in query:
        return await _changes(call)
    span = await call.read(
        lambda tx: span_of(tx.office, tx.day, query.get("from"), query.get("to"))
    )
    only = _only(call)
    if "limit" in query or "cursor" in query:
        return await _page(call, span, only)
    await call.read(lambda tx: where(tx, span, only))  # refused before anything is sent
    if call.hall.downloads.locked():
        raise Busy
    if form != "json" or span.first != span.last:  # a day as JSON is what the page itself shows
        await call.note("log_taken", first=span.first, last=span.last, format=form)
    async with call.hall.downloads:
        return await _whole(call, span, only, form)


async def _whole(call: Call, span: Span, only: Only, form: str) -> web.StreamResponse:
    if form == "xlsx":
        return await _workbook(call, span, only)
    if form == "parquet":
        return await _parquet(call, span, only)
    if form == "csv":
        return await _text(call, span, only, forms.Csv(utc=call.flag("utc")))
    if form == "csv-sheet":
        sheet = await call.study(partial(_sheet_csv, decimal=call.request.query.get("decimal")))
        return await _text(call, span, only, sheet)
    return await _text(call, span, only, forms.JSON)


def _sheet_csv(tx: SqliteTx, decimal: str | None) -> forms.SheetCsv:
    """Return the form for the spreadsheets of the office's country, unless told otherwise."""
    if decimal not in {None, *forms.DECIMALS}:
        raise Invalid(
            "The decimal sign is one of {known}.", field="decimal", known=", ".join(forms.DECIMALS)
        )
    codes = list(Names(tx, tx.office.languages[0]).services())
    return forms.SheetCsv(decimal or forms.decimal_of(tx.office.languages[0]), codes)


def _attachment(span: Span, ending: str) -> str:
    return f'attachment; filename="ramah-{span.first}-{span.last}.{ending}"'


def _only(call: Call) -> Only:
    query = call.request.query
    counter = query.get("counter")
    only = Only(
        service=query.get("service") or None,
        agency=query.get("agency") or None,
        counter=whole(counter, "counter") if counter else None,
        priority=query.get("priority") or None,
        outcome=query.get("outcome") or None,
        channel=query.get("channel") or None,
        text=(query.get("q") or "")[:40] or None,
    )
    return checked(only)


async def _page(call: Call, span: Span, only: Only) -> LogAnswer:
    query = call.request.query
    name = query.get("sort", "issued")
    if name.removeprefix("-") not in SORTS:
        raise Invalid("The log cannot be sorted by this.", field="sort")
    view = View(
        span=span,
        only=only,
        sort=name.removeprefix("-"),
        down=name.startswith("-"),
        rows=max(1, whole(query.get("limit", "100"), "limit", MAX_PAGE)),
        cursor=query.get("cursor") or None,
    )
    turns, following = await call.study(partial(page, view=view, language=call.language))
    return LogAnswer(turns, next=following)


async def log_count(call: Call) -> LogCount:
    """Return how many turns the same question would give, so that a download can tell its way."""
    query = call.request.query
    span = await call.read(
        lambda tx: span_of(tx.office, tx.day, query.get("from"), query.get("to"))
    )
    return LogCount(await call.study(partial(workbook.count, span=span, only=_only(call))))


async def log_choices(call: Call) -> LogChoices:
    """Return what the log can be filtered by, also what is no more."""
    return await call.read(lambda tx: Names(tx, call.language).choices(tx.office))


async def _changes(call: Call) -> LogAnswer:
    query = call.request.query
    after = whole(query["after"], "after")
    limit = max(1, whole(query.get("limit", "1000"), "limit", MAX_EVENTS))

    def changes(tx: SqliteTx) -> LogAnswer:
        history = tx.history()
        if query.get("history", history) != history:
            raise Conflict(
                "This number counts in another history: a backup was restored. "
                "Read the log from 0 again.",
                slug="other-history",
                field="history",
            )
        turns, gone, seq, more = changed_since(tx, after, limit, call.language)
        return LogAnswer(turns, seq=seq, history=history, more=more, gone=gone)

    return await call.study(changes)


async def _text(call: Call, span: Span, only: Only, form: forms.Form) -> web.StreamResponse:
    """Stream the log as text; while one part is on its way, the next is written."""
    writer = await call.study(lambda tx: lines.Lines(Turns(tx, call.language), form))
    response = web.StreamResponse()
    response.content_type = JSON
    if form.name != "json":
        response.content_type = "text/csv"
        response.charset = "utf-8"
    response.headers["Content-Disposition"] = _attachment(span, form.name.partition("-")[0])
    part = lines.Part(form.head, 0, Place(span.first))
    await response.prepare(call.request)
    while part.following is not None:
        following = partial(writer.after, span=span, only=only, place=part.following)
        _, part = await asyncio.gather(response.write(part.text), call.study(following))
    await response.write(form.tail)
    await response.write_eof()
    return response


async def _workbook(call: Call, span: Span, only: Only) -> web.StreamResponse:
    """Stream a workbook.

    Raises:
        Invalid: more rows than a sheet can hold.
    """
    count = await call.study(partial(workbook.count, span=span, only=only))
    if count > workbook.MOST_ROWS:
        raise Invalid(
            "A sheet holds {most} rows, this span has {rows}. Choose fewer days, or CSV.",
            field="format", most=workbook.MOST_ROWS, rows=count,
        )  # fmt: skip
    with tempfile.TemporaryFile() as file:
        with workbook.Workbook(file, call.language, call.hall.translate) as book:
            await _pack(call, span, only, workbook.FORM, book)
        return await _send_file(call, file, workbook.MEDIA, _attachment(span, "xlsx"))


async def _parquet(call: Call, span: Span, only: Only) -> web.StreamResponse:
    """Stream a Parquet file."""
    parquet = await workbook.in_thread(import_module, "server.reports.parquet")
    zone = await call.read(lambda tx: tx.office.zone)
    with tempfile.TemporaryFile() as file:
        with parquet.File(file, zone) as table:
            await _pack(call, span, only, parquet.FORM, table)
        return await _send_file(call, file, PARQUET, _attachment(span, "parquet"))


class _Packed(Protocol):
    """A file that takes rows as they come."""

    def add(self, rows: bytes, number: int) -> None:
        """Take so many rows."""


async def _pack(call: Call, span: Span, only: Only, form: forms.Form, file: _Packed) -> None:
    """Write the log into a file, part by part: memory is flat.

    While one part is packed, the next is written.
    """
    writer = await call.study(lambda tx: lines.Lines(Turns(tx, call.language), form))
    part = lines.Part(b"", 0, Place(span.first))
    while part.following is not None:
        following = partial(writer.after, span=span, only=only, place=part.following)
        _, part = await asyncio.gather(
            workbook.in_thread(file.add, part.text, part.rows), call.study(following)
        )
    await workbook.in_thread(file.add, part.text, part.rows)


async def _send_file(
    call: Call, file: IO[bytes], media: str, disposition: str
) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_type = media
    response.headers["Content-Disposition"] = disposition
    response.content_length = file.seek(0, 2)
    file.seek(0)
    await response.prepare(call.request)
    while piece := await workbook.in_thread(file.read, FILE_PIECE):
        await response.write(piece)
    await response.write_eof()
    return response


async def day_totals(call: Call) -> Totals:
    """Return a business day in numbers; today when none is named."""
    day = call.request.query.get("day")
    if day is not None:
        day = asked_day(day, "day")
    return await call.read(lambda tx: totals(tx, day or tx.day))


FILTERS = {
    "from": (BOUND, "first business day, or a moment with offset; default today"),
    "to": (BOUND, "last business day (included), or a moment (not included)"),
    "service": ("^.{1,16}$", "only this service (code)"),
    "agency": ("^.{1,16}$", "only services of this agency (code)"),
    "counter": (r"^\d{1,6}$", "only this counter (number)"),
    "priority": ("^(regular|priority)$", "only this class"),
    "outcome": ("^[a-z_]{1,30}$", "only this outcome, or state of turns that go on"),
    "channel": ("^.{1,30}$", "only numbers taken this way (kiosk, staff, ...)"),
    "q": ("^.{1,40}$", "only numbers that begin so"),
}
ROUTES = [
    Route(
        "GET", "/api/log/count", log_count, MANAGER_UP, "How many turns such a log holds",
        answer=LogCount, query=FILTERS,
    ),
    Route(
        "GET", "/api/log/choices", log_choices, MANAGER_UP, "What the log can be filtered by",
        answer=LogChoices,
    ),
    Route(
        "GET", "/api/log", log, MANAGER_UP, "The wait-time log, one row per turn",
        problems=(409,),
        answer=LogAnswer, also=("text/csv", workbook.MEDIA, PARQUET),
        query={
            "format": (f"^({'|'.join(FORMATS)})$",
                       "default json; csv-sheet is for a double click in the office's country"),
            "decimal": ("^(comma|point)$", "csv-sheet: default as the office's country writes"),
            "utc": ("^1$", "CSV: also the times in UTC, in columns of their own"),
            **LANGUAGE, **FILTERS,
            "sort": ("^-?[a-z_]{1,20}$", f"with limit: {', '.join(SORTS)}; - in front: downwards"),
            "limit": (r"^\d{1,4}$", f"a page of so many turns, up to {MAX_PAGE}"),
            "cursor": ("^[A-Za-z0-9_-]{1,200}$", "next page, from the answer before"),
            "after": (r"^\d{1,18}$", "turns that events after this number changed"),
            "history": ("^[0-9a-f]{16}$", "with after: the history it counts in; else 409"),
        },
    ),
    Route(
        "GET", "/api/totals", day_totals, MANAGER_UP, "A business day in numbers",
        answer=Totals, query={"day": (DAY, "business day; default today")},
    ),
]  # fmt: skip
