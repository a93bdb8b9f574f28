"""Owns inviting people: a link or a slip, once, by which somebody chooses the own password."""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from server.api.came import came
from server.api.people import helped, may_help, not_for_you
from server.api.problems import Rejected
from server.api.qr import link_picture
from server.api.requests import Codes, NoBody, Request
from server.api.routing import PUBLIC, Call, Route
from server.api.tls import refuse_in_clear
from server.api.tries import hashed as hash_new
from server.api.tries import too_many
from server.auth import registry
from server.auth.access import check_origin, put_cookie
from server.auth.cookies import SESSION_COOKIE, SESSION_HOURS
from server.auth.secrets import digest, new_password, plain_code
from server.auth.sessions import begin
from server.domain.day import iso
from server.domain.errors import Conflict
from server.domain.office import Office
from server.domain.roles import MANAGER_UP
from server.domain.texts import PRINTABLE, SAID
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.storage.queries import invitations, people
from server.storage.queries.invitations import Invitation
from server.storage.transaction import SqliteTx

HAS_ONE = _("{name} has a password already. You can make a new one.")
INVITED_DAYS = 7
"""Long enough for a printed slip to find somebody after a weekend and a day off."""
BY_HAND = Literal["host", "staff", "supervisor", "manager", "admin"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=SAID)]
Typed = Annotated[str, msgspec.Meta(max_length=40, pattern=PRINTABLE)]


class InvitePerson(Request, frozen=True):
    """Who is to log in. ``services`` are codes of those the person can serve, none for all."""

    login: Annotated[str, msgspec.Meta(max_length=64, pattern=PRINTABLE)]
    name: Name
    role: BY_HAND
    services: Codes | None = None


class LookAtInvitation(Request, frozen=True):
    """The code of an invitation."""

    code: Typed


class TakeInvitation(Request, frozen=True):
    """The code of an invitation, and the password that the person chose."""

    code: Typed
    password: Annotated[str, msgspec.Meta(max_length=1000)]


class Invited(msgspec.Struct, frozen=True):
    """An invitation to hand over; the code is kept nowhere, and told this once.

    Attributes:
        code: to be typed at ``url`` when the link cannot be opened.
        url: opens the invitation; what is behind ``#`` is never sent, so no log has it.
        picture: ``url`` as a QR code, a ``data:`` address; "" where no phone can open it.
        until: it works no longer than this.
    """

    person: str
    login: str
    name: str
    office: str
    code: str
    url: str
    picture: str
    until: str


class InvitationAnswer(msgspec.Struct, frozen=True):
    """Whom an invitation is for; ``password_length``: characters of the password at least."""

    login: str
    name: str
    role: str
    office: str
    until: str
    password_length: int


async def invite(call: Call) -> Invited:
    """Add a person, and make the invitation.

    No ``Idempotency-Key``: the answer would be kept, and with it the code. Whoever lost it makes
    another one.

    Raises:
        Refused: who asks may not. Conflict: the login is taken.
    """
    body: InvitePerson = call.body
    if not may_help(call.who.actor, "", body.role):
        raise not_for_you()
    code = new_code()

    def command(tx: SqliteTx) -> Invited:
        key = tx.new_id()
        login = body.login.strip().lower()
        who = registry.NewPerson(login, body.name, body.role)
        registry.invite_user(tx.aside, tx.branch, who, key, tx.now)
        people.set_skills(tx.aside, key, registry.skills_of(tx.aside, tx.branch, body.services))
        tx.note("person_invited", name=body.name, role=body.role)
        return made(call, tx, tx.office, key, login, body.name, code)

    return await call.hall.store.transact(call.who.branch, call.who.actor, command)


async def invite_again(call: Call) -> Invited:
    """Make another invitation for somebody who has not taken theirs; the one before is over.

    Raises:
        NotFound: nobody of that id is here. Refused: who asks may not.
        Conflict: the person has a password already.
    """
    other = await helped(call)
    who = registry.NewPerson(other.login, other.name, other.role)
    return await made_again(call, call.who.branch, other.id, who, HAS_ONE)


async def made_again(
    call: Call, branch: int, key: str, who: registry.NewPerson, has_one: str
) -> Invited:
    """Make another invitation for somebody of a branch, as :func:`invite_again`.

    Raises:
        Conflict: the person has a password already; ``has_one`` says what to do then.
    """
    code = new_code()

    def command(tx: SqliteTx) -> Invited:
        found = people.person(tx.aside, who.login)
        if found is None or found.password != registry.NO_PASSWORD:
            raise Conflict(has_one, slug="has-password", name=who.name)
        agency = {"agency": who.agency} if who.agency else {}
        tx.note("person_invited", name=who.name, role=who.role, **agency)
        return made(call, tx, tx.office, key, who.login, who.name, code)

    return await call.hall.store.transact(branch, call.who.actor, command)


def new_code() -> str:
    """Return the code of an invitation that nobody guesses."""
    return new_password().upper()


def made(
    call: Call, tx: SqliteTx, office: Office, key: str, login: str, name: str, code: str
) -> Invited:
    """Keep the invitation of a person, and return it as it is handed over."""
    until = tx.now + INVITED_DAYS * 86_400_000
    invitations.put(tx.aside, key, digest(plain_code(code)), until)
    url = f"{office.public_url or call.hall.public_url}/invite#{code}"
    return Invited(
        key, login, name, office.name, code, url, link_picture(url),
        iso(until, office.zone),
    )  # fmt: skip


async def _invitation(call: Call, code: str) -> Invitation:
    """Return the invitation of a code that somebody brings.

    Raises:
        Rejected: there is none, any more, or somebody tries very many.
    """
    hall, client = call.hall, call.client
    wait = hall.invitations.wait_s(client)
    if wait:
        raise too_many(wait, "code")
    hall.invitations.began(client)
    hashed, now = digest(plain_code(code)), hall.store.clock()
    found = await hall.store.read(lambda db: invitations.find(db, hashed, now), asked=False)
    if found is None:
        raise _over()
    hall.invitations.forgive(client)
    return found


def _over() -> Rejected:
    return Rejected(
        403, "invitation-over",
        _("This invitation was used already, or has run out. Please ask for a new one."),
        field="code",
    )  # fmt: skip


async def look(call: Call) -> InvitationAnswer:
    """Tell whom an invitation is for; looking does not use it up."""
    check_origin(call.request)
    found = await _invitation(call, call.body.code)

    def query(tx: SqliteTx) -> InvitationAnswer:
        until = iso(found.expires_at, tx.office.zone)
        return InvitationAnswer(
            found.login, found.name, found.role, tx.office.name, until,
            tx.office.logins.password_length,
        )  # fmt: skip

    return await call.hall.snapshots.view(found.branch, Actor("nobody", "nobody"), query)


async def take(call: Call) -> web.Response:
    """Give the person the password they chose, and log them in; the invitation is over then."""
    check_origin(call.request)
    refuse_in_clear(call)
    body: TakeInvitation = call.body
    found = await _invitation(call, body.code)
    await call.hall.store.read(
        lambda db: registry.check_own_password(db, found.login, body.password), asked=False
    )
    kept = await hash_new(call, body.password)
    secret, where = secrets.token_urlsafe(32), came(call)
    hashed = digest(plain_code(body.code))
    person = Actor(f"user:{found.user}", found.role, found.name, person=True, place=call.client)

    def command(tx: SqliteTx) -> bool:
        if invitations.find(tx.aside, hashed, tx.now) is None:  # another browser was quicker
            return False
        people.set_password(tx.aside, found.user, kept)
        begin(tx, found.user, found.role, secret, where)
        tx.note("invitation_taken")
        return True

    if not await call.hall.store.transact(found.branch, person, command):
        raise _over()
    call.hall.access.forget()
    response = web.Response(status=204)
    put_cookie(call.request, response, SESSION_COOKIE, secret, SESSION_HOURS * 3600)
    return response


ROUTES = [
    Route("POST", "/api/people", invite, MANAGER_UP, "Invite somebody; the code is told this once",
          answer=Invited, body=InvitePerson, status=201, problems=(403, 409)),
    Route("POST", "/api/people/{person}/invitation", invite_again, MANAGER_UP,
          "Make another invitation; the one before is over", answer=Invited, body=NoBody,
          status=201, problems=(403, 409)),
    Route("POST", "/api/invitation", look, PUBLIC, "Whom an invitation is for",
          answer=InvitationAnswer, body=LookAtInvitation, problems=(403, 429)),
    Route("POST", "/api/invitation/take", take, PUBLIC,
          "Choose the own password by an invitation, and be logged in", body=TakeInvitation,
          status=204, problems=(403, 422, 429)),
]  # fmt: skip
