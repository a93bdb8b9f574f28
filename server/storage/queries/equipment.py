"""Printers and displays as they were last seen, and the alarms that are on."""

from __future__ import annotations

import sqlite3
from typing import Literal, NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every


class Seen(NamedTuple):
    """A printer or display, how it is and since when."""

    what: Literal["printer", "display"]
    device: str
    name: str
    state: str
    since: Millis


class Alarm(NamedTuple):
    """An alarm that is on."""

    rule: str
    subject: str
    value: int
    limit: int
    since: Millis


def seen(db: sqlite3.Connection, branch: int) -> list[Seen]:
    """Return every printer and display that was ever seen, printers first, by name."""
    sql = """
        SELECT what, device, name, state, since FROM equipment
        WHERE branch = ? ORDER BY what DESC, name, device
    """
    return every(db, Seen, sql, (branch,))


def alarms(db: sqlite3.Connection, branch: int) -> list[Alarm]:
    """Return the alarms that are on, oldest first."""
    sql = """
        SELECT rule, subject, value, "limit", since FROM alarms
        WHERE branch = ? ORDER BY since, rule, subject
    """
    return every(db, Alarm, sql, (branch,))
