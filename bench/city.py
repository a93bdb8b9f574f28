"""Measures a city: thirty offices' logs taken, all halls on one page, a year reported over all."""

from __future__ import annotations

import gzip
import http.client
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from bench.figures import Figure, median
from bench.office import Office, serving
from bench.scale import Pasts, Scale
from server.auth.registry import create_token
from server.branches import TECHNICIAN
from server.city import files, parts
from server.city.files import AT_ONCE
from server.clock import wall_clock
from server.storage.database import DATABASE, connect, transaction
from server.storage.ids import Ids
from server.storage.queries import boxes, offices

HALLS, PER_DAY = 30, 225
COPIED = ("rollups", "rollup_counters", "rollup_days", "rollup_months", "days", "settings")
REPORT_MS, HALLS_MS = 2000, 100


def _year(data: Path, days: int) -> None:
    subprocess.run(
        [sys.executable, "-m", "server.cli", "demo", "--days", str(days), "--per-day",
         str(PER_DAY), "--data", str(data)],
        check=True, capture_output=True,
    )  # fmt: skip


def _taken(folder: Path, office: Path) -> tuple[float, int]:
    """Return the events a second of a log that is taken from a file, and how many there were."""
    log = folder / "city.ramahlog"
    with closing(connect(office)) as db:
        branch = offices.branches(db)[0].id
        files.write(db, branch, files.head(db, branch, ""), 0, log)
    with closing(connect(folder / "city")) as db:
        branch = offices.add_branch(db, "hall-0")
        boxes.admit(db, branch)
        began = time.perf_counter()
        stand = files.take(db, branch, TECHNICIAN, log)
        return stand.seq / (time.perf_counter() - began), stand.seq


def _floor(folder: Path) -> float:
    """Return the events a second that plain ``sqlite3`` unpacks and keeps, as often durable."""
    with gzip.open(folder / "city.ramahlog") as file:
        _, events = parts.read(file)
        rows = [each.kept for each in events]
    with closing(sqlite3.connect(folder / "floor.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE events (seq PRIMARY KEY, at, actor, data) WITHOUT ROWID")
        began = time.perf_counter()
        for first in range(0, len(rows), AT_ONCE):
            with transaction(db):
                db.executemany(
                    "INSERT INTO events VALUES (?, ?, ?, ?)", rows[first : first + AT_ONCE]
                )
        return len(rows) / (time.perf_counter() - began)


def _spread(data: Path, office: Path) -> int:
    """Give the city the roll-ups of thirty halls, all like the first; return their turns."""
    with closing(connect(data)) as db, closing(sqlite3.connect(office / DATABASE)) as made:
        source = made.execute("SELECT MIN(id) FROM branches").fetchone()[0]
        with transaction(db):
            for number in range(HALLS):
                branch = offices.add_branch(db, f"hall-{number}")
                boxes.admit(db, branch)
                for table in COPIED:
                    _copy(made, db, table, source, branch)
                version = offices.branch(db, 1).version
                db.execute("UPDATE branches SET settings_version = ? WHERE id = ?",
                           (version, branch))  # fmt: skip
        return int(made.execute("SELECT COUNT(*) FROM turns").fetchone()[0]) * HALLS


def _copy(
    made: sqlite3.Connection, db: sqlite3.Connection, table: str, source: int, branch: int
) -> None:
    cursor = made.execute(f"SELECT * FROM {table} WHERE branch = ?", (source,))  # noqa: S608
    names = [each[0] for each in cursor.description]
    at = names.index("branch")
    marks = ", ".join("?" for _ in names)
    db.executemany(
        f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608
        [(*row[:at], branch, *row[at + 1 :]) for row in cursor],
    )


def _asked(office: Office, token: str, path: str, times: int) -> float:
    """Return the milliseconds of a question over HTTP."""
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:  # noqa: PLR2004
            raise RuntimeError(body.decode("utf-8", "replace")[:300])
    return median(taken)


def _city_token(data: Path) -> str:
    now = wall_clock()
    with closing(connect(data)) as db:
        return create_token(db, offices.branches(db)[0].id, "city", "bench", Ids().new(now), now)


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Take an office's year from a file, then ask about thirty such offices."""
    folder = pasts.folder / "city-bench"
    folder.mkdir()
    office = folder / "office"
    _year(office, 365 if scale.big >= 1_000_000 else 60)  # noqa: PLR2004 - as the other years
    rate, events = _taken(folder, office)
    floor = _floor(folder)
    turns = _spread(folder / "city", office)
    with closing(sqlite3.connect(office / DATABASE)) as db:
        first, last = db.execute("SELECT MIN(day), MAX(day) FROM days").fetchone()
    token = _city_token(folder / "city")
    with serving(folder / "city") as city:
        report_ms = _asked(
            city, token, f"/api/city/report?from={first}&to={last}", 2 * scale.rounds
        )
        halls_ms = _asked(city, token, "/api/city/halls", 20)
    return [
        Figure(f"city: an office's log of {events:,} events is taken", rate, "events/s", None, "",
               floor, "floor: plain sqlite3 unpacks and keeps the same events, as often durable"),
        Figure(f"city: report over {HALLS} halls with {turns:,} turns", report_ms, "ms",
               REPORT_MS, "<", note="roll-ups of one made year, kept for each hall"),
        Figure(f"city: {HALLS} halls as they stand now", halls_ms, "ms", HALLS_MS, "<"),
    ]  # fmt: skip
