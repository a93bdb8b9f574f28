"""Owns the calls at a counter: open and close, call, serve, send on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from server.api.answers import staff_counter, ticket_answer
from server.api.requests import (
    AddService,
    BeginRoll,
    CallTicket,
    CloseCounter,
    FinishTurn,
    HoldTurn,
    NoBody,
    OfferServices,
    OpenCounter,
    PauseService,
    TakeBreak,
    TransferTurn,
)
from server.api.routing import Call, Route
from server.api.types import CounterList, StaffCounter, TicketAnswer
from server.api.unheard import with_unheard
from server.domain import calling, desks, rolls, serving, visits
from server.domain import undo as undoing
from server.domain.records import Ticket, Turn
from server.domain.roles import STAFF_UP
from server.storage.transaction import SqliteTx


async def listing(call: Call) -> CounterList:
    """Return all counters as staff see them."""

    def query(tx: SqliteTx) -> CounterList:
        counters = [
            staff_counter(tx, counter, call.language, call.hall.public_url)
            for counter in tx.office.counters
        ]
        return CounterList(with_unheard(tx, counters))

    return await call.read(query)


Handler = Callable[[Call], Awaitable[web.Response]]


def _told(call: Call, tx: SqliteTx, ticket: Ticket, turn: Turn) -> TicketAnswer:
    return ticket_answer(tx, ticket, turn, public_url=call.hall.public_url, language=call.language)


async def call_next(call: Call) -> web.Response:
    """Call the ticket the policy chooses; 204 when nobody waits."""

    def command(tx: SqliteTx) -> TicketAnswer | None:
        called = calling.call_next(tx, call.path("counter"))
        if called is None:
            return None
        return _told(call, tx, *called)

    return await call.do(command, light=True)


async def call_ticket(call: Call) -> web.Response:
    """Call a given ticket out of order."""
    body: CallTicket = call.body

    def command(tx: SqliteTx) -> TicketAnswer:
        ticket, turn = calling.call_ticket(tx, call.path("counter"), body.ticket, body.reason)
        return _told(call, tx, ticket, turn)

    return await call.do(command)


def _turn_call(
    do: Callable[[SqliteTx, str, Call], tuple[Ticket, Turn]],
) -> Handler:
    async def handle(call: Call) -> web.Response:
        def command(tx: SqliteTx) -> TicketAnswer:
            return _told(call, tx, *do(tx, call.path("counter"), call))

        return await call.do(command, light=True)

    return handle


recall = _turn_call(lambda tx, key, _: calling.recall(tx, key))
start = _turn_call(lambda tx, key, _: serving.start(tx, key))
finish = _turn_call(lambda tx, key, call: serving.finish(tx, key, call.body.outcome_code))
no_show = _turn_call(lambda tx, key, _: calling.no_show(tx, key))
return_to_queue = _turn_call(lambda tx, key, _: calling.return_to_queue(tx, key))
hold = _turn_call(lambda tx, key, call: serving.hold(tx, key, call.body.reason, call.body.minutes))
transfer = _turn_call(
    lambda tx, key, call: serving.transfer(
        tx,
        key,
        to_service=call.body.service,
        to_counter=call.body.counter,
        note=call.body.note,
    )
)
undo = _turn_call(lambda tx, key, _: undoing.undo(tx, key))
add_service = _turn_call(
    lambda tx, key, call: visits.add_service(
        tx,
        key,
        call.body.service,
        here=call.body.here,
        note=call.body.note,
        outcome_code=call.body.outcome_code,
    )
)


def _desk_call(do: Callable[[SqliteTx, str, Call], object]) -> Handler:
    async def handle(call: Call) -> web.Response:
        def command(tx: SqliteTx) -> StaffCounter:
            key = call.path("counter")
            do(tx, key, call)
            return staff_counter(tx, tx.office.counter(key), call.language, call.hall.public_url)

        return await call.do(command)

    return handle


open_counter = _desk_call(
    lambda tx, key, call: desks.open_counter(
        tx,
        key,
        take_over=call.body.take_over,
        services=call.body.services,
        seat=call.body.seat,
    )
)
close_counter = _desk_call(
    lambda tx, key, call: desks.close_counter(tx, key, take_over=call.body.take_over)
)
take_break = _desk_call(
    lambda tx, key, call: desks.take_break(tx, key, call.body.reason, call.body.minutes)
)
offer = _desk_call(lambda tx, key, call: desks.offer(tx, key, call.body.services))


async def pause(call: Call) -> web.Response:
    """Stop new numbers of a service."""

    def command(tx: SqliteTx) -> None:
        desks.pause_service(tx, call.path("service"), call.body.notice, call.body.notices)

    return await call.do(command)


async def resume(call: Call) -> web.Response:
    """Give numbers of a service again."""

    def command(tx: SqliteTx) -> None:
        desks.resume_service(tx, call.path("service"))

    return await call.do(command)


async def begin_roll(call: Call) -> web.Response:
    """Let the next call take the number that hangs on the roll."""

    def command(tx: SqliteTx) -> None:
        rolls.begin_at(tx, call.path("service"), call.body.number)

    return await call.do(command)


def _at(
    path: str,
    handler: Handler,
    summary: str,
    body: type[msgspec.Struct] = NoBody,
    answer: type[msgspec.Struct] = TicketAnswer,
    empty: str = "",
) -> Route:
    return Route(
        "POST", f"/api/counters/{{counter}}/{path}", handler, STAFF_UP, summary,
        body=body, answer=answer, idempotent=True, empty=empty,
    )  # fmt: skip


ROUTES = [
    Route("GET", "/api/counters", listing, STAFF_UP, "All counters, for staff", answer=CounterList),
    _at("call-next", call_next, "Call the next ticket", empty="nobody waits"),
    _at("call", call_ticket, "Call a given ticket out of order", CallTicket),
    _at("recall", recall, "Repeat the call"),
    _at("start", start, "The visitor is here, begin"),
    _at("finish", finish, "Service is done", FinishTurn),
    _at("no-show", no_show, "The visitor did not come"),
    _at("return", return_to_queue, "Put the called ticket back into the queue"),
    _at("hold", hold, "Let the ticket rest", HoldTurn),
    _at("transfer", transfer, "Send on to a service or counter", TransferTurn),
    _at("undo", undo, "Take the last act back, within ten seconds"),
    _at("add-service", add_service, "Finish and go on with another service", AddService),
    _at("open", open_counter, "Open, or come back from a break", OpenCounter, StaffCounter),
    _at("close", close_counter, "Close the counter", CloseCounter, StaffCounter),
    _at("services", offer, "Change what the counter offers now", OfferServices, StaffCounter),
    _at("break", take_break, "Go on a break", TakeBreak, StaffCounter),
    Route(
        "POST", "/api/services/{service}/roll", begin_roll, STAFF_UP,
        "Say which number hangs on the paper roll", body=BeginRoll, status=204, idempotent=True,
    ),
    Route(
        "POST", "/api/services/{service}/pause", pause, STAFF_UP,
        "Stop new numbers, keep the places", body=PauseService, status=204, idempotent=True,
    ),
    Route(
        "POST", "/api/services/{service}/resume", resume, STAFF_UP, "Give numbers again",
        body=NoBody, status=204, idempotent=True,
    ),
]  # fmt: skip
