"""A store is a log of (branch, seq): what a database must do for the halls in memory.

Commands decide on the hall as of one event. The log takes what they appended only on top of just
that event, together with the rows that it changed, all or nothing. SQLite has one writer, so the
log has never moved under its lock; a store with several writers compares and sets ``seq``, and who
comes too late folds what came in between and decides again. Same hall, same commands.
Who appends nothing ("nobody waits") is held by no append: each batch begins with a look whether
others wrote (``Writer``), in SQLite for the file at once, elsewhere for each branch's head.
"""

from __future__ import annotations

import sqlite3
from typing import Protocol

from server.domain.events import Envelope
from server.storage.history import envelopes
from server.storage.rows import Rows


class Moved(Exception):
    """Another writer was first; nothing was written.

    Attributes:
        since: the events that the hall does not know, in order.
    """

    def __init__(self, since: list[Envelope]) -> None:
        super().__init__(f"the log has moved by {len(since)} events")
        self.since = since


class Log(Protocol):
    """The log of all branches, within a transaction that somebody else begins and commits."""

    def append(self, branch: int, expected: int, seq: int, rows: Rows, *, later: bool) -> int:
        """Append what waits in ``rows`` on top of event ``expected``; the last one is ``seq``.

        With ``later`` the rows of tickets, turns and calls may be left to another append.

        Returns:
            The event up to which all rows are written.

        Raises:
            Moved: the last event is not ``expected``.
        """


def log_of(db: sqlite3.Connection) -> Log:
    """Return the log of all branches on a connection of either store."""
    if isinstance(db, sqlite3.Connection):
        return SqliteLog(db)
    from server.storage.postgres.log import CityLog  # noqa: PLC0415 - only cities need it

    return CityLog(db)


class SqliteLog:
    """The log in one SQLite file, under its write lock."""

    MOVE = (
        "UPDATE branches SET seq = ?, rows_seq = CASE WHEN ? THEN rows_seq ELSE ? END "
        "WHERE id = ? AND seq = ? RETURNING rows_seq"
    )

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def append(self, branch: int, expected: int, seq: int, rows: Rows, *, later: bool) -> int:
        """Append what waits: the head first, so that nothing is written on a log that moved."""
        # rows are left out from the last head on or not at all: who catches up folds from there
        waits = later and rows.behind > 0 and not rows.ahead
        moved = self._db.execute(self.MOVE, (seq, waits, seq, branch, expected)).fetchone()
        if moved is None:
            raise Moved(list(envelopes(self._db, branch, expected, 2**62)))
        if waits:
            rows.flush_log()
        else:
            rows.flush()
            rows.ahead = False
        return int(moved[0])
