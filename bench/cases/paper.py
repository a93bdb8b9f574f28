"""Compares paper: the bytes of one ticket, and the time from the touch to its first byte."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from bench.builds import Build
from bench.cases import Case, Measure, Quantity, no_turns
from bench.figures import quantile
from bench.office import serving
from bench.paper import CREATED, Printer
from bench.scale import Scale

TOUCHES = 40
WARM_UP = 5


ADDRESS = ("--public-url", "http://192.0.2.20:8080")
"""Where phones would come: newer builds print no code that leads to this machine alone."""


@contextmanager
def _tickets(profile: str, build: Build, data: Path, _scale: Scale) -> Iterator[Measure]:
    """A build that knows no profiles prints the only ticket it has."""
    with closing(Printer()) as printer:
        add = ["-m", "server.cli", "printer", "add", "bench",
               f"tcp://127.0.0.1:{printer.port}", "--data", str(data)]  # fmt: skip
        build.run(*add, *(("--profile", profile) if _knows_profiles(build) else ()))
        with serving(data, build=build, more=ADDRESS) as office:
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


def _knows_profiles(build: Build) -> bool:
    return "--profile" in build.run("-m", "server.cli", "printer", "add", "--help")


_TIMES = (Quantity("first", "ms", 1.0), Quantity("first-p99", "ms"), Quantity("answer", "ms"))

CASES = (
    Case(
        "paper", "one kiosk, touch after touch, an 80 mm network printer that answers at once, "
        "with letters and codes of its own where a build can make use of them",
        (Quantity("bytes", "bytes", 0.2), *_TIMES),
        partial(_tickets, "escpos"), no_turns,
    ),
    Case(
        "paper-drawn", "the same with a printer that is trusted with nothing",
        (Quantity("bytes", "bytes"), *_TIMES),
        partial(_tickets, "raster"), no_turns,
    ),
)  # fmt: skip
