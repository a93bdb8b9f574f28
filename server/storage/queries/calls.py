"""Calls as displays heard them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import column, every, first


class Ack(NamedTuple):
    """What a display told of the call with event number ``seq``; kinds: ``push/acks.py``."""

    branch: int
    seq: int
    device: str
    kind: str
    at: Millis


class Call(NamedTuple):
    """A call: its event's number, the counter and the ticket."""

    seq: int
    counter: str
    ticket: str


def latest(db: sqlite3.Connection, branch: int, day: str, most: int) -> list[Call]:
    """Return the day's latest calls, newest first."""
    sql = """
        SELECT seq, counter, ticket FROM calls WHERE branch = ? AND day = ?
        ORDER BY seq DESC LIMIT ?
    """
    return every(db, Call, sql, (branch, day, most))


def call(db: sqlite3.Connection, branch: int, seq: int) -> Call | None:
    """Return the call of an event."""
    sql = "SELECT seq, counter, ticket FROM calls WHERE branch = ? AND seq = ?"
    return first(db, Call, sql, (branch, seq))


def told(db: sqlite3.Connection, branch: int, seq: int) -> set[str]:
    """Return what displays told of a call."""
    sql = "SELECT kind FROM display_acks WHERE branch = ? AND seq = ?"
    return set(column(db, sql, (branch, seq)))


def note(db: sqlite3.Connection, acks: Iterable[Ack]) -> None:
    """Keep what displays told; the same again changes nothing."""
    db.executemany(
        "INSERT INTO display_acks (branch, seq, device, kind, at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        acks,
    )


def forget_told(db: sqlite3.Connection, branch: int, before: Millis, most: int) -> None:
    """Drop at most so many of what displays told before a moment, the oldest first."""
    db.execute(
        "DELETE FROM display_acks WHERE (branch, seq, device, kind) IN (SELECT "
        "branch, seq, device, kind FROM display_acks WHERE branch = ? AND at < ? ORDER BY at "
        "LIMIT ?)",
        (branch, before, most),
    )
