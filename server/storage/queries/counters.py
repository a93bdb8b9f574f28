"""What each counter was, from when to when."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every, value


def number_of(db: sqlite3.Connection, branch: int, counter: str) -> int:
    """Return the number of a counter by what it is now, also of one the settings know no more."""
    sql = """
        SELECT number FROM counter_sessions WHERE branch = ? AND counter = ? AND to_at IS NULL
    """
    return int(value(db, sql, (branch, counter)))


class Session(NamedTuple):
    """Time that a counter was open or on a break; ``left``: the end of the day closed it."""

    number: int
    state: str
    since: Millis
    until: Millis
    left: bool


def sessions(db: sqlite3.Connection, branch: int, begin: Millis, end: Millis) -> list[Session]:
    """Return what reaches into the time from ``begin`` to ``end``, cut at its end."""
    sql = """
        SELECT number, state, from_at, COALESCE(to_at, :until),
            EXISTS (SELECT 1 FROM counter_sessions AS next WHERE next.branch = :branch
                AND next.from_at = sessions.to_at AND next.counter = sessions.counter
                AND next.reason = 'day-end')
        FROM counter_sessions AS sessions
        WHERE branch = :branch AND from_at < :until AND state IN ('open', 'break')
    """
    both = f"{sql} AND to_at > :since UNION ALL {sql} AND to_at IS NULL"
    return every(db, Session, both, {"branch": branch, "since": begin, "until": end})


def last_acts(db: sqlite3.Connection, branch: int, day: str) -> dict[int, Millis]:
    """Return the moment of each counter's last call, start or end of a service on a day."""
    sql = """
        SELECT number, MAX(at) FROM (
            SELECT number, at FROM calls WHERE branch = :branch AND day = :day
            UNION ALL
            SELECT counter_number, COALESCE(started_at, 0)
            FROM turns WHERE branch = :branch AND day = :day AND counter_number IS NOT NULL
            UNION ALL
            SELECT counter_number, ended_at FROM turns
            WHERE branch = :branch AND day = :day AND counter_number IS NOT NULL
                AND ended_by = 'hand'
        ) AS acts GROUP BY number
    """
    return dict(db.execute(sql, {"branch": branch, "day": day}).fetchall())
