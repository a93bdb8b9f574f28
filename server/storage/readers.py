"""Owns reading beside the writer: some connections for questions, one for those that take long."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from server.storage.thread import Query, Thread, let_go

T = TypeVar("T")


class Readers:
    """Connections that only read; whoever asks while all are in use waits for one."""

    def __init__(self, readers: Sequence[Thread], student: Thread) -> None:
        self._many = len(readers)
        self._free: asyncio.LifoQueue[Thread] = asyncio.LifoQueue()
        for each in readers:
            self._free.put_nowait(each)
        self._student = student
        self._studying = asyncio.Lock()

    async def read(self, query: Query[T]) -> T:
        """Run ``query`` on the last commit, whole."""
        reader = await self._free.get()
        try:
            return await reader.read(query)
        finally:
            self._free.put_nowait(reader)

    async def study(self, query: Query[T]) -> T:
        """Run a ``query`` that may take long; such ones wait for each other, nobody for them."""
        async with self._studying:
            return await self._student.read(query)

    async def close(self) -> None:
        """Close every connection, once what uses it is done."""
        for _ in range(self._many):
            await let_go((await self._free.get()).close())
        async with self._studying:
            await let_go(self._student.close())
