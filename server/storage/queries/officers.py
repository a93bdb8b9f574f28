"""Those who serve: their sessions and cases of late, quiet calls, and the monthly pulse."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from server.domain.day import Millis
from server.domain.quiet_events import QuietStep
from server.storage.queries.rows import column, every, first, value


class Session(NamedTuple):
    """A stretch of a counter in one state, in somebody's hands."""

    state: str
    from_at: Millis
    to_at: Millis | None


def sessions(db: sqlite3.Connection, branch: int, staff: str, since: Millis) -> list[Session]:
    """Return somebody's sessions at counters since a moment, the newest first."""
    sql = """
        SELECT state, from_at, to_at FROM counter_sessions
        WHERE branch = ? AND from_at >= ? AND staff = ? ORDER BY from_at DESC, seq DESC
    """
    return every(db, Session, sql, (branch, since, staff))


def served(
    db: sqlite3.Connection, branch: int, day: str, staff: str, since: Millis, most: int
) -> list[Millis]:  # fmt: skip
    """Return how long somebody's last cases of a day took that ended since a moment."""
    sql = """
        SELECT COALESCE(service_ms, 0) FROM turns
        WHERE branch = ? AND day = ? AND staff = ? AND outcome = 'served' AND ended_at >= ?
        ORDER BY ended_at DESC LIMIT ?
    """
    return column(db, sql, (branch, day, staff, since, most))


# ---------------------------------------------------------------- quiet calls


class QuietCall(NamedTuple):
    """A call for help without a sound; ``confirmed_by``: who first said that it is over."""

    id: str
    at: Millis
    counter: str
    number: int
    staff: str | None
    step: QuietStep
    confirmed_by: str | None
    ended_at: Millis | None
    reason: str | None


_CALLS = """
SELECT id, at, counter, number, staff, step, confirmed_by, ended_at, reason FROM quiet_calls
WHERE branch = ?
"""


def quiet_call(db: sqlite3.Connection, branch: int, key: str) -> QuietCall | None:
    """Return a quiet call of the branch."""
    return first(db, QuietCall, f"{_CALLS} AND id = ?", (branch, key))


def open_calls(db: sqlite3.Connection, branch: int) -> list[QuietCall]:
    """Return the quiet calls that are not over, the oldest first."""
    return every(db, QuietCall, f"{_CALLS} AND ended_at IS NULL ORDER BY at, id", (branch,))


def open_at(db: sqlite3.Connection, branch: int, counter: str) -> QuietCall | None:
    """Return the quiet call of a counter that is not over."""
    sql = f"{_CALLS} AND ended_at IS NULL AND counter = ?"
    return first(db, QuietCall, sql, (branch, counter))


def latest_of(db: sqlite3.Connection, branch: int, staff: str) -> QuietCall | None:
    """Return the quiet call of somebody that is not over."""
    sql = f"{_CALLS} AND ended_at IS NULL AND staff = ? ORDER BY at DESC LIMIT 1"
    return first(db, QuietCall, sql, (branch, staff))


# ---------------------------------------------------------------- the pulse


def has_answered(db: sqlite3.Connection, branch: int, month: str, person: str) -> bool:
    """Return whether somebody answered a month's questions."""
    sql = "SELECT 1 FROM pulse_given WHERE branch = ? AND month = ? AND person = ?"
    return value(db, sql, (branch, month, person)) is not None


def note_answered(db: sqlite3.Connection, branch: int, month: str, person: str) -> bool:
    """Note that somebody answers; ``False`` when that was so before."""
    sql = "INSERT INTO pulse_given (branch, month, person) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    return db.execute(sql, (branch, month, person)).rowcount > 0


def add_marks(db: sqlite3.Connection, branch: int, month: str, marks: Mapping[str, int]) -> None:
    """Count answers; whose they are is nowhere."""
    db.executemany(
        """
        INSERT INTO pulse_sums (branch, month, question, mark, n) VALUES (?, ?, ?, ?, 1)
        ON CONFLICT (branch, month, question, mark) DO UPDATE SET n = pulse_sums.n + 1
        """,
        [(branch, month, question, mark) for question, mark in marks.items()],
    )


def marks(
    db: sqlite3.Connection, branch: int, before: str, months: int
) -> dict[str, dict[tuple[str, int], int]]:
    """Return how often each answer was given in the last months before one."""
    sql = """
        SELECT month, question, mark, n FROM pulse_sums WHERE branch = ? AND month < ?
            AND month IN (SELECT DISTINCT month FROM pulse_sums WHERE branch = ? AND month < ?
                ORDER BY month DESC LIMIT ?)
    """
    found: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)
    for month, question, mark, n in db.execute(sql, (branch, before, branch, before, months)):
        found[month][question, mark] = n
    return found


def forget_answered(db: sqlite3.Connection, branch: int, before: str) -> None:
    """Forget who answered in months before one."""
    db.execute("DELETE FROM pulse_given WHERE branch = ? AND month < ?", (branch, before))
