"""Owns the call by which the city wishes something for a device of any hall, and doing it there."""

from __future__ import annotations

import sqlite3
from typing import Annotated

import msgspec
from aiohttp import web

from server.api.fleet import forget_key, pages_of, tell_to_reload
from server.api.hall import Hall
from server.api.prepared import branch_of
from server.api.requests import Request
from server.api.routing import Call, Route
from server.auth.registry import check_name
from server.city import wishes
from server.city.wishes import Act, Wish, WishNow
from server.domain.errors import Conflict
from server.domain.roles import CITY
from server.domain.texts import PRINTABLE, Id, one_line
from server.domain.tx import Actor
from server.push.socket import Socket
from server.storage.queries import boxes
from server.storage.queries.wishes import Kept
from server.storage.transaction import SqliteTx

WISHES = frozenset({CITY})


class WishForDevice(Request, frozen=True):
    """What is wished for a device; ``name`` is what it shall be called, where that is the wish."""

    device: Id
    act: Act
    name: Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)] = ""


async def wish(call: Call) -> WishNow:
    """Do something with a device of a hall: at once, or when the office's own server comes."""
    body: WishForDevice = call.body
    store, code = call.hall.store, call.path("code")
    name = check_name(one_line(body.name)) if body.act == "rename" else ""

    def hall(db: sqlite3.Connection) -> tuple[int, bool]:
        found = branch_of(db, code)
        return found, boxes.box(db, found) is not None

    branch, away = await store.read(hall)
    if away:
        made = await store.transact(
            branch, call.who.actor, lambda tx: wishes.ask(tx, body.device, body.act, name)
        )
    else:
        made = await _at_once(call, branch, name)
    return wishes.now_of(made, store.clock())


async def withdraw(call: Call) -> web.Response:
    """Take back a wish that still waits for the office's server."""
    store, code, id_ = call.hall.store, call.path("code"), call.path("wish")
    branch = await store.read(lambda db: branch_of(db, code))
    await store.transact(branch, call.who.actor, lambda tx: wishes.withdraw(tx, id_))
    return web.Response(status=204)


async def _at_once(call: Call, branch: int, name: str) -> Kept:
    hall, body = call.hall, call.body
    if body.act == "reload" and hall.store.owners.at(branch):
        raise Conflict(
            "The screens of this hall hang on another server now. Please do it on the hall's own "
            "page of devices.",
            slug="at-another-server",
        )  # fmt: skip
    pages = pages_of(hall, branch, body.device)

    def command(tx: SqliteTx) -> tuple[Wish, Kept]:
        one = Wish(tx.new_id(), body.device, body.act, name, tx.actor.name)
        was, state = wishes.act_now(tx, one, len(pages))
        return one, wishes.keep(tx, one, was, state)

    one, made = await hall.store.transact(branch, call.who.actor, command)
    _take_effect(hall, pages, one, made)
    return made


async def carry_out(hall: Hall, branch: int, one: Wish) -> None:
    """Do at the office what the city wishes for a device, if it was not done before."""
    pages = pages_of(hall, branch, one.device)
    actor = Actor(f"city:{one.by}", CITY, one.by)
    made = await hall.store.transact(branch, actor, lambda tx: wishes.do(tx, one, len(pages)))
    if made is not None:
        _take_effect(hall, pages, one, made)


def _take_effect(hall: Hall, pages: list[Socket], one: Wish, made: Kept) -> None:
    """Let pages and keys follow what was just done."""
    if made.state != "done":
        return
    if one.act == "reload":
        tell_to_reload(pages)
    elif one.act == "end":
        forget_key(hall, one.device)
    else:
        hall.access.forget()


ROUTES = [
    Route("POST", "/api/city/halls/{code}/wishes", wish, WISHES,
          "Have a device of a hall load its page again, be called otherwise, or be disconnected",
          answer=WishNow, body=WishForDevice, problems=(404, 409)),
    Route("DELETE", "/api/city/halls/{code}/wishes/{wish}", withdraw, WISHES,
          "Take back a wish that still waits for the office's server", status=204,
          problems=(404,)),
]  # fmt: skip
