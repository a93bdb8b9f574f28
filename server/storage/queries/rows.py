"""How queries hand over what they found: as values with named fields."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Values = Sequence[Any] | Mapping[str, Any]


def every(db: sqlite3.Connection, kind: Callable[..., T], sql: str, values: Values = ()) -> list[T]:
    """Return all rows, each as a ``kind`` of its columns in their order."""
    return [kind(*row) for row in db.execute(sql, values)]


def first(
    db: sqlite3.Connection, kind: Callable[..., T], sql: str, values: Values = ()
) -> T | None:
    """Return the first row as a ``kind`` of its columns; ``None`` when there is none."""
    row = db.execute(sql, values).fetchone()
    return None if row is None else kind(*row)


def column(db: sqlite3.Connection, sql: str, values: Values = ()) -> list[Any]:
    """Return the one column of all rows."""
    return [value for (value,) in db.execute(sql, values)]


def value(db: sqlite3.Connection, sql: str, values: Values = ()) -> Any:  # noqa: ANN401 - as the column has it
    """Return the one value of the first row; ``None`` when there is none."""
    row = db.execute(sql, values).fetchone()
    return None if row is None else row[0]
