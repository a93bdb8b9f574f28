"""Owns what a device's page is opened with: the hall as it stands, for who holds a key.

A manager sees the same pages with the settings that are typed and not saved yet.
"""

from __future__ import annotations

import msgspec
from aiohttp import web

from server.api.snapshot import Snapshots, hall_now
from server.auth.access import Access, NotAllowed, NotLoggedIn
from server.auth.cookies import DEVICE_COOKIES
from server.branches import described
from server.domain.errors import Invalid, NotFound
from server.domain.roles import MANAGER_UP
from server.editing import saving
from server.lobby.media import shelf
from server.storage.queries import plans
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx
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


class DraftNow:
    """Gives the previews of kiosk and display the hall as one's own draft would have it."""

    def __init__(self, access: Access, snapshots: Snapshots, version: str) -> None:
        self._access = access
        self._snapshots = snapshots
        self._version = version

    async def __call__(self, request: web.Request) -> Laid | None:
        """Return the hall; None for who may not change the settings, and for a draft not right."""
        try:
            who = await self._access.require(request, MANAGER_UP)
            key = saving.draft_key(who.branch, who.actor.id)
            message = await self._snapshots.study(
                who.branch, who.actor, lambda tx: _drafted(tx, key, self._version)
            )
        except (NotAllowed, NotLoggedIn, Busy, Invalid, NotFound, Unavailable):
            return None
        return Laid(message)


def _drafted(tx: SqliteTx, key: str, version: str) -> bytes:
    draft = plans.get(tx.aside, tx.branch, key)
    if draft is not None:
        mine = saving.read(draft.settings)
        both = saving.together(tx.aside, tx.branch, draft.base, mine)
        tx.office = saving.kept_ids(described(both.settings), tx.office)
    return msgspec.json.encode(hall_now(tx, version))
