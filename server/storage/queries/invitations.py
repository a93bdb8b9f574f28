"""Invitations of people who have no password yet, one each; only the hash of the code is kept."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import first


class Invitation(NamedTuple):
    """Who was invited, and until when."""

    user: str
    branch: int
    login: str
    name: str
    role: str
    expires_at: Millis


def put(db: sqlite3.Connection, user: str, hashed: str, ends: Millis) -> None:
    """Keep an invitation; the one before does not count any more."""
    end(db, user)
    db.execute(
        "INSERT INTO invitations (user, hash, expires_at) VALUES (?, ?, ?)", (user, hashed, ends)
    )


def find(db: sqlite3.Connection, hashed: str, now: Millis) -> Invitation | None:
    """Return the invitation of a code with this digest, if it still counts."""
    sql = """
        SELECT users.id, users.branch, login, name, role, expires_at
        FROM invitations JOIN users ON users.id = invitations.user
        WHERE hash = ? AND expires_at > ? AND users.active = 1
    """
    return first(db, Invitation, sql, (hashed, now))


def end(db: sqlite3.Connection, user: str) -> None:
    """Let no code of this person count any more."""
    db.execute("DELETE FROM invitations WHERE user = ?", (user,))
