"""Calls for a person at a kiosk."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every, first

_HELP = "SELECT id, device, device_name, at, taken_at FROM help_requests WHERE branch = ?"


class Help(NamedTuple):
    """A call for a person: from which kiosk, and when somebody went there."""

    id: str
    device: str
    place: str
    at: Millis
    taken_at: Millis | None = None


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
    """Calls for a person on a day: how many, how many were taken, the mean way to them in ms."""

    asked: int
    taken: int
    mean_ms: float | None


def on_day(db: sqlite3.Connection, branch: int, day: str) -> Assisted:
    """Return how calls for a person went on a day."""
    sql = """
    SELECT COUNT(*), COUNT(taken_at), AVG(taken_at - at) FROM help_requests
    WHERE branch = ? AND day = ?
    """
    return Assisted(*db.execute(sql, (branch, day)).fetchone())
