"""Keys of scripts and devices, and the codes that devices are paired by; only hashes are kept."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every, first, value

_KEY = "branch, id, role, name, expires_at, counter, agency"
DISPLAYS = "branch = ? AND role = 'display' AND revoked_at IS NULL"


class Key(NamedTuple):
    """A key that opens the door.

    ``counter``: number of the one that a tablet stands at; ``agency``: whose halls it reads, of
    the role ``agency``.
    """

    branch: int
    id: str
    role: str
    name: str
    expires_at: Millis | None
    counter: int | None = None
    agency: str = ""


class Listed(NamedTuple):
    """A key in a list."""

    id: str
    branch: str
    role: str
    name: str
    revoked_at: Millis | None


class Display(NamedTuple):
    """A paired display, or another device."""

    id: str
    name: str
    paired_at: Millis


class Tablet(NamedTuple):
    """A paired tablet and the number of its counter."""

    id: str
    name: str
    counter: int | None
    paired_at: Millis


class Ending(NamedTuple):
    """The key of a device that its browser forgets soon, or forgot."""

    id: str
    branch: int
    role: str
    name: str
    expires_at: Millis


class Paired(NamedTuple):
    """What a pairing code was made for."""

    role: str
    name: str
    counter: int | None = None


class OfBranch(NamedTuple):
    """Something with the code of its branch."""

    id: str
    branch: str


def key(db: sqlite3.Connection, hashed: str) -> Key | None:
    """Return the key with this digest."""
    sql = f"""
        SELECT {_KEY} FROM tokens
        WHERE hash = ? AND revoked_at IS NULL
    """
    return first(db, Key, sql, (hashed,))


def listed(db: sqlite3.Connection) -> list[Listed]:
    """Return all keys, oldest first."""
    sql = """
        SELECT tokens.id, branches.code, role, name, revoked_at FROM tokens
        JOIN branches ON branches.id = tokens.branch ORDER BY created_at
    """
    return every(db, Listed, sql)


def displays(db: sqlite3.Connection, branch: int) -> list[Display]:
    """Return the displays of a branch, the first paired first."""
    sql = f"SELECT id, name, created_at FROM tokens WHERE {DISPLAYS} ORDER BY created_at, id"
    return every(db, Display, sql, (branch,))


def tablets(db: sqlite3.Connection, branch: int) -> list[Tablet]:
    """Return the tablets of a branch, by counter."""
    sql = """
        SELECT id, name, counter, created_at FROM tokens
        WHERE branch = ? AND role = 'tablet' AND revoked_at IS NULL ORDER BY counter, created_at, id
    """
    return every(db, Tablet, sql, (branch,))


def devices(db: sqlite3.Connection, branch: int, role: str) -> list[Display]:
    """Return the paired devices of a role, the first paired first."""
    sql = """
        SELECT id, name, created_at FROM tokens WHERE branch = ? AND role = ?
            AND revoked_at IS NULL ORDER BY created_at, id
    """
    return every(db, Display, sql, (branch, role))


def device(db: sqlite3.Connection, branch: int, id_: str) -> Key | None:
    """Return a key of a branch that opens the door, by its id."""
    sql = f"""
        SELECT {_KEY} FROM tokens
        WHERE branch = ? AND id = ? AND revoked_at IS NULL
    """
    return first(db, Key, sql, (branch, id_))


def put_hash(db: sqlite3.Connection, id_: str, hashed: str) -> None:
    """Let another secret open the door as this device; the one before opens nothing any more."""
    db.execute("UPDATE tokens SET hash = ?, expires_at = NULL WHERE id = ?", (hashed, id_))


def ending(db: sqlite3.Connection, before: Millis, branch: int | None = None) -> list[Ending]:
    """Return the keys of devices that end before a moment, by name.

    These were not in use for so long that their browsers forget, or forgot, them.
    """
    sql = """
        SELECT id, branch, role, name, expires_at FROM tokens
        WHERE role IN ('kiosk', 'display', 'tablet', 'care') AND revoked_at IS NULL
            AND expires_at < ? AND branch = COALESCE(?, branch)
        ORDER BY name, id
    """
    return every(db, Ending, sql, (before, branch))


def add(db: sqlite3.Connection, key: Key, hashed: str, now: Millis) -> None:
    """Keep a new key."""
    db.execute(
        f"INSERT INTO tokens ({_KEY}, hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, hashed, now),
    )


def note_end(db: sqlite3.Connection, hashed: str, at: Millis) -> None:
    """Note when the browser of a device forgets its key."""
    db.execute("UPDATE tokens SET expires_at = ? WHERE hash = ?", (at, hashed))


def named(db: sqlite3.Connection, key: str, code: str | None) -> list[OfBranch]:
    """Return the valid keys with this id or name, of the branch called ``code`` or of all."""
    sql = """
        SELECT tokens.id, branches.code FROM tokens JOIN branches ON branches.id = tokens.branch
        WHERE ? IN (tokens.id, name) AND revoked_at IS NULL AND code = COALESCE(?, code)
    """
    return every(db, OfBranch, sql, (key, code))


def valid(db: sqlite3.Connection) -> list[Key]:
    """Return every key that opens the door."""
    sql = f"SELECT {_KEY} FROM tokens WHERE revoked_at IS NULL"
    return every(db, Key, sql)


def revoke(db: sqlite3.Connection, id_: str, now: Millis) -> None:
    """Let a key open nothing any more."""
    db.execute("UPDATE tokens SET revoked_at = ? WHERE id = ?", (now, id_))


def revoke_dark(
    db: sqlite3.Connection, branch: int, name: str, before: Millis, now: Millis
) -> None:
    """Revoke the keys of displays of this name that are older and show nothing."""
    db.execute(
        f"""
        UPDATE tokens SET revoked_at = ? WHERE {DISPLAYS} AND name = ? AND created_at < ?
            AND NOT EXISTS (SELECT 1 FROM equipment WHERE equipment.branch = tokens.branch
                AND what = 'display' AND device = tokens.id AND state = 'online')
        """,
        (now, branch, name, before),
    )


# ---------------------------------------------------------------- pairing codes


def add_code(
    db: sqlite3.Connection, branch: int, what: Paired, hashed: str, now: Millis, ends: Millis
) -> None:
    """Keep a new pairing code; those that are over go."""
    db.execute("DELETE FROM pairing_codes WHERE expires_at < ?", (now,))
    db.execute(
        "INSERT INTO pairing_codes (hash, branch, role, name, counter, expires_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (hashed, branch, *what, ends),
    )


def branch_of_code(db: sqlite3.Connection, hashed: str) -> int | None:
    """Return the branch that a pairing code is for."""
    branch: int | None = value(db, "SELECT branch FROM pairing_codes WHERE hash = ?", (hashed,))
    return branch


def use_code(db: sqlite3.Connection, hashed: str, now: Millis) -> Paired | None:
    """Use a pairing code up; ``None`` when there is none, or it is over."""
    sql = """
        DELETE FROM pairing_codes WHERE hash = ? AND expires_at > ? RETURNING role, name, counter
    """
    return first(db, Paired, sql, (hashed, now))


def drop_codes(db: sqlite3.Connection, branch: int) -> None:
    """Forget the pairing codes of a branch."""
    db.execute("DELETE FROM pairing_codes WHERE branch = ?", (branch,))


BESIDE_THE_LOG = (
    "UPDATE sessions SET expires_at = expires_at + ?",
    "UPDATE pairing_codes SET expires_at = expires_at + ?",
    "UPDATE users SET given_until = given_until + ?",
    "UPDATE requests SET at = at + ?",
)


def move_with_clock(db: sqlite3.Connection, by_ms: int) -> None:
    """Move what ends by the clock and stands in no event: sessions, codes, kept answers ..."""
    for statement in BESIDE_THE_LOG:
        db.execute(statement, (by_ms,))
