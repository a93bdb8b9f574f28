"""Compares the log: files of many rows, and the first page of every filter out of very many."""

from __future__ import annotations

import http.client
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.builds import Build
from bench.cases import Case, Measure, Open, Quantity, big
from bench.history import BRANCH
from bench.log import COLUMNS, full_days
from bench.machine import cpu_seconds, forget_peak, memory
from bench.office import Office, serving
from bench.scale import Scale
from server.storage.database import DATABASE

ROWS = 100_000
WAIT_S = 600
CHUNK = 1 << 16
OK = 200
FILTERS = {
    "all": "",
    "label": "q=A017",
    "label-none": "q=Z999",
    "label-wide": "q=A",
    "service": "service=B",
    "counter": "counter=3",
    "class": "priority=priority",
    "outcome": "outcome=cancelled_by_staff",
    "outcome-none": "outcome=transferred",
    "channel-none": "channel=manager",
    "several": "q=A017&outcome=no_show&priority=regular&sort=-issued",
    "newest": "sort=-issued",
}
"""Name -> what is asked for, over all days there are. ``-none`` finds nothing at all."""


def thousand_rows(scale: Scale) -> int:
    """Return the turns of a file: 100,000, less in a quick run."""
    return min(ROWS, scale.big)


def _ask(office: Office, path: str) -> tuple[int, float]:
    """Return the bytes of an answer and the milliseconds until its last one."""
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=WAIT_S)
    began = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {office.token('manager')}"})
    answer = connection.getresponse()
    size = 0
    while data := answer.read(CHUNK):
        size += len(data)
    taken = (time.perf_counter() - began) * 1000
    connection.close()
    if answer.status != OK:
        raise RuntimeError(f"{path}: {answer.status}")
    return size, taken


def _file(form: str) -> Open:
    @contextmanager
    def opened(build: Build, data: Path, scale: Scale) -> Iterator[Measure]:
        first, last = full_days(data)
        rows = thousand_rows(scale)
        with serving(data, build=build) as office:

            def measure() -> dict[str, float]:
                forget_peak(office.pid)
                cpu = cpu_seconds(office.pid)
                size, taken = _ask(office, f"/api/log?from={first}&to={last}&format={form}")
                return {
                    "cpu": rows / max(0.01, cpu_seconds(office.pid) - cpu),
                    "rows": rows / taken * 1000,
                    "peak": memory(office.pid, "VmHWM") / 1e6,
                    "size": size / 1e6,
                }

            yield measure

    return opened


@contextmanager
def _read(folder: Path, _scale: Scale) -> Iterator[Measure]:
    """Read the same columns with plain ``sqlite3``."""
    data = next(folder.glob("*/" + DATABASE)).parent
    first, last = full_days(data)

    def measure() -> dict[str, float]:
        with closing(sqlite3.connect(data / DATABASE)) as db:
            began, cpu = time.perf_counter(), time.process_time()
            rows = sum(1 for _ in db.execute(COLUMNS, (BRANCH, first, last)))
            return {
                "cpu": rows / (time.process_time() - cpu),
                "rows": rows / (time.perf_counter() - began),
            }

    yield measure


@contextmanager
def _first_pages(build: Build, data: Path, _scale: Scale) -> Iterator[Measure]:
    first, last = full_days(data)
    with serving(data, build=build) as office:
        _ask(office, "/healthz")

        def measure() -> dict[str, float]:
            return {
                name: _ask(office, f"/api/log?from={first}&to={last}&limit=100&{asked}")[1]
                for name, asked in FILTERS.items()
            }

        yield measure


def _quantities(rows: float | None = None) -> tuple[Quantity, ...]:
    return (
        Quantity("cpu", "rows/CPU s", rows, more=True),
        Quantity("rows", "rows/s", more=True),
        Quantity("peak", "MB"),
        Quantity("size", "MB"),
    )


FLOOR = "floor: plain sqlite3 reading the columns"
CASES = (
    Case("xlsx", f"100,000 turns as a workbook, the server's peak memory and the size; {FLOOR}",
         _quantities(10), _file("xlsx"), thousand_rows, _read, 5),
    Case("csv", f"the same as CSV; {FLOOR}",
         _quantities(), _file("csv"), thousand_rows, _read),
    Case("log", "first page of 100 turns of each filter, out of all days of the large past",
         tuple(Quantity(name, "ms", 0.02 if name == "label-none" else None) for name in FILTERS),
         _first_pages, big, None, 3),
)  # fmt: skip
