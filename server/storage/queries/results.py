"""Results of the survey as they were published."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every, first

SHOWN = 24
"""As many as anybody reads: six years of quarters."""


class Published(NamedTuple):
    """A published result; ``reports`` is its text by language, as JSON."""

    id: str
    first: str
    last: str
    at: Millis
    by: str
    reports: str


class Span(NamedTuple):
    """The period of a result, both days in."""

    first: str
    last: str


def add(db: sqlite3.Connection, branch: int, result: Published) -> None:
    """Publish a result; one of the same period is replaced by it."""
    db.execute(
        "UPDATE results_published SET withdrawn_at = ?, withdrawn_by = ? "
        "WHERE branch = ? AND first = ? AND last = ? AND withdrawn_at IS NULL",
        (result.at, result.by, branch, result.first, result.last),
    )
    db.execute(
        "INSERT INTO results_published (branch, id, first, last, at, by, reports) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (branch, *result),
    )


def listed(db: sqlite3.Connection, branch: int, most: int = SHOWN) -> list[Published]:
    """Return what is published now, the newest period first."""
    sql = """
    SELECT id, first, last, at, by, reports FROM results_published
    WHERE branch = ? AND withdrawn_at IS NULL ORDER BY last DESC, first DESC LIMIT ?
    """
    return every(db, Published, sql, (branch, most))


def withdraw(db: sqlite3.Connection, branch: int, key: str, at: Millis, by: str) -> Span | None:
    """Take a result back; return its period, ``None`` when none of this id is published."""
    sql = """
    UPDATE results_published SET withdrawn_at = ?, withdrawn_by = ?
    WHERE branch = ? AND id = ? AND withdrawn_at IS NULL RETURNING first, last
    """
    return first(db, Span, sql, (at, by, branch, key))
