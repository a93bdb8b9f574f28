"""The short way of a command: a request that came whole, in the plainest form, is one task.

aiohttp queues a request, wakes a task, makes another, routes it and asks the middlewares; for a
number or a call that was most of what HTTP cost (docs/decisions/short-way.md). Only what needs none
of this goes the short way: a POST whose head and body came in one piece, each header once, nothing
coded, nothing to be agreed on first. All else goes aiohttp's way, with the same bytes. Admission,
logins, validation and answers are the same on both.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
from aiohttp import HttpVersion11, web
from aiohttp.http import RawRequestMessage
from aiohttp.streams import EmptyStreamReader
from aiohttp.web_protocol import RequestHandler
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Admit = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

LONGEST = 8192
"""Bytes of the longest request that is looked at."""
LONGEST_HEAD = 1024
"""Bytes of the longest head that is kept with what it said."""
KNOWN = 1024
"""How many of them are kept, and how many addresses with what they lead to."""

_PLAIN = re.compile(
    rb"POST (/api/[A-Za-z0-9/_-]{1,200}) HTTP/1\.1\r\n"
    rb"((?:[A-Za-z0-9-]{1,64}: [!-~](?:[ -~]{0,2000}[!-~])?\r\n){1,40})\r\n"
)
_KEY = b"\r\nIdempotency-Key: "
_VALUE = re.compile(rb"[!-~](?:[ -~]{0,2000}[!-~])?")
_heads: dict[bytes, tuple[str, CIMultiDictProxy[str], int]] = {}
"""What heads said that were read before: address, headers, and how long the body is."""
_UNUSUAL = frozenset({
    "content-encoding", "expect", "http2-settings", "keep-alive", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers that ask for what only the long way does."""


class Whole(EmptyStreamReader):
    """A body that is there already; whoever reads it gets all of it, once."""

    __slots__ = ("_body",)

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self._body = body

    def read_nowait(self, n: int = -1) -> bytes:  # noqa: ARG002 - as every reader's
        """Return the body."""
        body, self._body = self._body, b""
        return body

    async def readany(self) -> bytes:
        """Return the body."""
        return self.read_nowait()

    async def read(self, n: int = -1) -> bytes:
        """Return the body."""
        return self.read_nowait(n)


class Plain(msgspec.Struct, frozen=True, gc=False):
    """A request of the plainest form: address, headers, body."""

    path: str
    headers: CIMultiDictProxy[str]
    body: bytes


def plain(data: bytes) -> Plain | None:
    """Return the request that these bytes are, all of them; ``None`` if there is any doubt."""
    end = data.find(b"\r\n\r\n") + 4
    if end > LONGEST_HEAD:
        return _read(data)
    # who asks, asks in the same words again, but for the key
    at = data.find(_KEY, 0, end)
    if at < 0:
        key, head = None, data[:end]
    else:
        stop = data.find(b"\r\n", at + 2)
        key, head = data[at + len(_KEY) : stop], data[:at] + data[stop:end]
    known = _heads.get(head)
    if known is None:
        return _first(data, None if at >= 0 else head, end)
    path, headers, length = known
    if length != len(data) - end:
        return None
    if key is not None:
        if not _VALUE.fullmatch(key):
            return None
        named = CIMultiDict(headers)
        named["Idempotency-Key"] = key.decode("ascii")
        headers = CIMultiDictProxy(named)
    return Plain(path, headers, data[end:])


def _first(data: bytes, head: bytes | None, end: int) -> Plain | None:
    """Read a request in full, and keep its ``head`` without a key for the next of its kind."""
    found = _read(data)
    if found is None or "Idempotency-Key" in found.headers:
        return found
    if head is not None:
        if len(_heads) >= KNOWN:
            _heads.clear()
        _heads[head] = (found.path, found.headers, len(data) - end)
    return found


def _read(data: bytes) -> Plain | None:
    found = _PLAIN.match(data) if len(data) <= LONGEST else None
    if found is None:
        return None
    pairs = [_pair(line) for line in found[2].decode("ascii").split("\r\n")[:-1]]
    headers = CIMultiDict(pairs)
    names = {name.lower() for name in headers}
    length = headers.get("Content-Length", "0")
    if (
        len(names) != len(pairs)  # one is written twice
        or "host" not in names
        or not names.isdisjoint(_UNUSUAL)
        or headers.get("Connection", "keep-alive").lower() != "keep-alive"
        or length != str(len(data) - found.end())
    ):
        return None
    return Plain(found[1].decode("ascii"), CIMultiDictProxy(headers), data[found.end() :])


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name, value


class Found(msgspec.Struct, frozen=True):
    """Where an address leads: its handler, and what aiohttp keeps with a request."""

    handler: Handler
    matched: web.UrlMappingMatchInfo
    url: URL


async def _let_in(admit: Admit, handler: Handler, request: web.Request) -> web.StreamResponse:
    return await admit(request, handler)


class Ways:
    """Which addresses lead to a command that may come the short way."""

    def __init__(self, app: web.Application, admit: Admit) -> None:
        self._app = app
        self._admit = admit
        self._routes: list[tuple[re.Pattern[str], Handler | None, web.AbstractRoute]] = []
        self._known: dict[str, Found | None] = {}

    @property
    def app(self) -> web.Application:
        """The application they belong to."""
        return self._app

    def add(self, path: str, handler: Handler, route: web.AbstractRoute, *, short: bool) -> None:
        """Know where an address of a POST leads, and whether it may come the short way."""
        pattern = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path))
        way = partial(_let_in, self._admit, handler) if short else None
        self._routes.append((pattern, way, route))

    def find(self, path: str) -> Found | None:
        """Return where an address leads; ``None`` for the long way, also if it might be two."""
        try:
            return self._known[path]
        except KeyError:
            if len(self._known) >= KNOWN:
                self._known.clear()
            found = self._known[path] = self._look(path)
            return found

    def _look(self, path: str) -> Found | None:
        leads = [each for each in self._routes if each[0].fullmatch(path)]
        if len(leads) != 1:
            return None
        pattern, handler, route = leads[0]
        match = pattern.fullmatch(path)
        if handler is None or match is None:
            return None
        matched = web.UrlMappingMatchInfo(match.groupdict(), route)
        matched.add_app(self._app)
        matched.freeze()
        return Found(handler, matched, URL.build(path=path, encoded=True))


class PlainRequest:
    """A plain request as handlers read it; what few of them ask for is aiohttp's own."""

    __slots__ = (
        "_found", "_make", "_whole", "app", "body_at_once", "headers", "match_info", "path",
        "protocol", "remote",
    )  # fmt: skip

    method = "POST"
    query_string = ""

    def __init__(
        self, asked: Plain, found: Found, protocol: RequestHandler, remote: str,
        app: web.Application, make: Callable[[RawRequestMessage, Whole], web.BaseRequest],
    ) -> None:  # fmt: skip
        """``remote`` is the other end; ``make`` makes the request that aiohttp would have made."""
        self.path = asked.path
        self.headers = asked.headers
        self.body_at_once = asked.body
        self.match_info = found.matched
        self._found = found
        self._make = make
        self._whole: web.BaseRequest | None = None
        self.app = app
        self.protocol = protocol
        self.remote = remote

    @property
    def transport(self) -> asyncio.Transport | None:
        """The connection, unless it is gone."""
        return self.protocol.transport

    def whole(self) -> web.BaseRequest:
        """Return the request as aiohttp has it."""
        whole = self._whole
        if whole is None:
            message = RawRequestMessage(
                "POST", self.path, HttpVersion11, self.headers, (),
                should_close=False, compression=None, upgrade=False, chunked=False,
                url=self._found.url,
            )  # fmt: skip
            whole = self._whole = self._make(message, Whole(self.body_at_once))
            whole._match_info = self._found.matched  # type: ignore[attr-defined] # noqa: SLF001
        return whole

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a request has
        """Return anything else of the request."""
        return getattr(self.whole(), name)
