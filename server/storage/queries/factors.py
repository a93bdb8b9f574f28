"""Second steps at log-in: an app's secret, and what is left of the recovery codes, as hashes."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import first


class Factor(NamedTuple):
    """Somebody's second step; without ``since`` it is being set up. ``recovery`` is JSON."""

    user: str
    secret: str
    since: Millis | None
    last_step: int
    recovery: str

    @property
    def left(self) -> list[str]:
        """Hashes of the recovery codes that were not used."""
        return list(json.loads(self.recovery))


def factor(db: sqlite3.Connection, user: str) -> Factor | None:
    """Return somebody's second step, also one that is being set up."""
    sql = "SELECT user, secret, since, last_step, recovery FROM second_factors WHERE user = ?"
    return first(db, Factor, sql, (user,))


def counts(db: sqlite3.Connection, user: str) -> bool:
    """Whether somebody has a second step."""
    found = factor(db, user)
    return found is not None and found.since is not None


def put(db: sqlite3.Connection, user: str, secret: str) -> None:
    """Begin to set a second step up anew."""
    remove(db, user)
    db.execute("INSERT INTO second_factors (user, secret) VALUES (?, ?)", (user, secret))


def confirm(db: sqlite3.Connection, user: str, step: int, hashes: list[str], now: Millis) -> None:
    """Let a second step count from now on."""
    db.execute(
        "UPDATE second_factors SET since = ?, last_step = ?, recovery = ? WHERE user = ?",
        (now, step, json.dumps(hashes), user),
    )


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


def remove(db: sqlite3.Connection, user: str) -> None:
    """Let somebody log in without a second step."""
    db.execute("DELETE FROM second_factors WHERE user = ?", (user,))
