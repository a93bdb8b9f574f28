"""Measures the satisfaction report over a year of answers, and that it equals the answers."""

from __future__ import annotations

import http.client
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import msgspec

from bench.figures import Figure, median
from bench.office import Office, prepare, serving
from bench.scale import Pasts, Scale
from server.satisfaction.index import rounded
from server.satisfaction.method import method
from server.storage.database import DATABASE

DAYS = 365
LAST = date(2026, 6, 30)
SERVICES = "ABCDEF"
REPORT_MS = 1000
MARKS, HOW_OFTEN = (1, 2, 3, 4), (2, 8, 60, 30)
ANSWER = """
INSERT INTO survey_answers (branch, id, day, minute, method, service, channel, entered_by, language,
    about, marks) VALUES (1, ?, ?, ?, ?, ?, 'phone', '', 'id', '{}', ?)
"""
SUM = """
INSERT INTO survey_sums (branch, method, day, service, element, mark, n)
VALUES (1, ?, ?, ?, ?, ?, ?)
"""
SUMS_OF_ROWS = """
SELECT key, SUM(value), COUNT(*) FROM survey_answers, json_each(survey_answers.marks)
WHERE branch = 1 AND day BETWEEN ? AND ? GROUP BY key
"""


class Index(msgspec.Struct):
    """The part of the answer that is compared."""

    converted: str


class Told(msgspec.Struct):
    """As much of the report as is needed here."""

    n: int
    index: Index


def _answered(data: Path, answers: int) -> None:
    """Keep so many answers, spread over a year, and their counts as they come with each."""
    chance = random.Random(13)
    keys = [each.key for each in method("skm-2017").elements]
    days = [(LAST - timedelta(days=each)).isoformat() for each in range(DAYS)]
    counts: Counter[tuple[str, str, str, int]] = Counter()
    rows = []
    for number in range(answers):
        day, service = chance.choice(days), chance.choice(SERVICES)
        given = dict(zip(keys, chance.choices(MARKS, HOW_OFTEN, k=len(keys)), strict=True))
        rows.append((
            number.to_bytes(16, "big"), day, number, "skm-2017", service,
            msgspec.json.encode(given).decode(),
        ))  # fmt: skip
        counts[day, service, "", 0] += 1
        counts.update((day, service, key, mark) for key, mark in given.items())
    with closing(sqlite3.connect(data / DATABASE)) as db, db:
        db.executemany(ANSWER, rows)
        db.executemany(SUM, [("skm-2017", *key, n) for key, n in counts.items()])


def _by_hand(data: Path, first: str, last: str) -> str:
    """Return the converted index of the answers themselves, without any count."""
    with closing(sqlite3.connect(data / DATABASE)) as db:
        sums = db.execute(SUMS_OF_ROWS, (first, last)).fetchall()
    mean = sum((Fraction(total, n) for _, total, n in sums), Fraction(0)) / len(sums)
    return f"{rounded(mean * 25, 2)}"


def _reported(office: Office, first: str, last: str, times: int) -> tuple[float, Told]:
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)
    headers = {"Authorization": f"Bearer {office.token('manager')}"}
    taken, told = [], Told(0, Index(""))
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", f"/api/survey?from={first}&to={last}", headers=headers)
        body = connection.getresponse().read()
        taken.append((time.perf_counter() - began) * 1000)
        told = msgspec.json.decode(body, type=Told)
    connection.close()
    return median(taken), told


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Keep a year of answers, read its report over HTTP, and reckon it again from the answers."""
    data = pasts.folder / "survey"
    prepare(data)
    _answered(data, scale.big)
    first, last = (LAST - timedelta(days=DAYS - 1)).isoformat(), LAST.isoformat()
    with serving(data) as office:
        report_ms, told = _reported(office, first, last, 2 * scale.rounds)
    assert told.n == scale.big, told
    assert told.index.converted == _by_hand(data, first, last), told
    return [
        Figure(f"survey: report over a year of {scale.big:,} answers", report_ms, "ms", REPORT_MS,
               "<", note="its index equals that of the answers themselves"),
    ]  # fmt: skip
