"""A slow line behind a network box: it passes bytes on one by one, and answers when they arrive."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.printer.fake_printer import ONLINE

_TICK_S = 0.05
_LATE_S = 0.5
"""What a busy machine is behind by is caught up with, up to this."""


@dataclass
class SlowBox:
    """A box that takes connections one after the other, as they do.

    Attributes:
        rate: bytes a second of the line behind it.
        room: bytes that the box's system takes before the line has them; ``None`` for plenty.
        answers: to DLE EOT by question, ``None`` for a printer without a way back.
        done: it answers GS r.
        passed: all that has left the line, over all connections.
        stops_after: bytes after which the line stands still.
    """

    rate: float = 960.0
    room: int | None = None
    answers: dict[int, int] | None = None
    done: bool = True
    stops_after: int | None = None
    passed: bytearray = field(default_factory=bytearray)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[SlowBox]:
        with socket.socket() as server:
            if self.room is not None:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.room)
            server.bind(("127.0.0.1", self.port))
            server.listen(4)
            server.setblocking(False)
            self.port = server.getsockname()[1]
            async with asyncio.TaskGroup() as group:
                task = group.create_task(self._work(server))
                try:
                    yield self
                finally:
                    task.cancel()

    async def _work(self, server: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(server)
            self.connections += 1
            with connection, contextlib.suppress(ConnectionError):
                await self._drain(connection)

    async def _drain(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        line = bytearray()
        free_at = loop.time()
        while True:
            if self.stops_after is not None and len(self.passed) >= self.stops_after:
                await asyncio.sleep(_TICK_S)
                continue
            data = await loop.sock_recv(connection, max(1, int(self.rate * _TICK_S)))
            if not data:
                return
            # By the line's own time: a busy machine makes it no slower than it is.
            free_at = max(free_at, loop.time() - _LATE_S) + len(data) / self.rate
            await asyncio.sleep(free_at - loop.time())
            self.passed += data
            line += data
            answer = self._answer_to(line)
            if answer:
                await loop.sock_sendall(connection, answer)

    def _answer_to(self, line: bytearray) -> bytes:
        """Take the questions out of what has passed the line; return the answers."""
        out = bytearray()
        while self.answers is not None:
            status, done = line.find(b"\x10\x04"), line.find(b"\x1dr\x01")
            if status >= 0 and len(line) > status + 2 and (done < 0 or status < done):
                out += bytes(self.answers[n] for n in line[status + 2 : status + 3])
                del line[: status + 3]
            elif done >= 0:
                out += b"\x00" if self.done else b""
                del line[: done + 3]
            else:
                break
        return bytes(out)

    @property
    def papers(self) -> bytes:
        """What came on paper: all without the questions."""
        paper = bytes(self.passed).replace(b"\x1dr\x01", b"")
        for question in (1, 2, 4):
            paper = paper.replace(bytes((0x10, 0x04, question)), b"")
        return paper


def well() -> dict[int, int]:
    return {1: ONLINE, 2: ONLINE, 4: ONLINE}
