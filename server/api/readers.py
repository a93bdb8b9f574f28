"""Owns the calls about people of agencies, who read an agency's halls: invited, and locked out.

The city invites them for every agency. An administrator does where all halls of the agency that
this server knows are the own one: nobody opens a door to others' figures.
"""

from __future__ import annotations

import sqlite3
from typing import Annotated

import msgspec

from server.api.invitations import Invited, Name, made, made_again, new_code
from server.api.people import oneself
from server.api.requests import NoBody, Request
from server.api.routing import Call, Route
from server.auth import registry
from server.domain.errors import Invalid, NotFound
from server.domain.names import agency_key, named
from server.domain.roles import ADMIN, AGENCY, CITY
from server.domain.texts import PRINTABLE, SAID
from server.domain.words import marked as _
from server.storage.queries import offices, people
from server.storage.queries.people import Reader
from server.storage.transaction import SqliteTx

INVITING = frozenset({CITY, ADMIN})
HAS_ONE = _("{name} has a password already. Who forgot it is locked out and invited anew.")


class InviteReader(Request, frozen=True):
    """Who is to read the halls of an agency."""

    login: Annotated[str, msgspec.Meta(max_length=64, pattern=PRINTABLE)]
    name: Name
    agency: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=SAID)]


class ReaderAnswer(msgspec.Struct, frozen=True):
    """Somebody of an agency; ``invited``: has no password yet, ``over``: the invitation ran out."""

    id: str
    name: str
    login: str
    agency: str
    invited: bool
    over: bool


class Readers(msgspec.Struct, frozen=True):
    """People of agencies whom the caller looks after, and the agencies they may be of."""

    people: list[ReaderAnswer]
    agencies: list[str]


def _agencies(db: sqlite3.Connection, call: Call) -> dict[str, str]:
    """Return the agencies that the caller may invite people of, by key, as halls write them."""
    found: dict[str, str] = {}
    for hall in offices.halls(db):
        tenants = [named(each.names, call.language, each.code) for each in hall.office.agencies]
        for name in filter(None, (hall.office.agency, *tenants)):
            found.setdefault(agency_key(name), name)
    if call.who.actor.role == CITY:
        return found
    return {key: name for key, name in found.items() if _own(db, call, name)}


def _readers(db: sqlite3.Connection, call: Call) -> list[Reader]:
    found = people.readers(db)
    if call.who.actor.role == CITY:
        return found
    # by each one's own word for the agency: it may be of another language than the caller's
    ours = {name: _own(db, call, name) for name in {each.agency for each in found}}
    return [each for each in found if ours[each.agency]]


def _own(db: sqlite3.Connection, call: Call, agency: str) -> bool:
    """Whether all halls of an agency are the caller's."""
    return {each.branch for each in registry.halls_of(db, agency)} == {call.who.branch}


async def readers(call: Call) -> Readers:
    """Return the people of agencies, by name."""
    now = call.hall.store.clock()

    def query(db: sqlite3.Connection) -> Readers:
        return Readers(
            [
                ReaderAnswer(
                    each.id, each.name, each.login, each.agency,
                    each.expires_at is not None,
                    each.expires_at is not None and each.expires_at <= now,
                )
                for each in _readers(db, call)
            ],
            sorted(_agencies(db, call).values()),
        )  # fmt: skip

    return await call.hall.store.read(query)


async def invite(call: Call) -> Invited:
    """Add somebody who reads an agency's halls, and make the invitation.

    Raises:
        Invalid: the caller invites nobody of this agency. Conflict: the login is taken.
    """
    oneself(call)
    body: InviteReader = call.body

    def place(db: sqlite3.Connection) -> tuple[int, str]:
        name = _agencies(db, call).get(agency_key(body.agency))
        if name is None:
            raise Invalid("You may invite nobody of this agency.", field="agency")
        return registry.any_branch(db, name), name

    branch, agency = await call.hall.store.read(place)
    code = new_code()

    def command(tx: SqliteTx) -> Invited:
        key, login = tx.new_id(), body.login.strip().lower()
        who = registry.NewPerson(login, body.name, AGENCY, agency)
        registry.invite_user(tx.aside, tx.branch, who, key, tx.now)
        tx.note("person_invited", name=body.name, role=AGENCY, agency=agency)
        return made(call, tx, tx.office, key, login, body.name, code)

    return await call.hall.store.transact(branch, call.who.actor, command)


async def _reader(call: Call) -> Reader:
    """Return the person that the address names.

    Raises:
        NotFound: the caller looks after nobody of that id.
    """
    oneself(call)
    found = await call.hall.store.read(lambda db: _readers(db, call))
    for each in found:
        if each.id == call.path("person"):
            return each
    raise NotFound("Nobody of this id works here.", field="person")


async def invite_again(call: Call) -> Invited:
    """Make another invitation for somebody who has not taken theirs; the one before is over.

    Raises:
        Conflict: the person has a password already.
    """
    other = await _reader(call)
    who = registry.NewPerson(other.login, other.name, AGENCY, other.agency)
    return await made_again(call, other.branch, other.id, who, HAS_ONE)


async def lock_out(call: Call) -> None:
    """Let somebody of an agency log in no more."""
    other = await _reader(call)

    def command(tx: SqliteTx) -> None:
        people.lock_out(tx.aside, other.id, f"{other.login}#{other.id}")
        tx.note("user_removed", name=other.name)

    await call.hall.store.transact(other.branch, call.who.actor, command)
    call.hall.access.forget()


ROUTES = [
    Route("GET", "/api/city/people", readers, INVITING,
          "People of agencies, and the agencies they may be of", answer=Readers),
    Route("POST", "/api/city/people", invite, INVITING,
          "Invite somebody of an agency; the code is told this once", answer=Invited,
          body=InviteReader, status=201, problems=(409, 422)),
    Route("POST", "/api/city/people/{person}/invitation", invite_again, INVITING,
          "Make another invitation for somebody of an agency", answer=Invited, body=NoBody,
          status=201, problems=(404, 409)),
    Route("DELETE", "/api/city/people/{person}", lock_out, INVITING,
          "Let somebody of an agency log in no more", status=204, problems=(404,)),
]  # fmt: skip
