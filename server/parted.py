"""What this server begins and ends when branches come to it, or go to another one of its store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from aiohttp import web

from printer.spool import Spool
from server.auth.access import Who
from server.fleet.looks import Looks
from server.push.frames import RESTART
from server.push.hub import Hub
from server.storage.owners import Branches
from server.storage.store import Store

LOOK_S = 5.0
FINISH_S = 10.0
"""How long what is under way for a branch may take before another server has it."""


class Parted:
    """Follows which branches this server has.

    Args:
        hub, agents: where screens and print agents listen.

    Attributes:
        finish: what is waited for before others have branches.
        on_taken: told each branch that this server has from now on.
        on_moved: all called when branches came or went.
        misplaced: whether sockets of a branch are better off at another server.
    """

    def __init__(
        self, store: Store, spool: Spool, looks: Looks, hub: Hub,
        agents: Mapping[web.WebSocketResponse, Who],
    ) -> None:  # fmt: skip
        self._store = store
        self._spool = spool
        self._looks = looks
        self._hub = hub
        self._agents = agents
        self.finish: list[Callable[[], Awaitable[object]]] = [spool.reloaded]
        self.on_taken: Callable[[int], None] = lambda _branch: None
        self.on_moved: list[Callable[[], None]] = []
        self.misplaced: Callable[[int], bool] = lambda _branch: False
        owners = store.owners
        owners.on_taken, owners.on_leaving, owners.on_left = self._took, self._leave, self._left

    async def run(self) -> None:
        """Send sockets on that are better off elsewhere, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self._send_on()

    async def _took(self, branches: Branches) -> None:
        """Begin to work for branches."""
        for branch in filter(self._store.owners.has, branches):
            self.on_taken(branch)
        await self._looks.read()
        self._moved()

    async def _leave(self, _branches: Branches) -> None:
        """Finish what is under way for branches that are not this server's any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_S):
                await asyncio.gather(*(each() for each in self.finish))
        await self._looks.flush()

    async def _left(self, branches: Branches) -> None:
        """End what is left of branches that others have now."""
        for branch in branches:
            self._store.foretold.pop(branch, None)
        self._moved()
        await self._send_on()

    def _moved(self) -> None:
        self._spool.reload()
        for told in self.on_moved:
            told()

    async def _send_on(self) -> None:
        """Let screens and agents come to the server that has their branch."""
        for branch in filter(self.misplaced, self._hub.listened()):
            self._hub.send_away(branch, RESTART)
        for agent in [each for each, who in self._agents.items() if self.misplaced(who.branch)]:
            await agent.close(code=RESTART)
