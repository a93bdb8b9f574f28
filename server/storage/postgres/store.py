"""The store over PostgreSQL: a server among others.

Others' commits are heard (``LISTEN``) and, as a line that broke says nothing, looked for each
second. Which server has which branch is told by leases (``owners``).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from server.domain.day import Millis
from server.domain.words import marked as _
from server.storage.database import STUDY_S
from server.storage.moments import clock_of
from server.storage.owners import Own, Owners
from server.storage.postgres.ear import Ear
from server.storage.postgres.owners import CityOwners
from server.storage.postgres.thread import CityThread
from server.storage.postgres.writer import CityWriter
from server.storage.readers import Readers
from server.storage.store import WATCH_SECONDS, Store

REST_S = 0.01
"""Between two looks at what others did: each takes the writer's thread a few rounds."""
log = structlog.get_logger()


class CityStore(Store):
    """The log and its tables in a PostgreSQL database that other servers use as well."""

    _writer_of = CityWriter
    away = _("The server cannot work just now. Please wait a moment.")
    _rules: CityWriter
    _ear: Ear

    @classmethod
    async def at(
        cls, address: str, *, readers: int = 2, clock: Callable[[], Millis] | None = None,
        own: Own | None = None,
    ) -> CityStore:  # fmt: skip
        """Open a database whose tables are this program's.

        ``own``: where the others reach this server; ``None`` for a program that takes no part.
        """
        writer = CityThread(address)
        known = await clock_of(writer, clock)
        looking = partial(CityThread, address, readonly=True)
        many = Readers([looking() for _ in range(readers)], looking(patience=STUDY_S))
        store = cls(writer, None, many, looking(), known)
        store._ear = Ear(address)
        store.owners = Owners() if own is None else CityOwners(address, own)
        await store._begin()
        return store

    def _works(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return super()._works() | {"listen": self._ear.listen}

    def _rush_waits(self) -> bool:
        """Decide nothing apart from the database: only it says what others did."""
        return False

    async def _watch(self) -> None:
        """Follow what other servers and the command line commit."""
        while True:
            heard = await self._ear.heard(WATCH_SECONDS)
            if heard.owners:
                self.owners.look()
            if heard.beside:
                self.on_outside_change()  # first: who was logged out is to be forgotten at once
            try:
                if heard.beside:
                    await self._writer.run(lambda _db: self._rules.forget_beside())
                wanted = None if heard.all else heard.branches
                published = await self._writer.run(partial(self._rules.missed, branches=wanted))
            except sqlite3.Error as error:
                log.warning("watch_failed", error=str(error))
                continue
            if published:
                self.on_events(published)
            if any(each.kind == "configured" for each in published):
                self.owners.look()  # it may be a new branch
            await asyncio.sleep(REST_S)

    async def close(self) -> None:
        """Finish what was accepted, close every connection, and let other servers go on."""
        await super().close()
        await self.owners.let_go()
