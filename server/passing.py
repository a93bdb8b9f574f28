"""Owns what a server does that waits for its turn: it passes everything on to the one that works.

So any server of a store takes any request and any screen, and no balancer has to know which of
them works. What it says of the client (``X-Forwarded-*``) counts at the other one because each
server tells its addresses in the database they share (``server.storage.postgres.turn``).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

import structlog
from aiohttp import (
    ClientConnectionError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    DummyCookieJar,
    TCPConnector,
    WSMessage,
    WSMsgType,
    WSServerHandshakeError,
    web,
)
from multidict import CIMultiDict
from yarl import URL

from server.api.problems import problem
from server.app import version
from server.auth.doorway import Doorway, Network
from server.connections import Door, Guard, raise_limit
from server.domain.words import marked as _
from server.precedence import Precedence
from server.short import Handler, Ways
from web.i18n import Catalogs, negotiate

CONNECT_S, SILENT_S = 3.0, 90.0
"""To reach the other server, and how long it may say nothing amid an answer."""
AGAIN_S = 2
GOES = 1012
"""Close code "service restart": screens come back by themselves (RFC 6455, IANA registry)."""
STEP_BY_STEP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers of one connection, never passed on (RFC 9110, 7.6.1)."""
TOLD_ANEW = frozenset({"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded"})
MOST_SAID = 64 * 1024
"""Bytes of one message of a screen; what the other server says may be longer."""
REFUSED = "The server that works refused this socket."
NOBODY = _("The server cannot work just now. Please wait a moment.")
log = structlog.get_logger()


class Passing:
    """Passes requests and event sockets on.

    Args:
        where: address of the server that works (``http://HOST:PORT``), "" while none is known.
        doorway: tells which proxies' word about the client counts.
    """

    def __init__(self, where: Callable[[], str], doorway: Doorway) -> None:
        self._where = where
        self._doorway = doorway
        self._catalogs = Catalogs.load()
        self._version = version()
        self._sockets: set[web.WebSocketResponse] = set()
        self._session = ClientSession(
            connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar(), auto_decompress=False,
            timeout=ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=SILENT_S),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )  # fmt: skip

    def __len__(self) -> int:
        """Return how many event sockets are passed on."""
        return len(self._sockets)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as the other server does; 503 with ``Retry-After`` while it cannot be reached.

        ``/healthz`` is answered here: this process lives.
        """
        if request.path == "/healthz":
            return web.json_response({"status": "waits", "version": self._version})
        try:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._socket(request)
            return await self._plain(request)
        except (ClientError, TimeoutError) as error:
            log.warning("not_passed_on", method=request.method, why=repr(error))
            asked = request.headers.get("Accept-Language", "")
            words = self._catalogs.translate(negotiate(asked, self._catalogs.languages), NOBODY)
            return problem(503, "unavailable", words, retry_after=AGAIN_S)

    async def close(self) -> None:
        """Send every screen away, so that it comes back, and let the other server go."""
        await asyncio.gather(
            *(each.close(code=GOES) for each in list(self._sockets)), return_exceptions=True
        )
        await self._session.close()

    def _target(self, request: web.Request) -> URL:
        base = self._where()
        if not base:
            raise ClientConnectionError("nobody works")
        return URL(base + request.raw_path, encoded=True)

    async def _plain(self, request: web.Request) -> web.StreamResponse:
        async with self._session.request(
            request.method, self._target(request), headers=told_of(request, self._doorway),
            data=request.content if request.can_read_body else None, allow_redirects=False,
        ) as got:  # fmt: skip
            answer = web.StreamResponse(
                status=got.status, reason=got.reason, headers=passed_on(got.headers)
            )
            await answer.prepare(request)
            try:
                async for part in got.content.iter_any():
                    await answer.write(part)
            except (ClientError, TimeoutError):
                # half an answer must not look like a whole one
                if request.transport is not None:
                    request.transport.abort()
                return answer
            await answer.write_eof()
            return answer

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        headers = told_of(request, self._doorway)
        wanted = [
            each.strip()
            for each in ",".join(headers.popall("Sec-WebSocket-Protocol", [])).split(",")
            if each.strip()
        ]
        for name in [each for each in headers if each.lower().startswith("sec-websocket-")]:
            headers.popall(name, None)
        try:
            there = await self._session.ws_connect(
                self._target(request), headers=headers, protocols=wanted, autoping=False,
                autoclose=False, max_msg_size=0,
            )  # fmt: skip
        except WSServerHandshakeError as error:
            # of its answer only the head is known: a length without its body would be waited for
            return problem(error.status, "not-passed-on", REFUSED)
        here = web.WebSocketResponse(
            protocols=[there.protocol] if there.protocol else (), autoping=False, autoclose=False,
            max_msg_size=MOST_SAID,
        )  # fmt: skip
        self._sockets.add(here)
        try:
            await here.prepare(request)
            await _both_ways(here, there)
        finally:
            self._sockets.discard(here)
            await there.close()
        return here


def told_of(request: web.Request, doorway: Doorway) -> CIMultiDict[str]:
    """Return the headers for the other server: the client's own, and where it comes from.

    What a client says of itself in ``X-Forwarded-*`` is left out, unless it is a trusted proxy.
    """
    headers = passed_on(request.headers)
    for name in TOLD_ANEW:
        headers.popall(name, None)
    hops = [request.remote or ""]
    if doorway.trusts(hops[0]):
        hops = [*request.headers.getall("X-Forwarded-For", []), *hops]
        if "X-Forwarded-Host" in request.headers:
            headers["X-Forwarded-Host"] = request.headers["X-Forwarded-Host"]
    headers["X-Forwarded-For"] = ", ".join(hops)
    headers["X-Forwarded-Proto"] = "https" if doorway.secure(request) else "http"
    return headers


def passed_on(headers: Mapping[str, str]) -> CIMultiDict[str]:
    """Return the headers without those that concern one connection only."""
    kept = CIMultiDict(headers)
    named = {each.strip().lower() for each in ",".join(kept.getall("Connection", [])).split(",")}
    for name in {each.lower() for each in kept} & (STEP_BY_STEP | named):
        kept.popall(name)
    return kept


async def _both_ways(here: web.WebSocketResponse, there: ClientWebSocketResponse) -> None:
    """Pass messages on until one side ends, then end the other one with the same code."""
    async with asyncio.TaskGroup() as group:
        ways = [group.create_task(_one_way(*pair)) for pair in ((here, there), (there, here))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for each in ways:
            each.cancel()
    code = there.close_code or here.close_code or GOES
    await asyncio.gather(here.close(code=code), there.close(code=code), return_exceptions=True)


Side = web.WebSocketResponse | ClientWebSocketResponse


async def _one_way(source: Side, sink: Side) -> None:
    with suppress(ConnectionError):  # the other side is gone: its own way ends too
        await _messages(source, sink)


async def _messages(source: Side, sink: Side) -> None:
    while True:
        message: WSMessage = await source.receive()
        match message.type:
            case WSMsgType.TEXT:
                await sink.send_str(message.data)
            case WSMsgType.BINARY:
                await sink.send_bytes(message.data)
            case WSMsgType.PING:
                await sink.ping(message.data)
            case WSMsgType.PONG:
                await sink.pong(message.data)
            case _:
                return


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
    passing = Passing(where, doorway)
    app = web.Application(client_max_size=0)
    app.router.add_route("*", "/{rest:.*}", passing.answer)
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
