"""People who log in, and their sessions."""

from __future__ import annotations

import secrets
import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.dialect import larger, may_hit
from server.storage.queries.rows import every, first, value


class Person(NamedTuple):
    """Somebody who may log in; ``password`` is its hash, ``agency`` whose halls they read.

    A password that somebody else made counts until ``given_until``, and is soon changed.
    """

    id: str
    branch: int
    login: str
    name: str
    role: str
    password: str
    given_until: Millis | None = None
    agency: str = ""


class Reader(NamedTuple):
    """Somebody who reads the halls of an agency; ``expires_at`` of an invitation not taken yet."""

    id: str
    branch: int
    name: str
    login: str
    agency: str
    expires_at: Millis | None


class Listed(NamedTuple):
    """A person in a list."""

    login: str
    branch: str
    role: str
    name: str
    active: bool
    agency: str


class Colleague(NamedTuple):
    """A person as the manager sees them."""

    id: str
    name: str
    role: str
    login: str
    given_until: Millis | None
    skills: str | None
    invited_until: Millis | None
    second_step: int


class Came(NamedTuple):
    """Where somebody logs in: network address, browser and kind of device in a few words."""

    place: str = ""
    browser: str = ""
    kind: str = ""


class Login(NamedTuple):
    """One of somebody's sessions, as a list has it."""

    id: str
    hash: str
    began_at: Millis
    used_at: Millis
    expires_at: Millis
    place: str
    browser: str
    kind: str


class Session(NamedTuple):
    """Somebody who is logged in; ``skills`` is a JSON list of services, ``None`` for all.

    ``locked``: until PIN or password are typed; ``touched_at``: when somebody last used the page.

    ``unready``: the second step is still to be set up, and nothing else may be done before.
    """

    branch: int
    user: str
    role: str
    name: str
    expires_at: Millis
    login: str
    skills: str | None
    unready: int
    locked: int
    touched_at: Millis
    agency: str


def person(db: sqlite3.Connection, login: str, *, locked_out: bool = False) -> Person | None:
    """Return who has a login, with ``locked_out`` also one who may not use it any more."""
    sql = """
        SELECT id, branch, login, name, role, password, given_until, agency FROM users
        WHERE login = ? AND active >= ?
    """
    return first(db, Person, sql, (login, not locked_out))


def name_of(db: sqlite3.Connection, branch: int, user: str) -> str | None:
    """Return the name of a person of the branch, also one who is locked out."""
    name: str | None = value(
        db, "SELECT name FROM users WHERE id = ? AND branch = ?", (user, branch)
    )
    return name


def names(db: sqlite3.Connection, branch: int) -> dict[str, str]:
    """Return what everybody of a branch is called, by id, also those who are locked out."""
    return dict(db.execute("SELECT id, name FROM users WHERE branch = ?", (branch,)).fetchall())


def colleagues(db: sqlite3.Connection, branch: int) -> list[Colleague]:
    """Return the people of a branch, by name; those of city and agencies are nobody's to help."""
    sql = """
        SELECT id, name, role, login, given_until, skills, expires_at,
            since IS NOT NULL OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user = users.id)
        FROM users LEFT JOIN invitations ON invitations.user = users.id
        LEFT JOIN second_factors ON second_factors.user = users.id
        WHERE branch = ? AND active = 1 AND role NOT IN ('agency', 'city') ORDER BY name
    """
    return every(db, Colleague, sql, (branch,))


def readers(db: sqlite3.Connection) -> list[Reader]:
    """Return the people of all agencies, by name."""
    sql = """
        SELECT id, branch, name, login, agency, expires_at
        FROM users LEFT JOIN invitations ON invitations.user = users.id
        WHERE active = 1 AND role = 'agency' ORDER BY name, login
    """
    return every(db, Reader, sql)


def listed(db: sqlite3.Connection) -> list[Listed]:
    """Return everybody of all branches, by login."""
    sql = """
        SELECT login, branches.code, role, name, active, agency FROM users
        JOIN branches ON branches.id = users.branch ORDER BY login
    """
    return every(db, Listed, sql)


def add(db: sqlite3.Connection, person: Person, now: Millis) -> None:
    """Add a person.

    Raises:
        sqlite3.IntegrityError: the login is taken.
    """
    sql = (
        "INSERT INTO users (id, branch, login, name, role, password, given_until, agency, "
        "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    with may_hit(db):
        db.execute(sql, (*person, now))


def change(db: sqlite3.Connection, user: str, name: str, role: str) -> None:
    """Give a person another name or role."""
    db.execute("UPDATE users SET name = ?, role = ? WHERE id = ?", (name, role, user))


def set_skills(db: sqlite3.Connection, user: str, skills: str | None) -> None:
    """Keep which services a person can serve."""
    db.execute("UPDATE users SET skills = ? WHERE id = ?", (skills, user))


def set_password(
    db: sqlite3.Connection,
    user: str,
    hashed: str,
    but: str = "",
    given_until: Millis | None = None,
) -> None:
    """Give a person a new password and end their sessions, ``but`` the one with this digest.

    With ``given_until`` somebody else made it: it counts until then, for choosing an own one.
    """
    db.execute(
        "UPDATE users SET password = ?, given_until = ? WHERE id = ?", (hashed, given_until, user)
    )
    db.execute("DELETE FROM invitations WHERE user = ?", (user,))
    end_sessions(db, user, but)


def lock_out(db: sqlite3.Connection, user: str, login: str) -> None:
    """Let a person log in no more, from now on under the name ``login``; end their sessions."""
    db.execute("UPDATE users SET active = 0, login = ? WHERE id = ?", (login, user))
    db.execute("DELETE FROM invitations WHERE user = ?", (user,))
    end_sessions(db, user)


def session(db: sqlite3.Connection, hashed: str) -> Session | None:
    """Return the session of a secret with this digest."""
    sql = """
        SELECT users.branch, users.id, users.role, users.name, sessions.expires_at, users.login,
            users.skills, sessions.unready, sessions.locked, sessions.touched_at, users.agency
        FROM sessions JOIN users ON users.id = sessions.user
        WHERE sessions.hash = ? AND users.active = 1
    """
    return first(db, Session, sql, (hashed,))


def begin_session(
    db: sqlite3.Connection,
    user: str,
    hashed: str,
    now: Millis,
    ends: Millis,
    came: Came,
    *,
    unready: bool = False,
) -> None:
    """Keep a new session; those that are over go."""
    db.execute("DELETE FROM sessions WHERE expires_at < ?", (now,))
    db.execute(
        """
        INSERT INTO sessions (
            hash, user, expires_at, id, began_at, used_at, touched_at, place, browser, kind,
            unready)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (hashed, user, ends, secrets.token_hex(12), now, now, now, *came, unready),
    )


def logins(db: sqlite3.Connection, user: str, now: Millis) -> list[Login]:
    """Return the sessions of a person, the last used first."""
    sql = """
        SELECT id, hash, began_at, used_at, expires_at, place, browser, kind FROM sessions
        WHERE user = ? AND expires_at > ? ORDER BY used_at DESC, id
    """
    return every(db, Login, sql, (user, now))


def make_ready(db: sqlite3.Connection, hashed: str) -> None:
    """Let a session do all that the person may."""
    db.execute("UPDATE sessions SET unready = 0 WHERE hash = ?", (hashed,))


def note_use(db: sqlite3.Connection, hashed: str, now: Millis, place: str, touched: Millis) -> None:
    """Keep when, and from where, a session was last used, and when somebody touched its page."""
    latest = larger("touched_at", "?")
    db.execute(
        f"UPDATE sessions SET used_at = ?, place = ?, touched_at = {latest} WHERE hash = ?",
        (now, place, touched, hashed),
    )


def lock_session(db: sqlite3.Connection, hashed: str) -> None:
    """Lock a session until PIN or password are typed."""
    db.execute("UPDATE sessions SET locked = 1 WHERE hash = ?", (hashed,))


def count_try(db: sqlite3.Connection, hashed: str) -> int:
    """Count a try to open a session; return how many there were since it was opened last."""
    db.execute("UPDATE sessions SET tries = tries + 1 WHERE hash = ?", (hashed,))
    tries: int | None = value(db, "SELECT tries FROM sessions WHERE hash = ?", (hashed,))
    return tries or 0


def open_session(db: sqlite3.Connection, hashed: str, now: Millis) -> None:
    """Open a session that was locked."""
    db.execute(
        "UPDATE sessions SET locked = 0, tries = 0, touched_at = ? WHERE hash = ?", (now, hashed)
    )


def pin(db: sqlite3.Connection, user: str) -> str | None:
    """Return the hash of somebody's PIN; ``None`` for none."""
    found: str | None = value(db, "SELECT pin FROM users WHERE id = ?", (user,))
    return found


def set_pin(db: sqlite3.Connection, user: str, hashed: str | None) -> None:
    """Keep somebody's PIN, or none."""
    db.execute("UPDATE users SET pin = ? WHERE id = ?", (hashed, user))


def end_session(db: sqlite3.Connection, hashed: str) -> None:
    """End one session."""
    db.execute("DELETE FROM sessions WHERE hash = ?", (hashed,))


def end_sessions(db: sqlite3.Connection, user: str, but: str = "") -> None:
    """End a person's sessions."""
    db.execute("DELETE FROM sessions WHERE user = ? AND hash <> ?", (user, but))


def count_failed(db: sqlite3.Connection, user: str, number: int) -> None:
    """Count log-ins as somebody that failed."""
    db.execute("UPDATE users SET failed = failed + ? WHERE id = ?", (number, user))


def take_failed(db: sqlite3.Connection, user: str) -> int:
    """Return how many log-ins as somebody failed since this was asked last."""
    number: int | None = value(db, "SELECT failed FROM users WHERE id = ?", (user,))
    if number:
        db.execute("UPDATE users SET failed = 0 WHERE id = ?", (user,))
    return number or 0
