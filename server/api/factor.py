"""Owns the calls about the second step at log-in: set up, ended, taken off who lost the phone."""

from __future__ import annotations

import msgspec

from server.api.people import helped, oneself
from server.api.problems import Rejected
from server.api.proving import check_password
from server.api.qr import picture
from server.api.requests import OneTimeCode, OwnPassword
from server.api.routing import Call, Route
from server.auth import factors, totp
from server.auth.access import MANAGER_UP, PERSONS, UNREADY
from server.domain.errors import Refused
from server.domain.words import marked as _
from server.storage.queries import factors as rows
from server.storage.queries import people
from server.storage.transaction import SqliteTx


class FactorAnswer(msgspec.Struct, frozen=True):
    """How the own second step is.

    Attributes:
        on: a code of the app is asked for at each log-in.
        needed: the office asks for it: it cannot be ended.
        left: recovery codes that were not used.
    """

    on: bool
    needed: bool
    left: int


class FactorBegun(msgspec.Struct, frozen=True):
    """What the app needs, told this once.

    Attributes:
        secret: to be typed where no camera is.
        picture: what the app reads, as a QR code, a ``data:`` address.
    """

    secret: str
    picture: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Codes that each log in once without the app, told this once."""

    codes: list[str]


async def look(call: Call) -> FactorAnswer:
    """Tell how the own second step is."""
    user = oneself(call)

    def query(tx: SqliteTx) -> FactorAnswer:
        found = rows.factor(tx.db, user)
        counts = found is not None and found.since is not None
        left = len(found.left) if found is not None and counts else 0
        return FactorAnswer(counts, factors.has_to_have(tx, tx.actor.role), left)

    return await call.read(query)


async def begin(call: Call) -> FactorBegun:
    """Begin to set the own second step up; the password is asked for once more."""
    user = oneself(call)
    await check_password(call, call.body.password)

    def command(tx: SqliteTx) -> FactorBegun:
        secret = factors.begin(tx, user)
        issuer = f"Ramah {tx.office.name}" if tx.configured else "Ramah"
        read = totp.address(secret, call.who.login or user, issuer)
        return FactorBegun(secret, picture(read))

    return await call.hall.store.transact(call.who.branch, call.who.actor, command)


async def confirm(call: Call) -> RecoveryCodes:
    """Let the second step count; log-ins elsewhere, which were made without it, end."""
    user = oneself(call)
    mine = call.who.proof[1]

    def command(tx: SqliteTx) -> RecoveryCodes:
        codes = factors.confirm(tx, user, call.body.code)
        people.end_sessions(tx.aside, user, but=mine)
        people.make_ready(tx.aside, mine)
        tx.note("factor_on")
        return RecoveryCodes(codes)

    codes = await call.hall.store.transact(call.who.branch, call.who.actor, command)
    call.hall.access.forget()
    return codes


async def end(call: Call) -> None:
    """End the own second step; the password is asked for once more.

    Raises:
        Refused: the office asks for it.
    """
    user = oneself(call)
    await check_password(call, call.body.password)

    def command(tx: SqliteTx) -> None:
        if factors.has_to_have(tx, tx.actor.role):
            raise Refused("Your office asks for a second step.", slug="second-step-needed")
        if rows.counts(tx.aside, user):
            tx.note("factor_off")
        rows.remove(tx.aside, user)

    await call.hall.store.transact(call.who.branch, call.who.actor, command)


async def take_off(call: Call) -> None:
    """Take the second step off a colleague who lost the phone; their log-ins end.

    Raises:
        NotFound: nobody of that id is here. Refused: who asks may not.
    """
    other = await helped(call)

    def command(tx: SqliteTx) -> None:
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
    Route("POST", "/api/factor/begin", begin, PERSONS, "Begin to set a second step up",
          answer=FactorBegun, body=OwnPassword, problems=(403, 409, 422, 429), despite=UNREADY),
    Route("POST", "/api/factor/confirm", confirm, PERSONS,
          "Let it count, by a code of the app; tells recovery codes this once",
          answer=RecoveryCodes, body=OneTimeCode, problems=(409, 422), despite=UNREADY),
    Route("POST", "/api/factor/end", end, PERSONS, "End the own second step", body=OwnPassword,
          status=204, problems=(403, 409, 429)),
    Route("DELETE", "/api/people/{person}/factor", take_off, MANAGER_UP,
          "Take the second step off who lost the phone", status=204, problems=(403, 409)),
]  # fmt: skip
