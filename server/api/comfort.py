"""Owns the calls behind the QR on the walls: visitors tell what is wrong, staff check and mend."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.bodies import arriving
from server.api.problems import Rejected
from server.api.requests import NoBody, Request
from server.api.routing import PUBLIC, Call, Route
from server.auth.limits import Attempts
from server.comfort import faults, rounds, told
from server.comfort.photos import MAX_BYTES, Photos
from server.comfort.told import FaultAnswer
from server.domain.comfort_events import FaultState
from server.domain.day import iso
from server.domain.errors import NotFound
from server.domain.names import named
from server.domain.roles import CARE, HOST_UP
from server.domain.texts import PRINTABLE, Id, one_line
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.storage.queries import comfort
from server.storage.queries.comfort import Fault
from server.storage.transaction import SqliteTx

VISITOR = Actor("visitor", "visitor")
CHECKERS = HOST_UP | {CARE}
"""Who looks at places and mends what is wrong there."""
Said = Annotated[str, msgspec.Meta(max_length=200, pattern=PRINTABLE)]


@dataclass(frozen=True)
class Shelf:
    """What these calls work with; ``one`` lets photos be drawn one at a time.

    ``told`` bounds what one address tells; behind one address there may be a whole hall.
    """

    photos: Photos
    one: asyncio.Lock = field(default_factory=asyncio.Lock)
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))
    told: Attempts = field(default_factory=lambda: Attempts(12, 20, 300))


SHELF = web.AppKey("COMFORT", Shelf)


class TellFault(Request, frozen=True):
    """One thing that is wrong (its code), and a sentence about it."""

    item: Id
    said: Said = ""


class CheckPlace(Request, frozen=True):
    """A place was looked at; ``faults`` are the codes of what is wrong, none when all is well."""

    faults: Annotated[list[Id], msgspec.Meta(max_length=12)] = msgspec.field(default_factory=list)
    said: Said = ""


class MendFault(Request, frozen=True):
    """What was done, if there is something to say."""

    action: Said = ""


class PlaceItem(msgspec.Struct, frozen=True):
    """One thing that is looked at; ``state`` of what is wrong with it, null when nothing is."""

    code: str
    name: str
    state: FaultState | None


class PlaceAnswer(msgspec.Struct, frozen=True):
    """The place behind a QR, as everybody may see it."""

    place: str
    name: str
    office: str
    items: list[PlaceItem]


class CheckerAnswer(msgspec.Struct, frozen=True):
    """The place for those who check it: ``name`` is theirs, ``last`` the last check today."""

    name: str
    last: str | None
    faults: list[FaultAnswer]


class CheckAnswer(msgspec.Struct, frozen=True):
    """A check was kept; ``faults`` are those that it names, for photos of them."""

    faults: list[FaultAnswer]


async def show(call: Call) -> PlaceAnswer:
    """Return the place behind a QR."""
    branch = await _branch(call)
    return await call.hall.snapshots.view(branch, VISITOR, partial(_shown, call=call))


async def _branch(call: Call) -> int:
    """Return the branch whose wall the QR hangs on.

    Raises:
        NotFound: none.
    """
    token = call.path("door")
    door = await call.hall.store.read(lambda db: comfort.door(db, token))
    if door is None:
        raise rounds.gone()
    return door.branch


def _shown(tx: SqliteTx, call: Call) -> PlaceAnswer:
    place = rounds.place_behind(tx, call.path("door"))
    states = {
        each.item: each.state
        for each in comfort.open_faults(tx.db, tx.branch)
        if each.place == place.code
    }
    return PlaceAnswer(
        place.code, named(place.names, call.language, place.code), tx.office.name,
        [
            PlaceItem(each.code, named(each.names, call.language, each.code),
                      states.get(each.code))
            for each in place.items
        ],
    )  # fmt: skip


async def tell(call: Call) -> PlaceAnswer:
    """Keep what a visitor tells; answer with the place as it is now."""
    body: TellFault = call.body
    branch = await _branch(call)
    limit, key = call.request.app[SHELF].told, f"{branch} {call.client}"
    wait = limit.wait_s(key)
    if wait:
        raise Rejected(
            429, "told-often", _("Thank you. Please give us {seconds} seconds before you go on."),
            retry_after=wait, seconds=wait,
        )  # fmt: skip
    limit.began(key)

    def command(tx: SqliteTx) -> PlaceAnswer:
        place = rounds.place_behind(tx, call.path("door"))
        faults.tell(tx, place, body.item, one_line(body.said))
        return _shown(tx, call)

    return await call.hall.store.transact(branch, VISITOR, command)


async def checker(call: Call) -> CheckerAnswer:
    """Return the place as it is for those who check it."""

    def read(tx: SqliteTx) -> CheckerAnswer:
        place = rounds.place_behind(tx, call.path("door"))
        last = comfort.last_check(tx.db, tx.branch, tx.day, place.code)
        return CheckerAnswer(
            tx.actor.name, None if last is None else iso(last),
            [
                told.fault(tx, each, call.language)
                for each in comfort.open_faults(tx.db, tx.branch)
                if each.place == place.code
            ],
        )  # fmt: skip

    return await call.read(read)


async def check(call: Call) -> web.Response:
    """Keep that a place was looked at, and what is wrong there."""
    body: CheckPlace = call.body

    def command(tx: SqliteTx) -> CheckAnswer:
        place = rounds.place_behind(tx, call.path("door"))
        found = rounds.check(tx, place, body.faults, one_line(body.said))
        return CheckAnswer([told.fault(tx, each, call.language) for each in found])

    return await call.do(command)


def answered(call: Call, command: partial[Fault]) -> partial[FaultAnswer]:
    """Return a command that tells of the fault it changed."""

    def run(tx: SqliteTx) -> FaultAnswer:
        return told.fault(tx, command(tx), call.language)

    return partial(run)


async def seen(call: Call) -> web.Response:
    """Note that a fault was read."""
    return await call.do(answered(call, partial(faults.move, key=call.path("fault"), to="seen")))


async def begin(call: Call) -> web.Response:
    """Say that one is on it; the lobby reads so."""
    return await call.do(answered(call, partial(faults.move, key=call.path("fault"), to="working")))


async def mend(call: Call) -> web.Response:
    """Say that it is mended, and what was done."""
    body: MendFault = call.body
    moved = partial(faults.move, key=call.path("fault"), to="mended", action=one_line(body.action))
    return await call.do(answered(call, moved))


async def add_photo(call: Call) -> FaultAnswer:
    """Take a photo of a fault in; it is drawn anew, small, and without where it was taken."""
    key, branch = call.path("fault"), call.who.branch
    shelf = call.request.app[SHELF]
    await call.read(lambda tx: faults.one(tx, key))
    if shelf.places.locked():
        raise Rejected(503, "busy", _("Please try again in a moment."), retry_after=5)
    async with shelf.places:
        content = await _content(call)
        async with shelf.one:
            name = secrets.token_hex(12)
            file = await asyncio.to_thread(shelf.photos.keep, branch, name, content)
    try:
        return await call.hall.store.transact(
            branch, call.who.actor, answered(call, partial(faults.add_photo, key=key, photo=file))
        )
    except BaseException:
        await asyncio.shield(asyncio.to_thread(shelf.photos.remove, branch, file))
        raise


async def _content(call: Call) -> bytes:
    content = bytearray()
    if (call.request.content_length or 0) <= MAX_BYTES:
        async for chunk in arriving(call.request, 1 << 18):
            content += chunk
            if len(content) > MAX_BYTES:
                break
        else:
            return bytes(content)
    raise Rejected(
        413, "too-large", _("The file is larger than {n} MB."), field="body",
        n=MAX_BYTES // 1_000_000,
    )  # fmt: skip


async def photo(call: Call) -> web.StreamResponse:
    """Send a photo to those who act on it; nothing in it can run."""
    name, branch = call.path("photo"), call.who.branch
    path = call.request.app[SHELF].photos.path(branch, name)
    kept = await call.read(lambda tx: comfort.has_photo(tx.db, branch, name))
    if not kept or not await asyncio.to_thread(path.is_file):
        raise NotFound("This photo is no longer kept.", slug="unknown-photo")
    return web.FileResponse(path, headers={
        "Content-Type": "image/jpeg",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    })  # fmt: skip


ROUTES = [
    Route(
        "GET", "/api/comfort/at/{door}", show, PUBLIC, "The place behind a QR on the wall",
        answer=PlaceAnswer,
    ),
    Route(
        "POST", "/api/comfort/at/{door}/tell", tell, PUBLIC,
        "Tell what is wrong at a place, from a visitor's phone", answer=PlaceAnswer,
        body=TellFault, problems=(429,),
    ),
    Route(
        "GET", "/api/comfort/at/{door}/checker", checker, CHECKERS,
        "The place for those who check it", answer=CheckerAnswer,
    ),
    Route(
        "POST", "/api/comfort/at/{door}/check", check, CHECKERS, "A place was looked at",
        answer=CheckAnswer, body=CheckPlace, idempotent=True,
    ),
    Route(
        "POST", "/api/comfort/faults/{fault}/seen", seen, CHECKERS, "Note that a fault was read",
        answer=FaultAnswer, body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/comfort/faults/{fault}/begin", begin, CHECKERS, "Say that one is on it",
        answer=FaultAnswer, body=NoBody, idempotent=True,
    ),
    Route(
        "POST", "/api/comfort/faults/{fault}/mend", mend, CHECKERS, "Say that it is mended",
        answer=FaultAnswer, body=MendFault, idempotent=True,
    ),
    Route(
        "POST", "/api/comfort/faults/{fault}/photo", add_photo, CHECKERS, "A photo of a fault",
        answer=FaultAnswer, upload="image/jpeg", status=201, problems=(503,),
    ),
    Route(
        "GET", "/api/comfort/photos/{photo}", photo, CHECKERS, "A photo, for those who act on it",
        answer=bytes, media="image/jpeg",
    ),
]  # fmt: skip
