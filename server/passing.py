"""Owns passing requests and event sockets on to another server of the same store.

So any server takes any request and any screen, and no balancer has to know which of them has which
branch. What it says of the client (``X-Forwarded-*``) counts at the other one because each server
tells its addresses in the database they share (``server.storage.postgres.owners``).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import structlog
from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ConnectionTimeoutError,
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
from server.auth.doorway import Doorway
from server.domain.words import marked as _
from web.i18n import Catalogs, negotiate

CONNECT_S, SILENT_S = 3.0, 90.0
"""To reach the other server, and how long it may say nothing amid an answer."""
AGAIN_S = 2
LEFT_ALONE_S = 1.0
"""A server that could not be reached is not tried again for so long."""
WELL_S = 15.0
"""After so long without a failure screens are sent to it again."""
GOES = 1012
"""Close code "service restart": screens come back by themselves (RFC 6455, IANA registry)."""
PASSED = "Ramah-Passed"
"""Header with the name of the server that passes on to another one, which then answers itself."""
STEP_BY_STEP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers of one connection, never passed on (RFC 9110, 7.6.1)."""
TOLD_ANEW = frozenset({
    "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", PASSED.lower(),
})  # fmt: skip
MOST_SAID = 64 * 1024
"""Bytes of one message of a screen; what the other server says may be longer."""
REFUSED = "The server that works refused this socket."
NOBODY = _("The server cannot work just now. Please wait a moment.")
NOT_REACHED = (ClientConnectorError, ConnectionTimeoutError)
"""Nothing was sent: whoever else answers does nothing twice."""
log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Passing:
    """Passes requests and event sockets on.

    Args:
        doorway: tells which proxies' word about the client counts.
        name: that the other servers know this one by; nobody else may say that it passes on.
    """

    def __init__(self, doorway: Doorway, name: str = "") -> None:
        self._doorway = doorway
        self._name = name
        self._catalogs = Catalogs.load()
        self._sockets: dict[web.WebSocketResponse, str] = {}
        self._limits: dict[asyncio.Timeout, str] = {}
        self._silent: dict[str, float] = {}
        self._closing: set[asyncio.Task[bool]] = set()
        self._session = ClientSession(
            connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar(), auto_decompress=False,
            timeout=ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=SILENT_S),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )  # fmt: skip

    def __len__(self) -> int:
        """Return how many event sockets are passed on."""
        return len(self._sockets)

    async def answer(
        self, request: web.Request, url: str, here: Handler | None = None
    ) -> web.StreamResponse:
        """Answer as the server at ``url`` does.

        Should it not be reached, or go amid a question that may safely be asked again, ``here``
        answers; without it, or when nobody knows what was done, 503 with ``Retry-After``.
        """
        if here is not None and time.monotonic() < self._silent.get(url, 0.0):
            return await here(request)
        try:
            if self._session.closed:
                raise ClientConnectionError("this server begins to work itself, or ends")
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._socket(request, url)
            return await self._plain(request, url)
        except (ClientError, TimeoutError) as error:
            log.warning("not_passed_on", method=request.method, why=repr(error))
            if isinstance(error, NOT_REACHED):
                self._silent[url] = time.monotonic() + LEFT_ALONE_S
            if here is not None and (isinstance(error, NOT_REACHED) or _may_repeat(request)):
                return await here(request)
            asked = request.headers.get("Accept-Language", "")
            words = self._catalogs.translate(negotiate(asked, self._catalogs.languages), NOBODY)
            return problem(503, "unavailable", words, retry_after=AGAIN_S)

    def reaches(self, url: str) -> bool:
        """Whether a server could be reached, for all that is known of the last moments."""
        return time.monotonic() >= self._silent.get(url, 0.0) + WELL_S

    def gone(self, url: str) -> None:
        """Give up what waits for a server that is no more: its screens come back by themselves."""
        now = asyncio.get_running_loop().time()
        for limit in [each for each, at in self._limits.items() if at == url]:
            limit.reschedule(now)
        for socket in [each for each, at in self._sockets.items() if at == url]:
            task = asyncio.get_running_loop().create_task(socket.close(code=GOES))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Send every screen away, so that it comes back, and let the other servers go."""
        await asyncio.gather(
            *(each.close(code=GOES) for each in list(self._sockets)), return_exceptions=True
        )
        await self._session.close()

    @contextmanager
    def _until_gone(self, url: str) -> Iterator[asyncio.Timeout]:
        limit = asyncio.timeout(None)
        self._limits[limit] = url
        try:
            yield limit
        finally:
            del self._limits[limit]

    async def _plain(self, request: web.Request, url: str) -> web.StreamResponse:
        whole: bytes | None = getattr(request, "body_at_once", None)
        body = request.content if whole is None and request.can_read_body else whole
        headers = told_of(request, self._doorway, self._name)
        with self._until_gone(url) as limit:
            async with (
                limit,
                self._session.request(
                    request.method, _target(url, request), headers=headers, data=body,
                    allow_redirects=False,
                ) as got,
            ):  # fmt: skip
                if whole is not None:  # a request of the short way is answered in one piece
                    kept = passed_on(got.headers)
                    kept.popall("Content-Length", None)
                    return web.Response(
                        status=got.status, reason=got.reason, headers=kept, body=await got.read()
                    )
                return await _streamed(request, got, limit)

    async def _socket(self, request: web.Request, url: str) -> web.StreamResponse:
        headers = told_of(request, self._doorway, self._name)
        wanted = [
            each.strip()
            for each in ",".join(headers.popall("Sec-WebSocket-Protocol", [])).split(",")
            if each.strip()
        ]
        for name in [each for each in headers if each.lower().startswith("sec-websocket-")]:
            headers.popall(name, None)
        try:
            with self._until_gone(url) as limit:
                async with limit:
                    there = await self._session.ws_connect(
                        _target(url, request), headers=headers, protocols=wanted, autoping=False,
                        autoclose=False, max_msg_size=0,
                    )  # fmt: skip
        except WSServerHandshakeError as error:
            # of its answer only the head is known: a length without its body would be waited for
            return problem(error.status, "not-passed-on", REFUSED)
        here = web.WebSocketResponse(
            protocols=[there.protocol] if there.protocol else (), autoping=False, autoclose=False,
            max_msg_size=MOST_SAID,
        )  # fmt: skip
        self._sockets[here] = url
        try:
            await here.prepare(request)
            await _both_ways(here, there)
        finally:
            del self._sockets[here]
            await there.close()
        return here


def _target(url: str, request: web.Request) -> URL:
    return URL(url + request.raw_path, encoded=True)


def _may_repeat(request: web.Request) -> bool:
    """Whether a question that may have been answered already can be asked again.

    It only reads, or has a key by which a repeat finds the first answer; its body is still there.
    """
    if request.method == "GET":
        return not request.can_read_body
    return "Idempotency-Key" in request.headers and hasattr(request, "body_at_once")


async def _streamed(
    request: web.Request, got: ClientResponse, limit: asyncio.Timeout
) -> web.StreamResponse:  # fmt: skip
    answer = web.StreamResponse(
        status=got.status, reason=got.reason, headers=passed_on(got.headers)
    )
    await answer.prepare(request)
    try:
        async for part in got.content.iter_any():
            await answer.write(part)
    except (ClientError, TimeoutError, asyncio.CancelledError) as error:
        # half an answer must not look like a whole one
        if request.transport is not None:
            request.transport.abort()
        if isinstance(error, asyncio.CancelledError) and not limit.expired():
            raise
        return answer
    await answer.write_eof()
    return answer


def told_of(request: web.Request, doorway: Doorway, name: str = "") -> CIMultiDict[str]:
    """Return the headers for the other server: the client's own, and where it comes from.

    What a client says of itself in ``X-Forwarded-*`` is left out, unless it is a trusted proxy.
    """
    headers = passed_on(request.headers)
    for each in TOLD_ANEW:
        headers.popall(each, None)
    if name:
        headers[PASSED] = name
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
