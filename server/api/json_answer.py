"""Owns the usual answer of a route: one JSON body, written to the socket in one piece."""

from __future__ import annotations

import time
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.web_request import BaseRequest

JSON = "application/json"
SERVER = "Ramah"
"""Told to everybody instead of the versions of what we are made of."""

SEQ = "Ramah-Seq"
"""Header with the number of the last event of what was done: pages wait until they followed it."""

AT_ONCE = 64 * 1024
"""Larger bodies go aiohttp's way, which waits for slow readers."""


class _Date:
    """The date for the head of an answer; worked out once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._text = b""

    def now(self) -> bytes:
        second = int(time.time())
        if second != self._second:
            self._second, self._text = second, formatdate(second, usegmt=True).encode()
        return self._text


_date = _Date()
_heads: dict[int, bytes] = {}


def _head(status: int) -> bytes:
    head = _heads.get(status)
    if head is None:
        head = _heads[status] = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {JSON}\r\n"
            f"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
            f"Server: {SERVER}\r\nDate: "
        ).encode()
    return head


class JsonAnswer(web.Response):
    """A JSON answer.

    In the usual case (HTTP/1.1, connection kept, nothing added to it) head and body are written
    as they are: building the head from a mapping for each of many small answers was a tenth of a
    ticket's time. Whoever sets a header or cookie gets aiohttp's own way, and what aiohttp's answer
    consists of is made when it is first asked for. Signals of ``on_response_prepare`` do not see
    the usual case.
    """

    _straight: BaseRequest | None = None
    _made = False

    def __init__(self, status: int, body: bytes, seq: int = 0) -> None:
        self._code = status
        self._json = body
        self._seq = seq

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever an answer has
        """Make aiohttp's answer when somebody looks into it."""
        if self._made:
            raise AttributeError(name)
        self._made = True
        super().__init__(status=self._code, body=self._json, content_type=JSON)
        return getattr(self, name)

    @property
    def plain(self) -> bool:
        """Whether nothing was added to it, and a slow reader may have it all at once."""
        return not self._made and not self._cookies and len(self._json) < AT_ONCE

    def as_bytes(self) -> bytes:
        """Return head and body, for a connection that stays."""
        seq = b"%b: %d\r\n" % (SEQ.encode(), self._seq) if self._seq else b""
        return b"%b%b\r\n%bContent-Length: %d\r\n\r\n%b" % (
            _head(self._code), _date.now(), seq, len(self._json), self._json,
        )  # fmt: skip

    @property
    def keep_alive(self) -> bool | None:
        """Whether the connection stays; known once the answer is prepared."""
        return True if self._straight is not None else super().keep_alive

    async def prepare(self, request: BaseRequest) -> AbstractStreamWriter | None:
        """Choose how the answer is written."""
        usual = (
            len(self.headers) == 1
            and not self._cookies
            and request.version == HttpVersion11
            and request.keep_alive
            and request.method != "HEAD"
            and len(self._json) < AT_ONCE
        )
        if not usual or self.prepared:
            if self._seq:
                self.headers[SEQ] = str(self._seq)
            return await super().prepare(request)
        self._straight = request
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Write the answer.

        Raises:
            ConnectionResetError: the caller has gone.
        """
        if self._straight is None:
            return await super().write_eof(data)
        transport = self._straight.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError
        transport.write(self.as_bytes())
        return None
