"""Owns the calls around the counters: the page's words, the supervisor, the button box."""

from __future__ import annotations

from aiohttp import web

from server.api.answers import ticket_answer
from server.api.requests import NoBody, PressKey, ReleaseTicket, TellHall
from server.api.routing import Call, Route
from server.api.types import DeskAnswer, OutcomeAnswer, PolicyAnswer, Pressed, TicketAnswer
from server.domain import desks, pressing, supervising
from server.domain.issuing import waiting_now
from server.domain.roles import HOST_UP, STAFF_UP, SUPERVISOR_UP
from server.domain.undo import UNDO_SECONDS
from server.storage.transaction import SqliteTx


async def desk(call: Call) -> DeskAnswer:
    """Return what the counter page offers and says."""

    def query(tx: SqliteTx) -> DeskAnswer:
        rules, words = tx.office.rules, tx.office.desk
        skills = tx.actor.skills
        return DeskAnswer(
            policy=PolicyAnswer(rules.policy, rules.priority_cap, rules.slot_cap),
            break_reasons=words.break_reasons,
            hold_reasons=words.hold_reasons,
            call_reasons=words.call_reasons,
            greeting=words.greeting,
            apology=words.apology,
            closing=words.closing,
            farewell=words.farewell,
            outcomes={
                service.code: [OutcomeAnswer(each.code, each.names) for each in service.outcomes]
                for service in tx.office.services
                if service.outcomes
            },
            undo_seconds=UNDO_SECONDS,
            auto_call_seconds=words.auto_call_seconds,
            max_recalls=rules.max_recalls,
            recall_gap_seconds=rules.recall_gap_seconds,
            directs=desks.directs(tx),
            skills=None if skills is None else sorted(skills),
            numbers=rules.numbers,
            kinds=tx.office.reception.kinds,
        )

    return await call.read(query)


async def release(call: Call) -> web.Response:
    """Free a counter of its ticket."""
    body: ReleaseTicket = call.body

    def command(tx: SqliteTx) -> TicketAnswer:
        ticket, turn = supervising.release(tx, call.path("counter"), body.way, body.ticket)
        return ticket_answer(
            tx, ticket, turn, public_url=call.hall.public_url, language=call.language
        )

    return await call.do(command)


async def tell(call: Call) -> web.Response:
    """Show a line of text on all displays."""
    body: TellHall = call.body
    return await call.do(lambda tx: supervising.tell_hall(tx, body.notice, body.minutes))


async def tell_nothing(call: Call) -> web.Response:
    """Take the line of text off the displays."""
    return await call.do(lambda tx: supervising.tell_hall(tx, ""))


async def press(call: Call) -> web.Response:
    """Do what a key of a button box means now."""
    body: PressKey = call.body

    def command(tx: SqliteTx) -> Pressed:
        done = pressing.press(tx, call.path("counter"), body.key)
        counter = tx.office.counter(call.path("counter"))
        now = desks.now_at(tx, counter)
        here = tx.turn_at(counter.id)
        return Pressed(
            did=done.did,
            counter=counter.number,
            state=now.state,
            label=None if done.ticket is None else done.ticket.label,
            current=None if here is None else here.label,
            waiting=sum(waiting_now(tx, code) for code in now.services),
        )

    return await call.do(command)


ROUTES = [
    Route("GET", "/api/desk", desk, HOST_UP, "What the counter and host pages offer and say",
          answer=DeskAnswer),
    Route(
        "POST", "/api/counters/{counter}/release", release, SUPERVISOR_UP,
        "Free a counter of its ticket", body=ReleaseTicket, answer=TicketAnswer, idempotent=True,
    ),
    Route(
        "POST", "/api/counters/{counter}/press", press, STAFF_UP, "A key of a button box",
        body=PressKey, answer=Pressed, idempotent=True,
    ),
    Route(
        "POST", "/api/notice", tell, SUPERVISOR_UP, "Show a line of text on all displays",
        body=TellHall, status=204, idempotent=True,
    ),
    Route(
        "DELETE", "/api/notice", tell_nothing, SUPERVISOR_UP,
        "Take the line of text off the displays", body=NoBody, status=204, idempotent=True,
    ),
]  # fmt: skip
