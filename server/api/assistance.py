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
from server.storage.transaction import SqliteTx

KIOSK_AND_STAFF = STAFF_UP | {KIOSK}
COLUMNS = "id, device_name, at, taken_at"
SELECT_OPEN = f"""
SELECT {COLUMNS} FROM help_requests
WHERE branch = ? AND day = ? AND taken_at IS NULL ORDER BY at, id
"""  # noqa: S608 - constants of this module
SELECT_OWN = f"""
SELECT {COLUMNS} FROM help_requests
WHERE branch = ? AND day = ? AND device = ? AND taken_at IS NULL
"""  # noqa: S608 - constants of this module
SELECT_ONE = f"""
SELECT {COLUMNS}, device FROM help_requests WHERE branch = ? AND id = ?
"""  # noqa: S608 - constants of this module


def _answer(row: tuple[str, str, int, int | None]) -> HelpAnswer:
    id_, place, at, taken_at = row[:4]
    seconds = None if taken_at is None else (taken_at - at) / 1000
    return HelpAnswer(id_, place, iso(at), taken=taken_at is not None, seconds=seconds)


async def ask(call: Call) -> web.Response:
    """Ask for a person. Asked again before one came, it stays the same request."""

    def command(tx: SqliteTx) -> HelpAnswer:
        row = tx.db.execute(SELECT_OWN, (tx.branch, tx.day, tx.actor.id)).fetchone()
        if row is not None:
            return _answer(row)
        place = tx.actor.name or tx.actor.role
        event = events.HelpRequested(help=tx.new_id(), day=tx.day, device=tx.actor.id, place=place)
        tx.append(event)
        return _answer((event.help, place, tx.now, None))

    return await call.do(command)


async def waiting(call: Call) -> HelpList:
    """Return who waits for a person now."""

    def query(tx: SqliteTx) -> HelpList:
        rows = tx.db.execute(SELECT_OPEN, (tx.branch, tx.day)).fetchall()
        return HelpList([_answer(row) for row in rows])

    return await call.read(query)


async def take(call: Call) -> web.Response:
    """Say that somebody goes there; taken twice, the first one counts."""
    key = call.path("help")

    def command(tx: SqliteTx) -> HelpAnswer:
        row = tx.db.execute(SELECT_ONE, (tx.branch, key)).fetchone()
        if row is None:
            raise NotFound("There is no such call for help.", slug="unknown-help", field="help")
        id_, place, at, taken_at, device = row
        if tx.actor.role == KIOSK and device != tx.actor.id:
            raise Refused("This call came from another kiosk.", slug="not-allowed", field="help")
        if taken_at is not None:
            return _answer(row)
        staff = tx.actor.id if tx.actor.role != KIOSK else None
        seconds = (tx.now - at) / 1000
        tx.append(events.HelpTaken(help=id_, place=place, seconds=seconds, staff=staff))
        return _answer((id_, place, at, tx.now))

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
