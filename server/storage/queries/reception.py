"""Visitors without a number, and samples of the way from the door to a number."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import column, every, first, value


class Counted(NamedTuple):
    """How many came for something that needs no number."""

    what: str
    n: int


def counted(db: sqlite3.Connection, branch: int, first_day: str, last_day: str) -> list[Counted]:
    """Return the visitors without a number of some days, by what they came for."""
    sql = """
    SELECT what, SUM(n) FROM unnumbered WHERE branch = ? AND day BETWEEN ? AND ?
    GROUP BY what HAVING SUM(n) > 0 ORDER BY what
    """
    return every(db, Counted, sql, (branch, first_day, last_day))


def count_of(db: sqlite3.Connection, branch: int, day: str, what: str) -> int:
    """Return how many of one kind were counted on a day."""
    sql = "SELECT n FROM unnumbered WHERE branch = ? AND day = ? AND what = ?"
    return int(value(db, sql, (branch, day, what)) or 0)


def door_seconds(db: sqlite3.Connection, branch: int, first_day: str, last_day: str) -> list[float]:
    """Return how long each sampled visitor took from the door to a number, the shortest first."""
    sql = """
    SELECT seconds FROM door_samples
    WHERE branch = ? AND day BETWEEN ? AND ? AND seconds IS NOT NULL ORDER BY seconds
    """
    return column(db, sql, (branch, first_day, last_day))


class Lines(NamedTuple):
    """How often the line for a number was counted, its mean and its longest."""

    n: int
    mean: float | None
    most: int | None


def lines(db: sqlite3.Connection, branch: int, first_day: str, last_day: str) -> Lines:
    """Return how long the line for a number was when it was counted."""
    sql = """
    SELECT COUNT(people), AVG(people), MAX(people) FROM door_samples
    WHERE branch = ? AND day BETWEEN ? AND ?
    """
    return Lines(*db.execute(sql, (branch, first_day, last_day)).fetchone())


class Line(NamedTuple):
    """People in line for a number, when they were counted."""

    people: int
    at: Millis


def last_line(db: sqlite3.Connection, branch: int, day: str) -> Line | None:
    """Return the day's latest count of the line for a number."""
    sql = """
    SELECT people, at FROM door_samples
    WHERE branch = ? AND day = ? AND people IS NOT NULL ORDER BY seq DESC LIMIT 1
    """
    return first(db, Line, sql, (branch, day))
