"""Compares paper: the bytes of one ticket, and the time from the touch to its first byte."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.builds import Build
from bench.cases import Case, Measure, Quantity, no_turns
from bench.figures import quantile
from bench.office import serving
from bench.paper import CREATED, Printer
from bench.scale import Scale

TOUCHES = 40
WARM_UP = 5


@contextmanager
def _tickets(build: Build, data: Path, _scale: Scale) -> Iterator[Measure]:
    with closing(Printer()) as printer:
        build.run("-m", "server.cli", "printer", "add", "bench",
                  f"tcp://127.0.0.1:{printer.port}", "--data", str(data))  # fmt: skip
        with serving(data, build=build) as office:
            connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=30)
            headers = {
                "Authorization": f"Bearer {office.token('staff')}",
                "Content-Type": "application/json",
            }

            def touch() -> tuple[float, float, float]:
                start = time.perf_counter()
                body = json.dumps({"service": "A"})
                connection.request("POST", "/api/tickets", body, headers)
                answer = connection.getresponse()
                answer.read()
                answered = time.perf_counter()
                if answer.status != CREATED:
                    raise RuntimeError(f"a number was refused: {answer.status}")
                first = printer.first_bytes.get(timeout=30)
                size = printer.sizes.get(timeout=30)
                return (first - start) * 1000, (answered - start) * 1000, size

            for _ in range(WARM_UP):
                touch()

            def measure() -> dict[str, float]:
                first, answered, sizes = zip(*(touch() for _ in range(TOUCHES)), strict=True)
                return {
                    "bytes": quantile(sizes, 0.5),
                    "first": quantile(first, 0.5),
                    "first-p99": quantile(first, 0.99),
                    "answer": quantile(answered, 0.5),
                }

            yield measure
            connection.close()


CASES = (
    Case(
        "paper", "one kiosk, touch after touch, an 80 mm network printer that answers at once",
        (
            Quantity("bytes", "bytes", 0.2),
            Quantity("first", "ms", 1.0),
            Quantity("first-p99", "ms"),
            Quantity("answer", "ms"),
        ),
        _tickets, no_turns,
    ),
)  # fmt: skip
