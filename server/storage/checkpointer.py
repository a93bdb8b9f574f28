"""Owns moving commits from the write-ahead log into the database, beside the writer.

Left to the writer, this work would fall into the answer of one unlucky request.
"""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Self

import structlog

from server.storage.dialect import checkpoint
from server.storage.thread import Thread, let_go

EVERY_SECONDS = 0.5
log = structlog.get_logger()


class Checkpointer:
    """A connection of its own, that checkpoints for ever."""

    def __init__(self, thread: Thread) -> None:
        self._thread = thread

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open its connection to the database ``path``."""
        return cls(await Thread.open(path, readonly=False))

    async def run(self) -> None:
        """Checkpoint, for ever."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self._thread.run(checkpoint)
            except sqlite3.Error as error:
                log.warning("checkpoint_failed", error=str(error))

    async def close(self) -> None:
        """Close the connection; a bad disk is told."""
        await let_go(self._thread.close())
