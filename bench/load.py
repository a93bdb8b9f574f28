"""Owns the load on an HTTP server: a process of its own, raw sockets and epoll, nothing else.

``python -m bench.load`` reads a ``Plan`` from standard input and writes an ``Outcome`` to
standard output, both JSON. Requests are bytes made beforehand and answers are only cut at
``Content-Length``, so that the generator costs a few microseconds a request and the server under
test stays the limit. Each connection has one request under way (a closed loop), as a kiosk has.
"""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count, cycle

import msgspec

TIMEOUT_S = 300.0
ANSWER_S = 60.0
KEY = b"@KEY@"
"""Stands in a request where each one sent gets a number of its own (same length)."""
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Plan(msgspec.Struct, frozen=True):
    """What to send.

    Attributes:
        port: on 127.0.0.1.
        requests: per connection, the requests it sends over and over in this order.
        count: how many requests all connections send together.
        warmup: the first of them that are not counted.
        rounds: when not 0, ``count`` is left aside: every connection sends its first request,
            then all wait for each other, every one its second, and so on, ``rounds`` times.
    """

    port: int
    requests: list[list[str]]
    count: int = 0
    warmup: int = 0
    rounds: int = 0


class Phase(msgspec.Struct, frozen=True):
    """What came back: seconds spent, answers by status, and each latency in microseconds."""

    seconds: float
    statuses: dict[int, int]
    latencies_us: list[float]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies_us) / self.seconds if self.seconds else 0.0


class Outcome(msgspec.Struct, frozen=True):
    """One phase of a free run; with rounds, one for each step of the round."""

    phases: list[Phase]
    cpu_s: float


def request(method: str, path: str, token: str, body: str = "", *, key: bool = False) -> str:
    """Return the text of a keep-alive request, with an idempotency key if asked for."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}"]
    if key:
        lines.append(f"Idempotency-Key: bench-{KEY.decode()}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    elif method != "GET":
        lines.append("Content-Length: 0")
    return "\r\n".join([*lines, "", body])


def drive(plan: Plan) -> Outcome:
    """Run a plan in a process of its own and return what came back.

    Raises:
        subprocess.CalledProcessError: the generator failed; its words are on standard error.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=msgspec.json.encode(plan),
        stdout=subprocess.PIPE,
        check=True,
        timeout=TIMEOUT_S,
    )
    return msgspec.json.decode(done.stdout, type=Outcome)


class Connection:
    """One keep-alive connection with at most one request under way."""

    __slots__ = ("_got", "_need", "_requests", "_serial", "sent_at", "socket", "status")

    def __init__(self, port: int, requests: list[str], serial: Iterator[int]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(0)
        self._requests = cycle([each.encode() for each in requests])
        self._serial = serial
        self._got = b""
        self._need = 0
        self.sent_at = 0
        self.status = 0

    def send(self) -> None:
        """Send the next request; it is far smaller than a socket's buffer."""
        data = next(self._requests)
        if KEY in data:
            data = data.replace(KEY, b"%05x" % next(self._serial))
        self._need = 0
        self.sent_at = time.perf_counter_ns()
        self.socket.sendall(data)

    def receive(self) -> bool:
        """Take what came; true when the answer is complete.

        Raises:
            ConnectionError: the server closed, or the answer has no length.
        """
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        if self._got:
            data = self._got + data
        if not self._need:
            end = data.find(_HEAD_END)
            if end < 0:
                self._got = data
                return False
            self.status = int(data[9:12])
            self._need = end + 4 + _content_length(data[:end], self.status)
        if len(data) < self._need:
            self._got = data
            return False
        self._got = b""
        return True


def _content_length(head: bytes, status: int) -> int:
    if status in {204, 304}:
        return 0
    lower = head.lower()
    at = lower.find(_LENGTH)
    if at < 0:
        raise ConnectionError("an answer without Content-Length")
    return int(lower[at + len(_LENGTH) :].split(b"\r\n", 1)[0])


class _Tally:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.statuses: dict[int, int] = {}
        self.latencies: list[float] = []

    def add(self, connection: Connection, now: int) -> None:
        status = connection.status
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.latencies.append((now - connection.sent_at) / 1000)

    def phase(self) -> Phase:
        return Phase(self.seconds, self.statuses, self.latencies)


def _free(
    connections: list[Connection], selector: selectors.BaseSelector, wanted: int, warmup: int
) -> list[Phase]:
    """Keep one request under way on every connection until ``wanted`` were answered."""
    tally = _Tally()
    left = wanted
    answered = 0
    clock = time.perf_counter_ns
    began = clock()
    for connection in connections:
        connection.send()
        left -= 1
    while answered < wanted:
        for key, _ in _ready(selector):
            connection = key.data
            if not connection.receive():
                continue
            now = clock()
            answered += 1
            if answered > warmup:
                tally.add(connection, now)
            elif answered == warmup:
                began = now
            if left > 0:
                left -= 1
                connection.send()
    tally.seconds = (clock() - began) / 1e9
    return [tally.phase()]


def _in_step(
    connections: list[Connection], selector: selectors.BaseSelector, steps: int, rounds: int
) -> list[Phase]:
    """Send step after step of the round on all connections; time each step by itself."""
    tallies = [_Tally() for _ in range(steps)]
    clock = time.perf_counter_ns
    for _ in range(rounds):
        for tally in tallies:
            began = clock()
            for connection in connections:
                connection.send()
            waiting = len(connections)
            while waiting:
                for key, _ in _ready(selector):
                    if key.data.receive():
                        tally.add(key.data, clock())
                        waiting -= 1
            tally.seconds += (clock() - began) / 1e9
    return [tally.phase() for tally in tallies]


def _ready(
    selector: selectors.BaseSelector,
) -> list[tuple[selectors.SelectorKey, int]]:
    ready = selector.select(ANSWER_S)
    if not ready:
        raise TimeoutError(f"no answer for {ANSWER_S} seconds")
    return ready


def run(plan: Plan) -> Outcome:
    """Run a plan in this process."""
    serial = count()
    connections = [Connection(plan.port, requests, serial) for requests in plan.requests]
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        cpu = time.process_time()
        if plan.rounds:
            steps = len(plan.requests[0])
            phases = _in_step(connections, selector, steps, plan.rounds)
        else:
            phases = _free(connections, selector, plan.count, plan.warmup)
        cpu = time.process_time() - cpu
    for connection in connections:
        connection.socket.close()
    return Outcome(phases, cpu)


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.json.encode(run(asked)))
