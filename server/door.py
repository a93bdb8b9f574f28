"""Owns the listening sockets: newcomers are let in a few at a time.

A thousand connections that come at once would be a thousand small pieces of work before the next
press at a counter is looked at. Here they come in by fours, with a breath between and while nobody
known is being answered, and the rest waits in the system's queue, which costs nothing. Who is in
already never waits for who comes.
"""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog

from server.precedence import AGAIN_S, GivesWay, Precedence

BACKLOG = 4096
AT_ONCE = 4
BREATH_S = 0.002
"""Between two handfuls: 2,000 newcomers a second at most, each some 0.2 ms of the event loop."""
GIVES_WAY_S = 0.004
"""Newcomers may be the hall's own: after a restart all its screens come back, amid its work."""
FULL_S = 0.1
"""When there is no descriptor left, this long nobody is let in."""
HANDSHAKE_S = 10.0
SHAKING = 512
"""So many may be in the middle of the handshake of TLS; one more, and the first of them goes."""
NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
log = structlog.get_logger()


def raise_limit() -> int:
    """Let this process open as many descriptors as the system grants; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        wanted = min(hard, 1 << 20) if hard != resource.RLIM_INFINITY else 1 << 20
        with suppress(OSError, ValueError):  # a unit may forbid it, and sets it itself
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
            soft = max(soft, wanted)
    return soft


async def listening(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen on every address of ``host``; on all of them for "".

    Raises:
        OSError: one of them cannot be listened on.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    made: list[socket.socket] = []
    try:
        for family, kind, proto, _name, address in dict.fromkeys(found):
            try:
                made.append(socket.socket(family, kind, proto))
            except OSError:
                if family == socket.AF_INET6 and len(found) > 1:
                    continue  # a system without it
                raise
            made[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                made[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            made[-1].bind(address)
            made[-1].listen(BACKLOG)
            made[-1].setblocking(False)  # noqa: FBT003 - its only parameter
    except OSError:
        for each in made:
            each.close()
        raise
    return made


class Gate:
    """Lets newcomers in; what asyncio's own server is, with a breath between two handfuls.

    Args:
        sockets: listen already; the gate closes them.
        protocol: makes what speaks with one newcomer.
        tls: what TLS is spoken with; ``None`` for none.
        known: requests that go first.
    """

    def __init__(
        self, sockets: Iterable[socket.socket], protocol: Callable[[], asyncio.Protocol],
        tls: ssl.SSLContext | None = None, known: Precedence | None = None,
    ) -> None:  # fmt: skip
        self._tls = tls
        self._way = GivesWay(known or Precedence(), GIVES_WAY_S)
        self.sockets = list(sockets)
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._coming: dict[asyncio.Task[None], None] = {}
        self._rest: asyncio.TimerHandle | None = None
        self._left, self._since = AT_ONCE, self._loop.time()
        self._open()

    def close(self) -> None:
        """Let nobody in any more."""
        if self._rest is not None:
            self._rest.cancel()
        for each in self.sockets:
            self._loop.remove_reader(each)
            each.close()
        self.sockets = []

    def _open(self) -> None:
        self._rest = None
        for each in self.sockets:
            self._loop.add_reader(each, self._knocked, each)

    def _pause(self, seconds: float) -> None:
        for each in self.sockets:
            self._loop.remove_reader(each)
        if self._rest is None:
            self._rest = self._loop.call_later(seconds, self._open)

    def _knocked(self, at: socket.socket) -> None:
        if self._way.waits():
            self._pause(AGAIN_S)
            return
        now = self._loop.time()
        if now - self._since >= BREATH_S:
            self._left, self._since = AT_ONCE, now
        while self._left:
            self._left -= 1
            try:
                newcomer, _ = at.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in NO_ROOM:
                    raise
                log.warning("no_room_for_newcomers", error=str(error))
                self._pause(FULL_S)
                return
            newcomer.setblocking(False)  # noqa: FBT003 - its only parameter
            task = self._loop.create_task(self._welcome(newcomer))
            if len(self._coming) >= SHAKING:
                next(iter(self._coming)).cancel()
            self._coming[task] = None
            task.add_done_callback(self._welcomed)
        self._pause(max(0.0, self._since + BREATH_S - now))

    def _welcomed(self, task: asyncio.Task[None]) -> None:
        self._coming.pop(task, None)

    async def _welcome(self, newcomer: socket.socket) -> None:
        limit = HANDSHAKE_S if self._tls else None
        try:
            await self._loop.connect_accepted_socket(
                self._protocol, newcomer, ssl=self._tls, ssl_handshake_timeout=limit
            )
        except OSError:  # gone again, silent, or no TLS
            newcomer.close()
