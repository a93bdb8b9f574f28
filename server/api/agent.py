"""Owns the socket of print agents: papers go out, answers come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec
import structlog
from aiohttp import WSMsgType, web

from printer.agents import PROTOCOL, Connection, FromAgent, Hello
from server.api.problems import Rejected
from server.api.routing import Call, Route
from server.domain.day import Millis
from server.domain.roles import AGENT
from server.domain.words import marked as _
from server.fleet.browsers import browser_of
from server.fleet.looks import ERROR, Look
from server.papers import agent_key

log = structlog.get_logger()

PING_SECONDS = 5.0
MAX_MESSAGE = 4096


async def agent(call: Call) -> web.StreamResponse:
    """Open the socket of a print agent; its name is that of its token."""
    socket = web.WebSocketResponse(
        heartbeat=PING_SECONDS, compress=False, max_msg_size=MAX_MESSAGE, timeout=2.0
    )
    if not socket.can_prepare(call.request).ok:
        raise Rejected(
            400, "not-a-websocket", _("This address is for websockets."), field="Upgrade"
        )
    socket.headers[PROTOCOL] = "3"
    await socket.prepare(call.request)
    name = call.who.actor.name
    key = agent_key(call.who.branch, name)

    async def send(message: bytes | str) -> None:
        if isinstance(message, bytes):
            await socket.send_bytes(message)
        else:
            await socket.send_str(message)

    browser = browser_of(call.request.headers.get("User-Agent", ""))
    look = call.hall.looks.met(call.who, call.client, browser)
    connection = Connection(send, partial(_note, call.hall.store.clock, look))
    if call.hall.agents.join(key, connection) is not None:
        log.warning("agent_replaced", agent=name)
    log.info("agent_connected", agent=name)
    call.hall.agent_joined()
    call.hall.agent_sockets[socket] = call.who
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                connection.heard(message.data)
    except (msgspec.DecodeError, RecursionError) as error:
        log.warning("agent_not_understood", agent=name, error=str(error))
    finally:
        del call.hall.agent_sockets[socket]
        call.hall.looks.still_here(call.who.actor.id.removeprefix("token:"))
        call.hall.agents.leave(key, connection)
        log.info("agent_gone", agent=name)
        if not socket.closed:
            await asyncio.shield(socket.close())
    return socket


def _note(clock: Callable[[], Millis], look: Look | None, said: FromAgent | Hello) -> None:
    """Keep what an agent tells of itself: when it came, when it printed, what went wrong."""
    if look is None:
        return
    look.at = now = clock()
    if isinstance(said, Hello):
        look.version, look.skew_ms = _plain(said.version)[:40], said.clock - now
        look.up_at = now - max(0, said.up) * 1000
    elif said.error is not None:
        look.errors += 1
        look.error, look.error_at = _plain(f"{said.error}: {said.detail}")[:ERROR], now
    elif said.result != "well":
        look.used_at = now


def _plain(text: str) -> str:
    return "".join(each for each in text if each.isprintable())


ROUTES = [
    Route(
        "GET", "/api/agent", agent, frozenset({AGENT}),
        "Websocket of a print agent: jobs as bytes, answers as text", status=101,
    ),
]  # fmt: skip
