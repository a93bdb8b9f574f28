"""Owns the calls of advice: what stands now, the answer to it, and what came of those before."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Literal

import msgspec
from aiohttp import web

from server.api.requests import Request
from server.api.routing import Call, Route
from server.api.spans import asked_day, check_span
from server.domain.advice_events import AdviceAnswer as Answer
from server.domain.day import iso
from server.domain.names import service_name
from server.domain.roles import MANAGER_UP, SUPERVISOR_UP
from server.domain.texts import DAY
from server.plan import advices
from server.plan.futures import Sum
from server.plan.hindsight import Hindsight
from server.storage.queries import advices as rows
from server.storage.queries.advices import AdviceRow
from server.storage.transaction import SqliteTx

MOST_DAYS = 92
USUAL_DAYS = 30


class AnswerAdvice(Request, frozen=True):
    """The advice is followed, or it is not: the one who directs the hall decides."""

    answer: Literal["taken", "declined"]


class AdviceItem(msgspec.Struct, frozen=True):
    """An advice to open a counter until then.

    Attributes:
        counter: its id; ``number`` is on its sign.
        service: the one that presses most.
        target: minutes that are promised for it.
        people: who wait or come within an hour and a half.
        without, with_it: of them, who wait longer than promised, and the minutes beyond it.
        wait, wait_with: minutes that nine of ten of the service wait at most.
        answer: ``taken``, ``declined``, ``opened`` without a word, ``lapsed``; null while open.
        seen: what came of it, some hours later.
    """

    id: str
    day: str
    at: str
    counter: str
    number: int
    service: str
    service_name: str
    until: str
    target: int
    people: int
    without: Sum
    with_it: Sum
    wait: int
    wait_with: int
    model: str
    answer: Answer | None
    seen: Hindsight | None


class AdviceNow(msgspec.Struct, frozen=True):
    """The advice that waits for an answer, if there is one."""

    advice: AdviceItem | None


class AdviceLog(msgspec.Struct, frozen=True):
    """Advice of some business days, the newest first.

    Attributes:
        spared: minutes beyond the promise that counters spared which opened, in hindsight.
        missed: minutes that others would have spared.
        told: minutes that had been foretold, of all with a hindsight.
    """

    first: str
    last: str
    advices: list[AdviceItem]
    spared: int
    missed: int
    told: int


def _item(tx: SqliteTx, row: AdviceRow, language: str) -> AdviceItem:
    seen = None if row.seen is None else msgspec.json.decode(row.seen, type=Hindsight | None)
    over = row.answer is None and (row.day != tx.day or advices.pointless(row, tx.now))
    return AdviceItem(
        row.id, row.day, iso(row.at), row.counter, row.number, row.service,
        service_name(tx.office, row.service, language), iso(row.until), row.target, row.people,
        Sum(row.late, row.over), Sum(row.late_with, row.over_with), row.wait, row.wait_with,
        row.model, "lapsed" if over else row.answer, seen,
    )  # fmt: skip


async def advice_now(call: Call) -> AdviceNow:
    """Return the advice that waits for an answer."""
    return await call.read(lambda tx: AdviceNow(standing(tx, call.language)))


def standing(tx: SqliteTx, language: str) -> AdviceItem | None:
    """Return the advice that waits for an answer, while there is a point in following it."""
    known = advices.standing(tx)
    if known is None or advices.pointless(known, tx.now):
        return None
    return _item(tx, known, language)


async def answer_advice(call: Call) -> web.Response:
    """Take it, or not."""
    body: AnswerAdvice = call.body

    def command(tx: SqliteTx, key: str) -> AdviceItem:
        return _item(tx, advices.answer(tx, key, body.answer), call.language)

    return await call.do(partial(command, key=call.path("advice")))


async def advice_log(call: Call) -> AdviceLog:
    """Return what was advised, and what came of it."""
    query, language = call.request.query, call.language

    def read(tx: SqliteTx) -> AdviceLog:
        last = asked_day(query.get("to") or tx.day, "to")
        usual = date.fromisoformat(last) - timedelta(days=USUAL_DAYS - 1)
        first = asked_day(query.get("from") or usual.isoformat(), "from")
        check_span(first, last, "to", MOST_DAYS)
        found = [_item(tx, each, language) for each in rows.between(tx.db, tx.branch, first, last)]
        known = [(each, each.seen) for each in found if each.seen is not None]
        gains = [(seen.opened, seen.without.over - seen.with_it.over) for _, seen in known]
        return AdviceLog(
            first, last, found, sum(gain for opened, gain in gains if opened),
            sum(gain for opened, gain in gains if not opened),
            sum(each.without.over - each.with_it.over for each, _ in known),
        )  # fmt: skip

    return await call.study(read)


ROUTES = [
    Route(
        "GET", "/api/advice", advice_now, SUPERVISOR_UP,
        "The advice that waits for an answer: one more counter, until when", answer=AdviceNow,
    ),
    Route(
        "POST", "/api/advice/{advice}/answer", answer_advice, SUPERVISOR_UP,
        "Take an advice, or not", answer=AdviceItem, body=AnswerAdvice, idempotent=True,
    ),
    Route(
        "GET", "/api/advice/log", advice_log, MANAGER_UP,
        "What was advised on some days, and what came of it", answer=AdviceLog,
        query={
            "from": (DAY, "first business day, default 29 days before `to`"),
            "to": (DAY, "last business day, default today; at most 92 days"),
        },
    ),
]  # fmt: skip
