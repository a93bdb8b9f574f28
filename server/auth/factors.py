"""Owns the second step at log-in: who has to have one, the codes of it, and what goes with it."""

from __future__ import annotations

import sqlite3

from server.auth import totp
from server.auth.secrets import digest, new_password, plain_code
from server.auth.vault import Locked, Vault
from server.domain.errors import Invalid, Refused
from server.domain.roles import MANAGER_UP
from server.domain.words import marked as _
from server.storage.queries import factors, passkeys
from server.storage.queries.secrets import place
from server.storage.transaction import SqliteTx

CODES = 10
WRONG = _("This code does not fit. Is the clock of the phone right?")


def has_to_have(tx: SqliteTx, role: str) -> bool:
    """Whether the office asks who has this role for a second step."""
    return tx.configured and role in MANAGER_UP and tx.office.logins.second_step == "managers"


def use(tx: SqliteTx, vault: Vault, user: str, typed: str) -> str | None:
    """Use a code up that was typed at log-in; return which kind it was, ``None`` for a wrong one.

    An app's secret is sealed, not hashed, for the server reckons with it; recovery codes need no
    slower hash than that of a random key.

    Raises:
        Locked: it is an app's code, and the secret was sealed on another machine.
    """
    found = factors.factor(tx.aside, user)
    if found is None:
        return None
    plain = plain_code(typed)
    if found.app and len(plain) == totp.DIGITS and plain.isdecimal():
        secret = vault.open(found.counting, _place(user))
        step = totp.step_of(plain, secret, tx.now / 1000, found.last_step)
        used = step is not None and factors.use_step(tx.aside, user, step)
        return "app" if used else None
    return "recovery" if factors.use_recovery(tx.aside, user, _hash(user, plain)) else None


def begin(tx: SqliteTx, vault: Vault, user: str) -> str:
    """Begin to set an app up; return the secret for it.

    Raises:
        Invalid: there is one already.
    """
    found = factors.factor(tx.aside, user)
    secret = totp.new_secret()
    if found is None or not found.app:
        factors.put(tx.aside, user, vault.seal(tx.aside, secret, _place(user)))
    elif _shut(vault, found):
        factors.put_behind(tx.aside, found, vault.seal(tx.aside, secret, _place(user)))
    else:
        raise Invalid("There is an app already. End it first.", field="code")
    return secret


def locked(db: sqlite3.Connection, vault: Vault, user: str) -> bool:
    """Whether somebody's app was set up on a machine whose key is not here: no code of it fits."""
    found = factors.factor(db, user)
    return found is not None and found.app and _shut(vault, found)


def confirm(tx: SqliteTx, vault: Vault, user: str, typed: str) -> list[str]:
    """Let codes of the app count, once it shows the right one; return new recovery codes.

    Raises:
        Invalid: the code is another one, or nothing was begun.
    """
    found = factors.factor(tx.aside, user)
    if found is None or not found.begun:
        raise Invalid("Please begin once more.", field="code")
    secret = vault.open(found.begun, _place(user))
    step = totp.step_of(plain_code(typed), secret, tx.now / 1000, 0)
    if step is None:
        raise Invalid(WRONG, field="code")
    factors.confirm(tx.aside, found, step, tx.now)
    return recovery_codes(tx, user)


def recovery_codes(tx: SqliteTx, user: str) -> list[str]:
    """Return new recovery codes, to be told this once; none where some are left from before."""
    found = factors.factor(tx.aside, user)
    if found is not None and found.left:
        return []
    return _new_codes(tx, user)


def renew_codes(tx: SqliteTx, user: str) -> list[str]:
    """Return recovery codes in the place of those there were, to be told this once.

    Raises:
        Invalid: there is no second step that they stand for.
    """
    if not factors.counts(tx.aside, user):
        raise Invalid("Set a second step up first.", field="password")
    return _new_codes(tx, user)


def _new_codes(tx: SqliteTx, user: str) -> list[str]:
    codes = [new_password() for _ in range(CODES)]
    factors.put_recovery(tx.aside, user, [_hash(user, plain_code(each)) for each in codes])
    return codes


def end_app(tx: SqliteTx, user: str) -> None:
    """Have no app any more.

    Raises:
        Refused: the office asks for a second step, and there is no passkey.
    """
    factors.end_app(tx.aside, user)
    _look_what_is_left(tx, user)


def end_passkey(tx: SqliteTx, user: str, key: str) -> None:
    """Have a passkey no more.

    Raises:
        Refused: the office asks for a second step, and there is nothing else.
    """
    passkeys.remove(tx.aside, key)
    _look_what_is_left(tx, user)


def _look_what_is_left(tx: SqliteTx, user: str) -> None:
    """Let recovery codes go with the last step that they stand for."""
    if factors.counts(tx.aside, user):
        return
    if has_to_have(tx, tx.actor.role):
        raise Refused("Your office asks for a second step.", slug="second-step-needed")
    factors.remove(tx.aside, user)


def _shut(vault: Vault, app: factors.Factor) -> bool:
    try:
        vault.open(app.counting, _place(app.user))
    except Locked:
        return True
    return False


def _place(user: str) -> str:
    return place("second_factors", user)


def _hash(user: str, plain: str) -> str:
    return digest(f"recovery:{user}:{plain}")
