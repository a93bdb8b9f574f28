"""Owns the list of where somebody is logged in, and ending that: one's own, or a colleague's."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from server.api.people import colleague_of, may_help, not_for_you
from server.api.routing import Call, Route
from server.domain.day import iso
from server.domain.errors import NotFound
from server.domain.roles import PERSONS
from server.domain.texts import PRINTABLE
from server.storage.queries import people
from server.storage.queries.people import Login
from server.storage.transaction import SqliteTx

WHOSE = {"person": (PRINTABLE, "id of a colleague; default oneself")}


class LoginAnswer(msgspec.Struct, frozen=True):
    """One place where somebody is logged in.

    Attributes:
        kind: ``phone``, ``tablet`` or ``computer``; empty when it did not say.
        browser: such as ``Chrome 120, Linux``; empty when it did not say.
        place: the network address it was last used from.
        used: when that was, to a minute.
        here: it is this browser.
    """

    id: str
    kind: str
    browser: str
    place: str
    began: str
    used: str
    until: str
    here: bool


class LoginList(msgspec.Struct, frozen=True):
    """Where somebody is logged in now."""

    name: str
    logins: list[LoginAnswer]


async def _whose(call: Call) -> tuple[str, str]:
    """Return id and name of whose sessions it is about.

    Raises:
        NotFound: nobody of that id is here. Refused: who asks may not look after them.
    """
    actor = call.who.actor
    own = actor.id.removeprefix("user:") if actor.person else ""
    asked = call.request.query.get("person") or own
    if asked == own and own:
        return own, actor.name
    other = await colleague_of(call, asked)
    if not may_help(actor, other.id, other.role):
        raise not_for_you()
    return other.id, other.name


async def logins(call: Call) -> LoginList:
    """Tell where somebody is logged in now."""
    user, name = await _whose(call)
    mine = call.who.proof[1]

    def query(tx: SqliteTx) -> LoginList:
        zone = tx.office.zone if tx.configured else "UTC"
        return LoginList(name, [
            LoginAnswer(
                each.id, each.kind, each.browser, each.place, iso(each.began_at, zone),
                iso(each.used_at, zone), iso(each.expires_at, zone), each.hash == mine,
            )
            for each in people.logins(tx.db, user, tx.now)
        ])  # fmt: skip

    return await call.read(query)


async def end_one(call: Call) -> None:
    """End one session.

    Raises:
        NotFound: there is none of that id, any more.
    """
    key = call.path("login")
    await _end(call, lambda each: each.id == key, must=True)


async def end_others(call: Call) -> None:
    """End all sessions but the one that asks."""
    mine = call.who.proof[1]
    await _end(call, lambda each: each.hash != mine)


async def _end(call: Call, meant: Callable[[Login], bool], *, must: bool = False) -> None:
    user, name = await _whose(call)
    own = call.who.actor.id == f"user:{user}"

    def command(tx: SqliteTx) -> None:
        ended = [each for each in people.logins(tx.aside, user, tx.now) if meant(each)]
        if must and not ended:
            raise NotFound("This log-in has ended already.", field="login")
        for each in ended:
            people.end_session(tx.aside, each.hash)
        if ended:
            tx.note("logins_ended" if own else "logins_ended_of", name=name, n=len(ended))

    await call.hall.store.transact(call.who.branch, call.who.actor, command)
    call.hall.access.forget()


ROUTES = [
    Route("GET", "/api/logins", logins, PERSONS, "Where one is logged in, or a colleague",
          answer=LoginList, query=WHOSE),
    Route("DELETE", "/api/logins", end_others, PERSONS,
          "End all sessions but this one, one's own or a colleague's", status=204, query=WHOSE),
    Route("DELETE", "/api/logins/{login}", end_one, PERSONS,
          "End a session, one's own or a colleague's", status=204, query=WHOSE),
]  # fmt: skip
