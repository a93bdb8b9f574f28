"""Measures paper: from the touch that takes a number to its first byte at a network printer."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Queue

from bench.figures import Figure, quantile
from bench.office import Office, serving
from bench.scale import Pasts, Scale

CREATED = 201
WARM_UP = 20
BUDGET_MS = 30
LEAN_BYTES = 3000
"""A fifth of what it was; at 9600 baud a little more than three seconds."""
_WELL = b"\x12"
_DONE = b"\x1dr\x01"
_ASK = b"\x10\x04"
_WAIT_S = 30


class Printer:
    """A printer on loopback that answers at once and notes when each paper's first byte came.

    How many bytes each paper had, questions about the printer's state left out, is in ``sizes``.
    """

    def __init__(self) -> None:
        self.first_bytes: Queue[float] = Queue()
        self.sizes: Queue[int] = Queue()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                self._job(connection)

    def _job(self, connection: socket.socket) -> None:
        started = False
        size = 0
        while data := connection.recv(65536):
            now = time.perf_counter()
            if data.startswith(_ASK) and len(data) == len(_ASK) + 1:
                connection.sendall(_WELL)
                continue
            if not started:
                started = True
                self.first_bytes.put(now)
            size += len(data)
            if data.endswith(_DONE):
                connection.sendall(b"\x00")
                self.sizes.put(size)
                size = 0


@contextmanager
def _printing(data: Path, profile: str) -> Iterator[tuple[Office, Printer]]:
    with closing(Printer()) as printer:
        url = f"tcp://127.0.0.1:{printer.port}"
        subprocess.run(
            [sys.executable, "-m", "server.cli", "printer", "add", "bench", url,
             "--profile", profile, "--data", str(data)],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        # A code stands on paper only where a phone could follow it.
        with serving(data, more=["--public-url", "http://192.0.2.20:8080"]) as office:
            yield office, printer


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Measure touch after touch, as at one kiosk; beside it the answer on the screen.

    First for a printer that gets the drawn ticket, then for one with letters and QR of its own.
    """
    return [
        figure for profile in ("raster", "escpos") for figure in _measure(scale, pasts, profile)
    ]


def _measure(scale: Scale, pasts: Pasts, profile: str) -> list[Figure]:
    answers: list[float] = []
    papers: list[float] = []
    sizes: list[float] = []
    with _printing(pasts.with_turns(0, f"-paper-{profile}"), profile) as (office, printer):
        connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=_WAIT_S)
        headers = {
            "Authorization": f"Bearer {office.token('staff')}",
            "Content-Type": "application/json",
        }
        body = json.dumps({"service": "A"})
        for touch in range(WARM_UP + max(100, scale.requests // 20)):
            start = time.perf_counter()
            connection.request("POST", "/api/tickets", body, headers)
            answer = connection.getresponse()
            answer.read()
            answered = time.perf_counter()
            assert answer.status == CREATED, answer.status
            first = printer.first_bytes.get(timeout=_WAIT_S)
            if touch >= WARM_UP:
                answers.append((answered - start) * 1000)
                papers.append((first - start) * 1000)
            sizes.append(printer.sizes.get(timeout=_WAIT_S))
        connection.close()
    own = "" if profile == "raster" else f", {profile}"
    return [
        Figure(f"paper: touch -> first byte at the printer{own}, p50", quantile(papers, 0.5), "ms",
               None, "", quantile(answers, 0.5), "floor: the answer on the screen"),
        Figure(f"paper: touch -> first byte at the printer{own}, p99", quantile(papers, 0.99), "ms",
               BUDGET_MS, "<", quantile(answers, 0.99)),
        Figure(f"paper: bytes of an 80 mm ticket{own}", quantile(sizes, 0.5), "B",
               LEAN_BYTES if own else None, "<" if own else "", None, "what the line carries"),
    ]  # fmt: skip
