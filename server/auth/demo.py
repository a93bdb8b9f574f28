"""Owns the demo's convenience: pages opened on the same machine are paired by themselves."""

from __future__ import annotations

from aiohttp import web

from server.api.health import from_this_machine
from server.auth.access import DEVICE_COOKIES, Access, set_device_cookie
from server.auth.registry import insert_token
from server.auth.secrets import new_token
from server.domain.tx import Actor
from server.storage.store import Store

GIVER = Actor("demo", "admin")


class DemoPairing:
    """Gives a kiosk or display page its device key when a person opens it on this machine."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    async def __call__(self, request: web.Request, response: web.StreamResponse, role: str) -> None:
        """Pair the page that is being opened, if it is one of ours and not paired yet."""
        if role not in DEVICE_COOKIES or not from_this_machine(request):
            return
        if await self._is_paired(request, role):
            return
        branch = min(await self._store.branches())
        token = new_token()
        await self._store.transact(
            branch,
            GIVER,
            lambda tx: insert_token(
                tx.aside, branch, role, f"demo-{role}", token, tx.new_id(), tx.now
            ),
        )
        set_device_cookie(request, response, role, token)

    async def _is_paired(self, request: web.Request, role: str) -> bool:
        secret = request.cookies.get(DEVICE_COOKIES[role], "")
        return await self._access.device(secret) is not None
