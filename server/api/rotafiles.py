"""Owns a saved rota as a file: a sheet, a page of paper, an officer's calendar."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from server.api.rota import WEEK, asked_week
from server.api.routing import LANGUAGE, Call, Route
from server.domain.errors import NotFound
from server.domain.roles import MANAGER_UP, STAFF_UP
from server.officers import rotabook
from server.officers.rotabook import Printed
from server.plan.rota import book
from server.reports.smallbook import Sheet, written
from server.reports.workbook import MEDIA as XLSX
from server.storage.queries.forms import decimal_of
from server.storage.transaction import SqliteTx

CALENDAR = "text/calendar"


def printed(tx: SqliteTx, week: str) -> Printed:
    """Return the plan of a week that holds.

    Raises:
        NotFound: none is saved.
    """
    found = book.rota_of(tx, week)
    if found is None:
        raise NotFound("No plan is saved for this week.", slug="no-plan")
    saved, rota = found
    _, rules = book.rules_of(tx)
    names = {each.key: each.name for each in rules.officers}
    office = tx.office
    return Printed(
        office.name, office.code, office.zone, week, saved.version, saved.at, names, rota.days
    )


async def file(call: Call) -> web.Response:
    """Return the plan of a week as a file."""
    query = call.request.query
    form, language = query.get("format") or "csv", call.language
    say = partial(call.hall.translate, language)
    rota, sign = await call.read(
        lambda tx: (printed(tx, asked_week(call, tx.day)), decimal_of(tx.office.languages[0]))
    )
    if form == "pdf":
        from server.officers import rotapaper  # noqa: PLC0415 - the typesetter is 60 MB

        return _file(await rotapaper.pdf(rota, say, language), "application/pdf", rota, "pdf")
    if form == "ics":
        officer = query.get("officer") or ""
        return _file(rotabook.calendar(rota, officer, say, language), CALENDAR, rota, "ics")
    name = f"ramah-rota-{rota.week}"
    return sheet_file(say("Rota"), rotabook.sheet(rota, say), form, sign, name)


async def my_calendar(call: Call) -> web.Response:
    """Return one's own shifts of a week for one's calendar."""

    def read(tx: SqliteTx) -> tuple[Printed, str]:
        return printed(tx, asked_week(call, tx.day)), book.mine(tx)

    rota, me = await call.read(read)
    say = partial(call.hall.translate, call.language)
    return _file(rotabook.calendar(rota, me, say, call.language), CALENDAR, rota, "ics")


def sheet_file(title: str, rows: Sheet, form: str, decimal: str, name: str) -> web.Response:
    """Return rows as a file: ``form`` is csv, csv-sheet or xlsx."""
    media, end = (XLSX, "xlsx") if form == "xlsx" else ("text/csv", "csv")
    return _sent(written(title, rows, form, decimal), media, f"{name}.{end}")


def _file(body: bytes, media: str, rota: Printed, end: str) -> web.Response:
    return _sent(body, media, f"ramah-rota-{rota.week}.{end}")


def _sent(body: bytes, media: str, name: str) -> web.Response:
    where = "inline" if media == "application/pdf" else "attachment"
    return web.Response(
        body=body, content_type=media, charset="utf-8" if media.startswith("text/") else None,
        headers={"Content-Disposition": f'{where}; filename="{name}"'},
    )  # fmt: skip


ROUTES = [
    Route(
        "GET", "/api/rota/file", file, MANAGER_UP,
        "The saved plan of a week as a sheet, on paper, or an officer's shifts for a calendar",
        answer=bytes, media="text/csv", also=(XLSX, "application/pdf", CALENDAR),
        query={
            **WEEK, **LANGUAGE,
            "format": ("^(csv|csv-sheet|xlsx|pdf|ics)$", "default csv"),
            "officer": ("^.{1,40}$", "whose calendar (key), for ics"),
        },
    ),
    Route(
        "GET", "/api/rota/mine.ics", my_calendar, STAFF_UP,
        "One's own shifts of a week for one's calendar",
        answer=bytes, media=CALENDAR, query={**WEEK, **LANGUAGE},
    ),
]  # fmt: skip
