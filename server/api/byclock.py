"""Owns telling the screens what changes without an event: opening by the clock, estimates."""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from server.api.answers import service_answer
from server.api.snapshot import SCREEN, Snapshots
from server.domain.day import iso
from server.domain.errors import NotFound
from server.domain.events import Audience
from server.domain.quoting import told_right
from server.push.hub import Hub
from server.storage.store import Busy, Unavailable
from server.storage.transaction import SqliteTx

log = structlog.get_logger()
EVERY_SECONDS = 15.0
AT_ONCE_SECONDS = 0.25
"""How long after a counter changed, which moves every estimate; many at once are one."""
MOVES_ESTIMATES = frozenset({"counter_changed"})
FIELDS = ("code", "open", "estimate", "next_opening", "reason", "open_until", "starts")


class ByClock:
    """Tells all screens of a branch every few seconds, so that none of them asks."""

    def __init__(self, hub: Hub, snapshots: Snapshots) -> None:
        self._hub = hub
        self._snapshots = snapshots
        self._soon = asyncio.Event()

    def heard(self, kind: str) -> None:
        """Take the kind of an event that was just told."""
        if kind in MOVES_ESTIMATES:
            self._soon.set()

    async def run(self) -> None:
        """Tell, for ever."""
        while True:
            try:
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._soon.wait()
                    await asyncio.sleep(AT_ONCE_SECONDS)
            except TimeoutError:
                pass
            self._soon.clear()
            for branch in self._hub.listened():
                await self._tell(branch)

    async def _tell(self, branch: int) -> None:
        try:
            message = await self._snapshots.view(branch, SCREEN, services_now)
        except (NotFound, Busy, Unavailable) as error:
            log.warning("services_not_told", branch=branch, error=str(error))
        else:
            self._hub.feed(branch).tell(message, Audience.PUBLIC)


def services_now(tx: SqliteTx) -> bytes:
    """Return the message: what clock and estimate decide of each service; how right waits were."""
    language = tx.office.languages[0]
    services = [
        {field: getattr(answer, field) for field in FIELDS}
        for answer in (service_answer(tx, each, language) for each in tx.office.services)
    ]
    return msgspec.json.encode({
        "type": "services", "at": iso(tx.now), "services": services, "waits_right": told_right(tx),
    })  # fmt: skip
