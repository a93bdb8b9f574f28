"""Revocation of event sockets: who may no longer listen is sent away (lost screen, ended login)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from aiohttp import web

from server.auth.access import Access, Who
from server.push.frames import POLICY
from server.push.hub import Hub

ROUND_SECONDS = 60.0
"""Logins run out by the clock, which tells nobody; they are looked for so often."""


class RevokedSockets:
    """Asks again who everybody on the feed is: at once after a change, and each minute."""

    def __init__(
        self, access: Access, hub: Hub, agents: Mapping[web.WebSocketResponse, Who]
    ) -> None:
        self._access = access
        self._hub = hub
        self._agents = agents

    async def run(self) -> None:
        """Watch, for ever."""
        changed = self._access.changed
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ROUND_SECONDS):
                    await changed.wait()
            changed.clear()
            await self.check()

    async def check(self) -> None:
        """End the sockets of those whose key or login does not hold any more (1008)."""
        inside = {each.who for each in self._hub.sockets()} | set(self._agents.values())
        if not inside:
            return
        gone = await self._access.no_longer(inside)
        for socket in [each for each in self._hub.sockets() if each.who in gone]:
            socket.end(POLICY)
        for agent in [each for each, who in self._agents.items() if who in gone]:
            await agent.close(code=POLICY)
