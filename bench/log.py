"""Measures the wait-time log: one busy day and everything, from small and large databases."""

from __future__ import annotations

import http.client
import sqlite3
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import msgspec

from bench.figures import Figure, median
from bench.history import BRANCH, TURNS_A_DAY
from bench.machine import forget_peak, memory
from bench.office import Office, serving
from bench.scale import Pasts, Scale
from server.storage.database import DATABASE

FEW = 1000
CHUNK = 1 << 16
COLUMNS = """
SELECT turns.label, turns.service, turns.counter_number, turns.priority, tickets.issued_at,
    turns.first_called_at, turns.started_at, turns.ended_at, turns.eligible_at, turns.service_ms,
    turns.outcome, turns.recalls, turns.walk_ms, turns.state, turns.day, turns.leg,
    tickets.language, tickets.channel, tickets.people, turns.ended_by, turns.ticket
FROM turns JOIN tickets ON tickets.id = turns.ticket
WHERE turns.branch = ? AND turns.day >= ? AND turns.day <= ? ORDER BY turns.day, turns.opened
"""


class Download(msgspec.Struct, frozen=True):
    """One file: milliseconds to its first byte, rows, seconds, and how much memory grew by."""

    first_ms: float
    rows: int
    seconds: float
    grown_mb: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def _download(office: Office, first: str, last: str) -> Download:
    forget_peak(office.pid)
    before = memory(office.pid)
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=120)
    connection.connect()
    began = time.perf_counter()
    connection.request(
        "GET", f"/api/log?from={first}&to={last}&format=csv",
        headers={"Authorization": f"Bearer {office.token('manager')}"},
    )  # fmt: skip
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()  # noqa: PLR2004
    lines = answer.read(1).count(b"\n")
    first_ms = (time.perf_counter() - began) * 1000
    while data := answer.read(CHUNK):
        lines += data.count(b"\n")
    seconds = time.perf_counter() - began
    connection.close()
    return Download(first_ms, lines - 1, seconds, (memory(office.pid, "VmHWM") - before) / 1e6)


def _totals_ms(office: Office, day: str, times: int) -> float:
    taken = []
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)
    headers = {"Authorization": f"Bearer {office.token('manager')}"}
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", f"/api/totals?day={day}", headers=headers)
        answer = connection.getresponse()
        body = msgspec.json.decode(answer.read())
        taken.append((time.perf_counter() - began) * 1000)
        assert body["tickets"] == TURNS_A_DAY, body
    connection.close()
    return median(taken)


def _select_rate(data: Path, first: str, last: str) -> float:
    """Return the rows a second that plain ``sqlite3`` reads of the same columns."""
    with closing(sqlite3.connect(data / DATABASE)) as db:
        began = time.perf_counter()
        rows = sum(1 for _ in db.execute(COLUMNS, (BRANCH, first, last)))
        return rows / (time.perf_counter() - began)


def full_days(data: Path) -> tuple[str, str]:
    """Return the first and the last business day of the past that is over."""
    with closing(sqlite3.connect(data / DATABASE)) as db:
        first, last = db.execute(
            "SELECT MIN(day), MAX(day) FROM days WHERE closed_at > 0"
        ).fetchone()
    return str(first), str(last)


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Measure the download of a day and of everything, and a day's totals, at both sizes."""
    figures: list[Figure] = []
    for turns in (FEW, scale.big):
        data = pasts.with_turns(turns)
        first, last = full_days(data)
        day = max(first, (date.fromisoformat(last) - timedelta(days=1)).isoformat())
        with serving(data) as office:
            _download(office, day, day)
            days = [_download(office, day, day) for _ in range(scale.rounds)]
            whole = _download(office, first, last)
            totals = _totals_ms(office, day, 3 * scale.rounds)
        assert days[0].rows == TURNS_A_DAY, days[0]
        assert whole.rows == turns, whole
        floor_day = median([_select_rate(data, day, day) for _ in range(scale.rounds)])
        floor_whole = _select_rate(data, first, last)
        name = f"{turns:,} turns"
        figures += [
            Figure(f"log: a day of {TURNS_A_DAY:,} of {name}, first byte",
                   median([each.first_ms for each in days]), "ms"),
            Figure(f"log: a day of {TURNS_A_DAY:,} of {name}",
                   median([each.rate for each in days]), "rows/s", None, "", floor_day,
                   "floor: plain sqlite3 reading the same columns"),
            Figure(f"log: all of {name}, first byte", whole.first_ms, "ms"),
            Figure(f"log: all of {name}", whole.rate, "rows/s", 100_000, ">=", floor_whole),
            Figure(f"log: all of {name}, server memory grew", whole.grown_mb, "MB"),
            Figure(f"log: totals of a day of {name}", totals, "ms"),
        ]  # fmt: skip
    return figures
