"""Owns what happens by the clock: closing past business days, forgetting old request keys."""

from __future__ import annotations

import asyncio

import structlog

from server.domain.closing import close_past_days
from server.domain.tx import Actor
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx

EVERY_SECONDS = 15.0
REQUESTS_KEPT_MS = 48 * 3_600_000
CLOCK = Actor("clock", "system")
log = structlog.get_logger()


class Housekeeping:
    """Runs at start and then four times a minute; doing it twice changes nothing."""

    def __init__(self, store: Store, *, close_counters: bool) -> None:
        self._store = store
        self._close_counters = close_counters

    async def run(self) -> None:
        """Keep house, for ever."""
        while True:
            for branch in await self._store.branches():
                try:
                    await self._store.transact(branch, CLOCK, self._tidy)
                except (Busy, Unavailable) as error:
                    log.warning("housekeeping_put_off", branch=branch, why=repr(error))
            await asyncio.sleep(EVERY_SECONDS)

    def _tidy(self, tx: SqliteTx) -> None:
        if not tx.configured:
            return
        left = close_past_days(tx, close_counters=self._close_counters)
        if left:
            log.info("days_closed", branch=tx.office.code, left_over=left)
        tx.aside.execute("DELETE FROM requests WHERE at < ?", (tx.now - REQUESTS_KEPT_MS,))
