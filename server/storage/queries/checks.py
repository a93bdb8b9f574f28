"""Questions of ``ramah doctor`` and ``ramah backup`` about the file as a whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from server.storage.dialect import NEW_NAME, in_one_file
from server.storage.queries.rows import first

MADE_FROM_THE_LOG = ("tickets", "turns", "calls", "counter_sessions", "days")
"""Tables that the log can be replayed into."""


class Numbers(NamedTuple):
    """How many events a branch has, and their first and last number."""

    events: int
    first: int | None
    last: int | None


def copy(db: sqlite3.Connection, target: Path) -> None:
    """Write the whole database into one file, also while others write to it."""
    with closing(sqlite3.connect(target)) as written:
        db.backup(written, pages=2048)
        in_one_file(written)


def begin_new_history(db: sqlite3.Connection) -> None:
    """Give every branch's history another name: what follows now is not what followed before."""
    db.execute(f"UPDATE branches SET history = {NEW_NAME}")


def numbers(db: sqlite3.Connection, branch: int) -> Numbers:
    """Count the events of a branch."""
    sql = "SELECT COUNT(*), MIN(seq), MAX(seq) FROM events WHERE branch = ?"
    return first(db, Numbers, sql, (branch,)) or Numbers(0, None, None)


def put_branch(db: sqlite3.Connection, branch: int, code: str) -> None:
    """Add a branch under the number that it has in another file."""
    db.execute("INSERT INTO branches (id, code) VALUES (?, ?)", (branch, code))


def unlike(db: sqlite3.Connection, other: sqlite3.Connection, branch: int) -> Iterator[str]:
    """Yield the tables made from the log in which a branch has other rows in another file."""
    for table in MADE_FROM_THE_LOG:
        sql = f"SELECT * FROM {table} WHERE branch = ?"
        one, two = (sorted(each.execute(sql, (branch,)), key=repr) for each in (db, other))
        if one != two:
            yield table
