"""Owns a database connection that lives in a thread of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite
import structlog

from server.storage.database import reading
from server.storage.dialect import prepare

T = TypeVar("T")
Query = Callable[[sqlite3.Connection], T]
log = structlog.get_logger()


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

    async def read(self, query: Query[T]) -> T:
        """Run ``query`` on one commit, whole, for as long as it lasts."""
        return await self.run(lambda db: _in_read(db, query))

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self._connection.close()


def _in_read(db: sqlite3.Connection, query: Query[T]) -> T:
    with reading(db):
        return query(db)


async def let_go(step: Coroutine[Any, Any, object]) -> None:
    """Do one step of closing; on a bad disk the next ones must come nevertheless."""
    try:
        await step
    except (sqlite3.Error, OSError) as error:
        log.warning("not_closed_well", why=str(error))
