"""Measures what strangers cost the counters: call-next beside each attack, beside a quiet hall.

Twelve counters call on one server, one after the other and each a few times a second, which is more
often than people can. Beside them nothing (quiet), then one attack after another, each from a
process of its own, with a quiet measurement before and after each. The ratio is that of the 99th
percentiles. A slow disk is not made here: that needs a file system of one's own.
"""

from __future__ import annotations

import http.client
import io
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import msgspec
from PIL import Image

from bench.figures import Figure, quantile
from bench.flood import Flood
from bench.machine import memory
from bench.mix import COUNTERS, ROUND
from bench.office import Office, serving
from bench.scale import Pasts, Scale

LIMIT = 2.0
MEMORY_MB = 200
PACE_S = 0.02
WARM_S = 1.0
PHONES, CLIENTS, SILENT, GUESSERS = 2000, 500, 1150, 40
PIXELS = (10_000, 6_000)
TOO_MANY = 429


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Measure all attacks on one server."""
    data = pasts.with_turns(100, "-storm")
    seconds = 3.0 if scale.rounds < 3 else 8.0  # noqa: PLR2004
    figures: list[Figure] = []
    with serving(data) as office:
        desks = _Desks(office)
        for counter in range(1, COUNTERS + 1):
            desks.act(counter, "open")
        tracks = [desks.take() for _ in range(PHONES)]
        desks.measure(seconds / 2)  # the first answers are always slow
        base = memory(office.pid)
        for name, attack in _attacks(office, tracks).items():
            before = desks.measure(seconds)
            with attack() as told:
                time.sleep(WARM_S)
                beside = desks.measure(seconds)
            after = desks.measure(seconds)
            quiet = before + after
            figures.append(
                Figure(
                    f"storm: p99 beside {name}, over quiet",
                    quantile(beside, 0.99) / quantile(quiet, 0.99), "x", LIMIT, "<",
                    note=f"{quantile(beside, 0.99):.1f} ms, quiet {quantile(quiet, 0.99):.1f}; "
                    f"p50 {quantile(beside, 0.5):.1f} ms, quiet {quantile(quiet, 0.5):.1f}; "
                    f"{len(beside)} calls; " + told(),
                )
            )  # fmt: skip
        most = (memory(office.pid, "VmHWM") - base) / 1e6
        figures.append(Figure("storm: memory at its most, over quiet", most, "MB", MEMORY_MB, "<"))
        figures.append(Figure("storm: counters refused", float(desks.refused), ""))
    return figures


class _Desks:
    """The counters: each call is timed, then ended so that the next one can come."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._head = {"Authorization": f"Bearer {office.token('staff')}"}
        self._link = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)
        self._taken = 0
        self.refused = 0

    def _ask(self, path: str, body: object = None) -> tuple[int, bytes]:
        self._link.request("POST", path, json.dumps(body or {}), self._head)
        answer = self._link.getresponse()
        return answer.status, answer.read()

    def act(self, counter: int, act: str) -> int:
        """Do something at a counter; return the status."""
        return self._ask(f"/api/counters/{counter}/{act}")[0]

    def take(self) -> str:
        """Take a number; return its tracking token."""
        self._taken += 1
        _, body = self._ask("/api/tickets", {"service": ROUND[self._taken % len(ROUND)]})
        return str(json.loads(body)["tracking_url"]).rpartition("/")[2]

    def measure(self, seconds: float) -> list[float]:
        """Call at one counter after the other; return each call's milliseconds."""
        found: list[float] = []
        end, counter = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            counter = counter % COUNTERS + 1
            began = time.perf_counter()
            status = self.act(counter, "call-next")
            found.append((time.perf_counter() - began) * 1000)
            self.refused += status >= TOO_MANY
            self.act(counter, "no-show")
            self.take()
            time.sleep(PACE_S)
        return found


Told = Callable[[], str]
"""What an attack says of itself when it is over."""
Attack = Callable[[], AbstractContextManager[Told]]


def _attacks(office: Office, tracks: list[str]) -> dict[str, Attack]:
    port = office.port
    logins = [
        _post("/api/session", {"login": f"x{number}", "password": "salah-sekali"})
        for number in range(GUESSERS)
    ]
    looks = [_get(f"/api/track/{token}") for token in tracks]
    everywhere = [_get(each) for each in ("/", "/kiosk", "/web/catalog/id.json", "/readyz")]
    half = b"GET /api/services HTTP/1.1\r\nHost:"
    return {
        "the contract, 20 clients": partial(_flood, port, [[_get("/api/openapi.json")]] * 20),
        f"{GUESSERS} guessers": partial(_flood, port, [[each] for each in logins]),
        f"{SILENT} silent connections": partial(_silent, port, b""),
        f"{SILENT} half-sent heads": partial(_silent, port, half),
        "60-megapixel PNG, 4 at once": partial(_pictures, office),
        f"{PHONES} phones, a look each 10 s": partial(_flood, port, [[each] for each in looks], 10),
        f"{CLIENTS} clients flat out": partial(
            _flood, port, [[looks[number], *everywhere] for number in range(CLIENTS)]
        ),
    }


def _get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"


def _post(path: str, body: object) -> str:
    text = json.dumps(body)
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(text)}\r\n\r\n{text}"
    )


@contextmanager
def _flood(port: int, requests: list[list[str]], every_s: float = 0.0) -> Iterator[Told]:
    """Send requests over many connections from a process of its own until the block ends."""
    said: list[bytes] = []
    with subprocess.Popen(
        [sys.executable, "-m", "bench.flood"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as flood:
        if flood.stdin is None or flood.stdout is None:
            raise RuntimeError("no pipes")
        flood.stdin.write(msgspec.json.encode(Flood(port, requests, every_s)) + b"\n")
        flood.stdin.flush()
        try:
            yield lambda: f"answers: {said[0].decode()}"
        finally:
            flood.stdin.close()
            said.append(flood.stdout.read())


@contextmanager
def _silent(port: int, words: bytes) -> Iterator[Told]:
    """Keep so many connections that say no more than ``words``; who is ended knocks again."""
    over, ended, first = threading.Event(), [0], threading.Event()

    def knock() -> None:
        links: list[socket.socket] = []
        while not over.is_set():
            while len(links) < SILENT:
                try:
                    links.append(socket.create_connection(("127.0.0.1", port), timeout=5))
                    links[-1].sendall(words)
                except OSError:
                    ended[0] += 1
            first.set()
            over.wait(0.5)
            for link in [each for each in links if _ended(each)]:
                ended[0] += 1
                link.close()
                links.remove(link)
        for link in links:
            link.close()

    thread = threading.Thread(target=knock)
    thread.start()
    first.wait(60)
    try:
        yield lambda: f"{ended[0]:,} ended by the server"
    finally:
        over.set()
        thread.join()


def _ended(link: socket.socket) -> bool:
    link.setblocking(False)  # noqa: FBT003 - its only parameter
    try:
        link.recv(1024)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


@contextmanager
def _pictures(office: Office) -> Iterator[Told]:
    """Upload monstrous pictures, four at once, as a manager's program gone wrong."""
    made = io.BytesIO()
    Image.new("RGB", PIXELS).save(made, "PNG")
    over, statuses = threading.Event(), dict[int, int]()

    def upload() -> None:
        head = {"Authorization": f"Bearer {office.token('manager')}"}
        while not over.is_set():
            link = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)
            link.request("POST", "/api/media?name=x", made.getvalue(), head)
            status = link.getresponse().status
            link.close()
            statuses[status] = statuses.get(status, 0) + 1

    threads = [threading.Thread(target=upload) for _ in range(4)]
    for each in threads:
        each.start()
    try:
        yield lambda: f"{made.tell():,} bytes each; answers: {statuses}"
    finally:
        over.set()
        for each in threads:
            each.join()
