"""A network printer on loopback that behaves as told: well, or in all the ways they fail."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Self

ONLINE = 0x12
OFFLINE = 0x1A
PAPER_END = 0x72
COVER_OPEN = 0x16


@dataclass
class FakePrinter:
    """What to do with the next connections; may be changed at any time.

    Attributes:
        answers: to DLE EOT, by question; ``None`` for a printer without a way back.
        done: the answer to GS r 1, ``None`` for none.
        unasked: bytes sent as soon as somebody connects.
        take: how many bytes to read before hanging up; ``None`` for all.
        reading: ``False``: accepts the connection and never reads.
        begun: papers of which some bytes have come.
    """

    answers: dict[int, int] | None = None
    done: int | None = 0x00
    unasked: bytes = b""
    take: int | None = None
    reading: bool = True
    after_job: dict[int, int] | None = None
    jobs: list[bytes] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    connections: int = 0
    begun: int = 0
    open_now: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def papers(self) -> list[bytes]:
        """The jobs without the questions around them."""
        return [_paper(job) for job in self.jobs if _paper(job)]

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[Self]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            if hasattr(server, "close_clients"):
                server.close_clients()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_now += 1
        got = bytearray()
        try:
            if not self.reading:
                writer.transport.pause_reading()  # type: ignore[attr-defined]
                await asyncio.sleep(60)
            if self.unasked:
                writer.write(self.unasked)
            while self.take is None or len(got) < self.take:
                room = 65536 if self.take is None else self.take - len(got)
                data = await reader.read(room)
                if not data:
                    break
                self.arrivals.append(asyncio.get_running_loop().time())
                had_paper = bool(_paper(bytes(got)))
                got += data
                self.begun += bool(_paper(bytes(got))) and not had_paper
                _acknowledge(writer)
                self._answer(bytes(got), data, writer)
                await writer.drain()
            if self.take is not None:
                _reset(writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open_now -= 1
            self.jobs.append(bytes(got))
            writer.close()

    def _answer(self, got: bytes, data: bytes, writer: asyncio.StreamWriter) -> None:
        if self.answers is None:
            return
        if data[:2] == b"\x10\x04" and len(data) == 3:
            printed = len(_paper(got)) > 0
            table = self.after_job if printed and self.after_job is not None else self.answers
            if data[2] in table:
                writer.write(bytes((table[data[2]],)))
        elif data.endswith(b"\x1dr\x01") and self.done is not None:
            writer.write(bytes((self.done,)))


def well() -> dict[int, int]:
    return {1: ONLINE, 2: ONLINE, 4: ONLINE}


def _paper(job: bytes) -> bytes:
    while job[:2] == b"\x10\x04":
        job = job[3:]
    while len(job) > 2 and job[-3:-1] == b"\x10\x04":
        job = job[:-3]
    return job.removesuffix(b"\x1dr\x01")


def _acknowledge(writer: asyncio.StreamWriter) -> None:
    """Tell at once that it came; some systems wait 40 ms for an answer to tell it with."""
    if hasattr(socket, "TCP_QUICKACK"):
        connection: socket.socket = writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Hang up the hard way, as a printer does that loses its power."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
