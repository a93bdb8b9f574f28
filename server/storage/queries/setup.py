"""How far the set-up in the browser is: its code, who holds it, and what was typed so far."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import first


class SetUp(NamedTuple):
    """The set-up as it stands.

    ``code`` and ``holder`` are digests; ``branch`` is the office that was made, ``beside_demo``
    whether it was made beside a running demo.
    """

    code: str | None
    code_ends: Millis
    holder: str | None
    holder_ends: Millis
    draft: str
    branch: int | None
    beside_demo: bool


def state(db: sqlite3.Connection) -> SetUp:
    """Return how far it is."""
    sql = "SELECT code, code_ends, holder, holder_ends, draft, branch, beside_demo FROM setup"
    found = first(db, SetUp, sql)
    return found or SetUp(None, 0, None, 0, "", None, beside_demo=False)


def put_code(db: sqlite3.Connection, hashed: str, ends: Millis) -> None:
    """Keep a new code in the place of the one before."""
    db.execute("UPDATE setup SET code = ?, code_ends = ?", (hashed, ends))


def use_code(db: sqlite3.Connection, hashed: str, now: Millis) -> bool:
    """Use the code up; ``False`` when it is another one, or over."""
    sql = "UPDATE setup SET code = NULL WHERE code = ? AND code_ends > ? RETURNING id"
    return db.execute(sql, (hashed, now)).fetchone() is not None


def hold(db: sqlite3.Connection, hashed: str, ends: Millis) -> None:
    """Let one browser go on with it, and no other any more."""
    db.execute("UPDATE setup SET holder = ?, holder_ends = ?", (hashed, ends))


def keep(db: sqlite3.Connection, draft: str) -> None:
    """Keep what was typed so far."""
    db.execute("UPDATE setup SET draft = ?", (draft,))


def finish(db: sqlite3.Connection, branch: int, *, beside_demo: bool) -> None:
    """End the set-up: its office is there."""
    db.execute(
        "UPDATE setup SET code = NULL, holder = NULL, draft = '', branch = ?, beside_demo = ?",
        (branch, beside_demo),
    )


class Steps(NamedTuple):
    """The first steps of a new office: how often each was done."""

    kiosks: int
    displays: int
    issued: int
    called: int
    heard: int


def steps(db: sqlite3.Connection, branch: int) -> Steps:
    """Return how far an office is on its way to the first call that is heard."""
    sql = """
        SELECT
            (SELECT COUNT(*) FROM tokens WHERE branch = ? AND role = 'kiosk'
                AND revoked_at IS NULL),
            (SELECT COUNT(*) FROM tokens WHERE branch = ? AND role = 'display'
                AND revoked_at IS NULL),
            (SELECT COUNT(*) FROM (SELECT 1 FROM tickets WHERE branch = ? LIMIT 1)),
            (SELECT COUNT(*) FROM (SELECT 1 FROM calls WHERE branch = ? LIMIT 1)),
            (SELECT COUNT(*) FROM (SELECT 1 FROM display_acks WHERE branch = ? AND kind = 'voiced'
                LIMIT 1))
    """
    return first(db, Steps, sql, (branch,) * 5) or Steps(0, 0, 0, 0, 0)
