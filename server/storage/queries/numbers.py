"""Numbers on paper, and what visitors were told of their wait."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import NamedTuple

from server.domain.day import Millis
from server.domain.events import Quote
from server.storage.queries.rows import every


class Given(NamedTuple):
    """The last number of a business day, by the branch's code."""

    branch: str
    day: str
    prefix: str
    number: int


def given(db: sqlite3.Connection) -> list[Given]:
    """Return the last numbers of every business day; the database may be an older build's."""
    found = every(
        db, Given,
        "SELECT branches.code, day, prefix, MAX(number) FROM tickets "
        "JOIN branches ON branches.id = tickets.branch GROUP BY branches.code, day, prefix",
    )  # fmt: skip
    with suppress(sqlite3.OperationalError):  # of a build before that table
        found += every(
            db, Given,
            "SELECT branches.code, day, prefix, number FROM numbers_elsewhere "
            "JOIN branches ON branches.id = numbers_elsewhere.branch",
        )  # fmt: skip
    return found


def note_told(
    db: sqlite3.Connection, branch: int, at: Millis, ticket: str, channel: str, quote: Quote
) -> None:
    """Keep a wait range that was told after the ticket was given."""
    low = high = None
    if quote.estimate is not None:
        low, high = quote.estimate.low_minutes, quote.estimate.high_minutes
    db.execute(
        "INSERT INTO told_waits (branch, at, ticket, channel, ahead, model, low, high) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (branch, at, ticket, channel, quote.ahead, quote.model, low, high),
    )


def forget_told(db: sqlite3.Connection, branch: int, before: Millis, most: int) -> None:
    """Drop about so many wait ranges that were told before a moment, the oldest first."""
    db.execute(
        "DELETE FROM told_waits WHERE branch = :branch AND at < :before AND at <= COALESCE("
        "(SELECT at FROM told_waits WHERE branch = :branch ORDER BY at LIMIT 1 OFFSET :more), at)",
        {"branch": branch, "before": before, "more": most - 1},
    )
