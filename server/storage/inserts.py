"""Owns new rows that wait in memory and are written together.

One statement for many rows costs the database thread one hand-over of the interpreter lock
instead of one for each row; beside a busy event loop those hand-overs were the largest part of
a ticket's time.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import Any

LARGEST = 32
"""Rows of the largest statement; each number of rows has a statement of its own."""


class Inserts:
    """New rows of one table, in order."""

    def __init__(
        self, db: sqlite3.Connection, table: str, columns: str, if_there: str = ""
    ) -> None:
        self._db = db
        self._table = table
        self._columns = columns
        self._if_there = if_there
        self._rows: list[tuple[Any, ...]] = []

    def add(self, *row: object) -> None:
        """Take a row; it is in the table after ``flush``."""
        self._rows.append(row)

    def flush(self) -> None:
        """Write the rows that wait.

        Raises:
            sqlite3.IntegrityError: one of them hits a constraint.
        """
        rows = self._rows
        if not isinstance(self._db, sqlite3.Connection):
            if rows:
                self._db.insert(self._table, self._columns, rows, self._if_there)
                self._rows = []
            return
        for start in range(0, len(rows), LARGEST):
            part = rows[start : start + LARGEST]
            values = [value for row in part for value in row]
            statement = _statement(self._table, self._columns, len(part), self._if_there)
            self._db.execute(statement, values)
        self._rows = []

    def forget(self) -> None:
        """Drop the rows that wait, after a rollback."""
        self._rows = []

    def __len__(self) -> int:
        return len(self._rows)


@cache
def _statement(table: str, columns: str, rows: int, if_there: str) -> str:
    row = "(" + ", ".join("?" * len(columns.split(","))) + ")"
    return f"INSERT INTO {table} ({columns}) VALUES " + ", ".join([row] * rows) + if_there  # noqa: S608
