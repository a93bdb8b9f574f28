"""What a statement gave, as much of ``sqlite3.Cursor`` as the program uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


class Cursor:
    """Rows of one statement."""

    def __init__(self, rows: Sequence[tuple[Any, ...]], rowcount: int, names: list[str]) -> None:
        self._rows = iter(rows)
        self.rowcount = rowcount
        self.description = [(name,) for name in names]

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row."""
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the other rows."""
        return list(self._rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows
