"""Owns a made-up past: days of a busy hall, written to an empty data folder in big strides.

Each day is played through the real commands in memory (``hall``, ``memory``), by several
processes at once; this module joins the days to one gap-free log and writes their rows.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import msgspec

from server.demo import profile
from server.demo.hall import Day
from server.domain.day import Millis, day_bounds, local
from server.domain.events import Configured
from server.domain.office import Counter, Office, completed
from server.domain.tx import Actor
from server.reports.rollups import write_at_once
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import transaction
from server.storage.ids import Ids
from server.storage.projection import TURN_COLUMNS
from server.storage.store import wall_clock
from server.storage.transaction import TICKET_COLUMNS, SqliteTx

TABLES = {
    "events": "branch, seq, at, actor, data",
    "tickets": f"branch, {TICKET_COLUMNS}",
    "turns": f"branch, {TURN_COLUMNS}",
    "calls": "branch, seq, at, day, ticket, leg, label, service, priority, counter, number, rule, "
    "staff",
    "counter_sessions": "branch, seq, counter, number, state, reason, staff, services, from_at, "
    "to_at",
    "lines": "branch, day, service, last_number, issued, regular, priority",
    "days": "branch, day, closed_at",
}
VISITORS_PER_COUNTER = 22
ACTOR = Actor("command-line", "admin", "command line")


class Plan(msgspec.Struct, frozen=True):
    """What each process needs to play a day."""

    office: Office
    seed: int
    staff: dict[int, Actor]


class Played(msgspec.Struct, frozen=True):
    """A played day: rows by table, numbered as if its first event were 1."""

    day: str
    turns: int
    last_seq: int
    rows: dict[str, list[tuple[Any, ...]]]
    counters: list[tuple[Any, ...]]
    until: Millis


_plan: Plan | None = None


def enlarged(office: Office, per_day: int) -> Office:
    """Return the office with as many counters as ``per_day`` visitors need, in the same mix."""
    times = max(1, -(-per_day // (VISITORS_PER_COUNTER * len(office.counters))))
    counters = [
        Counter(number=number + 1, services=office.counters[number % len(office.counters)].services)
        for number in range(times * len(office.counters))
    ]
    return completed(msgspec.structs.replace(office, counters=counters)) if times > 1 else office


def working_days(last: date, days: int) -> list[date]:
    """Return the office's open days among the ``days`` calendar days that end with ``last``."""
    calendar = (last - timedelta(days=each) for each in range(days - 1, -1, -1))
    return [day for day in calendar if profile.works(day)]


def play(plan: Plan, day: str, count: int) -> Played:
    """Play one day."""
    made = Day(plan.office, day, count, f"{plan.seed}/{day}", 0, plan.staff).play()
    rows = made.rows()
    return Played(day, len(rows["turns"]), made.next_seq() - 1, rows, made.counters_now(), made.now)


def _start_worker(plan: Plan) -> None:
    global _plan  # noqa: PLW0603 - a worker process has one plan for its life
    _plan = plan


def _work(job: tuple[str, int]) -> Played:
    if _plan is None:
        raise RuntimeError("the worker has no plan")
    return play(_plan, *job)


def _all_played(plan: Plan, jobs: list[tuple[str, int]], workers: int) -> Iterator[Played]:
    if workers < 2:  # noqa: PLR2004 - nobody to share with
        yield from (play(plan, *job) for job in jobs)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers, _start_worker, (plan,)) as pool:
        yield from pool.imap(_work, jobs)


def write_history(
    db: sqlite3.Connection,
    branch: int,
    plan: Plan,
    *,
    last: date,
    days: int,
    per_day: int,
    progress: Callable[[int, int, int], None] = lambda _done, _all, _turns: None,
    workers: int | None = None,
) -> int:
    """Fill an empty branch with a past that ends on day ``last``; return how many turns it has.

    The branch gets its settings from ``plan`` at the first day's beginning. Every day is
    committed alone, closed and rolled up. ``progress`` is told (days done, days, turns).
    """
    random = Random(plan.seed)  # noqa: S311 - a repeatable story
    open_days = working_days(last, days)
    jobs = [(day.isoformat(), profile.volume(day, per_day, random)) for day in open_days]
    if not jobs:
        return 0
    zone, start = plan.office.zone, plan.office.day_start_minutes
    _configure(db, branch, plan.office, day_bounds(jobs[0][0], zone, start)[0] - 1)
    db.execute("PRAGMA cache_size = -200000")
    sessions: dict[str, int] = {}
    turns = 0
    for done, day in enumerate(
        _all_played(plan, jobs, (os.cpu_count() or 1) if workers is None else workers), 1
    ):
        with transaction(db):
            _write_day(db, branch, day, sessions)
            batch = BranchBatch(db, branch, OfficeCache())
            write_at_once(SqliteTx(batch, ACTOR, day.until, Ids()), day.day)
        turns += day.turns
        progress(done, len(jobs), turns)
    return turns


def _configure(db: sqlite3.Connection, branch: int, office: Office, at: Millis) -> None:
    with transaction(db):
        batch = BranchBatch(db, branch, OfficeCache())
        SqliteTx(batch, ACTOR, at, Ids()).append(Configured(1, office))
        batch.write()


def _write_day(db: sqlite3.Connection, branch: int, day: Played, sessions: dict[str, int]) -> None:
    """Write a day's rows behind the branch's last event; ``sessions`` are the open ones."""
    base = int(db.execute("SELECT seq FROM branches WHERE id = ?", (branch,)).fetchone()[0])
    rows = _renumbered(day.rows, base)
    firsts: dict[str, Millis] = {}
    for row in rows["counter_sessions"]:
        firsts.setdefault(row[1], row[7])
    db.executemany(
        "UPDATE counter_sessions SET to_at = ? WHERE branch = ? AND seq = ?",
        [(at, branch, sessions[key]) for key, at in firsts.items() if key in sessions],
    )
    for table, columns in TABLES.items():
        places = ", ".join("?" * (columns.count(",") + 1))
        db.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608 - own names
            [(branch, *row) for row in rows[table]],
        )
    sessions.update({row[1]: row[0] for row in rows["counter_sessions"]})
    db.executemany(
        "INSERT OR REPLACE INTO counters (branch, id, state, services, since, holder, "
        "holder_name, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(branch, *row) for row in day.counters],
    )
    db.execute("UPDATE branches SET seq = ? WHERE id = ?", (base + day.last_seq, branch))


_ARRIVAL = TURN_COLUMNS.split(", ").index("arrival")


def _renumbered(rows: dict[str, list[tuple[Any, ...]]], base: int) -> dict[str, Any]:
    """Return the rows with event numbers counted on from ``base``."""
    at = _ARRIVAL
    return rows | {
        "events": [(row[0] + base, *row[1:3], _moved(row[3], base)) for row in rows["events"]],
        "calls": [(row[0] + base, *row[1:]) for row in rows["calls"]],
        "counter_sessions": [(row[0] + base, *row[1:]) for row in rows["counter_sessions"]],
        "turns": [(*row[:at], row[at] + base, *row[at + 1 :]) for row in rows["turns"]],
    }


def _moved(data: str, base: int) -> str:
    """Return an event's text with the place in line that a transfer carries counted on."""
    if '"kind":"transferred"' not in data:
        return data
    event = msgspec.json.decode(data)
    event["arrival"] += base
    return msgspec.json.encode(event).decode()


def yesterday(office: Office) -> date:
    """Return the calendar day before today in the office."""
    return local(wall_clock(), office.zone).date() - timedelta(days=1)
