"""Calls for a person at a kiosk."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import column, every, first

_HELP = """
SELECT id, device, device_name, at, taken_at, taken_name, arrived_at
FROM help_requests WHERE branch = ?
"""


class Help(NamedTuple):
    """A call for a person: from which kiosk, when somebody set out, who, and when they came."""

    id: str
    device: str
    place: str
    at: Millis
    taken_at: Millis | None = None
    taken_name: str | None = None
    arrived_at: Millis | None = None


def unmet(db: sqlite3.Connection, branch: int, day: str) -> list[Help]:
    """Return the day's calls where nobody was seen to arrive yet, oldest first."""
    sql = f"{_HELP} AND day = ? AND arrived_at IS NULL ORDER BY at, id"
    return every(db, Help, sql, (branch, day))


def waiting(db: sqlite3.Connection, branch: int, day: str) -> list[Help]:
    """Return the day's calls that nobody took yet, oldest first."""
    sql = f"{_HELP} AND day = ? AND taken_at IS NULL ORDER BY at, id"
    return every(db, Help, sql, (branch, day))


def waiting_at(db: sqlite3.Connection, branch: int, day: str, device: str) -> Help | None:
    """Return the day's call of a kiosk that nobody took yet."""
    sql = f"{_HELP} AND day = ? AND device = ? AND taken_at IS NULL"
    return first(db, Help, sql, (branch, day, device))


def one(db: sqlite3.Connection, branch: int, key: str) -> Help | None:
    """Return a call by its id."""
    return first(db, Help, f"{_HELP} AND id = ?", (branch, key))


class Assisted(NamedTuple):
    """Calls for a person on a day: how many, taken, met; mean time to setting out, in ms."""

    asked: int
    taken: int
    mean_ms: float | None
    met: int


def on_day(db: sqlite3.Connection, branch: int, day: str) -> Assisted:
    """Return how calls for a person went on a day."""
    sql = """
    SELECT COUNT(*), COUNT(taken_at), AVG(taken_at - at), COUNT(arrived_at) FROM help_requests
    WHERE branch = ? AND day = ?
    """
    return Assisted(*db.execute(sql, (branch, day)).fetchone())


def ways(db: sqlite3.Connection, branch: int, first_day: str, last_day: str) -> list[Millis]:
    """Return how long each visitor waited until somebody was there, the shortest first."""
    sql = """
    SELECT arrived_at - at FROM help_requests
    WHERE branch = ? AND day BETWEEN ? AND ? AND arrived_at IS NOT NULL ORDER BY 1
    """
    return column(db, sql, (branch, first_day, last_day))
