"""Owns the calls about the second step at log-in: set up, ended, taken off who lost the phone."""

from __future__ import annotations

import msgspec

from server.api.keyproof import key_place
from server.api.people import helped, oneself, still_helped
from server.api.problems import Rejected
from server.api.proving import check_password
from server.api.qr import picture
from server.api.requests import OneTimeCode, OwnPassword
from server.api.routing import Call, Route
from server.auth import factors, totp
from server.auth.access import UNREADY
from server.domain.day import iso
from server.domain.roles import MANAGER_UP, PERSONS
from server.domain.words import marked as _
from server.storage.queries import factors as rows
from server.storage.queries import passkeys, people
from server.storage.transaction import SqliteTx


class PasskeyAnswer(msgspec.Struct, frozen=True):
    """One of the own passkeys.

    Attributes:
        host: it is asked for at this host only.
        used: the last log-in with it, if there was one.
    """

    id: str
    name: str
    host: str
    made: str
    used: str | None


class FactorAnswer(msgspec.Struct, frozen=True):
    """How the own second step is.

    Attributes:
        on: it is asked for at each log-in: ``app``, a code of the app, or a passkey.
        needed: the office asks for it: the last of these cannot be ended.
        locked: the app was set up on another machine: its codes do not count here, set it up again.
        left: recovery codes that were not used.
        passkeys: the oldest first. passkeys_at: the address at which they can be made, empty where
            browsers know none.
    """

    on: bool
    app: bool
    needed: bool
    locked: bool
    left: int
    passkeys: list[PasskeyAnswer]
    passkeys_at: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Codes that each log in once without app or passkey, told this once.

    None where some are left from before.
    """

    codes: list[str]


class FactorBegun(msgspec.Struct, frozen=True):
    """What the app needs, told this once.

    Attributes:
        secret: to be typed where no camera is.
        picture: what the app reads, as a QR code, a ``data:`` address.
    """

    secret: str
    picture: str


async def look(call: Call) -> FactorAnswer:
    """Tell how the own second step is."""
    user = oneself(call)

    place = await key_place(call, call.who.branch)

    def query(tx: SqliteTx) -> FactorAnswer:
        found = rows.factor(tx.db, user)
        zone = tx.office.zone if tx.configured else "UTC"
        mine = [
            PasskeyAnswer(
                each.id, each.name, each.rp, iso(each.made_at, zone),
                None if each.used_at is None else iso(each.used_at, zone),
            )
            for each in passkeys.of(tx.db, user)
        ]  # fmt: skip
        app = found is not None and found.app
        left = len(found.left) if found is not None and (app or mine) else 0
        needed = factors.has_to_have(tx, tx.actor.role)
        locked = factors.locked(tx.db, call.hall.vault, user)
        return FactorAnswer(
            app or bool(mine), app, needed, locked, left, mine, place.origin if place else ""
        )

    return await call.read(query)


async def begin(call: Call) -> FactorBegun:
    """Begin to set the own second step up; the password is asked for once more."""
    user = oneself(call)
    await check_password(call, call.body.password)

    def command(tx: SqliteTx) -> FactorBegun:
        secret = factors.begin(tx, call.hall.vault, user)
        issuer = f"Ramah {tx.office.name}" if tx.configured else "Ramah"
        read = totp.address(secret, call.who.login or user, issuer)
        return FactorBegun(secret, picture(read))

    return await call.hall.store.transact(call.who.branch, call.who.actor, command)


async def confirm(call: Call) -> RecoveryCodes:
    """Let the app's codes count; log-ins elsewhere, if made without a second step, end."""
    user = oneself(call)
    mine = call.who.proof[1]

    def command(tx: SqliteTx) -> RecoveryCodes:
        first = not rows.counts(tx.aside, user)
        codes = factors.confirm(tx, call.hall.vault, user, call.body.code)
        if first:
            people.end_sessions(tx.aside, user, but=mine)
        people.make_ready(tx.aside, mine)
        tx.note("factor_on")
        return RecoveryCodes(codes)

    codes = await call.hall.store.transact(call.who.branch, call.who.actor, command)
    call.hall.access.forget()
    return codes


async def renew_codes(call: Call) -> RecoveryCodes:
    """Make recovery codes anew: those on paper, used or not, let nobody in from then on."""
    user = oneself(call)
    await check_password(call, call.body.password)

    def command(tx: SqliteTx) -> RecoveryCodes:
        codes = factors.renew_codes(tx, user)
        tx.note("recovery_renewed")
        return RecoveryCodes(codes)

    return await call.hall.store.transact(call.who.branch, call.who.actor, command)


async def end(call: Call) -> None:
    """Have no app any more; the password is asked for once more.

    Raises:
        Refused: the office asks for a second step, and there is no passkey.
    """
    user = oneself(call)
    await check_password(call, call.body.password)

    def command(tx: SqliteTx) -> None:
        if rows.has_app(tx.aside, user):
            tx.note("factor_off")
        factors.end_app(tx, user)

    await call.hall.store.transact(call.who.branch, call.who.actor, command)


async def take_off(call: Call) -> None:
    """Take the second step off a colleague who lost the phone; their log-ins end.

    Raises:
        NotFound: nobody of that id is here. Refused: who asks may not.
    """
    other = await helped(call)

    def command(tx: SqliteTx) -> None:
        still_helped(tx, call.who.actor, other.id)
        if not rows.counts(tx.aside, other.id):
            raise Rejected(
                409, "no-second-step", _("This person has no second step."), field="person"
            )
        rows.remove(tx.aside, other.id)
        people.end_sessions(tx.aside, other.id)
        tx.note("factor_taken_off", name=other.name)

    await call.hall.store.transact(call.who.branch, call.who.actor, command)
    call.hall.access.forget()


ROUTES = [
    Route("GET", "/api/factor", look, PERSONS, "The own second step at log-in",
          answer=FactorAnswer, problems=(409,), despite=UNREADY),
    Route("POST", "/api/factor/begin", begin, PERSONS, "Begin to set an app up as second step",
          answer=FactorBegun, body=OwnPassword, problems=(403, 409, 422, 429), despite=UNREADY),
    Route("POST", "/api/factor/confirm", confirm, PERSONS,
          "Let it count, by a code of the app; tells recovery codes this once",
          answer=RecoveryCodes, body=OneTimeCode, problems=(409, 422), despite=UNREADY),
    Route("POST", "/api/factor/codes", renew_codes, PERSONS,
          "Make recovery codes anew, told this once; those before count no more",
          answer=RecoveryCodes, body=OwnPassword, problems=(403, 422, 429)),
    Route("POST", "/api/factor/end", end, PERSONS, "End the app as second step",
          body=OwnPassword, status=204, problems=(403, 409, 429)),
    Route("DELETE", "/api/people/{person}/factor", take_off, MANAGER_UP,
          "Take the second step off who lost the phone", status=204, problems=(403, 409)),
]  # fmt: skip
