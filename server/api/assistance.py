"""Owns the calls for a person: a visitor asks at a kiosk, a colleague goes there."""

from __future__ import annotations

from aiohttp import web

from server.api.requests import NoBody
from server.api.routing import Call, Route
from server.api.types import HelpAnswer, HelpList
from server.auth.access import KIOSK, STAFF_UP
from server.domain import events
from server.domain.day import iso
from server.domain.errors import NotFound, Refused
from server.storage.queries import assistance as rows
from server.storage.transaction import SqliteTx

KIOSK_AND_STAFF = STAFF_UP | {KIOSK}


def _answer(call: rows.Help) -> HelpAnswer:
    seconds = None if call.taken_at is None else (call.taken_at - call.at) / 1000
    taken = call.taken_at is not None
    return HelpAnswer(call.id, call.place, iso(call.at), taken=taken, seconds=seconds)


async def ask(call: Call) -> web.Response:
    """Ask for a person. Asked again before one came, it stays the same request."""

    def command(tx: SqliteTx) -> HelpAnswer:
        known = rows.waiting_at(tx.db, tx.branch, tx.day, tx.actor.id)
        if known is not None:
            return _answer(known)
        place = tx.actor.name or tx.actor.role
        event = events.HelpRequested(help=tx.new_id(), day=tx.day, device=tx.actor.id, place=place)
        tx.append(event)
        return _answer(rows.Help(event.help, tx.actor.id, place, tx.now))

    return await call.do(command)


async def waiting(call: Call) -> HelpList:
    """Return who waits for a person now."""

    def query(tx: SqliteTx) -> HelpList:
        return HelpList([_answer(each) for each in rows.waiting(tx.db, tx.branch, tx.day)])

    return await call.read(query)


async def take(call: Call) -> web.Response:
    """Say that somebody goes there; taken twice, the first one counts."""
    key = call.path("help")

    def command(tx: SqliteTx) -> HelpAnswer:
        known = rows.one(tx.db, tx.branch, key)
        if known is None:
            raise NotFound("There is no such call for help.", slug="unknown-help", field="help")
        if tx.actor.role == KIOSK and known.device != tx.actor.id:
            raise Refused("This call came from another kiosk.", slug="not-allowed", field="help")
        if known.taken_at is not None:
            return _answer(known)
        staff = tx.actor.id if tx.actor.role != KIOSK else None
        seconds = (tx.now - known.at) / 1000
        tx.append(events.HelpTaken(help=key, place=known.place, seconds=seconds, staff=staff))
        return _answer(known._replace(taken_at=tx.now))

    return await call.do(command)


ROUTES = [
    Route(
        "POST", "/api/help", ask, KIOSK_AND_STAFF, "Ask for a person at this kiosk",
        answer=HelpAnswer, body=NoBody, idempotent=True,
    ),
    Route(
        "GET", "/api/help", waiting, KIOSK_AND_STAFF, "Calls for a person that nobody took yet",
        answer=HelpList,
    ),
    Route(
        "POST", "/api/help/{help}/take", take, KIOSK_AND_STAFF,
        "Go there: staff, or the kiosk itself when somebody has come", answer=HelpAnswer,
        body=NoBody, idempotent=True,
    ),
]  # fmt: skip
