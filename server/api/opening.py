"""Owns what a device's page is opened with: the hall as it stands, for who holds a key."""

from __future__ import annotations

from aiohttp import web

from server.api.snapshot import Snapshots
from server.auth.access import DEVICE_COOKIES, Access
from server.domain.errors import NotFound
from server.storage.store import Busy, Unavailable


class HallNow:
    """Gives the pages of a kiosk or display the snapshot that their socket would begin with."""

    def __init__(self, access: Access, snapshots: Snapshots) -> None:
        self._access = access
        self._snapshots = snapshots

    async def __call__(self, request: web.Request, role: str) -> bytes | None:
        """Return the snapshot; None for a browser without a key, or when it cannot be had now."""
        secret = request.cookies.get(DEVICE_COOKIES.get(role, ""), "")
        try:
            who = await self._access.device(secret) if secret else None
            if who is None or who.actor.role != role:
                return None
            return (await self._snapshots.snapshot(who.branch))[1]
        except (Busy, NotFound, Unavailable):
            return None
