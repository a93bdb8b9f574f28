"""Owns the manager's calls about comfort: the day, who sees to what, sheets for walls, phones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.addresses import phones_reach
from server.api.comfort import answered
from server.api.devicekeys import end_key
from server.api.feedback import Deed
from server.api.qr import qr_svg, refuse_unreached
from server.api.requests import NoBody, Request
from server.api.routing import LANGUAGE, Call, Route
from server.api.spans import asked_day
from server.auth import registry
from server.comfort import faults, rounds, told
from server.comfort.told import ComfortDay, FaultAnswer, MissedAnswer
from server.domain.day import iso
from server.domain.errors import Invalid, NotFound
from server.domain.roles import CARE, MANAGER_UP
from server.domain.texts import SAID, Id, one_line
from server.storage.queries.comfort import Fault, PastDay
from server.storage.queries.keys import devices
from server.storage.transaction import SqliteTx


class AssignCare(Request, frozen=True):
    """Who sees to it: the id of somebody who works here."""

    person: Id


class ActOnChecks(Request, frozen=True):
    """What was done about missed checks."""

    action: Deed


class NewPhone(Request, frozen=True):
    """What a phone is called that is about to be paired, such as who carries it."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=SAID)]


class PhoneCode(msgspec.Struct, frozen=True):
    """A code to type on the phone, good once."""

    code: str
    minutes: int


class Phone(msgspec.Struct, frozen=True):
    """A paired phone."""

    id: str
    name: str
    paired_at: str


class PhoneList(msgspec.Struct, frozen=True):
    """The phones that may check places and mend faults."""

    phones: list[Phone]


class DoorAnswer(msgspec.Struct, frozen=True):
    """The address behind the QR of a place."""

    place: str
    url: str


class DoorList(msgspec.Struct, frozen=True):
    """The addresses behind all QRs."""

    doors: list[DoorAnswer]


async def day(call: Call) -> ComfortDay:
    """Return the hall's comfort now."""
    return await call.study(partial(told.today, language=call.language, base=call.hall.public_url))


async def assign(call: Call) -> web.Response:
    """Ask a colleague to see to a fault."""
    body: AssignCare = call.body
    key = call.path("fault")

    def command(tx: SqliteTx) -> Fault:
        return faults.assign(tx, key, body.person, rounds.somebody(tx, body.person))

    return await call.do(answered(call, partial(command)))


async def black_out(call: Call) -> web.Response:
    """Erase the words and photos of a fault that name or show somebody; who did it stays."""
    return await call.do(answered(call, partial(faults.black_out, key=call.path("fault"))))


async def read_missed(call: Call) -> web.Response:
    """Note that missed checks were read of."""
    return await _missed(call, rounds.read)


async def assign_missed(call: Call) -> web.Response:
    """Ask a colleague to see to it that a place is looked at."""
    body: AssignCare = call.body
    return await _missed(call, partial(rounds.assign, person=body.person))


async def act_on_missed(call: Call) -> web.Response:
    """Say what was done about missed checks."""
    body: ActOnChecks = call.body
    return await _missed(call, partial(rounds.act, action=one_line(body.action)))


async def _missed(call: Call, change: Callable[[SqliteTx, str, str], PastDay]) -> web.Response:
    on, place = asked_day(call.path("day"), "day"), call.path("place")

    def command(tx: SqliteTx) -> MissedAnswer:
        return told.missed(tx, change(tx, on, place), call.language)

    return await call.do(command)


async def sheets(call: Call) -> web.Response:
    """Return the sheets for the walls as a PDF, a page a place."""
    from server.comfort import sheet  # noqa: PLC0415 - the typesetter is 60 MB

    query = call.request.query
    size, only = query.get("size") or "a5", query.get("place") or None
    if size not in {"a5", "a6"}:
        raise Invalid("Choose a5 or a6.", field="size")
    base = call.hall.public_url

    def command(tx: SqliteTx) -> list[sheet.Wall]:
        office = tx.office
        at = office.public_url or base
        refuse_unreached(reached=phones_reach(at))  # what hangs on a wall hangs there for years
        doors = rounds.doors(tx)
        tx.note("sheets_taken")
        return [
            sheet.Wall(office, each, qr_svg(_url(at, doors[each.code])))
            for each in office.comfort.places
            if only in {None, each.code}
        ]

    walls = await call.hall.store.transact(call.who.branch, call.who.actor, command)
    if not walls:
        raise NotFound("There is no such place.", slug="unknown-place", field="place")
    body = await sheet.pdf(walls, partial(call.hall.translate), call.language, size)
    return web.Response(
        body=body, content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="ramah-walls.pdf"'},
    )  # fmt: skip


def _url(base: str, token: str) -> str:
    return f"{base}/c/{token}"


async def doors(call: Call) -> web.Response:
    """Return the addresses behind the QRs; a place that has none yet gets one."""
    base = call.hall.public_url

    def command(tx: SqliteTx) -> DoorList:
        known = rounds.doors(tx)
        return DoorList([
            DoorAnswer(each.code, _url(tx.office.public_url or base, known[each.code]))
            for each in tx.office.comfort.places
        ])  # fmt: skip

    return await call.do(command)


async def renew(call: Call) -> web.Response:
    """Give a place another QR; the one that hung there leads nowhere any more."""
    code, base = call.path("place"), call.hall.public_url

    def command(tx: SqliteTx) -> DoorAnswer:
        return DoorAnswer(code, _url(tx.office.public_url or base, rounds.renew_door(tx, code)))

    return await call.do(command)


async def phones(call: Call) -> PhoneList:
    """Return the phones that are paired."""

    def read(tx: SqliteTx) -> PhoneList:
        found = devices(tx.db, tx.branch, CARE)
        return PhoneList([Phone(each.id, each.name, iso(each.paired_at)) for each in found])

    return await call.read(read)


async def new_phone(call: Call) -> web.Response:
    """Make a code to pair a phone with."""
    body: NewPhone = call.body
    name = one_line(body.name)

    def command(tx: SqliteTx) -> PhoneCode:
        code = registry.create_code(tx.db, tx.branch, CARE, name, tx.now)
        tx.note("code_made", name=name, role=CARE)
        return PhoneCode(code, registry.CODE_MINUTES)

    return await call.do(command)


async def end_phone(call: Call) -> web.Response:
    """End a phone's key: it was lost, or its bearer works elsewhere."""
    unknown = NotFound("There is no such phone.", slug="unknown-phone", field="phone")
    return await end_key(call, CARE, call.path("phone"), unknown)


ROUTES = [
    Route("GET", "/api/comfort", day, MANAGER_UP, "The hall's comfort now", answer=ComfortDay),
    Route(
        "POST", "/api/comfort/faults/{fault}/assign", assign, MANAGER_UP,
        "Ask a colleague to see to a fault", answer=FaultAnswer, body=AssignCare, idempotent=True,
    ),
    Route(
        "POST", "/api/comfort/faults/{fault}/black-out", black_out, MANAGER_UP,
        "Erase words and photos of a fault that name or show somebody", answer=FaultAnswer,
        body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/comfort/missed/{day}/{place}/read", read_missed, MANAGER_UP,
        "Note that missed checks were read of", answer=MissedAnswer, body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/comfort/missed/{day}/{place}/assign", assign_missed, MANAGER_UP,
        "Ask a colleague to see to missed checks", answer=MissedAnswer, body=AssignCare,
        idempotent=True,
    ),
    Route(
        "POST", "/api/comfort/missed/{day}/{place}/act", act_on_missed, MANAGER_UP,
        "Say what was done about missed checks", answer=MissedAnswer, body=ActOnChecks,
        idempotent=True,
    ),
    Route(
        "GET", "/api/comfort/sheets", sheets, MANAGER_UP,
        "The sheets with a QR for the walls, as a PDF", answer=bytes, media="application/pdf",
        problems=(409,),
        query={
            "place": ("^.{1,16}$", "only this place (code)"),
            "size": ("^(a5|a6)$", "default a5"),
            **LANGUAGE,
        },
    ),
    Route(
        "POST", "/api/comfort/doors", doors, MANAGER_UP, "The addresses behind the QRs",
        answer=DoorList, body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/comfort/doors/{place}/renew", renew, MANAGER_UP,
        "Give a place another QR; the old one ends", answer=DoorAnswer, body=NoBody,
        idempotent=True,
    ),
    Route(
        "GET", "/api/comfort/phones", phones, MANAGER_UP,
        "The phones that check places and mend faults", answer=PhoneList,
    ),
    Route(
        "POST", "/api/comfort/phones", new_phone, MANAGER_UP, "A code to pair a phone with",
        answer=PhoneCode, body=NewPhone, status=201, idempotent=True,
    ),
    Route(
        "DELETE", "/api/comfort/phones/{phone}", end_phone, MANAGER_UP, "End a phone's key",
        status=204, idempotent=True,
    ),
]  # fmt: skip
