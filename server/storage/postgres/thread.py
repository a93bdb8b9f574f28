"""A connection to PostgreSQL in a thread of its own, as the store uses SQLite's."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

from server.storage.postgres.connection import PATIENCE_S, Postgres
from server.storage.thread import Query, Thread

T = TypeVar("T")


class CityThread(Thread):
    """Runs whole functions in its thread, with the connection."""

    def __init__(
        self, address: str, *, readonly: bool = False, patience: float = PATIENCE_S
    ) -> None:
        self._thread = ThreadPoolExecutor(1, "postgres")
        self._thread.submit(int)  # begun now: later the cores of who asks first would be its own
        self._address = address
        self._readonly = readonly
        self._patience = patience
        self._line: Postgres | None = None

    def _with_line(self, function: Query[T]) -> T:
        if self._line is None:
            self._line = Postgres(self._address, readonly=self._readonly, patience=self._patience)
        return function(cast("sqlite3.Connection", self._line))

    async def run(self, function: Query[T]) -> T:
        """Run ``function`` in the thread, with the connection."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._with_line, function)

    async def close(self) -> None:
        """Close the connection and end the thread."""
        if self._line is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._line.close)
        self._thread.shutdown(wait=False)
