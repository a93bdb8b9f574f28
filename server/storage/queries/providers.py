"""Offices' own providers of log-ins, and the people who come by them."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.dialect import may_hit
from server.storage.queries.rows import every, first


class Provider(NamedTuple):
    """A provider of OpenID Connect; ``roles`` is JSON: a value of the claim, and the role."""

    branch: int
    issuer: str
    client_id: str
    secret: str
    name: str
    role_claim: str
    roles: str

    @property
    def role_of(self) -> dict[str, str]:
        """The role that each value of the claim gives."""
        return dict(json.loads(self.roles))


class Offered(NamedTuple):
    """A provider, as the log-in shows it."""

    branch: str
    name: str


class Known(NamedTuple):
    """Somebody who came by a provider before."""

    id: str
    login: str
    active: int


COLUMNS = "branch, issuer, client_id, secret, name, role_claim, roles"


def offered(db: sqlite3.Connection) -> list[Offered]:
    """Return the providers of all offices that are run here, by name."""
    sql = """
        SELECT branches.code, providers.name FROM providers
        JOIN branches ON branches.id = providers.branch ORDER BY providers.name, branches.code
    """
    return every(db, Offered, sql)


def provider(db: sqlite3.Connection, code: str) -> Provider | None:
    """Return the provider of the office with this code."""
    sql = f"""
        SELECT {COLUMNS} FROM providers
        WHERE branch = (SELECT id FROM branches WHERE code = ?)
    """
    return first(db, Provider, sql, (code,))


def put(db: sqlite3.Connection, provider: Provider) -> None:
    """Keep the provider of an office, in place of the one before."""
    remove(db, provider.branch)
    db.execute(f"INSERT INTO providers ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", provider)


def remove(db: sqlite3.Connection, branch: int) -> bool:
    """Have no provider any more; ``False`` when there was none."""
    return db.execute("DELETE FROM providers WHERE branch = ?", (branch,)).rowcount > 0


def known(db: sqlite3.Connection, branch: int, subject: str) -> Known | None:
    """Return who came by a provider as this subject, also one who is locked out."""
    sql = "SELECT id, login, active FROM users WHERE branch = ? AND subject = ?"
    return first(db, Known, sql, (branch, subject))


def add(
    db: sqlite3.Connection, branch: int, who: Known, name: str, role: str, subject: str,
    now: Millis,
) -> None:  # fmt: skip
    """Add somebody who comes by a provider.

    Raises:
        sqlite3.IntegrityError: the login is taken.
    """
    sql = (
        "INSERT INTO users (id, branch, login, name, role, password, subject, created_at) "
        "VALUES (?, ?, ?, ?, ?, '', ?, ?)"
    )
    with may_hit(db):
        db.execute(sql, (who.id, branch, who.login, name, role, subject, now))
