"""Owns the calls of a computer that nobody touches: it is locked, and opened by PIN or password."""

from __future__ import annotations

from typing import Annotated

import msgspec

from server.api.people import oneself
from server.api.problems import Rejected
from server.api.proving import check_password, not_the_person
from server.api.requests import NewPin, NoBody, Password, Request
from server.api.routing import Call, Route
from server.api.tries import hashed as hash_new
from server.api.tries import too_many
from server.auth.access import LOCKED, UNREADY
from server.auth.limits import Full
from server.auth.pins import TRIES, check_pin
from server.domain.roles import PERSONS
from server.domain.texts import PRINTABLE
from server.domain.words import marked as _
from server.storage.queries import people
from server.storage.transaction import SqliteTx


class Unlock(Request, frozen=True):
    """The person's PIN, or the password."""

    pin: Annotated[str, msgspec.Meta(max_length=12, pattern=PRINTABLE)] | None = None
    password: Password | None = None


class LockAnswer(msgspec.Struct, frozen=True):
    """Who is logged in on this computer, and whether it is locked.

    Attributes:
        pin: the person has a PIN; else the password opens it.
    """

    locked: bool
    name: str
    login: str
    pin: bool


def _session(call: Call) -> tuple[str, str]:
    """Return the digest of the session that asks, and whose it is."""
    return call.who.proof[1], oneself(call)


async def here(call: Call) -> None:
    """Somebody touched the page: the time to the lock begins anew (routing notes it)."""
    _session(call)


async def look(call: Call) -> LockAnswer:
    """Tell whose this computer is now, and whether it is locked."""
    _hashed, user = _session(call)
    pin = await call.hall.store.read(lambda db: people.pin(db, user), asked=False)
    return LockAnswer(
        call.hall.access.asleep(call.who), call.who.actor.name, call.who.login or "",
        pin is not None,
    )  # fmt: skip


async def lock(call: Call) -> None:
    """Lock this computer now."""
    hashed, _user = _session(call)
    await call.hall.store.transact(
        call.who.branch, call.who.actor, lambda tx: people.lock_session(tx.aside, hashed)
    )
    call.hall.access.forget()


async def unlock(call: Call) -> None:
    """Open this computer again by PIN or password; after a few wrong ones the session ends.

    The PIN counts for this session only, which the computer shows by its cookie.
    """
    hashed, user = _session(call)
    body: Unlock = call.body
    person = await call.hall.store.read(
        lambda db: people.person(db, call.who.login or ""), asked=False
    )
    pin = await call.hall.store.read(lambda db: people.pin(db, user), asked=False)

    def count(tx: SqliteTx) -> int:
        tries = people.count_try(tx.aside, hashed)
        if tries > TRIES:
            people.end_session(tx.aside, hashed)
        return tries

    tries = await call.hall.store.transact(call.who.branch, call.who.actor, count)
    kept = pin if body.pin is not None else None if person is None else person.password
    typed = body.pin if body.pin is not None else body.password or ""
    try:
        fits = tries <= TRIES and await call.hall.hashing.fits(kept, typed, -1)
    except Full:
        raise too_many(2, "pin") from None
    if not fits:
        not_the_person(call)
        if tries < TRIES:
            raise Rejected(
                403, "wrong-pin", _("This does not fit. Tries left: {n}."), field="pin",
                n=TRIES - tries,
            )  # fmt: skip
        await call.hall.store.transact(
            call.who.branch, call.who.actor, lambda tx: people.end_session(tx.aside, hashed)
        )
        call.hall.access.forget()
        raise Rejected(
            401, "log-in-anew", _("Please log in with user name and password."), field="pin"
        )

    def command(tx: SqliteTx) -> None:
        people.open_session(tx.aside, hashed, tx.now)

    await call.hall.store.transact(call.who.branch, call.who.actor, command)
    call.hall.access.forget()
    call.hall.access.touch(call.who)


async def keep_pin(call: Call) -> None:
    """Keep a PIN for oneself; the password is asked for once more."""
    _hashed, user = _session(call)
    body: NewPin = call.body
    pin = check_pin(body.pin)
    await check_password(call, body.password)
    hashed = await hash_new(call, pin)

    def command(tx: SqliteTx) -> None:
        people.set_pin(tx.aside, user, hashed)
        tx.note("pin_set")

    await call.hall.store.transact(call.who.branch, call.who.actor, command)


async def drop_pin(call: Call) -> None:
    """Have no PIN any more; the password opens the computer then."""
    _hashed, user = _session(call)
    await call.hall.store.transact(
        call.who.branch, call.who.actor, lambda tx: people.set_pin(tx.aside, user, None)
    )


ROUTES = [
    Route("POST", "/api/session/here", here, PERSONS, "Somebody touched the page of this session",
          body=NoBody, status=204, problems=(409,)),
    Route("GET", "/api/session/lock", look, PERSONS, "Whether this computer is locked, and whose",
          answer=LockAnswer, problems=(409,), despite=LOCKED | UNREADY),
    Route("POST", "/api/session/lock", lock, PERSONS, "Lock this computer", body=NoBody,
          status=204, problems=(409,), despite=LOCKED | UNREADY),
    Route("POST", "/api/session/unlock", unlock, PERSONS, "Open it again by PIN or password",
          body=Unlock, status=204, problems=(401, 403, 409, 429), despite=LOCKED | UNREADY),
    Route("POST", "/api/session/pin", keep_pin, PERSONS, "Keep a PIN for oneself", body=NewPin,
          status=204, problems=(403, 409, 422, 429)),
    Route("DELETE", "/api/session/pin", drop_pin, PERSONS, "Have no PIN any more", status=204,
          problems=(409,)),
]  # fmt: skip
