"""Branches, and the settings that were in force in each.

Settings that cannot be read are raised as ``sqlite3.DataError``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec

from server.domain.day import Millis
from server.domain.office import Office
from server.storage.queries.rows import column, every, first, value


class Branch(NamedTuple):
    """A branch as this database numbers it, its last event and the version of its settings.

    ``rows_seq`` is the last event that the rows of tickets, turns and calls hold; ``elsewhere``
    whether a server of the office's own rules it, which sends its log here.
    """

    id: int
    code: str
    seq: int
    version: int
    rows_seq: int
    elsewhere: int


class Hall(NamedTuple):
    """A branch with the settings in force, ruled here or elsewhere."""

    branch: int
    code: str
    office: Office


class _Kept(NamedTuple):
    id: int
    office: str


_ELSEWHERE = "EXISTS (SELECT 1 FROM boxes WHERE boxes.branch = branches.id)"
_BRANCHES = f"SELECT id, code, seq, settings_version, rows_seq, {_ELSEWHERE} FROM branches"
_decode = msgspec.json.Decoder(Office).decode


def _office(kept: str) -> Office:
    try:
        return _decode(kept)
    except msgspec.MsgspecError as error:
        raise sqlite3.DataError(f"settings of an office are damaged: {error}") from error


_past_office = lru_cache(maxsize=64)(_office)
"""What was in force once is asked for again and again, and decoded once."""


def branches(db: sqlite3.Connection) -> list[Branch]:
    """Return every branch, the first added first."""
    return every(db, Branch, f"{_BRANCHES} ORDER BY id")


def branch(db: sqlite3.Connection, number: int) -> Branch:
    """Return a branch that is there."""
    found = first(db, Branch, f"{_BRANCHES} WHERE id = ?", (number,))
    if found is None:
        raise LookupError(number)
    return found


def add_branch(db: sqlite3.Connection, code: str) -> int:
    """Add the branch called ``code`` if it is not there; return its number."""
    db.execute("INSERT INTO branches (code) VALUES (?) ON CONFLICT DO NOTHING", (code,))
    return int(value(db, "SELECT id FROM branches WHERE code = ?", (code,)))


def history(db: sqlite3.Connection, branch: int) -> str:
    """Return the name of a branch's history, another one after a restore."""
    return str(value(db, "SELECT history FROM branches WHERE id = ?", (branch,)))


def salt(db: sqlite3.Connection, branch: int) -> bytes:
    """Return the branch's salt for staff pseudonyms; it never leaves the server."""
    sql = "SELECT value FROM branch_secrets WHERE branch = ? AND name = 'staff-salt'"
    return bytes(value(db, sql, (branch,)))


# ---------------------------------------------------------------- settings


def office(db: sqlite3.Connection, branch: int, version: int | None = None) -> Office | None:
    """Return a branch's settings, of a version or those in force; ``None`` without any."""
    kept = value(
        db,
        """
        SELECT office FROM settings JOIN branches ON branches.id = settings.branch
        WHERE branch = ? AND version = COALESCE(?, settings_version)
        """,
        (branch, version),
    )
    return None if kept is None else _office(kept)


def offices(db: sqlite3.Connection) -> dict[int, Office]:
    """Return the settings in force of every branch that is ruled here, the oldest branch first."""
    sql = f"""
        SELECT branches.id, office FROM branches JOIN settings
            ON settings.branch = branches.id AND version = settings_version
        WHERE NOT {_ELSEWHERE} ORDER BY branches.id
    """
    return {each.id: _office(each.office) for each in every(db, _Kept, sql)}


def halls(db: sqlite3.Connection) -> list[Hall]:
    """Return every branch that has settings, wherever it is ruled, the oldest first."""
    sql = """
        SELECT branches.id, code, office FROM branches JOIN settings
            ON settings.branch = branches.id AND version = settings_version ORDER BY branches.id
    """
    return every(db, lambda branch, code, kept: Hall(branch, code, _past_office(kept)), sql)


def first_offices(db: sqlite3.Connection) -> dict[int, Office]:
    """Return the settings that each branch began with."""
    sql = "SELECT branch, office FROM settings WHERE version = 1"
    return {each.id: _office(each.office) for each in every(db, _Kept, sql)}


def office_at(db: sqlite3.Connection, branch: int, moment: Millis) -> Office:
    """Return the settings in force at a moment: the newest older ones, else the oldest."""
    older = "SELECT office FROM settings WHERE branch = ? AND at < ? ORDER BY version DESC LIMIT 1"
    oldest = "SELECT office FROM settings WHERE branch = ? ORDER BY version LIMIT 1"
    kept = value(db, older, (branch, moment)) or value(db, oldest, (branch,))
    return _past_office(kept)


def past_offices(db: sqlite3.Connection, branch: int) -> Iterator[Office]:
    """Yield all settings that a branch ever had, newest first."""
    sql = "SELECT office FROM settings WHERE branch = ? ORDER BY version DESC"
    return map(_past_office, column(db, sql, (branch,)))


def configured(db: sqlite3.Connection) -> list[int]:
    """Return the branches that have settings, and are ruled here."""
    sql = f"SELECT id FROM branches WHERE settings_version > 0 AND NOT {_ELSEWHERE} ORDER BY id"
    return column(db, sql)


def sent_here(db: sqlite3.Connection) -> list[int]:
    """Return the branches with settings that are ruled elsewhere."""
    sql = f"SELECT id FROM branches WHERE settings_version > 0 AND {_ELSEWHERE} ORDER BY id"
    return column(db, sql)


def last_moment(db: sqlite3.Connection) -> Millis | None:
    """Return the moment of the latest event that was decided here.

    By the order of the logs and not by their clocks.
    """
    sql = f"""
    SELECT MAX(events.at) FROM branches
    JOIN events ON events.branch = branches.id AND events.seq = branches.seq
    WHERE NOT {_ELSEWHERE}
    """
    moment: Millis | None = value(db, sql)
    return moment
