"""Owns the calls for a person: a visitor asks at a kiosk, a colleague goes there."""

from __future__ import annotations

import msgspec
from aiohttp import web

from server.api.requests import NoBody
from server.api.routing import Call, Route
from server.domain import events
from server.domain.day import Millis, iso
from server.domain.errors import NotFound, Refused
from server.domain.roles import HOST_UP, KIOSK
from server.storage.queries import assistance as rows
from server.storage.transaction import SqliteTx

KIOSK_AND_STAFF = HOST_UP | {KIOSK}


class HelpAnswer(msgspec.Struct, frozen=True):
    """Somebody at ``place`` asked for a person.

    ``seconds`` is how long until a colleague set out, ``here_s`` until one was there.
    """

    id: str
    place: str
    at: str
    taken: bool
    seconds: float | None = None
    here_s: float | None = None


class HelpList(msgspec.Struct, frozen=True):
    """Requests of today that nobody has taken yet, the oldest first."""

    requests: list[HelpAnswer]


def _answer(call: rows.Help) -> HelpAnswer:
    def after(moment: Millis | None) -> float | None:
        return None if moment is None else (moment - call.at) / 1000

    return HelpAnswer(
        call.id, call.place, iso(call.at), taken=call.taken_at is not None,
        seconds=after(call.taken_at), here_s=after(call.arrived_at),
    )  # fmt: skip


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
    """Say that somebody sets out; said twice, the first one counts."""
    key = call.path("help")

    def command(tx: SqliteTx) -> HelpAnswer:
        return _answer(_set_out(tx, _known(tx, key)))

    return await call.do(command)


async def here(call: Call) -> web.Response:
    """Say that somebody is with the visitor; said twice, the first one counts."""
    key = call.path("help")

    def command(tx: SqliteTx) -> HelpAnswer:
        known = _set_out(tx, _known(tx, key))
        if known.arrived_at is None:
            seconds = (tx.now - known.at) / 1000
            staff = _by(tx)
            tx.append(events.HelpArrived(help=key, place=known.place, seconds=seconds, staff=staff))
            known = known._replace(arrived_at=tx.now)
        return _answer(known)

    return await call.do(command)


def _known(tx: SqliteTx, key: str) -> rows.Help:
    """Return a call for a person.

    Raises:
        NotFound: there is none of this id. Refused: it came from another kiosk.
    """
    known = rows.one(tx.db, tx.branch, key)
    if known is None:
        raise NotFound("There is no such call for help.", slug="unknown-help", field="help")
    if tx.actor.role == KIOSK and known.device != tx.actor.id:
        raise Refused("This call came from another kiosk.", slug="not-allowed", field="help")
    return known


def _set_out(tx: SqliteTx, known: rows.Help) -> rows.Help:
    """Note that somebody goes there, unless that was said before."""
    if known.taken_at is not None:
        return known
    name = tx.actor.name if tx.actor.person else None
    seconds = (tx.now - known.at) / 1000
    tx.append(events.HelpTaken(
        help=known.id, place=known.place, seconds=seconds, staff=_by(tx), name=name
    ))  # fmt: skip
    return known._replace(taken_at=tx.now, taken_name=name)


def _by(tx: SqliteTx) -> str | None:
    return tx.actor.id if tx.actor.role != KIOSK else None


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
        "Set out to who asked for a person", answer=HelpAnswer, body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/help/{help}/here", here, KIOSK_AND_STAFF,
        "Be there: who came says so, or the kiosk when somebody touches it", answer=HelpAnswer,
        body=NoBody, idempotent=True,
    ),
]  # fmt: skip
