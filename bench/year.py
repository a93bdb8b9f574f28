"""Measures a demo year: how fast it is made and reported, and how near its percentiles are."""

from __future__ import annotations

import http.client
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec

from bench.figures import Figure, median
from bench.office import Office, prepare, serving
from bench.scale import Pasts, Scale
from server.storage.database import DATABASE

DAYS = 365
VISITORS = ((5_000_000, 40_000), (1_000_000, 4000), (0, 225))
"""From how many old turns on how many visitors come a day: ten million turns a year, a million, or
an ordinary office."""
REPORT_MS, LARGE, REPORT_LARGE_MS = 1000, 5_000_000, 3000
FLOOR_ROWS = 200_000
SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}
WAITS = """
SELECT service, MAX(0, first_called_at - eligible_at) / 1000.0 FROM turns
WHERE first_called_at IS NOT NULL
"""
SERVICES = """
SELECT service, service_ms / 1000.0 FROM turns
WHERE outcome = 'served' AND started_at IS NOT NULL AND ended_by <> 'automatic'
"""


def _made(data: Path, per_day: int) -> float:
    """Make the year; return turns a second, as the command tells them."""
    told = subprocess.run(
        [sys.executable, "-m", "server.cli", "demo", "--days", str(DAYS), "--per-day",
         str(per_day), "--data", str(data)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found = re.search(r"(\d+) turns in ([\d.]+) s", told)
    assert found is not None, told
    return int(found[1]) / float(found[2])


def _floor(data: Path, folder: Path) -> float:
    """Return the turns a second whose events alone plain ``sqlite3`` writes, from memory."""
    with closing(sqlite3.connect(data / DATABASE)) as db:
        rows = db.execute("SELECT * FROM events LIMIT ?", (FLOOR_ROWS,)).fetchall()
        issued = sum('"kind":"issued"' in row[4] for row in rows)
    with closing(sqlite3.connect(folder / "year-floor.db")) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("CREATE TABLE events (branch, seq, at, actor, data, PRIMARY KEY (branch, seq))")
        began = time.perf_counter()
        db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
        db.commit()
        return issued / (time.perf_counter() - began)


def _span(data: Path) -> tuple[str, str, int]:
    with closing(sqlite3.connect(data / DATABASE)) as db:
        first, last = db.execute("SELECT MIN(day), MAX(day) FROM days").fetchone()
        turns = db.execute("SELECT COUNT(*) FROM turns").fetchone()[0]
    return str(first), str(last), int(turns)


def _reported(office: Office, first: str, last: str, times: int) -> tuple[float, Report]:
    """Return the milliseconds of a year's report over HTTP, and the report."""
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)
    headers = {"Authorization": f"Bearer {office.token('manager')}"}
    taken, report = [], Report({}, [])
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", f"/api/reports?from={first}&to={last}", headers=headers)
        body = connection.getresponse().read()
        taken.append((time.perf_counter() - began) * 1000)
        report = msgspec.json.decode(body, type=Report)
    connection.close()
    return median(taken), report


class Part(msgspec.Struct, frozen=True):
    """One service in a report."""

    key: str
    figures: dict[str, float | None]


class Report(msgspec.Struct, frozen=True):
    """What is compared of a report."""

    figures: dict[str, float | None]
    services: list[Part]


def _worst(data: Path, report: Report) -> float:
    """Return how far, in per cent, a percentile of the report is from the exact one at most."""
    told = {each.key: each.figures for each in report.services} | {"": report.figures}
    worst = 0.0
    with closing(sqlite3.connect(data / DATABASE)) as db:
        for kind, sql in (("wait", WAITS), ("service", SERVICES)):
            values: dict[str, list[float]] = {"": []}
            for service, value in db.execute(sql):
                values.setdefault(service, []).append(value)
                values[""].append(value)
            for service, found in values.items():
                found.sort()
                for name, share in SHARES.items():
                    near = told[service].get(f"{kind}_{name}_s")
                    exact = found[max(0, -(-len(found) * round(share * 1000) // 1000) - 1)]
                    if near is not None and exact:
                        worst = max(worst, abs(near - exact) / exact * 100)
    return worst


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Make a year, read its report over HTTP and compare it with the log."""
    data = pasts.folder / "year"
    rate = _made(data, next(count for least, count in VISITORS if scale.big >= least))
    floor = _floor(data, pasts.folder)
    first, last, turns = _span(data)
    prepare(data)
    with serving(data) as office:
        report_ms, report = _reported(office, first, last, 2 * scale.rounds)
    assert report.figures["turns"] == turns, report.figures
    name = f"a year of {turns:,} turns"
    return [
        Figure(f"year: {name} is made", rate, "turns/s", 8_000, ">=", floor,
               "floor: plain sqlite3 writing its events alone, from memory"),
        Figure(f"year: report over {name}", report_ms, "ms",
               REPORT_LARGE_MS if turns > LARGE else REPORT_MS, "<"),
        Figure(f"year: furthest percentile of {name}", _worst(data, report), "%", 2, "<",
               note="p50, p90, p95 of waits and service times, for all and for each service"),
    ]  # fmt: skip
