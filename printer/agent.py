"""Owns the print agent: a small program beside a printer that takes jobs from the server.

It connects by itself, comes back by itself, confirms each job, and listens on no port.
"""

from __future__ import annotations

import asyncio
import os
import platform
import time
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec
import structlog

# Read by the library when it is imported: an agent in the hall should be back within seconds.
for _name, _seconds in (("INITIAL_DELAY", "1"), ("MIN_DELAY", "1"), ("MAX_DELAY", "10")):
    os.environ.setdefault(f"WEBSOCKETS_BACKOFF_{_name}", _seconds)

from websockets.asyncio.client import ClientConnection, connect  # noqa: E402 - see above
from websockets.exceptions import ConnectionClosed, InvalidStatus  # noqa: E402

from printer.agents import (  # noqa: E402
    ID_BYTES,
    MAX_JOB,
    PROTOCOL,
    FromAgent,
    Hello,
    ToAgent,
    Working,
)
from printer.errors import PrintError, WantsCommands, WantsPicture  # noqa: E402
from printer.transport import Looks, Transport  # noqa: E402

log = structlog.get_logger(__name__)

JOB_S = 15.0
"""Longest time without progress in one job, see ``printer.pace``."""
LOOK_S = 14.0
"""Longest time for a look at the printer; shorter than the server waits for the answer."""
_BEAT_S = 5.0
_WORKING_S = 2.0
_SINCE_2 = frozenset({"jammed", "paused", "rejecting", "no_queue", "no_service", "cancelled"})
_HELLO_SINCE = 3
_GO_AWAY = {401, 403, 404}


class Refused(Exception):
    """The server does not know this token (``unknown``), or it is no print agent's."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server answered {status}")
        self.unknown = status == HTTPStatus.UNAUTHORIZED


def socket_url(server: str) -> str:
    """Return the address of the agents' socket on a server.

    Raises:
        ValueError: ``server`` is no http or https address.
    """
    parts = urlsplit(server if "://" in server else f"http://{server}")
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme)
    if scheme is None or not parts.netloc:
        raise ValueError(f"'{server}' is no address of a server, such as http://192.0.2.1:8080")
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + "/api/agent", "", ""))


async def work(server: str, token: str, transport: Transport, version: str = "0") -> None:
    """Print what the server sends, until cancelled; ``version`` is the program's, for lists.

    Raises:
        Refused: the token is not valid.
    """
    headers = {"Authorization": f"Bearer {token}"}
    began = time.monotonic()
    try:
        async for socket in connect(
            socket_url(server), additional_headers=headers, max_size=MAX_JOB + ID_BYTES,
            ping_interval=_BEAT_S, ping_timeout=_BEAT_S, compression=None, proxy=None,
            process_exception=_worth_a_try,
            user_agent_header=f"Ramah-Agent/{version} ({platform.system()})",
        ):  # fmt: skip
            log.info("agent_connected")
            try:
                await _tell_of_oneself(socket, version, time.monotonic() - began)
                await _serve(socket, transport)
            except ConnectionClosed:
                log.warning("agent_lost_the_server")
    except InvalidStatus as error:
        raise Refused(error.response.status_code) from error


def _worth_a_try(error: Exception) -> Exception | None:
    """Return what should end the agent; everything else is tried again."""
    if isinstance(error, InvalidStatus):
        return error if error.response.status_code in _GO_AWAY else None
    return None if isinstance(error, (OSError, TimeoutError, EOFError)) else _other(error)


def _other(error: Exception) -> Exception | None:
    log.warning("agent_handshake", error=repr(error))
    return None


async def _tell_of_oneself(socket: ClientConnection, version: str, up_s: float) -> None:
    protocol = socket.response.headers.get(PROTOCOL, "") if socket.response is not None else ""
    if protocol.isdigit() and int(protocol) >= _HELLO_SINCE:
        hello = Hello(version, round(up_s), round(time.time() * 1000))
        await socket.send(msgspec.json.encode(hello).decode())


async def _serve(socket: ClientConnection, transport: Transport) -> None:
    modern = socket.response is not None and PROTOCOL in socket.response.headers
    async for message in socket:
        if isinstance(message, bytes):
            number = int.from_bytes(message[:ID_BYTES])
            working = _say_working(socket, number) if modern else asyncio.sleep(0)
            async with asyncio.TaskGroup() as group:
                beats = group.create_task(working)
                answer = await _print(number, message[ID_BYTES:], transport)
                beats.cancel()
        else:
            number = msgspec.json.decode(message, type=ToAgent).id
            answer = await _look(number, transport)
        if not modern and answer.error in _SINCE_2:
            answer = msgspec.structs.replace(answer, error="offline")
        await socket.send(msgspec.json.encode(answer).decode())


async def _say_working(socket: ClientConnection, number: int) -> None:
    while True:
        await asyncio.sleep(_WORKING_S)
        try:
            await socket.send(msgspec.json.encode(Working(number)).decode())
        except ConnectionClosed:
            return  # the paper on its way comes out all the same


async def _print(number: int, data: bytes, transport: Transport) -> FromAgent:
    low = isinstance(transport, Looks) and transport.paper_low
    try:
        how = await transport.send(data, timeout=JOB_S)
    except (WantsPicture, WantsCommands) as error:
        wants: Literal["picture", "commands"] = (
            "picture" if isinstance(error, WantsPicture) else "commands"
        )
        return FromAgent(number, error=error.kind, detail=error.detail, wants=wants)
    except PrintError as error:
        log.warning("agent_print_failed", error=str(error), unsure=error.unsure)
        return _failed(number, error, low=low)
    except Exception as error:  # a fault of ours; how far it came is not known
        log.exception("agent_transport_error")
        return FromAgent(number, error="io", detail=repr(error), unsure=True, paper_low=low)
    log.info("agent_printed", bytes=len(data), delivery=how)
    return FromAgent(number, how, paper_low=isinstance(transport, Looks) and transport.paper_low)


async def _look(number: int, transport: Transport) -> FromAgent:
    if not isinstance(transport, Looks):
        return FromAgent(number, "well", silent=True)
    try:
        answered = await transport.look(timeout=LOOK_S)
    except PrintError as error:
        return _failed(number, error, low=transport.paper_low)
    return FromAgent(number, "well", paper_low=transport.paper_low, silent=not answered)


def _failed(number: int, error: PrintError, *, low: bool) -> FromAgent:
    return FromAgent(
        number, error=error.kind, detail=error.detail, unsure=error.unsure, paper_low=low,
        unreached=error.unreached,
    )  # fmt: skip
