"""Owns the screens of a hall: many websockets in one process, read with epoll and nothing else.

``python -m bench.screens`` reads a ``Hall`` from standard input and writes ``Seen`` to standard
output, both JSON. It calls a ticket itself and notes when each screen has the call, all by one
clock; reading a screen costs a few microseconds, and the floor server shows how many.
"""

from __future__ import annotations

import base64
import os
import resource
import selectors
import socket
import subprocess
import sys
import time

import msgspec

from bench.load import ANSWER_S, Connection

TIMEOUT_S = 300.0
QUIET_S = 0.05
CALLED = b'"kind":"called"'
SNAPSHOT = b'"type":"snapshot"'
SPARE_FILES = 500
PING = 0x89
PONG = b"\x8a\x80\x00\x00\x00\x00"
"""Empty, under a mask of zeros."""


class Hall(msgspec.Struct, frozen=True):
    """What to open and do.

    Attributes:
        port: on 127.0.0.1.
        screens: how many sockets.
        token: of a display.
        before: requests sent before each call (a ticket taken), one after the other.
        call: the request that calls.
        after: requests sent after each call (start, finish).
        trials: how many calls.
        pid: the server's process, whose memory is read with no screen and with all.
    """

    port: int
    screens: int
    token: str
    before: list[str]
    call: str
    after: list[str]
    trials: int
    pid: int


class Seen(msgspec.Struct, frozen=True):
    """Milliseconds from sending the call until each screen had it, of all trials together.

    ``last_ms`` is the slowest screen of each trial, ``joined_s`` the time until every screen
    had its snapshot.
    """

    each_ms: list[float]
    last_ms: list[float]
    joined_s: float
    memory_without: int
    memory_with: int


def watch(hall: Hall) -> Seen:
    """Open the screens in a process of their own and return what they saw."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.screens"],
        input=msgspec.json.encode(hall),
        stdout=subprocess.PIPE,
        check=True,
        timeout=TIMEOUT_S,
    )
    return msgspec.json.decode(done.stdout, type=Seen)


def allow_files(screens: int) -> bool:
    """Raise the limit of open files, for this process and those it starts; false if refused."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = screens + SPARE_FILES
    if soft >= wanted:
        return True
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return True


class Screen:
    """One websocket: the handshake, then the text of each frame that comes."""

    __slots__ = ("_got", "_open", "socket")

    def __init__(self, port: int, token: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self._got = b""
        self._open = False
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            (
                "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: {key}\r\nAuthorization: Bearer {token}\r\n\r\n"
            ).encode()
        )
        self.socket.settimeout(0)

    def receive(self) -> list[bytes]:
        """Return the whole frames' payloads that have come.

        Raises:
            ConnectionError: the server closed the socket or refused it.
        """
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed a screen")
        data = self._got + data
        if not self._open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._got = data
                return []
            if data[9:12] != b"101":
                raise ConnectionError(data[:end].decode("latin-1"))
            self._open = True
            data = data[end + 4 :]
        payloads = []
        while (frame := _frame_end(data)) is not None:
            if data[0] == PING:
                self.socket.sendall(PONG)
            payloads.append(data[frame[0] : frame[1]])
            data = data[frame[1] :]
        self._got = data
        return payloads


def _frame_end(data: bytes) -> tuple[int, int] | None:
    """Return where the first frame's payload begins and ends, if it is all there (RFC 6455 5.2)."""
    if len(data) < 2:  # noqa: PLR2004 - the shortest frame
        return None
    size, begin = data[1] & 0x7F, 2
    if size == 126:  # noqa: PLR2004 - 16-bit length follows
        size, begin = int.from_bytes(data[2:4], "big"), 4
    elif size == 127:  # noqa: PLR2004 - 64-bit length follows
        size, begin = int.from_bytes(data[2:10], "big"), 10
    return (begin, begin + size) if len(data) >= begin + size else None


class _Room:
    """All screens and the desk's connection, read together."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.selector = selectors.DefaultSelector()
        self.screens: list[Screen] = []
        self.sent_at = 0
        self.answered = False
        requests = [*hall.before, hall.call, *hall.after]
        self.desk = Connection(hall.port, requests, iter(range(1)))
        self.selector.register(self.desk.socket, selectors.EVENT_READ, None)

    def join(self) -> float:
        """Open every screen and wait for all snapshots; return the seconds it took."""
        began = time.perf_counter()
        missing = 0
        for number in range(self.hall.screens):
            screen = Screen(self.hall.port, self.hall.token)
            self.selector.register(screen.socket, selectors.EVENT_READ, screen)
            self.screens.append(screen)
            missing += 1
            if number % 100 == 99:  # noqa: PLR2004 - do not outrun the accept queue
                missing -= self._read(SNAPSHOT, wait=0.0)[1]
        while missing:
            missing -= self._read(SNAPSHOT, wait=ANSWER_S)[1]
        return time.perf_counter() - began

    def _read(self, wanted: bytes, wait: float) -> tuple[list[float], int]:
        """Read what is ready once; return when screens got a message with ``wanted``, and how many.

        Raises:
            TimeoutError: nothing came although it was waited for.
        """
        ready = self.selector.select(wait)
        if not ready and wait > 1.0:
            raise TimeoutError(f"a screen got nothing for {ANSWER_S} seconds")
        times = []
        for key, _ in ready:
            if key.data is None:
                self.answered |= self.desk.receive()
                continue
            got = sum(wanted in payload for payload in key.data.receive())
            if got:
                times += [(time.perf_counter_ns() - self.sent_at) / 1e6] * got
        return times, len(times)

    def send(self) -> None:
        """Send the desk's next request, without screens in mind."""
        self.answered = False
        self.sent_at = time.perf_counter_ns()
        self.desk.send()

    def settle(self) -> None:
        """Wait for the answer, then until no screen gets anything more."""
        while not self.answered:
            self._read(CALLED, wait=ANSWER_S)
        while self.selector.select(QUIET_S):
            self._read(CALLED, wait=0.0)

    def call(self) -> list[float]:
        """Call, and return when each screen had it."""
        self.send()
        times: list[float] = []
        while len(times) < len(self.screens):
            times += self._read(CALLED, wait=ANSWER_S)[0]
        self.settle()
        return times


def _memory(pid: int) -> int:
    from bench.machine import memory  # noqa: PLC0415 - the hot part needs none of it

    return memory(pid)


def run(hall: Hall) -> Seen:
    """Open the screens in this process and call ``trials`` times."""
    allow_files(hall.screens)
    room = _Room(hall)
    without = _memory(hall.pid)
    joined = room.join()
    with_all = _memory(hall.pid)
    each: list[float] = []
    last: list[float] = []
    for _ in range(hall.trials):
        for _ in hall.before:
            room.send()
            room.settle()
        times = room.call()
        each += times
        last.append(max(times))
        for _ in hall.after:
            room.send()
            room.settle()
    for screen in room.screens:
        screen.socket.close()
    room.desk.socket.close()
    return Seen(each, last, joined, without, with_all)


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Hall)
    sys.stdout.buffer.write(msgspec.json.encode(run(asked)))
