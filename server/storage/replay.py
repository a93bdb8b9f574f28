"""Building a branch's tables again from its log alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from server.domain.events import Envelope
from server.domain.turns import Impossible
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import transaction

SELECT_BEHIND = "SELECT id FROM branches WHERE rows_seq <> seq ORDER BY id"
CHUNK = 4096
"""How many events are folded before their rows are written."""


def replay(db: sqlite3.Connection, branch: int, events: Iterable[Envelope]) -> int:
    """Append ``events`` to an empty branch and build its rows; return the last number.

    Runs in one transaction. The events must start at 1 and have no gap.

    Raises:
        ValueError: a gap, an event that does not fit those before, or the branch is not empty.
    """
    with transaction(db):
        batch = BranchBatch(db, branch, OfficeCache())
        if batch.hall.seq != 0:
            message = "replay needs an empty branch"
            raise ValueError(message)
        for each in events:
            try:
                batch.follow(each)
            except Impossible as error:
                raise ValueError(str(error)) from error
            if each.seq % CHUNK == 0:
                batch.write()
        batch.write()
    return batch.hall.seq


def catch_up(db: sqlite3.Connection) -> None:
    """Write the rows that a process which is gone left for later."""
    if db.execute(SELECT_BEHIND).fetchone() is None:
        return
    with transaction(db):
        for (branch,) in db.execute(SELECT_BEHIND).fetchall():
            BranchBatch(db, branch, OfficeCache()).write()
