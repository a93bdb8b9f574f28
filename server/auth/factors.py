"""Owns the second step at log-in: who has to have one, and whether what was typed fits."""

from __future__ import annotations

from server.auth import totp
from server.auth.access import MANAGER_UP
from server.auth.secrets import digest, new_password, plain_code
from server.domain.errors import Invalid
from server.domain.words import marked as _
from server.storage.queries import factors
from server.storage.transaction import SqliteTx

CODES = 10
WRONG = _("This code does not fit. Is the clock of the phone right?")


def has_to_have(tx: SqliteTx, role: str) -> bool:
    """Whether the office asks who has this role for a second step."""
    return tx.configured and role in MANAGER_UP and tx.office.logins.second_step == "managers"


def use(tx: SqliteTx, user: str, typed: str) -> str | None:
    """Use a code up that was typed at log-in; return which kind it was, ``None`` for a wrong one.

    The secret stands in the database as it is, for the server reckons with it; so recovery codes
    need no slower hash than that of a random key.
    """
    found = factors.factor(tx.aside, user)
    if found is None or found.since is None:
        return None
    plain = plain_code(typed)
    if len(plain) == totp.DIGITS and plain.isdecimal():
        step = totp.step_of(plain, found.secret, tx.now / 1000, found.last_step)
        used = step is not None and factors.use_step(tx.aside, user, step)
        return "app" if used else None
    return "recovery" if factors.use_recovery(tx.aside, user, _hash(user, plain)) else None


def begin(tx: SqliteTx, user: str) -> str:
    """Begin to set a second step up; return the secret for the app.

    Raises:
        Invalid: there is one already.
    """
    if factors.counts(tx.aside, user):
        raise Invalid("There is a second step already. End it first.", field="code")
    secret = totp.new_secret()
    factors.put(tx.aside, user, secret)
    return secret


def confirm(tx: SqliteTx, user: str, typed: str) -> list[str]:
    """Let the second step count, once the app shows the right code; return recovery codes.

    Raises:
        Invalid: the code is another one, or nothing was begun.
    """
    found = factors.factor(tx.aside, user)
    if found is None or found.since is not None:
        raise Invalid("Please begin once more.", field="code")
    step = totp.step_of(plain_code(typed), found.secret, tx.now / 1000, found.last_step)
    if step is None:
        raise Invalid(WRONG, field="code")
    codes = [new_password() for _ in range(CODES)]
    hashes = [_hash(user, plain_code(each)) for each in codes]
    factors.confirm(tx.aside, user, step, hashes, tx.now)
    return codes


def _hash(user: str, plain: str) -> str:
    return digest(f"recovery:{user}:{plain}")
