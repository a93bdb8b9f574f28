"""Owns a database connection that lives in a thread of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from server.storage.database import prepare

T = TypeVar("T")
Query = Callable[[sqlite3.Connection], T]


class Thread:
    """One aiosqlite connection, used only to run whole functions in its thread."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, path: Path, *, readonly: bool) -> Self:
        """Open a connection and its thread."""
        connection = await aiosqlite.connect(path, isolation_level=None, cached_statements=512)
        thread = cls(connection)
        await thread.run(lambda db: prepare(db, readonly=readonly))
        return thread

    async def run(self, function: Query[T]) -> T:
        """Run ``function`` in the thread, with the connection."""
        execute: Any = self._connection._execute  # noqa: SLF001 - this class is its only user
        result: T = await execute(
            function,
            self._connection._conn,  # noqa: SLF001
        )
        return result

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self._connection.close()
