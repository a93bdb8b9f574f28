"""Asks whether the database can be written, however many want to know at once."""

from __future__ import annotations

import asyncio
import sqlite3
import time

from server.storage.database import probe
from server.storage.thread import Thread
from server.storage.work import never_mind
from server.storage.writer import Unavailable

PROBED_SECONDS = 0.25
PROBE_S = 5.0


class Probe:
    """Writes nothing, durably: takes the write lock and commits."""

    def __init__(self, writer: Thread) -> None:
        self._writer = writer
        self._probed: asyncio.Task[None] | None = None
        self._probed_at = 0.0

    async def ask(self) -> None:
        """Try it. Who asks at the same moment shares one commit: anybody may, as often as wished.

        Raises:
            Unavailable: the database cannot be written, or not within ``PROBE_S``.
        """
        now = time.monotonic()
        old = now - self._probed_at > PROBED_SECONDS
        if self._probed is None or (self._probed.done() and old):
            self._probed_at = now
            self._probed = asyncio.get_running_loop().create_task(self._writer.run(probe))
            self._probed.add_done_callback(never_mind)  # all may have gone when a stuck disk breaks
        try:
            async with asyncio.timeout(PROBE_S):
                await asyncio.shield(self._probed)
        except TimeoutError:
            raise Unavailable("the disk does not answer") from None
        except sqlite3.Error as error:
            raise Unavailable(str(error)) from error
