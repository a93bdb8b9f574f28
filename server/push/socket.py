"""Owns one event socket after its handshake: a protocol of a few hundred bytes on the transport.

aiohttp answers the handshake and then lets go of the connection, because its own websocket
keeps a request, a task, two parsers and timers for each of 10,000 screens (13 kB and more).
The transport's own buffer is the outbox: a socket whose buffer passes the bound is ended (1013,
"try again later") and comes back through a snapshot, so it never delays another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from aiohttp import web

from server.auth.access import Who, audience_of
from server.push.frames import (
    BINARY,
    CLOSE,
    CONTINUED,
    NORMAL,
    NOT_UTF8,
    PING_CODE,
    PONG_CODE,
    PROTOCOL_ERROR,
    TEXT,
    TOO_BIG,
    TRY_AGAIN_LATER,
    Broken,
    Frame,
    close_frame,
    pong_frame,
    read_frame,
    text_frame,
)

log = structlog.get_logger()

OUTBOX_BYTES = 256 * 1024
MAX_MESSAGE = 4096
"""Bytes of the longest message a screen may send."""
CUT_SECONDS = 5.0
"""How long an ended socket may take to read what is on its way before it is cut."""
DRAIN_PAUSE, DRAIN_TRIES = 0.02, 500

Hears = Callable[[Who, bytes], None]
"""Takes a text message and who said it."""


class Socket(asyncio.Protocol):
    """One screen on the feed.

    Attributes:
        who: who opened it; ``audience`` is what they may be told.
        seq: the last event it has, so that none comes twice.
        alive: whether anything came from it since the last ping.
        gone: told once when the connection is lost.
    """

    __slots__ = ("_got", "_hears", "_kind", "_part", "alive", "audience", "ended", "gone", "seq",
                 "transport", "who")  # fmt: skip

    def __init__(self, transport: asyncio.Transport, who: Who, hears: Hears) -> None:
        self.transport = transport
        self.who = who
        self.audience = audience_of(who)
        self.seq = 0
        self.alive = True
        self.ended = False
        self.gone: Callable[[Socket], None] | None = None
        self._hears = hears
        self._got = b""
        self._part = b""
        self._kind = 0

    # ------------------------------------------------------------------ to the screen

    def write_message(self, message: bytes) -> bool:
        """Frame and write one message."""
        return self.write(text_frame(message))

    def write(self, frame: bytes) -> bool:
        """Hand a frame to the kernel or the outbox; false when the socket is gone or too slow."""
        if self.ended or self.transport.is_closing():
            return False
        if self.transport.get_write_buffer_size() > OUTBOX_BYTES:
            log.warning("socket_too_slow", buffered=self.transport.get_write_buffer_size())
            self.end(TRY_AGAIN_LATER)
            return False
        self.transport.write(frame)
        return True

    def end(self, code: int) -> None:
        """Say why and close; a screen that does not read is cut after a while."""
        if not self.ended:
            self.ended = True
            self.transport.write(close_frame(code))
            self.transport.close()
            asyncio.get_running_loop().call_later(CUT_SECONDS, self.transport.abort)

    def cut(self) -> None:
        """Forget a screen that has been silent: its cable or its power is gone."""
        self.ended = True
        self.transport.abort()

    async def drained(self) -> None:
        """Wait until most of the outbox has gone; a socket that does not read is given up."""
        for _ in range(DRAIN_TRIES):
            if self.ended or self.transport.get_write_buffer_size() < OUTBOX_BYTES // 4:
                return
            await asyncio.sleep(DRAIN_PAUSE)
        self.end(TRY_AGAIN_LATER)

    # ------------------------------------------------------------------ from the screen

    def data_received(self, data: bytes) -> None:
        """Take whole frames; keep the beginning of one that has not all come."""
        self.alive = True
        data, at = self._got + data, 0  # of many small ones none is moved for those before it
        try:
            while not self.ended and (frame := read_frame(data, MAX_MESSAGE, at)) is not None:
                at += frame.size
                self._take(frame)
        except Broken as error:
            self.end(error.code)
        self._got = b"" if self.ended else data[at:]

    def connection_lost(self, _error: Exception | None) -> None:
        """Leave the feed."""
        self.ended = True
        gone, self.gone = self.gone, None
        if gone is not None:
            gone(self)

    def _take(self, frame: Frame) -> None:
        opcode = frame.opcode
        if opcode in {CONTINUED, TEXT, BINARY}:
            self._message(frame)
        elif opcode == PING_CODE:
            self.write(pong_frame(frame.payload))
        elif opcode == CLOSE:
            self.end(NORMAL)
        elif opcode != PONG_CODE:
            raise Broken(PROTOCOL_ERROR)

    def _message(self, frame: Frame) -> None:
        """Put a message together from its frames (RFC 6455 section 5.4) and hand it on."""
        if (frame.opcode == CONTINUED) != bool(self._kind):
            raise Broken(PROTOCOL_ERROR)
        if len(self._part) + len(frame.payload) > MAX_MESSAGE:
            raise Broken(TOO_BIG)
        kind = self._kind or frame.opcode
        whole = self._part + frame.payload
        if not frame.final:
            self._kind, self._part = kind, whole
            return
        self._kind, self._part = 0, b""
        if kind == TEXT:
            try:
                whole.decode()
            except UnicodeDecodeError:
                raise Broken(NOT_UTF8) from None
            self._hears(self.who, whole)


class _Handshake(web.WebSocketResponse):
    """The answer to a websocket's request, and nothing after it."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Write nothing: the connection has gone to a ``Socket`` by then."""


def is_websocket(request: web.Request) -> bool:
    """Whether this request asks for a websocket."""
    return web.WebSocketResponse().can_prepare(request).ok


async def accept(request: web.Request, who: Who, hears: Hears) -> tuple[Socket, web.StreamResponse]:
    """Answer the handshake and take the connection over.

    Returns:
        The socket, and what the handler has to return; by then aiohttp has let go of both.

    Raises:
        ConnectionResetError: the client is already gone.
    """
    answer = _Handshake(compress=False)
    await answer.prepare(request)
    transport, handler = request.transport, request.protocol
    if transport is None:
        raise ConnectionResetError
    socket = Socket(transport, who, hears)
    transport.set_protocol(socket)
    handler.transport = None  # what is not there is not closed
    handler.connection_lost(None)
    return socket, answer
