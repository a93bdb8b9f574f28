"""The plan for backups, and what came of it. They are of the whole server, not of an office."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every, first

KEPT = 200
PLAN = "SELECT folder, at, keep, public, since, asked, bucket, secret, owner FROM backup_plan"
SET_PLAN = """
INSERT INTO backup_plan (id, folder, at, keep, public, since, bucket, secret, owner)
VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET folder = excluded.folder, at = excluded.at, keep = excluded.keep,
    public = excluded.public, since = excluded.since, bucket = excluded.bucket,
    secret = excluded.secret, owner = excluded.owner
"""
NEW_OWNER = "UPDATE backup_plan SET owner = ?"
END_PLAN = "DELETE FROM backup_plan"
ASK = "UPDATE backup_plan SET asked = 1"
ASKED = "UPDATE backup_plan SET asked = 0"
MADE = "SELECT id, at, file, bytes, took_ms, error FROM backups_made ORDER BY id DESC LIMIT ?"
GOOD = """
SELECT id, at, file, bytes, took_ms, error FROM backups_made WHERE error = ''
ORDER BY id DESC LIMIT 1
"""
ADD = "INSERT INTO backups_made (at, file, bytes, took_ms, error) VALUES (?, ?, ?, ?, ?)"
FORGET = "DELETE FROM backups_made WHERE id <= (SELECT MAX(id) - ? FROM backups_made)"


class Plan(NamedTuple):
    """Where backups go, when, how many stay, and for which key; ``asked``: one is wanted now.

    ``bucket`` is the place in a store as JSON, ``folder`` is how it is shown then; ``secret`` of
    its key is sealed; ``owner`` stands in the names of this server's files there.
    """

    folder: str
    at: str
    keep: int
    public: str
    since: Millis
    asked: int = 0
    bucket: str = ""
    secret: str = ""
    owner: str = ""


class Made(NamedTuple):
    """What came of one; ``error`` says why there is none."""

    id: int
    at: Millis
    file: str
    bytes: int
    took_ms: int
    error: str


def plan(db: sqlite3.Connection) -> Plan | None:
    """Return the plan; ``None`` when there is none."""
    return first(db, Plan, PLAN)


def set_plan(db: sqlite3.Connection, new: Plan) -> None:
    """Put a plan in the place of the one there was."""
    db.execute(SET_PLAN, (*new[:5], new.bucket, new.secret, new.owner))


def new_owner(db: sqlite3.Connection, owner: str) -> None:
    """Name files in a store otherwise from now on: those of before are another server's."""
    db.execute(NEW_OWNER, (owner,))


def end_plan(db: sqlite3.Connection) -> None:
    """Make no more backups."""
    db.execute(END_PLAN)


def ask(db: sqlite3.Connection) -> bool:
    """Want one now; return whether there is a plan."""
    return db.execute(ASK).rowcount > 0


def made(db: sqlite3.Connection, most: int = 20) -> list[Made]:
    """Return what came of the last ones, the newest first."""
    return every(db, Made, MADE, (most,))


def last_good(db: sqlite3.Connection) -> Made | None:
    """Return the newest one that was made and checked."""
    return first(db, Made, GOOD)


def add(db: sqlite3.Connection, at: Millis, came: tuple[str, int, int, str]) -> None:
    """Keep what came of one: file, bytes, how long it took, and why there is none."""
    db.execute(ASKED)
    db.execute(ADD, (at, *came))
    db.execute(FORGET, (KEPT,))
