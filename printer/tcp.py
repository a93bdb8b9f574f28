"""Owns network printers: raw bytes over TCP, usually port 9100, one connection per job."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import struct
import termios
from collections.abc import AsyncIterator
from typing import Literal

from printer.errors import PrintError
from printer.status import ASK_DONE, QUESTIONS, Replies, ask, check, paper_low

_TCP_CLOSED = 7
"""TCP_CLOSE in Linux' <netinet/tcp_states.h>: the connection was reset."""
_CLOSING_S = 1.0
_READ = 256


class TcpTransport:
    """A printer in the network.

    Before a job the printer is asked for its state, afterwards whether it worked through the
    job. One that never answers is not asked again for ``quiet_s`` and counts as unverified;
    then it is only known that its network part took all bytes.

    Args:
        host: name or address, IPv6 without brackets.
        port: usually 9100.
        connect_s: longest wait for a connection.
        status_s: longest wait for each answer about its state.
        confirm_s: longest wait for the answer that a job is done; paper takes seconds.
        quiet_s: how long a mute printer is left in peace.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        connect_s: float = 3.0,
        status_s: float = 0.3,
        confirm_s: float = 6.0,
        quiet_s: float = 300.0,
    ) -> None:
        self.host = host
        self.port = port
        self._connect_s = connect_s
        self._status_s = status_s
        self._confirm_s = confirm_s
        self._quiet_s = quiet_s
        self._mute_until = 0.0
        self._unconfirming_until = 0.0
        self.paper_low = False

    async def send(
        self,
        data: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # the time is part of the promise, see Transport
    ) -> Literal["confirmed", "unverified"]:
        """Deliver one job; see ``Transport.send``."""
        started = False
        try:
            async with asyncio.timeout(timeout), self._connection() as link:
                talks = await self._ready(link)
                link.raise_when_ended()
                started = True
                await link.deliver(data)
                if talks and await self._done(link):
                    return "confirmed"
                await link.part(self._status_s)
                return "unverified"
        except TimeoutError as error:
            raise PrintError("timeout", "not all was taken in time", unsure=started) from error
        except ConnectionError as error:
            raise PrintError("closed", str(error), unsure=started) from error
        except OSError as error:
            raise PrintError("io", str(error), unsure=started) from error

    async def look(self, *, timeout: float) -> None:  # noqa: ASYNC109  # as in send
        """Ask the printer how it is, without printing; see ``Looks.look``."""
        try:
            async with asyncio.timeout(timeout), self._connection() as link:
                await self._ready(link)
        except TimeoutError as error:
            raise PrintError("timeout", "no answer in time") from error
        except ConnectionError as error:
            raise PrintError("closed", str(error)) from error
        except OSError as error:
            raise PrintError("io", str(error)) from error

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[_Link]:
        where = f"{self.host}:{self.port}"
        try:
            async with asyncio.timeout(self._connect_s):
                reader, writer = await asyncio.open_connection(self.host, self.port)
        except TimeoutError as error:
            raise PrintError("timeout", f"no connection to {where}") from error
        except ConnectionRefusedError as error:
            raise PrintError("refused", where) from error
        except socket.gaierror as error:
            raise PrintError("offline", f"no address for {where}") from error
        except OSError as error:
            raise PrintError("offline", f"{where}: {error.strerror or error}") from error
        try:
            yield _Link(reader, writer)
        except BaseException:
            writer.transport.abort()  # what is still in our buffer must not be printed later
            raise
        finally:
            await _close(writer)

    async def _ready(self, link: _Link) -> bool:
        """Ask for the state; return whether the printer answers at all."""
        if _now() < self._mute_until:
            return False
        answers = await self._state(link)
        if not answers:
            self._mute_until = _now() + self._quiet_s
            return False
        self.paper_low = paper_low(answers)
        check(answers)
        return True

    async def _state(self, link: _Link) -> dict[int, int]:
        answers: dict[int, int] = {}
        for question in QUESTIONS:
            answer = await link.ask(ask(question), self._status_s)
            if answer is None:
                break
            answers[question] = answer
        return answers

    async def _done(self, link: _Link) -> bool:
        """Wait until the job is worked through; ``False`` when the printer cannot tell.

        Raises:
            PrintError: it ran into trouble with the job, so part of the paper may exist.
        """
        if _now() < self._unconfirming_until:
            return False
        if await link.ask(ASK_DONE, self._confirm_s, ordered=True) is not None:
            return True
        answers = await self._state(link)
        check(answers, unsure=True)
        if not answers:
            raise PrintError("timeout", "it went silent during the job", unsure=True)
        self._unconfirming_until = _now() + self._quiet_s
        return False


class _Link:
    """One open connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._replies = Replies()

    async def ask(self, question: bytes, wait_s: float, *, ordered: bool = False) -> int | None:
        """Return the printer's answer, or ``None`` when none came in time.

        Raises:
            ConnectionError: the printer hung up.
        """
        self._replies.clear()
        self._writer.write(question)
        await self._writer.drain()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                return await self._answer(ordered=ordered)
        return None

    async def _answer(self, *, ordered: bool) -> int:
        while True:
            # Some printers answer GS r in the shape of a real-time reply.
            if ordered and self._replies.ordered:
                return self._replies.ordered.popleft()
            if self._replies.real_time:
                return self._replies.real_time.popleft()
            data = await self._reader.read(_READ)
            if not data:
                raise ConnectionResetError("the printer hung up")
            self._replies.feed(data)

    def raise_when_ended(self) -> None:
        """Raise ConnectionError when the other side is known to have hung up."""
        if self._reader.at_eof():
            raise ConnectionResetError("the printer hung up at once")

    async def deliver(self, data: bytes) -> None:
        """Write all and wait until the other side has taken it.

        Raises:
            ConnectionError: it hung up before.
        """
        self._writer.write(data)
        await self._writer.drain()
        connection = self._writer.get_extra_info("socket")
        pause = 0.0005
        while self._writer.transport.get_write_buffer_size() or _in_flight(connection):
            self._raise_when_lost(connection)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.05)
        self._raise_when_lost(connection)

    async def part(self, wait_s: float) -> None:
        """Say that the job is complete and give the other side a moment to object.

        Raises:
            ConnectionError: it hung up without having read all.
        """
        self._writer.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while await self._reader.read(_READ):
                    pass

    def _raise_when_lost(self, connection: socket.socket) -> None:
        error = self._reader.exception()
        if error is not None:
            raise ConnectionResetError(str(error)) from error
        if self._writer.is_closing() or _was_reset(connection):
            raise ConnectionResetError("the printer hung up during the job")


def _in_flight(connection: socket.socket) -> int:
    """Return how many bytes the other side has not acknowledged yet (0 where unknown)."""
    try:
        raw = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
    except (OSError, ValueError):
        return 0
    return int(struct.unpack("i", raw)[0])


def _was_reset(connection: socket.socket) -> bool:
    if not hasattr(socket, "TCP_INFO"):
        return False
    try:
        state = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    except OSError:
        return True
    return state == _TCP_CLOSED


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        async with asyncio.timeout(_CLOSING_S):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        writer.transport.abort()
