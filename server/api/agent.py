"""Owns the socket of print agents: papers go out, answers come back."""

from __future__ import annotations

import asyncio

import msgspec
import structlog
from aiohttp import WSMsgType, web

from printer.agents import PROTOCOL, Connection
from server.api.problems import Rejected
from server.api.routing import Call, Route
from server.auth.access import AGENT
from server.domain.words import marked as _
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
    socket.headers[PROTOCOL] = "2"
    await socket.prepare(call.request)
    name = call.who.actor.name
    key = agent_key(call.who.branch, name)

    async def send(message: bytes | str) -> None:
        if isinstance(message, bytes):
            await socket.send_bytes(message)
        else:
            await socket.send_str(message)

    connection = Connection(send)
    if call.hall.agents.join(key, connection) is not None:
        log.warning("agent_replaced", agent=name)
    log.info("agent_connected", agent=name)
    call.hall.agent_joined()
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                connection.heard(message.data)
    except msgspec.DecodeError as error:
        log.warning("agent_not_understood", agent=name, error=str(error))
    finally:
        call.hall.agents.leave(key, connection)
        log.info("agent_gone", agent=name)
        if not socket.closed:
            await asyncio.shield(socket.close())
    return socket


ROUTES = [
    Route(
        "GET", "/api/agent", agent, frozenset({AGENT}),
        "Websocket of a print agent: jobs as bytes, answers as text", status=101,
    ),
]  # fmt: skip
