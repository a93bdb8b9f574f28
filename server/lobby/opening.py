"""Owns what a device's page is opened with: the hall as it stands, for who holds a key."""

from __future__ import annotations

from aiohttp import web

from server.api.snapshot import Snapshots
from server.auth.access import DEVICE_COOKIES, Access
from server.domain.errors import NotFound
from server.lobby.media import shelf
from server.storage.store import Busy, Store, Unavailable
from web.opening import Laid


class HallNow:
    """Gives the pages of a kiosk or display the snapshot that their socket would begin with."""

    def __init__(self, access: Access, snapshots: Snapshots, store: Store) -> None:
        self._access = access
        self._snapshots = snapshots
        self._store = store

    async def __call__(self, request: web.Request, role: str) -> Laid | None:
        """Return the hall; None for a browser without a key, or when it cannot be had now."""
        secret = request.cookies.get(DEVICE_COOKIES.get(role, ""), "")
        try:
            who = await self._access.device(secret) if secret else None
            if who is None or who.actor.role != role:
                return None
            device = who.actor.id.removeprefix("token:")
            shows = await self._store.read(lambda db: shelf.shows_of(db, device))
            _, message = await self._snapshots.snapshot(who.branch)
        except (Busy, NotFound, Unavailable):
            return None
        return Laid(message, shows.services, shows.counters)
