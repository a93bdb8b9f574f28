"""Owns the calls for reports: figures of a period, their definitions, pictures and papers."""

from __future__ import annotations

from functools import partial

import msgspec
from aiohttp import web

from server.api.routing import LANGUAGE, Call, Route
from server.api.spans import asked_day, check_span, whole
from server.domain.errors import Invalid
from server.domain.roles import CITY_UP, MANAGER_UP, STAFF_UP
from server.domain.states import Priority
from server.domain.texts import DAY
from server.reports import charts
from server.reports.cube import Filter
from server.reports.figures import KpiAnswer, KpiList, Report
from server.reports.kpi import KPIS, reckoned
from server.reports.names import services_wanted
from server.reports.report import MAX_DAYS, Asked, report
from server.storage.queries.columns import COLUMNS
from server.storage.transaction import SqliteTx


class ColumnAnswer(msgspec.Struct, frozen=True):
    """What a column of the log means."""

    name: str
    meaning: str


class ColumnList(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/log/columns``."""

    columns: list[ColumnAnswer]


async def reports(call: Call) -> Report:
    """Return the figures of a period, if asked beside those of another one, with pictures."""
    drawn = call.flag("charts")
    asked = await call.read(lambda tx: _asked(call, tx))
    found = await call.study(partial(report, asked=asked))
    if drawn:
        say = partial(call.hall.translate, call.language)
        found = msgspec.structs.replace(found, charts=charts.draw(found, say, call.language))
    return found


def _asked(call: Call, tx: SqliteTx) -> Asked:
    query = call.request.query
    first = asked_day(query.get("from") or tx.day, "from")
    last = asked_day(query.get("to") or tx.day, "to")
    check_span(first, last, "to", MAX_DAYS)
    other_first, other_last = query.get("compare_from"), query.get("compare_to")
    if (other_first is None) != (other_last is None):
        raise Invalid("Give both days to compare with, or none.", field="compare_to")
    if other_first is not None and other_last is not None:
        other_first = asked_day(other_first, "compare_from")
        other_last = asked_day(other_last, "compare_to")
        check_span(other_first, other_last, "compare_to", MAX_DAYS)
    return Asked(
        first=first,
        last=last,
        keep=_keep(call, tx),
        compare_first=other_first,
        compare_last=other_last,
        language=call.language,
    )


def _keep(call: Call, tx: SqliteTx) -> Filter:
    query = call.request.query
    number = query.get("counter")
    counter = whole(number, "counter") if number else None
    services = services_wanted(tx, query.get("service"), query.get("agency"), counter)
    priority = query.get("priority") or None
    if priority is not None and priority not in set(Priority):
        raise Invalid("The class is regular or priority.", field="priority")
    return Filter(services, counter, priority)


async def kpis(call: Call) -> KpiList:
    """Return what each figure means, how it is reckoned and from which fields."""
    say = partial(call.hall.translate, call.language)
    return KpiList([
        KpiAnswer(
            each.key, each.unit, say(each.name), say(each.meaning), reckoned(each, say),
            each.fields, each.better,
        )
        for each in KPIS
    ])  # fmt: skip


async def columns(call: Call) -> ColumnList:
    """Return what each column of the log means."""
    say = partial(call.hall.translate, call.language)
    return ColumnList([ColumnAnswer(name, say(each.meaning)) for name, each in COLUMNS.items()])


async def paper(call: Call) -> web.Response:
    """Return a period's report as a print-ready PDF in the reader's language."""
    from server.reports import paper as papers  # noqa: PLC0415 - the typesetter is 60 MB

    language = call.language
    asked = await call.read(lambda tx: _asked(call, tx))
    asked = msgspec.structs.replace(asked, language=language)
    await call.note("paper_taken", first=asked.first, last=asked.last)
    found = await call.study(partial(report, asked=asked))
    body = await papers.pdf(found, partial(call.hall.translate, language), language)
    name = f"ramah-{asked.first}-{asked.last}.pdf"
    return web.Response(
        body=body, content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )  # fmt: skip


QUERY = {
    "from": (DAY, "first business day; default today"),
    "to": (DAY, "last business day (included); default today"),
    "service": ("^.{1,16}$", "only this service (code)"),
    "agency": ("^.{1,16}$", "only services of this agency (code)"),
    "counter": (r"^\d{1,6}$", "only this counter (number)"),
    "priority": ("^(regular|priority)$", "only this class"),
    "compare_from": (DAY, "first day of a second period to compare with"),
    "compare_to": (DAY, "last day of it"),
}
ROUTES = [
    Route(
        "GET", "/api/reports", reports, MANAGER_UP, "The figures of a period",
        answer=Report, query=QUERY | {"charts": ("^1$", "also pictures, as SVG")},
        problems=(500,),
    ),
    Route(
        "GET", "/api/reports/paper", paper, MANAGER_UP, "The figures of a period as a PDF",
        answer=bytes, media="application/pdf", problems=(500,),
        query=QUERY | LANGUAGE,
    ),
    Route("GET", "/api/kpis", kpis, STAFF_UP | CITY_UP, "What each figure means", answer=KpiList),
    Route("GET", "/api/log/columns", columns, MANAGER_UP, "What each column of the log means",
          answer=ColumnList),
]  # fmt: skip
