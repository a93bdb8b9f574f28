"""Second steps at log-in: an app's secret, or passkeys, and hashes of recovery codes."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries import passkeys
from server.storage.queries.rows import first


class Factor(NamedTuple):
    """Somebody's app and recovery codes. ``recovery`` is JSON.

    Without ``secret`` there is no app; without ``since`` it is being set up. Where an app that
    counts cannot be opened on this machine, the one that is being set up stands behind it, after a
    space: until that one counts, the password alone lets nobody in.
    """

    user: str
    secret: str
    since: Millis | None
    last_step: int
    recovery: str

    @property
    def app(self) -> bool:
        """Whether codes of the app count."""
        return bool(self.secret) and self.since is not None

    @property
    def counting(self) -> str:
        """The secret of the app whose codes count, or will."""
        return self.secret.partition(" ")[0]

    @property
    def begun(self) -> str:
        """The secret of the app that is being set up, ``""`` for none."""
        return self.secret.partition(" ")[2] if self.app else self.secret

    @property
    def left(self) -> list[str]:
        """Hashes of the recovery codes that were not used."""
        return list(json.loads(self.recovery))


def factor(db: sqlite3.Connection, user: str) -> Factor | None:
    """Return somebody's app and recovery codes, also an app that is being set up."""
    sql = "SELECT user, secret, since, last_step, recovery FROM second_factors WHERE user = ?"
    return first(db, Factor, sql, (user,))


def has_app(db: sqlite3.Connection, user: str) -> bool:
    """Whether codes of an app count for somebody."""
    found = factor(db, user)
    return found is not None and found.app


def counts(db: sqlite3.Connection, user: str) -> bool:
    """Whether somebody has a second step."""
    return has_app(db, user) or passkeys.has_some(db, user)


def put(db: sqlite3.Connection, user: str, secret: str) -> None:
    """Begin to set an app up anew; recovery codes beside it stay."""
    _put(db, user)
    db.execute(
        "UPDATE second_factors SET secret = ?, since = NULL, last_step = 0 WHERE user = ?",
        (secret, user),
    )


def put_behind(db: sqlite3.Connection, found: Factor, secret: str) -> None:
    """Begin to set an app up behind one that counts and stays shut."""
    both = f"{found.counting} {secret}"
    db.execute("UPDATE second_factors SET secret = ? WHERE user = ?", (both, found.user))


def confirm(db: sqlite3.Connection, found: Factor, step: int, now: Millis) -> None:
    """Let codes of the app that was being set up count from now on."""
    sql = "UPDATE second_factors SET secret = ?, since = ?, last_step = ? WHERE user = ?"
    db.execute(sql, (found.begun, now, step, found.user))


def put_recovery(db: sqlite3.Connection, user: str, hashes: list[str]) -> None:
    """Keep recovery codes in the place of the ones before."""
    _put(db, user)
    sql = "UPDATE second_factors SET recovery = ? WHERE user = ?"
    db.execute(sql, (json.dumps(hashes), user))


def _put(db: sqlite3.Connection, user: str) -> None:
    sql = "INSERT INTO second_factors (user, secret) VALUES (?, '') ON CONFLICT (user) DO NOTHING"
    db.execute(sql, (user,))


def use_step(db: sqlite3.Connection, user: str, step: int) -> bool:
    """Use a code up; ``False`` when it, or a later one, was used meanwhile."""
    sql = "UPDATE second_factors SET last_step = ? WHERE user = ? AND last_step < ?"
    return db.execute(sql, (step, user, step)).rowcount > 0


def use_recovery(db: sqlite3.Connection, user: str, hashed: str) -> bool:
    """Use a recovery code up; ``False`` when there is none such, any more."""
    found = factor(db, user)
    if found is None or hashed not in found.left:
        return False
    left = [each for each in found.left if each != hashed]
    db.execute("UPDATE second_factors SET recovery = ? WHERE user = ?", (json.dumps(left), user))
    return True


def end_app(db: sqlite3.Connection, user: str) -> None:
    """Let codes of the app count no more."""
    sql = "UPDATE second_factors SET secret = '', since = NULL, last_step = 0 WHERE user = ?"
    db.execute(sql, (user,))


def remove(db: sqlite3.Connection, user: str) -> None:
    """Let somebody log in without a second step."""
    db.execute("DELETE FROM second_factors WHERE user = ?", (user,))
    passkeys.remove_all(db, user)
