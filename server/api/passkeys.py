"""Owns the calls of passkeys: made and ended by who is logged in, asked for at log-in."""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3

import msgspec
from aiohttp import web

from server.api.factor import RecoveryCodes
from server.api.json_answer import JsonAnswer
from server.api.keyproof import STEP_COOKIE, asked_as, key_place, keys_here
from server.api.people import oneself
from server.api.problems import Rejected
from server.api.proving import by_password, check_password
from server.api.requests import AskForKey, NewPasskey, OwnPassword
from server.api.routing import Call, Route
from server.api.tls import refuse_in_clear
from server.auth import factors
from server.auth.access import UNREADY, check_origin, put_cookie
from server.auth.passkeys import (
    ALGORITHMS,
    MOST_KEYS,
    QUESTION_S,
    Answer,
    NotShown,
    handle,
    question,
)
from server.auth.registry import check_name
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.roles import PERSONS
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.storage.queries import factors as rows
from server.storage.queries import passkeys as keys
from server.storage.queries import people
from server.storage.queries.passkeys import Passkey, Question
from server.storage.transaction import SqliteTx


class KnownKey(msgspec.Struct, frozen=True):
    """A key that is there already, and how the browser finds it."""

    credential: str
    transports: list[str]


class PasskeyBegun(msgspec.Struct, frozen=True):
    """What the browser needs to make a passkey. Bytes are base64url.

    Attributes:
        rp: the host it will be for. office: what that is called.
        user: what the key calls the person; ``login`` and ``name`` are shown by the browser.
        algorithms: kinds of keys, the best first (numbers of COSE).
        known: keys of the person, to make none twice.
        seconds: how long there is time.
    """

    challenge: str
    rp: str
    office: str
    user: str
    login: str
    name: str
    algorithms: list[int]
    known: list[KnownKey]
    seconds: int


class PasskeyAsked(msgspec.Struct, frozen=True):
    """What the browser needs to have a passkey sign, once, within ``seconds``."""

    challenge: str
    rp: str
    known: list[KnownKey]
    seconds: int


def _known(those: list[Passkey]) -> list[KnownKey]:
    return [KnownKey(each.credential, each.reached_by) for each in those]


def _of_session(call: Call) -> str:
    """Return under which name the question of this session is kept."""
    return f"new {call.who.proof[1]}"


async def begin(call: Call) -> PasskeyBegun:
    """Begin to make a passkey; the password is asked for once more.

    Raises:
        Rejected: browsers know none at this address. Invalid: the person has very many.
    """
    user = oneself(call)
    await check_password(call, call.body.password)
    place = await key_place(call, call.who.branch)
    if place is None:
        raise Rejected(
            409, "no-passkeys-here",
            _("Passkeys need an address by https with a name, such as https://antrean.kota.go.id."),
        )  # fmt: skip

    def command(tx: SqliteTx) -> PasskeyBegun:
        mine = keys.of(tx.aside, user)
        _check_room(mine)
        asked = question(_of_session(call), user, place, tx.now)
        keys.ask(tx.aside, asked, tx.now)
        office = tx.office.name if tx.configured else "Ramah"
        here = _known([each for each in mine if each.rp == place.rp])
        return PasskeyBegun(
            asked.challenge, place.rp, office, handle(user), call.who.login or user,
            call.who.actor.name, list(ALGORITHMS), here, QUESTION_S,
        )  # fmt: skip

    return await call.hall.store.transact(call.who.branch, call.who.actor, command)


def _check_room(mine: list[Passkey]) -> None:
    if len(mine) >= MOST_KEYS:
        raise Invalid(
            "One person has {n} passkeys at most. End one first.", field="name", n=MOST_KEYS
        )


async def make(call: Call) -> RecoveryCodes:
    """Keep the passkey that the browser made; with the first one, log-ins elsewhere end.

    Raises:
        Rejected: nothing was asked, too long ago, or what came does not hold.
        Conflict: somebody has this key. Invalid: the person has very many.
    """
    user, mine, asked = oneself(call), call.who.proof[1], _of_session(call)
    body: NewPasskey = call.body
    name = check_name(body.name.strip())
    store = call.hall.store
    found = await store.transact(
        call.who.branch, call.who.actor, lambda tx: keys.take(tx.aside, asked, user, tx.now)
    )
    if found is None:
        raise Rejected(
            403, "passkey-over", _("That took too long. Please try once more."), field="name"
        )
    answer = Answer(body.credential, body.client_data, body.attestation)
    try:
        credential, public_key, counter = await asyncio.to_thread(_made, found, answer)
    except NotShown:
        raise Rejected(
            403, "wrong-passkey", _("This passkey could not be set up. Please try once more."),
            field="name",
        ) from None  # fmt: skip

    def command(tx: SqliteTx) -> RecoveryCodes:
        first = not rows.counts(tx.aside, user)
        _check_room(keys.of(tx.aside, user))
        key = Passkey(
            tx.new_id(), user, credential, public_key, found.rp, json.dumps(body.transports),
            counter, name, tx.now,
        )  # fmt: skip
        try:
            keys.add(tx.aside, key)
        except sqlite3.IntegrityError:
            raise Conflict("This passkey is set up already.", field="name") from None
        codes = factors.recovery_codes(tx, user)
        if first:
            people.end_sessions(tx.aside, user, but=mine)
        people.make_ready(tx.aside, mine)
        tx.note("passkey_added", name=name)
        return RecoveryCodes(codes)

    codes = await store.transact(call.who.branch, call.who.actor, command)
    call.hall.access.forget()
    return codes


def _made(asked: Question, answer: Answer) -> tuple[str, str, int]:
    from server.auth import signed  # noqa: PLC0415 - a library that few offices need

    return signed.made(asked, answer)


async def end(call: Call) -> None:
    """Have one of the own passkeys no more; the password is asked for once more.

    Raises:
        NotFound: there is none such. Refused: the office asks for a second step.
    """
    user, wanted = oneself(call), call.path("passkey")
    await check_password(call, call.body.password)

    def command(tx: SqliteTx) -> None:
        for key in keys.of(tx.aside, user):
            if key.id == wanted:
                factors.end_passkey(tx, user, key.id)
                tx.note("passkey_removed", name=key.name)
                return
        raise NotFound("There is no such passkey any more.", field="passkey")

    await call.hall.store.transact(call.who.branch, call.who.actor, command)


async def ask(call: Call) -> web.Response:
    """Ask who shows the right password for a passkey: once, in this browser, within minutes.

    Raises:
        Rejected: the password does not fit, or the person has no passkey for this address.
    """
    check_origin(call.request)
    refuse_in_clear(call)
    body: AskForKey = call.body
    proved = await by_password(call, body.login, body.password)
    proved.forgive()
    person = proved.person
    place = await key_place(call, person.branch)
    known = await keys_here(call, person, place)
    if place is None or not known:
        raise Rejected(
            409, "no-passkeys-here", _("You have no passkey for this address."), field="passkey"
        )
    secret = secrets.token_urlsafe(32)
    actor = Actor(f"user:{person.id}", person.role, person.name, person=True, place=call.client)

    def command(tx: SqliteTx) -> str:
        asked = question(asked_as(secret), person.id, place, tx.now)
        keys.ask(tx.aside, asked, tx.now)
        return asked.challenge

    challenge = await call.hall.store.transact(person.branch, actor, command)
    told = PasskeyAsked(challenge, place.rp, _known(known), QUESTION_S)
    response = JsonAnswer(200, msgspec.json.encode(told))
    put_cookie(call.request, response, STEP_COOKIE, secret, QUESTION_S)
    return response


ROUTES = [
    Route("POST", "/api/passkeys/begin", begin, PERSONS, "Begin to make a passkey",
          answer=PasskeyBegun, body=OwnPassword, problems=(403, 409, 422, 429), despite=UNREADY),
    Route("POST", "/api/passkeys", make, PERSONS,
          "Keep the passkey that the browser made; tells recovery codes with the first",
          answer=RecoveryCodes, body=NewPasskey, problems=(403, 409, 422), despite=UNREADY),
    Route("POST", "/api/passkeys/{passkey}/end", end, PERSONS, "End one of the own passkeys",
          body=OwnPassword, status=204, problems=(403, 404, 409, 429)),
    Route("POST", "/api/session/passkey", ask, frozenset(),
          "Ask for a passkey at log-in, when the password fits",
          answer=PasskeyAsked, body=AskForKey, problems=(401, 403, 409, 429)),
]  # fmt: skip
