"""Owns the connections themselves: how long a head may take, how many may lie idle, who must go.

A stranger can open a thousand connections and say nothing. Each costs a descriptor, and a server
without descriptors lets nobody in. So heads and pauses have limits, each address may keep so many
connections that showed no login, and when there is no room left, the one that has been silent
longest makes place for whoever knocks: staff always get in.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import cast

from aiohttp import web
from aiohttp.http import RawRequestMessage, StreamWriter

from server.api.json_answer import SERVER, JsonAnswer
from server.door import Gate, listening
from server.outside import Outside
from server.precedence import GivesWay, Precedence
from server.short import Handler, PlainRequest, Ways, Whole, plain

HEAD_S = 10.0
"""From a connection, or the first byte of a later head, to the head's end."""
IDLE_S = 30.0
"""How long a stranger's connection may lie idle between two requests."""
KNOWN_IDLE_S = 300.0
LINGER_S = 2.0
STUCK_S = 60.0
"""How long one request of a stranger may take: who does not read the answer is cut."""
EACH_ADDRESS = 256
YOUNG_S = 1.0
"""A connection younger than this is not pushed out for its address: its head is on its way."""
SWEEP_S = 1.0
SWEPT_AT_ONCE, BREATH_S = 2, 0.002
LOOKED_AT = 64
RESERVED = 128
"""Descriptors for what is no connection: the database, logs, files, printers, webhooks."""
MOST = 30_000
AHEAD = 64 * 1024
"""How much of what comes next is taken while a request is being answered."""
_LATE = (
    f"HTTP/1.1 408 Request Timeout\r\nServer: {SERVER}\r\nX-Content-Type-Options: nosniff\r\n"
    "Cache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
).encode()


class Connection(Outside):
    """One HTTP connection, with what is needed to tell who has been silent.

    Attributes:
        known: a request on it showed a valid login, token or key, or it is a trusted proxy's.
        address: where it comes from.
    """

    __slots__ = (
        "_at_rest", "_begun", "_counted", "_guard", "_head_at", "_next", "_quiet_at", "_short",
        "_ways", "address", "known", "made_at",
    )  # fmt: skip

    def __init__(
        self, guard: Guard, ways: Ways, manager: web.Server, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(
            manager, loop=loop, access_log=None,  # type: ignore[arg-type]  # as AppRunner does
            keepalive_timeout=KNOWN_IDLE_S, lingering_time=LINGER_S, auto_decompress=False,
        )  # fmt: skip
        self._guard = guard
        self._head_at = 0.0
        self._quiet_at = self.made_at = time.monotonic()
        self._counted = 0
        self._ways = ways
        self._short: asyncio.Task[None] | None = None
        self._next = b""
        self._begun = False  # something went to aiohttp's parser
        self._at_rest = True  # which stands between two requests
        self.known = False
        self.address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Come in, if there is room."""
        self.stay_out(transport)
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        self._guard.came(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Leave; also when a websocket takes the connection over."""
        self._guard.left(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take the short way if a request can; note when a head begins, and that it has ended."""
        if self._short is not None:
            self._next += data
            if len(self._next) > AHEAD and self.transport is not None:
                self.transport.pause_reading()
            return
        idle = not self.busy
        if not self._head_at and idle:
            self._head_at = time.monotonic()
        if not self.inside and not (data := self.come_in(data)):
            return
        if idle and self._at_rest and self._goes_short(data):
            self._head_at = 0.0
            return
        self._begun = True
        super().data_received(data)
        if self._messages:
            self._head_at = 0.0
        if data:  # aiohttp asks its parser for more with none
            self._at_rest = self._at_rest and idle and self._came_whole(data)

    def _came_whole(self, data: bytes) -> bool:
        """Whether these bytes were one request, and not one more."""
        if len(self._messages) != 1:
            return False
        message, payload = self._messages[0]
        if not isinstance(message, RawRequestMessage) or message.upgrade or message.chunked:
            return False
        head = data.find(b"\r\n\r\n") + 4
        return payload.is_eof() and len(data) == head + int(
            message.headers.get("Content-Length", "0")
        )

    def _goes_short(self, data: bytes) -> bool:
        """Answer a plain command by one task, if aiohttp's own waits for a request."""
        # it does so too when it has not even begun
        waits = not self._begun or (self._waiter is not None and not self._waiter.done())
        if not waits or self._close or self._force_close or not data.startswith(b"POST "):
            return False
        asked = plain(data)
        found = None if asked is None else self._ways.find(asked.path)
        if asked is None or found is None or self._manager is None or not self._request_factory:
            return False
        self._request_count += 1
        self._manager.requests_count += 1
        make = partial(self._make, self._request_factory)
        request = PlainRequest(asked, found, self, self.address, self._ways.app, make)
        self._short = self._loop.create_task(self._answer(request, found.handler))
        return True

    def _make(
        self, factory: Callable[..., web.BaseRequest], message: RawRequestMessage, body: Whole
    ) -> web.BaseRequest:
        return factory(message, body, self, StreamWriter(self, self._loop), self._task_handler)

    async def _answer(self, request: PlainRequest, handler: Handler) -> None:
        stays = False
        self._request_in_progress = True
        try:
            answer: web.StreamResponse | Exception
            try:
                answer = await handler(cast("web.Request", request))
            except Exception as error:  # noqa: BLE001 - aiohttp says what it is
                answer = error
            if self.transport is None or self.transport.is_closing():
                return
            if isinstance(answer, JsonAnswer) and answer.plain:
                self.transport.write(answer.as_bytes())
                stays = not self._close
            else:
                stays = await self._answer_long(request.whole(), answer)
        finally:
            self._request_in_progress = False
            if self._handler_waiter is not None and not self._handler_waiter.done():
                self._handler_waiter.set_result(None)
            self._short = None
            if not stays:
                self.force_close()
        if self._force_close or self.transport is None:
            return
        self._next_keepalive_close_time = self._loop.time() + KNOWN_IDLE_S
        if self._next:
            data, self._next = self._next, b""
            self.transport.resume_reading()
            self.data_received(data)

    async def _answer_long(
        self, request: web.BaseRequest, answer: web.StreamResponse | Exception
    ) -> bool:
        """Answer as aiohttp does; return whether the connection stays."""

        async def given(_request: web.BaseRequest) -> web.StreamResponse:
            if isinstance(answer, Exception):
                raise answer
            return answer

        said, gone = await self._handle_request(request, None, given)
        return not gone and bool(said.keep_alive) and not self._close

    def _process_keepalive(self) -> None:
        """Leave a connection alone that has a request under way."""
        if self._short is None:
            super()._process_keepalive()
        else:
            self._keepalive_handle = self._loop.call_later(KNOWN_IDLE_S, self._process_keepalive)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no request at all, with the headers of every other answer."""
        answer = super().handle_error(request, status, exc, message)
        answer.headers.update(
            {"Server": SERVER, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        )
        return answer

    @property
    def busy(self) -> bool:
        """Whether a request is under way."""
        return self._current_request is not None or bool(self._messages) or self._short is not None

    def late(self, now: float) -> bool:
        """Whether it has used up its time."""
        if self._request_count != self._counted or (self.known and self.busy):
            self._counted, self._quiet_at = self._request_count, now
            return False
        if self.busy:
            return now - self._quiet_at > STUCK_S
        if self._head_at:
            return now - self._head_at > HEAD_S
        if not self._request_count:
            return now - self.made_at > HEAD_S
        return not self.known and now - self._quiet_at > IDLE_S

    def cut(self, *, crowded: bool = False) -> None:
        """End it: in words when a head is late, at once when it does not read or for a crowd."""
        transport = self.transport
        if transport is None:
            return
        if self._head_at and not self.busy and not crowded:
            transport.write(_LATE)
            self.force_close()
        else:
            transport.abort()


class Guard:
    """All HTTP connections of the server, the strangers among them by address.

    Args:
        descriptors: how many the process may have open.
        trusted: whether an address is a proxy of ours, whose connections count as known.
        sockets: how many event sockets are open beside them.
        known: requests that go first, before newcomers and before those that are to be ended.
    """

    def __init__(
        self, descriptors: int, trusted: Callable[[str], bool], sockets: Callable[[], int],
        known: Precedence,
    ) -> None:  # fmt: skip
        self.known = known
        self._room = min(MOST, descriptors - min(RESERVED, descriptors // 4))
        self._trusted = trusted
        self._sockets = sockets
        self._all: dict[Connection, None] = {}
        self._strangers: dict[str, dict[Connection, None]] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all)

    def came(self, connection: Connection) -> None:
        """Take a connection in; where there is no room, who was silent longest goes."""
        self._all[connection] = None
        if self._trusted(connection.address):
            connection.known = True
        else:
            strangers = self._strangers.setdefault(connection.address, {})
            strangers[connection] = None
            if len(strangers) > EACH_ADDRESS:
                self._push_out(strangers, time.monotonic() - YOUNG_S)
        if len(self._all) + self._sockets() > self._room and not self._make_room(connection):
            connection.cut()

    def left(self, connection: Connection) -> None:
        """Forget a connection."""
        self._all.pop(connection, None)
        self._forget_stranger(connection)

    def met(self, request: web.Request) -> None:
        """Take note that a request showed who it is from: its connection is no stranger's."""
        connection = request.protocol
        if isinstance(connection, Connection) and not connection.known:
            connection.known = True
            self._forget_stranger(connection)

    def turn_away(self) -> None:
        """End those that wait outside: the server goes, and aiohttp knows nothing of them."""
        for connection in [each for each in self._all if not each.inside]:
            connection.force_close()

    def sweep(self) -> Iterator[None]:
        """End what has used up its time, and what an address has too many of, one a step."""
        for connection in list(self._all):
            if connection.late(time.monotonic()):
                connection.cut()
                yield
        for strangers in list(self._strangers.values()):
            while len(strangers) > EACH_ADDRESS and self._push_out(
                strangers, time.monotonic() - YOUNG_S
            ):
                yield

    async def run(self) -> None:
        """Sweep for ever, a few at a time: many that go at once would keep the counters."""
        way = GivesWay(self.known)
        while True:
            await asyncio.sleep(SWEEP_S)
            for number, _ in enumerate(self.sweep(), 1):
                if number % SWEPT_AT_ONCE == 0:
                    await asyncio.sleep(BREATH_S)
                    await way.clear()

    def _forget_stranger(self, connection: Connection) -> None:
        strangers = self._strangers.get(connection.address)
        if strangers is not None:
            strangers.pop(connection, None)
            if not strangers:
                del self._strangers[connection.address]

    def _make_room(self, newcomer: Connection) -> bool:
        """Push one out: idle, of the address that has most strangers; else a busy one of those."""
        crowds = sorted(self._strangers.values(), key=len, reverse=True)
        for crowd in (*crowds, self._all):
            if self._push_out(crowd, newcomer.made_at, newcomer):
                return True
        for oldest in (next(iter(crowd)) for crowd in crowds):
            if oldest is not newcomer:
                self.left(oldest)
                oldest.cut()
                return True
        return False

    def _push_out(
        self, crowd: Iterable[Connection], before: float, spare: Connection | None = None
    ) -> bool:
        """End the first idle connection made before a moment; true when there was one."""
        for looked, connection in enumerate(crowd):
            if looked >= LOOKED_AT or connection.made_at > before:
                return False
            if connection is not spare and not connection.busy:
                self.left(connection)
                connection.cut(crowded=True)
                return True
        return False


GUARD = web.AppKey("GUARD", Guard)
WAYS = web.AppKey("WAYS", Ways)


class Door(web.TCPSite):
    """Where the server listens; each connection is guarded, and speaks TLS where told to."""

    def __init__(
        self, runner: web.AppRunner, host: str, port: int, guard: Guard, ways: Ways,
        tls: ssl.SSLContext | None = None, at: Sequence[socket.socket] = (),
    ) -> None:  # fmt: skip
        """``at``: sockets that listen there already; they stay open when the door is closed."""
        super().__init__(runner, host, port)
        self._tls = tls
        self._at = at
        self._guard = guard
        self._ways = ways

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the address cannot be listened on.
        """
        await web.BaseSite.start(self)
        manager = self._runner.server
        if manager is None:
            raise RuntimeError("the runner was not set up")
        loop = asyncio.get_running_loop()
        at = [each.dup() for each in self._at] or await listening(self._host or "", self._port)
        self._server = Gate(  # type: ignore[assignment]  # aiohttp closes it, and asks for sockets
            at,
            lambda: Connection(self._guard, self._ways, manager, loop),
            self._tls,
            self._guard.known,
        )

    async def stop(self) -> None:
        """Listen no more; who has asked for something is aiohttp's to end."""
        await super().stop()
        self._guard.turn_away()
