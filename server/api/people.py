"""Owns the calls about persons: who serves here, and one person's figures (looks are noted)."""

from __future__ import annotations

from functools import partial

import msgspec
from aiohttp import web

from server.api.json_answer import JsonAnswer
from server.api.requests import ChangePerson, SeePerson
from server.api.routing import Call, Route
from server.api.spans import asked_day, check_span
from server.api.tries import hashed as hash_new
from server.auth.registry import skills_of
from server.auth.secrets import new_password
from server.domain.day import iso
from server.domain.errors import NotFound, Refused
from server.domain.events import FiguresSeen
from server.domain.roles import ADMIN, HOST, MANAGER, MANAGER_UP, STAFF, STAFF_UP, SUPERVISOR
from server.domain.tx import Actor
from server.reports.figures import GivenPassword, PersonFigures, StaffPeople, StaffPerson
from server.reports.person import MAX_DAYS, figures_of
from server.storage.queries.people import (
    Colleague,
    colleagues,
    end_sessions,
    set_password,
    set_skills,
)
from server.storage.queries.people import change as change_person
from server.storage.queries.people import lock_out as lock_out_person
from server.storage.transaction import SqliteTx

BELOW_MANAGER = frozenset({STAFF, HOST, SUPERVISOR})
"""Whose log-ins a manager looks after; an administrator also looks after managers'."""
GIVEN_HOURS = 72
"""A password made for somebody else counts so long: over a weekend, not over a holiday."""
_codes = msgspec.json.Decoder(list[str]).decode


async def people(call: Call) -> StaffPeople:
    """Return the people of the branch, by name."""

    def read(tx: SqliteTx) -> StaffPeople:
        return StaffPeople([
            StaffPerson(
                each.id, each.name, each.role, each.login,
                helped=may_help(call.who.actor, each.id, each.role),
                given=each.given_until is not None,
                invited=each.invited_until is not None,
                over=each.invited_until is not None and each.invited_until <= tx.now,
                services=None if each.skills is None else _codes(each.skills),
                second_step=bool(each.second_step),
            )
            for each in colleagues(tx.db, tx.branch)
        ])  # fmt: skip

    return await call.read(read)


def may_help(actor: Actor, person: str, role: str) -> bool:
    """Whether one may look after another's log-in: nobody their own here, or of who may more."""
    below = {MANAGER: BELOW_MANAGER, ADMIN: BELOW_MANAGER | MANAGER_UP}.get(actor.role, frozenset())
    return actor.person and role in below and actor.id != f"user:{person}"


def not_for_you() -> Refused:
    """Return the refusal of who may not look after somebody's log-in."""
    return Refused(
        "You may look after the log-ins of people who may less than you, not of this one.",
        slug="not-allowed",
        field="person",
    )


async def colleague_of(call: Call, key: str) -> Colleague:
    """Return who has an id in the branch of who asks.

    Raises:
        NotFound: nobody.
    """

    def look(tx: SqliteTx) -> Colleague:
        found = [each for each in colleagues(tx.db, tx.branch) if each.id == key]
        if not found:
            raise NotFound("Nobody of this id works here.", field="person")
        return found[0]

    return await call.read(look)


async def colleague(call: Call) -> Colleague:
    """Return the person that the address names.

    Raises:
        NotFound: nobody of that id is here.
    """
    return await colleague_of(call, call.path("person"))


async def helped(call: Call) -> Colleague:
    """Return the person that the address names, whom the asker may look after.

    Raises:
        NotFound: nobody of that id is here. Refused: who asks may not.
    """
    other = await colleague(call)
    if not may_help(call.who.actor, other.id, other.role):
        raise not_for_you()
    return other


def still_helped(tx: SqliteTx, actor: Actor, key: str) -> Colleague:
    """Return a person as they are now, whom the asker may look after at this moment, too.

    Of two who lock each other out at once the second one works here no more.

    Raises:
        NotFound: nobody of that id is here. Refused: who asks may not, any more.
    """
    here = {each.id: each for each in colleagues(tx.aside, tx.branch)}
    if key not in here:
        raise NotFound("Nobody of this id works here.", field="person")
    asker = here.get(actor.id.removeprefix("user:"))
    if asker is None or asker.role != actor.role or not may_help(actor, key, here[key].role):
        raise not_for_you()
    return here[key]


async def give_password(call: Call) -> GivenPassword:
    """Make a password for somebody who forgot theirs; it is told once and must be changed.

    No ``Idempotency-Key``: the answer would be kept, and with it the password.

    Raises:
        NotFound: nobody of that id is here. Refused: who asks may not.
    """
    other = await helped(call)
    password = new_password()
    hashed = await hash_new(call, password)

    def command(tx: SqliteTx) -> str:
        still_helped(tx, call.who.actor, other.id)
        until = tx.now + GIVEN_HOURS * 3_600_000
        set_password(tx.aside, other.id, hashed, given_until=until)
        tx.note("password_given", name=other.name)
        return iso(until, tx.office.zone)

    until = await call.hall.store.transact(call.who.branch, call.who.actor, command)
    call.hall.access.forget()
    return GivenPassword(other.login, other.name, password, until)


def oneself(call: Call) -> str:
    """Return the id of the person who asks.

    Raises:
        Refused: it is a script or device.
    """
    actor = call.who.actor
    if not actor.person:
        raise Refused("A key is no person and has no log-in.", slug="no-person")
    return actor.id.removeprefix("user:")


async def change(call: Call) -> None:
    """Give somebody another name, role or other services; a new role ends their sessions.

    Raises:
        NotFound: nobody of that id is here. Refused: who asks may not.
    """
    body: ChangePerson = call.body
    other = await helped(call)
    if not may_help(call.who.actor, other.id, body.role):
        raise not_for_you()

    def command(tx: SqliteTx) -> None:
        before = still_helped(tx, call.who.actor, other.id)
        skills = skills_of(tx.aside, tx.branch, body.services)
        change_person(tx.aside, other.id, body.name, body.role)
        set_skills(tx.aside, other.id, skills)
        if body.role != before.role:
            end_sessions(tx.aside, other.id)
        tx.note("person_changed", name=body.name, role=body.role)

    await call.hall.store.transact(call.who.branch, call.who.actor, command)
    call.hall.access.forget()


async def lock_out(call: Call) -> None:
    """Let somebody log in no more; what they did stays in the log.

    Raises:
        NotFound: nobody of that id is here. Refused: who asks may not.
    """
    other = await helped(call)

    def command(tx: SqliteTx) -> None:
        still_helped(tx, call.who.actor, other.id)
        lock_out_person(tx.aside, other.id, f"{other.login}#{other.id}")
        tx.note("user_removed", name=other.name)

    await call.hall.store.transact(call.who.branch, call.who.actor, command)
    call.hall.access.forget()


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
    Route("POST", "/api/people/{person}", change, MANAGER_UP,
          "Change somebody's name, role and services", body=ChangePerson, status=204,
          problems=(403, 422)),
    Route("DELETE", "/api/people/{person}", lock_out, MANAGER_UP,
          "Let somebody log in no more", status=204, problems=(403,)),
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
