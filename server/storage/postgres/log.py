"""The log in PostgreSQL: heads are compared and set, many branches in one statement."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from server.storage.history import envelopes
from server.storage.log import Moved
from server.storage.postgres.gathering import Move

if TYPE_CHECKING:
    import sqlite3

    from server.storage.postgres.connection import Postgres
    from server.storage.rows import Rows


class CityLog:
    """The log of all branches; its head is the fence, whoever believes to own a branch."""

    def __init__(self, db: Postgres) -> None:
        self._db = db

    def append(self, branch: int, expected: int, seq: int, rows: Rows, *, later: bool) -> int:
        """Append what waits, with all rows: the next one to write may be another process.

        The head comes first, so nothing is written on a log that moved. Among rows of other
        branches that is found when they are written together.
        """
        del later
        late = partial(_moved, rows.db, branch, expected)
        gathered = self._db.gathered
        if gathered is None:
            alone = Move()
            alone.add(branch, expected, seq, late)
            self._db.write([alone])
        else:
            gathered.move(branch, expected, seq, late)
        rows.flush()
        rows.ahead = False
        return seq


def _moved(db: sqlite3.Connection, branch: int, expected: int) -> Moved:
    return Moved(list(envelopes(db, branch, expected, 2**62)))
