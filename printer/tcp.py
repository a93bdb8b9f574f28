"""Owns network printers: raw bytes over TCP, usually port 9100, one connection per job."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import struct
import termios
import time
from collections.abc import AsyncIterator, Callable
from typing import Literal

from printer.errors import PrintError
from printer.manners import Manners
from printer.pace import Pace
from printer.status import ASK_DONE, PRINTER, QUESTIONS, Answers, ask, check, paper_low

_TCP_CLOSED = 7
"""TCP_CLOSE in Linux' <netinet/tcp_states.h>: the connection was reset."""
_CLOSING_S = 1.0
_PARTING_S = 0.3
_KNOCK_S = 0.5
_USUAL = 960.0
"""Bytes a second of the usual slow box, 9600 baud."""
_READ = 256


class TcpTransport:
    """A printer in the network.

    Before a job the printer is asked for its state, afterwards whether it worked through the
    job. One that never answered is not asked again for ``quiet_s`` and counts as unverified;
    then it is only known that its network part took all bytes.

    Args:
        host: name or address, IPv6 without brackets.
        port: usually 9100.
        connect_s: longest wait for a connection.
        status_s: longest wait for each answer about its state; cheap network parts take seconds.
        confirm_s: longest wait for the answer that a job is done, before its state is asked.
        quiet_s: how long a mute printer is left in peace.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        connect_s: float = 3.0,
        status_s: float = 3.0,
        confirm_s: float = 6.0,
        quiet_s: float = 300.0,
    ) -> None:
        self.host = host
        self.port = port
        self._connect_s = connect_s
        self._status_s = status_s
        self._confirm_s = confirm_s
        self._manners = Manners(quiet_s)
        self._busy_until = 0.0
        self.paper_low = False
        self.rate = 0.0

    async def send(
        self,
        data: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # the time is part of the promise, see Transport
    ) -> Literal["confirmed", "unverified"]:
        """Deliver one job; see ``Transport.send``."""
        pace = Pace(timeout, len(data), self.rate or self._manners.rate)
        started = False
        try:
            async with self._connection() as link:
                pace.moved()
                talks = await self._ready(link, looking=False)
                link.raise_when_ended()
                pace.moved()
                started = True
                began = _now()
                await link.deliver(data, pace)
                talks = self._note_late(link) or talks
                if talks and await self._done(link, pace):
                    self._manners.confirmed(len(data), _now() - began)
                    return "confirmed"
                if link.owes:  # asked for the first time: it may answer late
                    await link.overhear(_PARTING_S)
                await link.part(_PARTING_S)
                self._note_late(link)
                self._busy_until = _now() + len(data) / (
                    self.rate or _USUAL
                )  # it still leaves a slow box
                return "unverified"
        except TimeoutError as error:
            raise PrintError("timeout", "not all was taken in time", unsure=started) from error
        except ConnectionError as error:
            raise PrintError("closed", str(error), unsure=started) from error
        except OSError as error:
            raise PrintError("io", str(error), unsure=started) from error

    async def look(self, *, timeout: float) -> bool:  # noqa: ASYNC109  # as in send
        """Ask the printer how it is, without printing; see ``Looks.look``."""
        try:
            async with asyncio.timeout(timeout), self._connection() as link:
                return await self._ready(link, looking=True)
        except TimeoutError as error:
            raise PrintError("timeout", "no answer in time") from error
        except ConnectionError as error:
            raise PrintError("closed", str(error)) from error
        except OSError as error:
            raise PrintError("io", str(error)) from error

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[_Link]:
        reader, writer = await self._open()
        try:
            yield _Link(reader, writer)
        except BaseException:
            writer.transport.abort()  # what is still in our buffer must not be printed later
            raise
        finally:
            await _close(writer)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while True:
            try:
                return await self._knock()
            except PrintError:
                # Many boxes take one connection at a time, and ours may still be at work in it.
                if _now() >= self._busy_until:
                    raise
            await asyncio.sleep(_KNOCK_S)

    async def _knock(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        where = f"{self.host}:{self.port}"
        try:
            async with asyncio.timeout(self._connect_s):
                return await asyncio.open_connection(self.host, self.port)
        except TimeoutError as error:
            raise PrintError("timeout", f"no connection to {where}", unreached=True) from error
        except ConnectionRefusedError as error:
            raise PrintError("refused", where, unreached=True) from error
        except socket.gaierror as error:
            raise PrintError("offline", f"no address for {where}", unreached=True) from error
        except OSError as error:
            why = f"{where}: {error.strerror or error}"
            raise PrintError("offline", why, unreached=True) from error

    async def _ready(self, link: _Link, *, looking: bool) -> bool:
        """Ask for the state; return whether the printer answers at all."""
        answers = await self._state(link, looking=looking)
        if answers:
            self.paper_low = paper_low(answers)
            check(answers)
        return bool(answers)

    async def _state(self, link: _Link, *, looking: bool = False) -> dict[int, int]:
        answers: dict[int, int] = {}
        for question in QUESTIONS:
            if not self._manners.asked(question, looking=looking):
                continue
            answer = await link.ask(question, self._status_s * self._manners.ease)
            if answer is None:
                self._manners.silent(question, others=bool(answers))
                if not answers:
                    break
            else:
                self._manners.heard(question)
                answers[question] = answer
        return answers

    def _note_late(self, link: _Link) -> bool:
        """Take answers that came when nobody waited for them any more; ``False`` without any.

        Raises:
            PrintError: they say that the printer could not print.
        """
        late = link.heard_late()
        for question in late:
            self._manners.heard_late(question)
        check(late, unsure=True)
        return bool(late)

    async def _done(self, link: _Link, pace: Pace) -> bool:
        """Wait until the job is worked through; ``False`` when the printer cannot tell.

        What the systems on the way have taken may still wait in front of a slow line, and our
        questions behind it: there silence is no trouble for as long as that may take.

        Raises:
            PrintError: it ran into trouble with the job, so part of the paper may exist.
        """
        if not self._manners.worth_confirming:
            return False
        pace.moved()
        link.say(ASK_DONE)
        if await link.confirmed(self._confirm_s):
            return True
        while True:
            answer = await link.ask(PRINTER, max(0.0, pace.ends_at - _now()), or_done=True)
            if link.done:
                return True
            if answer is None:
                raise PrintError("timeout", "it went silent during the job", unsure=True)
            try:
                check({PRINTER: answer} | await self._state(link), unsure=True)
            except PrintError as error:
                error.unsure = True
                raise
            # The word may have been right behind the answer: even who never gave it gets a moment.
            moment = self._confirm_s if self._manners.confirms else _PARTING_S
            if await link.confirmed(min(moment, max(0.0, pace.ends_at - _now()))):
                return True
            if not self._manners.confirms or _now() >= pace.ends_at:
                self._manners.not_confirmed()
                return False


class _Link:
    """One open connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._answers = Answers()

    @property
    def done(self) -> bool:
        """The printer has said that it worked through the job."""
        return self._answers.done

    @property
    def owes(self) -> bool:
        """A question was not answered in time, and may still be."""
        return self._answers.owes

    def say(self, words: bytes) -> None:
        """Send, without waiting for anything; what was said before is no answer to it."""
        self._answers.sort()
        self._answers.done = False
        self._writer.write(words)

    async def ask(self, question: int, wait_s: float, *, or_done: bool = False) -> int | None:
        """Return the printer's answer, or ``None`` when none came in time.

        With ``or_done`` the word that the job is done ends the wait too; see ``done``.

        Raises:
            ConnectionError: the printer hung up.
        """
        answers = self._answers
        answers.asked(question)
        self._writer.write(ask(question))
        await self._listen(wait_s, lambda: question in answers.late or (or_done and answers.done))
        return answers.take(question)

    async def confirmed(self, wait_s: float) -> bool:
        """Wait for the word that the job is done."""
        await self._listen(wait_s, lambda: self.done, done=True)
        return self.done

    async def _listen(
        self, wait_s: float, enough: Callable[[], bool], *, done: bool = False
    ) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while True:
                    self._answers.sort(done=done)
                    if enough():
                        return
                    data = await self._reader.read(_READ)
                    if not data:
                        raise ConnectionResetError("the printer hung up")
                    self._answers.feed(data)

    def heard_late(self) -> dict[int, int]:
        """Return and forget the answers nobody waited for any more, by question."""
        return self._answers.take_late()

    def raise_when_ended(self) -> None:
        """Raise ConnectionError when the other side is known to have hung up."""
        if self._reader.at_eof():
            raise ConnectionResetError("the printer hung up at once")

    async def deliver(self, data: bytes, pace: Pace) -> None:
        """Write all and wait until the other side has taken it.

        Raises:
            ConnectionError: it hung up before.
            TimeoutError: it takes no more.
        """
        self._writer.write(data)
        connection = self._writer.get_extra_info("socket")
        pause, least = 0.0005, len(data) + 1
        while left := self._writer.transport.get_write_buffer_size() + _in_flight(connection):
            self._raise_when_lost(connection)
            if left < least:
                least = left
                pace.moved()
            pace.check()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.05)
        self._raise_when_lost(connection)
        await self.overhear(0.0)

    async def part(self, wait_s: float) -> None:
        """Say that the job is complete and give the other side a moment to object.

        Raises:
            ConnectionError: it hung up without having read all.
        """
        self._writer.write_eof()
        await self.overhear(wait_s)

    async def overhear(self, wait_s: float) -> None:
        """Take what it says unasked, or late."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while data := await self._reader.read(_READ):
                    self._answers.feed(data)

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
    return time.monotonic()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        async with asyncio.timeout(_CLOSING_S):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        writer.transport.abort()
