"""Passkeys: public keys of people, and what browsers were asked to have signed by them."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.dialect import may_hit
from server.storage.queries.rows import every, first, value

COLUMNS = """
id, user, credential, public_key, rp, transports, sign_count, name, made_at, used_at
"""
MOST_QUESTIONS = 10
"""So many log-ins of one person may wait for their key at once; the ones first over go."""


class Passkey(NamedTuple):
    """Somebody's key. Bytes are base64url; ``transports`` is JSON.

    Attributes:
        credential: what it calls itself. rp: the host it was made for.
        sign_count: its own counter at its last use, 0 where it has none.
    """

    id: str
    user: str
    credential: str
    public_key: str
    rp: str
    transports: str
    sign_count: int
    name: str
    made_at: Millis
    used_at: Millis | None = None

    @property
    def reached_by(self) -> list[str]:
        """How the browser finds it."""
        return list(json.loads(self.transports))


class Question(NamedTuple):
    """What a browser is to have signed, at which address, until when.

    Attributes:
        asked: what for, and the digest of what that browser shows.
    """

    asked: str
    user: str
    challenge: str
    origin: str
    rp: str
    ends_at: Millis


def of(db: sqlite3.Connection, user: str) -> list[Passkey]:
    """Return somebody's keys, the oldest first."""
    sql = f"SELECT {COLUMNS} FROM passkeys WHERE user = ? ORDER BY made_at, id"
    return every(db, Passkey, sql, (user,))


def has_some(db: sqlite3.Connection, user: str) -> bool:
    """Whether somebody has a key."""
    return value(db, "SELECT 1 FROM passkeys WHERE user = ? LIMIT 1", (user,)) is not None


def add(db: sqlite3.Connection, key: Passkey) -> None:
    """Keep a key.

    Raises:
        sqlite3.IntegrityError: somebody has it already.
    """
    sql = f"INSERT INTO passkeys ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    with may_hit(db):
        db.execute(sql, key)


def use(db: sqlite3.Connection, key: Passkey, sign_count: int, now: Millis) -> bool:
    """Note that a key was used; ``False`` when it was used or removed meanwhile."""
    sql = "UPDATE passkeys SET sign_count = ?, used_at = ? WHERE id = ? AND sign_count = ?"
    return db.execute(sql, (sign_count, now, key.id, key.sign_count)).rowcount > 0


def remove(db: sqlite3.Connection, key: str) -> None:
    """Have a key no more."""
    db.execute("DELETE FROM passkeys WHERE id = ?", (key,))


def remove_all(db: sqlite3.Connection, user: str) -> None:
    """Have none of somebody's keys any more, and no question that waits for one."""
    db.execute("DELETE FROM passkeys WHERE user = ?", (user,))
    db.execute("DELETE FROM passkey_questions WHERE user = ?", (user,))


def ask(db: sqlite3.Connection, question: Question, now: Millis) -> None:
    """Keep a question in the place of an older one of this browser; those that are over go."""
    db.execute(
        "DELETE FROM passkey_questions WHERE ends_at <= ? OR asked = ?", (now, question.asked)
    )
    waiting = "SELECT asked FROM passkey_questions WHERE user = ? ORDER BY ends_at"
    known = [asked for (asked,) in db.execute(waiting, (question.user,)).fetchall()]
    for asked in known[: max(0, len(known) - MOST_QUESTIONS + 1)]:
        db.execute("DELETE FROM passkey_questions WHERE asked = ?", (asked,))
    db.execute(
        "INSERT INTO passkey_questions (asked, user, challenge, origin, rp, ends_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        question,
    )


def take(db: sqlite3.Connection, asked: str, user: str, now: Millis) -> Question | None:
    """Take a question back, once; ``None`` when this browser has none, or it is over."""
    sql = """
        SELECT asked, user, challenge, origin, rp, ends_at FROM passkey_questions
        WHERE asked = ? AND user = ?
    """
    found = first(db, Question, sql, (asked, user))
    gone = db.execute("DELETE FROM passkey_questions WHERE asked = ?", (asked,)).rowcount
    return found if found is not None and gone and found.ends_at > now else None
