"""Owns the calls about persons: who serves here, and one person's figures (looks are noted)."""

from __future__ import annotations

from functools import partial

import msgspec
from aiohttp import web

from server.api.json_answer import JsonAnswer
from server.api.requests import SeePerson
from server.api.routing import Call, Route
from server.api.spans import asked_day, check_span
from server.api.tries import hashed as hash_new
from server.auth.access import ADMIN, MANAGER, MANAGER_UP, STAFF, STAFF_UP
from server.auth.secrets import new_password
from server.domain.day import iso
from server.domain.errors import NotFound, Refused
from server.domain.events import FiguresSeen
from server.domain.tx import Actor
from server.reports.figures import GivenPassword, PersonFigures, StaffPeople, StaffPerson
from server.reports.person import MAX_DAYS, figures_of
from server.storage.queries.people import Colleague, colleagues, set_password
from server.storage.transaction import SqliteTx

GIVEN_HOURS = 72
"""A password made for somebody else counts so long: over a weekend, not over a holiday."""


async def people(call: Call) -> StaffPeople:
    """Return the people of the branch, by name."""

    def read(tx: SqliteTx) -> StaffPeople:
        return StaffPeople([
            StaffPerson(
                each.id, each.name, each.role, each.login,
                helped=_may_help(call.who.actor, each.id, each.role),
                given=each.given_until is not None,
            )
            for each in colleagues(tx.db, tx.branch)
        ])  # fmt: skip

    return await call.read(read)


def _may_help(actor: Actor, person: str, role: str) -> bool:
    """Whether one may make a password for the other: nobody for themselves, or for who may more."""
    below = {MANAGER: {STAFF}, ADMIN: {STAFF, MANAGER, ADMIN}}.get(actor.role, set())
    return actor.person and role in below and actor.id != f"user:{person}"


async def give_password(call: Call) -> GivenPassword:
    """Make a password for somebody who forgot theirs; it is told once and must be changed.

    No ``Idempotency-Key``: the answer would be kept, and with it the password.

    Raises:
        NotFound: nobody of that id is here. Refused: who asks may not.
    """
    key = call.path("person")

    def look(tx: SqliteTx) -> Colleague:
        found = [each for each in colleagues(tx.db, tx.branch) if each.id == key]
        if not found:
            raise NotFound("Nobody of this id works here.", field="person")
        return found[0]

    other = await call.read(look)
    if not _may_help(call.who.actor, key, other.role):
        raise Refused(
            "You may make a new password for people who may less than you, not for this one.",
            slug="not-allowed",
            field="person",
        )
    password = new_password()
    hashed = await hash_new(call, password)

    def command(tx: SqliteTx) -> str:
        until = tx.now + GIVEN_HOURS * 3_600_000
        set_password(tx.aside, key, hashed, given_until=until)
        tx.note("password_given", name=other.name)
        return iso(until, tx.office.zone)

    until = await call.hall.store.transact(call.who.branch, call.who.actor, command)
    call.hall.access.forget()
    return GivenPassword(other.login, other.name, password, until)


async def person(call: Call) -> web.StreamResponse:
    """Write the look down, then answer with one person's figures.

    Staff see their own only. A token is no person and sees nobody's.

    Raises:
        Refused: the figures are another person's, and the role may not see them.
    """
    asked: SeePerson = call.body
    actor = call.who.actor
    own = actor.id.removeprefix("user:") if actor.person else None
    wanted = asked.person or own
    if not actor.person or (wanted != own and actor.role not in MANAGER_UP):
        raise Refused(
            "These figures are for the person they are about, and for the manager.",
            slug="not-allowed",
            field="person",
        )
    last = asked_day(asked.last, "first")
    check_span(asked_day(asked.first, "first"), last, "last", MAX_DAYS)
    look = partial(figures_of, person=wanted or "", first=asked.first, last=asked.last)
    await call.study(look)  # nobody of that name: nothing is written down
    seen = FiguresSeen(person=wanted or "", first=asked.first, last=asked.last)
    await call.do(partial(_note, seen=seen))
    found = await call.study(look)
    return JsonAnswer(200, msgspec.json.encode(found))


def _note(tx: SqliteTx, seen: FiguresSeen) -> None:
    tx.append(seen)


ROUTES = [
    Route("GET", "/api/people", people, MANAGER_UP, "Who serves here", answer=StaffPeople),
    Route(
        "POST", "/api/people/{person}/password", give_password, MANAGER_UP,
        "Make a new password for somebody, told this once", answer=GivenPassword, problems=(429,),
    ),
    Route(
        "POST", "/api/reports/person", person, STAFF_UP,
        "One person's figures; each look is written to the log", body=SeePerson,
        answer=PersonFigures, idempotent=True, problems=(500,),
    ),
]  # fmt: skip
