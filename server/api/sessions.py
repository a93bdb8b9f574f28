"""Owns logging in and out, and pairing kiosks and displays."""

from __future__ import annotations

import secrets

import msgspec
from aiohttp import web

from server.api.answers import branch_answer
from server.api.came import came
from server.api.json_answer import JsonAnswer
from server.api.problems import Rejected
from server.api.proving import KNOWN_COOKIE, by_password, check_password, marks, second_step
from server.api.requests import LogIn, NewPassword, PairDevice
from server.api.routing import Call, Route
from server.api.tls import refuse_in_clear
from server.api.tries import hashed as hash_new
from server.api.tries import too_many
from server.api.types import BranchAnswer, DevicePaired, PersonAnswer
from server.auth.access import UNREADY, NotAllowed, check_origin, put_cookie, set_device_cookie
from server.auth.cookies import DEVICE_DAYS, SESSION_COOKIE, SESSION_HOURS
from server.auth.reach import reach_of
from server.auth.registry import check_own_password, insert_token
from server.auth.secrets import (
    as_given,
    digest,
    known_mark,
    new_token,
    plain_code,
)
from server.auth.sessions import begin
from server.domain.errors import Invalid
from server.domain.names import same_agency
from server.domain.roles import ANY_ROLE, CITY_UP, PERSONS
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.storage.queries import offices, people
from server.storage.queries.keys import branch_of_code, use_code
from server.storage.queries.people import Person
from server.storage.transaction import SqliteTx

PERSON = Actor("nobody", "nobody")
MOST_KNOWN = 8


async def log_in(call: Call) -> web.Response:
    """Check login and password and start a session; both wrong ways answer alike."""
    check_origin(call.request)
    refuse_in_clear(call)
    body: LogIn = call.body
    proved = await by_password(call, body.login, body.password)
    person = proved.person
    await second_step(call, proved, body.code, body.passkey)
    proved.succeeded()
    hashed = await _own_password(call, person)
    secret = secrets.token_urlsafe(32)
    failed = await _start_session(call, person, secret, hashed)
    actor = Actor(f"user:{person.id}", person.role, person.name, person=True)
    response = await _person(
        call, person.branch, actor, person.login, agency=person.agency, failed=failed
    )
    put_cookie(call.request, response, SESSION_COOKIE, secret, SESSION_HOURS * 3600)
    known = [known_mark(person.id, hashed or person.password), *marks(call)]
    kept = ".".join(list(dict.fromkeys(known))[:MOST_KNOWN])
    put_cookie(call.request, response, KNOWN_COOKIE, kept, DEVICE_DAYS * 86_400)
    return response


async def _own_password(call: Call, person: Person) -> str | None:
    """Return the hash of the own password that takes the place of a given one, if there is one.

    Raises:
        Rejected: the given one counts no more, or there is no own one yet.
        Invalid: the own one does not fit.
    """
    body: LogIn = call.body
    if person.given_until is None:
        if body.new is not None:
            raise Invalid(
                "This password is your own. It is changed at the top of the page.", field="new"
            )
        return None
    if call.hall.store.clock() >= person.given_until:
        raise Rejected(
            403, "password-over",
            _("This password was made for you and has run out. Please ask for a new one."),
            field="password",
        )  # fmt: skip
    if body.new is None:
        raise Rejected(
            403, "own-password-needed",
            _("This password was made for you. Please choose one of your own now."), field="new",
        )  # fmt: skip
    if as_given(body.new) == as_given(body.password):
        raise Invalid("The new password is the one that was made for you.", field="new")
    new = body.new
    await call.hall.store.read(lambda db: check_own_password(db, person.login, new))
    return await hash_new(call, new)


async def change_password(call: Call) -> web.Response:
    """Give oneself a new password; every other session of the person ends."""
    body: NewPassword = call.body
    hall, login = call.hall, call.who.login
    if login is None:
        raise NotAllowed  # a script's token is no person
    await hall.store.read(lambda db: check_own_password(db, login, body.new))
    person = await check_password(call, body.old, "old")
    hashed = await hash_new(call, body.new)
    user, this = person.id, digest(call.request.cookies.get(SESSION_COOKIE, ""))

    def command(tx: SqliteTx) -> None:
        people.set_password(tx.aside, user, hashed, but=this)
        tx.note("password")

    await hall.store.transact(call.who.branch, call.who.actor, command)
    hall.access.forget()
    response = web.Response(status=204)
    put_cookie(call.request, response, KNOWN_COOKIE, known_mark(user, hashed), DEVICE_DAYS * 86_400)
    return response


async def _start_session(call: Call, person: Person, secret: str, hashed: str | None) -> int:
    """Begin a session; with ``hashed``, that is the person's password from now on.

    Returns how often somebody failed to log in as this person elsewhere since the last time.
    """
    where = came(call)
    lately = call.hall.failed.taken(person.branch, person.id)
    actor = Actor(f"user:{person.id}", person.role, person.name, person=True, place=where.place)

    def command(tx: SqliteTx) -> int:
        if hashed is not None:
            people.set_password(tx.aside, person.id, hashed)
        tx.note("login" if hashed is None else "password_taken")
        begin(tx, person.id, person.role, secret, where)
        return people.take_failed(tx.aside, person.id)

    return lately + await call.hall.store.transact(person.branch, actor, command)


async def _person(
    call: Call,
    branch: int,
    actor: Actor,
    login: str | None,
    *,
    agency: str,
    unready: bool = False,
    failed: int = 0,
) -> web.Response:
    if actor.role in CITY_UP:
        above = await _of_the_city(call, actor, login, agency, failed)
        return JsonAnswer(200, msgspec.json.encode(above))
    answer = await call.hall.snapshots.view(
        branch,
        actor,
        lambda tx: PersonAnswer(
            actor.role,
            actor.name,
            login,
            branch_answer(tx.office),
            actor.id,
            None if actor.skills is None else sorted(actor.skills),
            actor.counter,
            unready,
            tx.office.logins.idle_minutes,
            tx.office.logins.password_length,
            failed,
        ),
    )
    return JsonAnswer(200, msgspec.json.encode(answer))


async def _of_the_city(
    call: Call, actor: Actor, login: str | None, agency: str, failed: int
) -> PersonAnswer:
    """Return who belongs to no hall: their clock is that of the first one they may read."""
    reach = reach_of(actor.role, agency)
    known = await call.hall.store.read(
        lambda db: [each for each in offices.halls(db) if reach.part(each.office) is not None]
    )
    zone, label = (known[0].office.zone, known[0].office.zone_label) if known else ("UTC", "")
    own = [each.office.agency for each in known if same_agency(each.office.agency, agency)]
    agency = own[0] if own else agency  # as the halls write it
    place = BranchAnswer("", "", zone, label, call.hall.languages)
    return PersonAnswer(
        actor.role, actor.name, login, place, actor.id, None, failed=failed, agency=agency
    )


async def who_am_i(call: Call) -> web.Response:
    """Return who is logged in."""
    who = call.who
    return await _person(
        call, who.branch, who.actor, who.login, agency=who.agency, unready=who.unready
    )


async def log_out(call: Call) -> web.Response:
    """End the session; logging out twice is fine."""
    check_origin(call.request)
    hashed = digest(call.request.cookies.get(SESSION_COOKIE, ""))

    session = await call.hall.store.read(lambda db: people.session(db, hashed))
    if session is not None:
        user = Actor(
            f"user:{session.user}", session.role, session.name, person=True, place=call.client
        )

        def command(tx: SqliteTx) -> None:
            people.end_session(tx.aside, hashed)
            tx.note("logout")

        await call.hall.store.transact(session.branch, user, command)
        call.hall.access.forget()
    response = web.Response(status=204)
    response.del_cookie(SESSION_COOKIE, path="/")
    return response


async def pair(call: Call) -> web.Response:
    """Exchange a pairing code, once, for a device key in a cookie that scripts cannot read."""
    check_origin(call.request)
    body: PairDevice = call.body
    hall, address = call.hall, call.client
    wait = hall.pairings.wait_s(address)
    if wait:
        raise too_many(wait, "code")
    hall.pairings.began(address)
    hashed = digest(plain_code(body.code))
    known = await hall.store.read(lambda db: branch_of_code(db, hashed))
    token = new_token()
    paired = None
    if known is not None:
        somebody = msgspec.structs.replace(PERSON, place=address)
        paired = await hall.store.transact(known, somebody, lambda tx: redeem(tx, hashed, token))
    if paired is None:
        raise Rejected(403, "wrong-code", _("This code is not known or has expired."), field="code")
    hall.pairings.forgive(address)
    response = JsonAnswer(200, msgspec.json.encode(paired))
    set_device_cookie(call.request, response, paired.role, token)
    return response


def redeem(tx: SqliteTx, hashed: str, token: str) -> DevicePaired | None:
    """Use a pairing code up and keep the device's new token; ``None`` when it is not valid."""
    device = use_code(tx.aside, hashed, tx.now)
    if device is None:
        return None
    insert_token(tx.aside, tx.branch, device, token, tx.new_id(), tx.now)
    tx.note("paired", name=device.name, role=device.role)
    return DevicePaired(device.role, device.name, device.counter)


ROUTES = [
    Route(
        "POST", "/api/session", log_in, frozenset(), "Log in as a person",
        answer=PersonAnswer, body=LogIn, problems=(401, 403, 429),
    ),
    Route(
        "POST", "/api/session/password", change_password, PERSONS, "Change one's own password",
        body=NewPassword, status=204, problems=(422, 429),
    ),
    Route("GET", "/api/session", who_am_i, ANY_ROLE | PERSONS, "Who is logged in",
          answer=PersonAnswer, despite=UNREADY),
    Route(
        "DELETE", "/api/session", log_out, frozenset(), "Log out; twice is fine", status=204,
        problems=(403,), place="own",
    ),
    Route(
        "POST", "/api/pair", pair, frozenset(), "Pair a kiosk, display or tablet with a code",
        answer=DevicePaired, body=PairDevice, problems=(403, 429),
    ),
]  # fmt: skip
