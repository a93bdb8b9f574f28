"""Owns a made-up past: days of a busy hall, written to an empty branch in big strides.

Days are played (``hall``) and counted in memory, some at a time, and written as rows behind the
branch's last event. Several processes do so in turns: while one writes, the others play.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from random import Random
from typing import Any

import msgspec

from server.clock import wall_clock
from server.demo import profile
from server.demo.hall import Day
from server.domain.day import Millis, day_bounds, local
from server.domain.events import Configured
from server.domain.office import Counter, Office, completed
from server.domain.tx import Actor
from server.reports.cells import counted, open_time, targets_of
from server.reports.months import due_months, write_month
from server.reports.rollups import ROLLUP_COLUMNS, VERSION, DayRows, day_rows
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import transaction
from server.storage.ids import Ids
from server.storage.rows import CALL_COLUMNS, EVENT_COLUMNS, TURN_COLUMNS
from server.storage.transaction import SqliteTx
from server.storage.values import TICKET_COLUMNS

SESSION_COLUMNS = "seq, counter, number, state, reason, staff, services, from_at, to_at"
TABLES = {
    "events": EVENT_COLUMNS.removeprefix("branch, "),
    "tickets": TICKET_COLUMNS,
    "turns": TURN_COLUMNS,
    "calls": CALL_COLUMNS.removeprefix("branch, "),
    "counter_sessions": SESSION_COLUMNS,
    "lines": "day, service, last_number, issued, regular, priority",
    "days": "day, closed_at, changed_seq",
}
"""Tables of a day and their columns besides the branch."""
NUMBERED = {
    "events": "seq",
    "calls": "seq",
    "counter_sessions": "seq",
    "turns": "arrival",
    "days": "changed_seq",
}
"""Columns that hold event numbers; a day's begin with 1 and move along when it is written."""
VISITORS_PER_COUNTER = 22
ROWS = 24
"""Rows of one statement."""
ROLLUP_PLACES = f"({', '.join('?' * (ROLLUP_COLUMNS.count(',') + 1))})"
STRIDE = 1500
"""Turns that are played before they are written together."""
ACTOR = Actor("command-line", "admin", "command line")
Job = tuple[str, int]
"""A day and how many visitors come."""


class Plan(msgspec.Struct, frozen=True):
    """What is needed to play a day."""

    office: Office
    seed: int
    staff: dict[int, Actor]


class Played(msgspec.Struct):
    """Played days: rows by table, numbered as if their first event were 1.

    Attributes:
        arrivals: events whose text holds a place in line (see ``Book.arrivals``).
        counters: rows of ``counters`` as the last day left them.
    """

    rows: dict[str, list[Any]]
    arrivals: list[tuple[int, str, int, str]]
    counters: list[tuple[Any, ...]]
    rollups: list[DayRows]
    days: int = 0
    turns: int = 0
    last_seq: int = 0
    closed_at: Millis = 0


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


def jobs_of(plan: Plan, last: date, days: int, per_day: int) -> list[Job]:
    """Return the days to play that end with ``last``, each with its number of visitors."""
    random = Random(plan.seed)  # noqa: S311 - a repeatable story
    return [
        (day.isoformat(), profile.volume(day, per_day, random)) for day in working_days(last, days)
    ]


def strides(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Yield runs of days that are played and written together."""
    run: list[Job] = []
    for job in jobs:
        run.append(job)
        if sum(count for _, count in run) >= STRIDE:
            yield run
            run = []
    if run:
        yield run


def play(plan: Plan, branch: int, run: Iterable[Job]) -> Played:
    """Play some days, one after the other, and count them."""
    office = plan.office
    targets = targets_of(office)
    played = Played({table: [] for table in TABLES}, [], [], [])
    collects = gc.isenabled()
    gc.disable()  # a day has no cycles, and looking for them costs a tenth of the time
    try:
        for day, count in run:
            story = Day(office, day, count, f"{plan.seed}/{day}", played.last_seq, plan.staff)
            book = story.play()
            before = len(played.rows["events"])
            played.arrivals += [
                (row + before, head, place, tail) for row, head, place, tail in book.arrivals
            ]
            for table, rows in book.rows().items():
                played.rows[table] += rows
            cells = counted([turn.counted() for turn in book.turns], targets, office.zone)
            times = _desk_time(
                book.sessions, *day_bounds(day, office.zone, office.day_start_minutes)
            )
            played.rollups.append(day_rows(branch, day, cells, times))
            played.days += 1
            played.turns += len(book.turns)
            played.last_seq = book.last_seq()
            played.closed_at = book.closed_at
            played.counters = book.counters_now()
    finally:
        if collects:
            gc.enable()
    return played


def _desk_time(sessions: list[list[Any]], first: Millis, end: Millis) -> dict[int, tuple[int, int]]:
    rows = [(each[2], each[3], each[7], each[8]) for each in sessions if each[3] != "closed"]
    return open_time(rows, first, end)


def write(db: sqlite3.Connection, branch: int, played: Played) -> None:
    """Write played days behind the branch's last event, in one transaction."""
    with transaction(db):
        base = int(db.execute("SELECT seq FROM branches WHERE id = ?", (branch,)).fetchone()[0])
        rows = played.rows
        events = rows["events"]
        for row, before, place, behind in played.arrivals:
            seq, at, actor, _ = events[row]
            events[row] = (seq, at, actor, f"{before}{place + base}{behind}")
        firsts: dict[str, Millis] = {}
        for session in rows["counter_sessions"]:
            firsts.setdefault(session[1], session[7])
        db.executemany(
            "UPDATE counter_sessions SET to_at = ? "
            "WHERE branch = ? AND counter = ? AND to_at IS NULL",
            [(at, branch, counter) for counter, at in firsts.items()],
        )
        _close_between(rows["counter_sessions"])
        for table, columns in TABLES.items():
            _insert(
                db,
                f"{table} (branch, {columns})",
                _places(table, columns, branch, base),
                rows[table],
            )
        db.executemany(
            "INSERT OR REPLACE INTO counters (branch, id, state, services, since, holder, "
            "holder_name, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(branch, *row) for row in played.counters],
        )
        for rollup in played.rollups:
            _insert(db, f"rollups ({ROLLUP_COLUMNS})", ROLLUP_PLACES, rollup.cells)
            db.executemany("INSERT INTO rollup_counters VALUES (?, ?, ?, ?, ?)", rollup.counters)
        db.executemany(
            "INSERT INTO rollup_days (branch, day, version, made_at, upto) VALUES (?, ?, ?, ?, ?)",
            [(branch, day, VERSION, at, base + seq) for day, at, seq in rows["days"]],
        )
        db.execute("UPDATE branches SET seq = ? WHERE id = ?", (base + played.last_seq, branch))


def _close_between(sessions: list[list[Any]]) -> None:
    """End the session that a day left open where the next day of the run goes on."""
    open_ones: dict[str, list[Any]] = {}
    for session in sessions:
        before = open_ones.get(session[1])
        if before is not None and before[-1] is None:
            before[-1] = session[7]
        open_ones[session[1]] = session


def _places(table: str, columns: str, branch: int, base: int) -> str:
    """Return the values of a day's row; the branch and the first number are part of them."""
    numbered = NUMBERED.get(table)
    values = [f"? + {base}" if name == numbered else "?" for name in columns.split(", ")]
    return f"({branch}, {', '.join(values)})"


def _insert(db: sqlite3.Connection, into: str, places: str, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows, many with one statement: that costs half of what one by one does."""
    one = f"INSERT INTO {into} VALUES {places}"  # noqa: S608 - names of this module
    many = f"{one}, {', '.join([places] * (ROWS - 1))}"
    whole = len(rows) - len(rows) % ROWS
    for at in range(0, whole, ROWS):
        db.execute(many, list(chain.from_iterable(rows[at : at + ROWS])))
    db.executemany(one, rows[whole:])


def roll_up_months(db: sqlite3.Connection, branch: int) -> None:
    """Roll the months up that are over, so that the first report need not wait for it."""
    with transaction(db):
        tx = SqliteTx(BranchBatch(db, branch, OfficeCache()), ACTOR, wall_clock(), Ids())
        for month in due_months(tx):
            write_month(tx, month)


def configure(db: sqlite3.Connection, branch: int, plan: Plan, jobs: list[Job]) -> None:
    """Give the branch its settings, from the beginning of the first day on."""
    office = plan.office
    first, _ = day_bounds(jobs[0][0], office.zone, office.day_start_minutes)
    with transaction(db):
        batch = BranchBatch(db, branch, OfficeCache())
        SqliteTx(batch, ACTOR, first - 1, Ids()).append(Configured(1, office))
        batch.write()


Progress = Callable[[int, int, int], None]
"""Is told days done, days, turns done."""


def write_history(
    db: sqlite3.Connection, branch: int, plan: Plan, jobs: list[Job],
    progress: Progress = lambda _done, _all, _turns: None,
) -> int:  # fmt: skip
    """Fill an empty branch with a past; return how many turns it has.

    The days are closed and rolled up. Each stride is committed alone.
    """
    if not jobs:
        return 0
    configure(db, branch, plan, jobs)
    days = turns = 0
    for run in strides(jobs):
        played = play(plan, branch, run)
        write(db, branch, played)
        days, turns = days + played.days, turns + played.turns
        progress(days, len(jobs), turns)
    return turns


def yesterday(office: Office) -> date:
    """Return the calendar day before today in the office."""
    return local(wall_clock(), office.zone).date() - timedelta(days=1)
