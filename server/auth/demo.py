"""Owns the demo's convenience: pages opened on the same machine are paired by themselves."""

from __future__ import annotations

from aiohttp import web

from server.auth.access import CARE, DISPLAY, Access, set_device_cookie
from server.auth.doorway import DOORWAY
from server.auth.registry import insert_token
from server.auth.secrets import new_token
from server.domain.tx import Actor
from server.storage.queries.keys import Paired, revoke_dark
from server.storage.store import Store
from server.storage.transaction import SqliteTx

GIVER = Actor("demo", "admin")
KEPT_MS = 600_000


class DemoPairing:
    """Gives the page of a device its key when a person opens it on this machine."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    async def __call__(self, request: web.Request, response: web.StreamResponse, role: str) -> None:
        """Pair the page that is being opened; it has no key yet."""
        # a page of comfort without a key is the visitors': that, too, is to be seen
        if role == CARE or not request.app[DOORWAY].from_this_machine(request):
            return
        branches = await self._store.branches()
        if len(branches) != 1:
            return  # an office of its own came into this folder: the demo is over
        (branch,) = branches
        token, name = new_token(), f"demo-{role}"

        def pair(tx: SqliteTx) -> None:
            # each browser tried gets a key of its own: without this they pile up as dark screens
            if role == DISPLAY:
                revoke_dark(tx.aside, branch, name, tx.now - KEPT_MS, tx.now)
            insert_token(tx.aside, branch, Paired(role, name), token, tx.new_id(), tx.now)

        await self._store.transact(branch, GIVER, pair)
        self._access.forget()
        set_device_cookie(request, response, role, token)
