"""Runs ``ramah`` on a disk that a test makes slow, stuck or broken while it runs.

What a disk does to a database it does when a commit is to be durable, so this is where it is done:
at the edge, in the connection. The file named by ``RAMAH_TEST_DISK`` says what: seconds that each
commit takes, ``stuck`` (for ever), ``broken`` (an input/output error), or ``unreadable`` (an
input/output error whatever is read).
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

ORDER = Path(os.environ["RAMAH_TEST_DISK"])
READS = ("SELECT", "WITH")
DURABLE = "PRAGMA wal_checkpoint"


class _Broken(sqlite3.OperationalError):
    sqlite_errorcode = sqlite3.SQLITE_IOERR


class Connection(sqlite3.Connection):
    """A connection whose commits are at the mercy of the test."""

    def commit(self) -> None:
        _sync()
        super().commit()

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:  # noqa: ANN401
        if sql.startswith(DURABLE):
            _sync()
        elif sql.lstrip().startswith(READS) and _order() == "unreadable":
            raise _Broken("disk I/O error")
        return super().execute(sql, *values)


def _order() -> str:
    return ORDER.read_text("ascii") if ORDER.exists() else ""


def _sync() -> None:
    order = _order()
    if order == "broken":
        raise _Broken("disk I/O error")
    while order == "stuck":
        time.sleep(0.02)
        order = ORDER.read_text("ascii")
    if order and order != "unreadable":
        time.sleep(float(order))


if __name__ == "__main__":
    sqlite3.connect = partial(sqlite3.connect, factory=Connection)  # type: ignore[assignment]
    from server.cli import main

    sys.exit(main())
