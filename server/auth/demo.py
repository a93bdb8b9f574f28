"""Owns the demo's convenience: pages opened on the same machine are paired by themselves.

Where an office of one's own was set up beside the demo, ``?hall=demo`` and ``?hall=own`` say which
of the two a page is of; the other one's key waits in this browser meanwhile.
"""

from __future__ import annotations

import sqlite3

from aiohttp import web

from server.auth.access import Access, Who, put_cookie, set_device_cookie
from server.auth.cookies import DEVICE_COOKIES
from server.auth.demo_people import demo_branches
from server.auth.doorway import DOORWAY
from server.auth.registry import insert_token
from server.auth.secrets import new_token
from server.domain.roles import CARE, DISPLAY
from server.domain.tx import Actor
from server.storage.queries import offices, setup
from server.storage.queries.keys import Paired, revoke_dark
from server.storage.store import Store
from server.storage.transaction import SqliteTx

GIVER = Actor("demo", "admin")
KEPT_MS = 600_000
ASIDE = "ramah_own_{role}"
"""Cookie with the key of one's own office while the page is the demo's."""


class DemoPairing:
    """Gives the page of a device its key when a person opens it on this machine."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    async def __call__(
        self, request: web.Request, response: web.Response, role: str, who: Who | None
    ) -> bool:
        """Give the page that is being opened another key, or none; return whether it was done."""
        # a page of comfort without a key is the visitors': that, too, is to be seen
        if role == CARE:
            return False
        wanted = request.query.get("hall")
        if (who is not None and wanted is None) or not request.app[DOORWAY].from_this_machine(
            request
        ):
            return False
        branch = await self._demo()
        if branch is None:
            return False
        if wanted == "own":
            return self._give_back(request, response, role, who, branch)
        if who is not None and who.branch == branch:
            return False
        if who is not None:
            own = request.cookies[DEVICE_COOKIES[role]]
            put_cookie(request, response, ASIDE.format(role=role), own)
        await self._pair(request, response, role, branch)
        return True

    async def _demo(self) -> int | None:
        """Return the demo's branch; none when another office moved into its folder."""

        def query(db: sqlite3.Connection) -> int | None:
            demos = demo_branches(db)
            alone = len(offices.branches(db)) == 1 or setup.state(db).beside_demo
            return min(demos) if demos and alone else None

        return await self._store.read(query, asked=False)

    def _give_back(
        self, request: web.Request, response: web.Response, role: str, who: Who | None, demo: int
    ) -> bool:
        if who is not None and who.branch != demo:
            return False
        own = request.cookies.get(ASIDE.format(role=role))
        if own:
            set_device_cookie(request, response, role, own)
        elif who is not None:
            response.del_cookie(DEVICE_COOKIES[role], path="/")
        return True

    async def _pair(
        self, request: web.Request, response: web.Response, role: str, branch: int
    ) -> None:
        token, name = new_token(), f"demo-{role}"

        def pair(tx: SqliteTx) -> None:
            # each browser tried gets a key of its own: without this they pile up as dark screens
            if role == DISPLAY:
                revoke_dark(tx.aside, branch, name, tx.now - KEPT_MS, tx.now)
            insert_token(tx.aside, branch, Paired(role, name), token, tx.new_id(), tx.now)

        await self._store.transact(branch, GIVER, pair)
        self._access.forget()
        set_device_cookie(request, response, role, token)
