"""Owns the calls about what became of plans: a week that was planned, beside the week as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

import msgspec
from aiohttp import web

from server.api.rota import WEEK, asked_week
from server.api.rotafiles import sheet_file
from server.api.routing import LANGUAGE, Call, Route
from server.domain.errors import Invalid
from server.domain.roles import MANAGER_UP
from server.plan.rota import book
from server.plan.rota.regret import DayBack
from server.plan.rota.targets import Target, Targets
from server.plan.rota.values import DayRota, RotaRules, clock_of
from server.reports.smallbook import Cell, Sheet
from server.reports.workbook import MEDIA as XLSX
from server.storage.queries.forms import DECIMALS, decimal_of
from server.storage.transaction import SqliteTx


class DayBackAnswer(DayBack, frozen=True):
    """A day as it was planned, and as it was.

    Attributes:
        target: that of the plan; ``own``: of single services.
    """

    target: Target
    own: dict[str, Target]


class WeekBackAnswer(msgspec.Struct, frozen=True):
    """What became of a week's plan, as far as its days are over.

    Attributes:
        week: its Monday.
        names: of officers, by key.
        days: that were planned before they began.
        expected, came: people of these days.
        half_hours: of these days; ``foreseen``, ``missed``: below a target by the plan, and really.
        hours: at counters by the plan; ``opened``: really.
        needed: hours that would have done, as far as anything would have.
        beyond: half hours that would have been missed even then.
    """

    week: str
    names: dict[str, str]
    days: list[DayBackAnswer]
    expected: float
    came: int
    half_hours: int
    foreseen: int
    missed: int
    hours: float
    opened: float
    needed: float
    beyond: int


FORMS, BY = {"csv", "csv-sheet", "xlsx"}, {"day", "half-hour"}
Say = Callable[..., str]
Held = list[tuple[int, Targets, DayRota]]


async def week_back(call: Call) -> WeekBackAnswer:
    """Return what became of a week's plan."""

    def read(tx: SqliteTx) -> tuple[str, RotaRules, Held]:
        week = asked_week(call, tx.day)
        held = [(version, rota.targets, day) for version, rota, day in book.held(tx, week)]
        return week, book.rules_of(tx)[1], held

    week, rules, held = await call.read(read)
    now, branch, rotas = call.hall.store.clock(), call.who.branch, call.hall.rotas
    days = []
    for version, targets, plan in held:
        found = await rotas.became(branch, now, rules, targets, plan, version)
        if found is not None:
            its = {each: getattr(found, each) for each in found.__struct_fields__}
            days.append(DayBackAnswer(**its, target=targets.usual, own=targets.own))
    return WeekBackAnswer(
        week, {each.key: each.name for each in rules.officers}, days,
        round(sum(each.expected for each in days), 1), sum(each.came for each in days),
        sum(len(each.half_hours) for each in days), sum(each.foreseen for each in days),
        sum(each.missed for each in days), sum(each.hours for each in days),
        round(sum(each.opened for each in days), 1), sum(each.needed for each in days),
        sum(each.beyond for each in days),
    )  # fmt: skip


async def file(call: Call) -> web.Response:
    """Return the same as a sheet: a row a day, or a row a half hour."""
    query = call.request.query
    form, by, decimal = query.get("format") or "csv", query.get("by") or "day", query.get("decimal")
    if form not in FORMS or by not in BY or decimal not in {None, *DECIMALS}:
        raise Invalid("Choose csv, csv-sheet or xlsx, comma or point.", field="format")
    found = await week_back(call)
    say: Say = partial(call.hall.translate, call.language)
    rows = _half_hours(found, say) if by == "half-hour" else _days(found, say)
    usual = await call.read(lambda tx: decimal_of(tx.office.languages[0]))
    name = f"ramah-plan-hindsight-{found.week}"
    return sheet_file(say("In hindsight"), rows, form, decimal or usual, name)


def _days(found: WeekBackAnswer, say: Say) -> Sheet:
    head: list[Cell] = [
        say("Day"), say("Visitors forecast"), say("Visitors who came"),
        say("Counter hours planned"), say("Counter hours really"),
        say("Counter hours that would have done"),
        say("In time, foreseen %"), say("In time, really %"),
        say("Nine of ten waited at most, foreseen, minutes"),
        say("Nine of ten waited at most, really, minutes"), say("Half hours"),
        say("Half hours missed, foreseen"), say("Half hours missed, really"),
        say("Half hours missed by the plan with these visitors"),
        say("Half hours missed even then"), say("Version of the plan"),
    ]  # fmt: skip
    rows: Sheet = [
        [
            date.fromisoformat(each.day), _decimal(each.expected), each.came, _decimal(each.hours),
            _decimal(each.opened), _decimal(each.needed), _decimal(each.share),
            _decimal(each.real_share), _decimal(each.p90), _decimal(each.real_p90),
            len(each.half_hours), each.foreseen, each.missed, each.followed,
            each.beyond, each.version,
        ] for each in found.days
    ]  # fmt: skip
    return [head, *rows]


def _half_hours(found: WeekBackAnswer, say: Say) -> Sheet:
    head: list[Cell] = [
        say("Day"), say("From"), say("Visitors forecast"), say("Forecast, low end"),
        say("Forecast, high end"), say("Visitors who came"), say("Counters planned"),
        say("Counters really open"), say("In time, foreseen %"), say("In time, really %"),
        say("Half waited at most, foreseen, minutes"), say("Half waited at most, really, minutes"),
        say("Nine of ten waited at most, foreseen, minutes"),
        say("Nine of ten waited at most, really, minutes"), say("Missed, foreseen"),
        say("Missed, really"),
    ]  # fmt: skip
    rows: Sheet = [
        [
            date.fromisoformat(day.day), clock_of(each.at), _decimal(each.expected), each.low,
            each.high, each.came,
            each.counters, _decimal(each.opened), _decimal(each.share), _decimal(each.real_share),
            _decimal(each.p50), _decimal(each.real_p50), _decimal(each.p90),
            _decimal(each.real_p90), int(each.foreseen), int(each.missed),
        ] for day in found.days for each in day.half_hours
    ]  # fmt: skip
    return [head, *rows]


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:g}")


ROUTES = [
    Route(
        "GET", "/api/rota/hindsight", week_back, MANAGER_UP,
        "What became of a week's plan: people, counters and waits as planned, and as they were",
        answer=WeekBackAnswer, query=WEEK,
    ),
    Route(
        "GET", "/api/rota/hindsight/file", file, MANAGER_UP,
        "The same as a sheet, a row a day or a half hour", answer=bytes, media="text/csv",
        also=(XLSX,),
        query={
            **WEEK, **LANGUAGE,
            "format": ("^(csv|csv-sheet|xlsx)$", "default csv"),
            "by": ("^(day|half-hour)$", "a row for each; default day"),
            "decimal": (f"^({'|'.join(DECIMALS)})$", "of csv-sheet; default that of the language"),
        },
    ),
]  # fmt: skip
