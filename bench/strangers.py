"""Owns who attacks: each in a process of its own, until whoever started it closes its input.

``python -m bench.strangers`` reads one of the plans as a line of JSON and writes at its end what it
got as one line of words. It is nicer than the server and the counters' clock (nice 10): in a hall
strangers are other machines, which take the server's network and none of its processor.
"""

from __future__ import annotations

import http.client
import os
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from bench.flood import Flood, flood

NICE = 10
KNOCK_S = 0.5


class Silent(msgspec.Struct, frozen=True, tag=True):
    """Keep ``count`` connections that say ``words`` and no more; who is ended knocks again."""

    port: int
    count: int
    words: str


class Uploads(msgspec.Struct, frozen=True, tag=True):
    """Send a file again and again to ``path``, some at once."""

    port: int
    path: str
    token: str
    file: str
    at_once: int


class Churn(msgspec.Struct, frozen=True, tag=True):
    """Open a connection, ask once, close it, and again; some at once."""

    port: int
    request: str
    at_once: int


Plan = Flood | Silent | Uploads | Churn
Told = Callable[[], str]
"""What an attack says of itself when it is over."""


@contextmanager
def attack(plan: Plan) -> Iterator[Told]:
    """Attack until the block ends."""
    said: list[bytes] = []
    with subprocess.Popen(
        [sys.executable, "-m", "bench.strangers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        if running.stdin is None or running.stdout is None:
            raise RuntimeError("no pipes")
        running.stdin.write(msgspec.json.encode(plan) + b"\n")
        running.stdin.flush()
        running.stdout.readline()  # it begins
        try:
            yield lambda: said[0].decode().strip()
        finally:
            running.stdin.close()
            said.append(running.stdout.read())


def _silent(plan: Silent) -> str:
    """Knock without a pause until all are there, then twice a second for those that were ended."""
    ended, words = 0, plan.words.encode()
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin.buffer, selectors.EVENT_READ)
        there, again = 0, 0.0
        while True:
            if time.monotonic() >= again:
                while there < plan.count:
                    try:
                        link = socket.create_connection(("127.0.0.1", plan.port), timeout=5)
                        link.sendall(words)
                    except OSError:
                        ended += 1
                        break
                    link.setblocking(False)  # noqa: FBT003 - its only parameter
                    selector.register(link, selectors.EVENT_READ)
                    there += 1
                again = time.monotonic() + KNOCK_S
            for key, _ in selector.select(max(0.0, again - time.monotonic())):
                if not isinstance(key.fileobj, socket.socket):
                    return f"{ended:,} ended by the server"
                data = b""
                with suppress(OSError):
                    data = key.fileobj.recv(4096)
                if not data:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    ended, there = ended + 1, there - 1


def _threads(count: int, once: Callable[[], int]) -> str:
    """Do something in ``count`` threads over and over; tell the statuses."""
    over, statuses = threading.Event(), Counter[int]()

    def run() -> None:
        while not over.is_set():
            try:
                status = once()
            except (OSError, http.client.HTTPException):
                status = 0
                over.wait(KNOCK_S)
            statuses[status] += 1

    threads = [threading.Thread(target=run) for _ in range(count)]
    for each in threads:
        each.start()
    sys.stdin.buffer.read()
    over.set()
    for each in threads:
        each.join()
    return f"answers: {dict(statuses)}"


def _uploads(plan: Uploads) -> str:
    body = Path(plan.file).read_bytes()

    def once() -> int:
        link = http.client.HTTPConnection("127.0.0.1", plan.port, timeout=60)
        link.request("POST", plan.path, body, {"Authorization": f"Bearer {plan.token}"})
        answer = link.getresponse()
        answer.read()
        link.close()
        return answer.status

    return f"{len(body):,} bytes each; {_threads(plan.at_once, once)}"


def _churn(plan: Churn) -> str:
    request = plan.request.encode()

    def once() -> int:
        with socket.create_connection(("127.0.0.1", plan.port), timeout=10) as link:
            link.sendall(request)
            return int(link.recv(65536)[9:12] or b"0")

    return _threads(plan.at_once, once)


def _attack(plan: Plan) -> str:
    if isinstance(plan, Flood):
        return flood(plan)
    if isinstance(plan, Silent):
        return _silent(plan)
    return _uploads(plan) if isinstance(plan, Uploads) else _churn(plan)


def main() -> None:
    """Attack as the plan on standard input says."""
    os.nice(NICE)
    plan = msgspec.json.decode(sys.stdin.buffer.readline(), type=Plan)
    sys.stdout.buffer.write(b"begins\n")
    sys.stdout.buffer.flush()
    print(_attack(plan))


if __name__ == "__main__":
    main()
