"""Owns what a server does that waits until older ones have ended: it passes everything on."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from server.app import version
from server.auth.doorway import Doorway, Network
from server.connections import Door, Guard
from server.door import raise_limit
from server.passing import Passing
from server.precedence import Precedence
from server.short import Handler, Ways


async def _let_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    return await handler(request)


@asynccontextmanager
async def passing_on(
    at: Sequence[socket.socket], proxies: Iterable[Network], where: Callable[[], str]
) -> AsyncIterator[None]:
    """Pass everything that comes ``at`` these sockets on to ``where`` while the block lasts.

    The sockets go on listening afterwards: who knocks then waits for this server to work itself.
    ``proxies``: whose word about the client counts.
    """
    doorway = Doorway(proxies)
    passing = Passing(doorway)
    program = version()

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/healthz":  # this process lives
            return web.json_response({"status": "waits", "version": program})
        return await passing.answer(request, where())

    app = web.Application(client_max_size=0)
    app.router.add_route("*", "/{rest:.*}", answer)
    guard = Guard(raise_limit(), doorway.trusts, passing.__len__, Precedence())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        async with asyncio.TaskGroup() as group:
            sweeping = group.create_task(guard.run())
            try:
                await Door(runner, "", 0, guard, Ways(app, _let_in), at=at).start()
                yield
            finally:
                sweeping.cancel()
                await passing.close()
    finally:
        await runner.cleanup()
