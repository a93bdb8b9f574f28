"""Owns listening to the event socket in tests: what came, in which order."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.server.waiting import PATIENCE

Message = dict[str, Any]


async def first(socket: ClientConnection) -> Message:
    """Return the first message that is not a heartbeat."""
    while True:
        message: Message = json.loads(await socket.recv())
        if message["type"] != "heartbeat":
            return message


async def events_up_to(socket: ClientConnection, last: int) -> list[Message]:
    """Return the events that come, up to number ``last``."""
    found: list[Message] = []
    while not found or found[-1]["seq"] < last:
        message: Message = json.loads(await socket.recv())
        if message["type"] == "event":
            found.append(message)
    return found


async def ended(socket: ClientConnection) -> int | None:
    """Read until the server ends the socket; return its code, ``None`` without a good-bye."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                await socket.recv()
    except ConnectionClosed as closed:
        return None if closed.rcvd is None else closed.rcvd.code
