"""Advice to open one more counter: what was said, what was answered, what came of it."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.advice_events import AdviceAnswer
from server.domain.day import Millis
from server.storage.queries.rows import every, first, value


class AdviceRow(NamedTuple):
    """An advice; ``seen`` is what came of it, JSON text, once that is known."""

    id: str
    day: str
    at: Millis
    counter: str
    number: int
    service: str
    until: Millis
    target: int
    people: int
    late: int
    late_with: int
    over: int
    over_with: int
    wait: int
    wait_with: int
    model: str
    answer: AdviceAnswer | None
    answered_at: Millis | None
    staff: str | None
    seen: str | None


_ADVICE = """
    SELECT advices.id, day, at, counter, number, service, until, target, people, late, late_with,
        over, over_with, wait, wait_with, model, answer, answered_at, staff, seen
    FROM advices LEFT JOIN advice_studies ON advice_studies.advice = advices.id
    WHERE advices.branch = ?
"""


def get(db: sqlite3.Connection, branch: int, key: str) -> AdviceRow | None:
    """Return an advice of the branch."""
    return first(db, AdviceRow, f"{_ADVICE} AND advices.id = ?", (branch, key))


def latest(db: sqlite3.Connection, branch: int, day: str) -> AdviceRow | None:
    """Return the latest advice of a business day."""
    sql = f"{_ADVICE} AND day = ? ORDER BY at DESC, advices.id DESC LIMIT 1"
    return first(db, AdviceRow, sql, (branch, day))


def between(db: sqlite3.Connection, branch: int, from_day: str, last: str) -> list[AdviceRow]:
    """Return the advice of business days, the newest first."""
    sql = f"{_ADVICE} AND day >= ? AND day <= ? ORDER BY at DESC, advices.id DESC"
    return every(db, AdviceRow, sql, (branch, from_day, last))


def keep_inputs(db: sqlite3.Connection, branch: int, key: str, inputs: bytes) -> None:
    """Keep what an advice was worked out from."""
    db.execute(
        "INSERT INTO advice_studies (advice, branch, inputs) VALUES (?, ?, ?)",
        (key, branch, inputs),
    )


def inputs(db: sqlite3.Connection, branch: int, key: str) -> bytes | None:
    """Return what an advice was worked out from."""
    sql = "SELECT inputs FROM advice_studies WHERE branch = ? AND advice = ?"
    found: bytes | None = value(db, sql, (branch, key))
    return found


def unseen(db: sqlite3.Connection, branch: int, before: Millis) -> str | None:
    """Return the oldest advice until before then of which nobody has looked what came of it."""
    sql = """
        SELECT id FROM advices JOIN advice_studies ON advice_studies.advice = advices.id
        WHERE advices.branch = ? AND at < ? AND seen IS NULL ORDER BY at LIMIT 1
    """
    found: str | None = value(db, sql, (branch, before))
    return found


def keep_seen(db: sqlite3.Connection, key: str, seen: str) -> None:
    """Keep what came of an advice."""
    db.execute("UPDATE advice_studies SET seen = ? WHERE advice = ?", (seen, key))


def erase_inputs(db: sqlite3.Connection, branch: int, before: Millis) -> None:
    """Erase what older advice was worked out from."""
    db.execute(
        "UPDATE advice_studies SET inputs = ? WHERE branch = ? AND inputs <> ? "
        "AND advice IN (SELECT id FROM advices WHERE branch = ? AND at < ?)",
        (b"", branch, b"", branch, before),
    )
