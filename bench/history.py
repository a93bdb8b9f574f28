"""Owns the past: days of finished turns, written straight into the tables.

Issuing a million tickets over HTTP takes minutes, so the rows are made here: one list per table,
many rows a statement, no sync until the end. ``check`` replays the made events into an empty
database through the server's own projection and compares every table, so that these rows cannot
drift from the real ones unseen.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from operator import itemgetter
from pathlib import Path

import msgspec

from server.clock import wall_clock
from server.domain import events as ev
from server.domain.day import business_day, day_bounds
from server.domain.estimate import MODEL, Estimate
from server.domain.issuing import TurnFields
from server.domain.numbering import label
from server.domain.office import Counter, Office
from server.domain.states import Outcome, Priority, TurnState
from server.domain.tx import Actor
from server.reports.rollups import due, write_at_once
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import DATABASE, connect
from server.storage.history import envelopes, replay
from server.storage.ids import Ids, tracking_token
from server.storage.transaction import SqliteTx

BRANCH = 1
TURNS_A_DAY = 1000
BATCH = 100_000
CLOSED_SERVICE = "L"
KIOSK, STAFF, CLOCK = "token:bench-kiosk", "token:bench-staff", "clock"
MINUTE = 60_000
ISSUE, CALL, START, END = range(4)
_encode = msgspec.json.encode

Row = tuple[object, ...]

TICKET_COLUMNS = (
    "id, branch, day, prefix, number, label, service, priority, language, people, channel, "
    "token, issued_at, eligible_at, leg"
)
TURN_COLUMNS = (
    "ticket, leg, branch, day, label, service, priority, state, arrival, eligible_at, "
    "counter, counter_number, staff, first_called_at, called_at, calls, started_at, service_ms, "
    "walk_ms, ended_at, ended_by, outcome, missed_at, rule, why"
)
CALL_COLUMNS = (
    "branch, seq, at, day, ticket, leg, label, service, priority, counter, number, rule, staff"
)
LINE_COLUMNS = "branch, day, service, last_number, issued"
TABLES = ("events", "days", "lines", "tickets", "turns", "calls")


def _insert(table: str, columns: str) -> str:
    marks = ", ".join("?" for _ in columns.split(","))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - constants


INSERTS = {
    "events": _insert("events", "branch, seq, at, actor, data"),
    "days": _insert("days", "branch, day, closed_at"),
    "lines": _insert("lines", LINE_COLUMNS),
    "tickets": _insert("tickets", TICKET_COLUMNS),
    "turns": _insert("turns", TURN_COLUMNS),
    "calls": _insert("calls", CALL_COLUMNS),
}


class _Visit:
    """One visitor of a past day: what happened, and when."""

    __slots__ = (
        "called", "counter", "ended", "id", "issued", "label", "number", "outcome", "priority",
        "row", "seq", "service", "started", "token",
    )  # fmt: skip

    def __init__(self, issued: int, counter: Counter, service: str, outcome: Outcome) -> None:
        self.issued = issued
        self.counter = counter
        self.service = service
        self.outcome = outcome
        self.priority = Priority.REGULAR
        self.called = self.started = self.ended = 0
        self.seq = self.number = 0
        self.id = self.token = self.label = ""


def _moments(visits: list[_Visit]) -> list[tuple[int, int, _Visit]]:
    """Return (moment, step, visit) of everything that happened in a day, in order."""
    moments = []
    for visit in visits:
        moments.append((visit.issued, ISSUE, visit))
        if visit.called:
            moments.append((visit.called, CALL, visit))
        if visit.started:
            moments.append((visit.started, START, visit))
        moments.append((visit.ended, END, visit))
    moments.sort(key=itemgetter(0, 1))
    return moments


class History:
    """Makes the rows of past days, oldest first, from a seed: the same turns every time."""

    def __init__(self, office: Office, seq: int, seed: int = 1) -> None:
        self.office = office
        self.seq = seq
        self._random = random.Random(seed)
        self._ids = Ids()
        self.rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        self._prefixes = {each.code: each.prefix for each in office.services}

    def add_day(self, day: str, turns: int) -> None:
        """Add one whole business day, closed at its end."""
        first, end = day_bounds(day, self.office.zone, self.office.day_start_minutes)
        visits = self._visits(first + 8 * 60 * MINUTE, turns)
        self._name(visits)
        for visit in visits:
            if visit.outcome is Outcome.EXPIRED:
                visit.ended = end
        for at, step, visit in _moments(visits):
            self._happen(day, at, step, visit)
        for visit in visits:
            self._turn(day, visit)
        self._event(end, CLOCK, ev.DayClosed(day=day))
        self.rows["days"].append((BRANCH, day, end))
        last = {visit.service: visit.number for visit in visits}
        for service, number in last.items():
            self.rows["lines"].append((BRANCH, day, service, number, number))

    def _name(self, visits: list[_Visit]) -> None:
        """Give each visitor a number, label, id and token, in order of issue."""
        numbers: dict[str, int] = {}
        width = self.office.rules.number_width
        for visit in visits:
            numbers[visit.service] = visit.number = numbers.get(visit.service, 0) + 1
            visit.id = self._ids.new(visit.issued)
            visit.token = tracking_token(visit.issued)
            visit.label = label(self._prefixes[visit.service], visit.number, width)

    def _happen(self, day: str, at: int, step: int, visit: _Visit) -> None:
        """Append the event of one step of a visit: issue, call, start, end."""
        if step == ISSUE:
            self._issue(day, at, visit)
        elif step == CALL:
            self._call(day, at, visit)
        elif step == START:
            fields = self._fields(visit, TurnState.CALLED, TurnState.SERVING)
            self._event(at, STAFF, ev.Started(**fields, counter=visit.counter.id, staff=STAFF))
        else:
            self._end(at, visit)

    def _visits(self, opening: int, turns: int) -> list[_Visit]:
        """Return the visitors of a day in order of issue; no counter serves two at once."""
        pick = self._random
        gap = 390 * MINUTE / max(1, turns)
        service_ms = 12 * gap * 0.8
        free = dict.fromkeys(range(len(self.office.counters)), opening)
        visits = []
        for position in range(turns):
            at = opening + int(position * gap)
            desk = position % len(self.office.counters)
            counter = self.office.counters[desk]
            service = pick.choice([code for code in counter.services if code != CLOSED_SERVICE])
            visit = _Visit(at, counter, service, self._outcome())
            if pick.random() < 0.12:  # noqa: PLR2004 - a usual share of priority visitors
                visit.priority = Priority.PRIORITY
            if visit.outcome is Outcome.CANCELLED_BY_VISITOR:
                visit.ended = at + 5 * MINUTE
            elif visit.outcome is not Outcome.EXPIRED:
                visit.called = max(at, free[desk]) + 1
                if visit.outcome is Outcome.SERVED:
                    visit.started = visit.called + int(service_ms * 0.1)
                    visit.ended = visit.started + int(service_ms * pick.uniform(0.3, 1.2))
                else:
                    visit.ended = visit.called + int(service_ms * 0.2)
                free[desk] = visit.ended + 1
            visits.append(visit)
        return visits

    def _outcome(self) -> Outcome:
        chance = self._random.random()
        if chance < 0.90:  # noqa: PLR2004
            return Outcome.SERVED
        if chance < 0.95:  # noqa: PLR2004
            return Outcome.NO_SHOW
        if chance < 0.98:  # noqa: PLR2004
            return Outcome.CANCELLED_BY_VISITOR
        return Outcome.EXPIRED

    def _event(self, at: int, actor: str, event: ev.AnyEvent) -> int:
        self.seq += 1
        self.rows["events"].append((BRANCH, self.seq, at, actor, _encode(event).decode()))
        return self.seq

    @staticmethod
    def _fields(visit: _Visit, was: TurnState, state: TurnState) -> TurnFields:
        return {
            "ticket": visit.id, "leg": 1, "label": visit.label, "service": visit.service,
            "priority": visit.priority, "was": was, "state": state,
        }  # fmt: skip

    def _issue(self, day: str, at: int, visit: _Visit) -> None:
        prefix = self._prefixes[visit.service]
        visit.seq = self._event(
            at, KIOSK,
            ev.Issued(
                ticket=visit.id, day=day, label=visit.label, prefix=prefix, number=visit.number,
                service=visit.service, token=visit.token, priority=visit.priority, language="id",
                people=1, channel="kiosk", state=TurnState.WAITING,
                quote=ev.Quote(ahead=3, model=MODEL, estimate=Estimate(5, 9)),
            ),
        )  # fmt: skip
        self.rows["tickets"].append(
            (visit.id, BRANCH, day, prefix, visit.number, visit.label, visit.service,
             visit.priority.value, "id", 1, "kiosk", visit.token, at, at, 1)
        )  # fmt: skip

    def _call(self, day: str, at: int, visit: _Visit) -> None:
        counter = visit.counter
        seq = self._event(
            at, STAFF,
            ev.Called(
                **self._fields(visit, TurnState.WAITING, TurnState.CALLED),
                counter=ev.CounterRef(counter.id, counter.number, counter.names),
                number=counter.number, rule="oldest", why="Has waited longest.", staff=STAFF,
            ),
        )  # fmt: skip
        self.rows["calls"].append(
            (BRANCH, seq, at, day, visit.id, 1, visit.label, visit.service, visit.priority.value,
             counter.id, counter.number, "oldest", STAFF)
        )  # fmt: skip

    def _end(self, at: int, visit: _Visit) -> None:
        desk = visit.counter.id
        was, state = STATES[visit.outcome]
        fields = self._fields(visit, was, state)
        if visit.outcome is Outcome.SERVED:
            self._event(at, STAFF, ev.Finished(**fields, counter=desk))
        elif visit.outcome is Outcome.NO_SHOW:
            self._event(at, STAFF, ev.NoShow(**fields, counter=desk))
        elif visit.outcome is Outcome.EXPIRED:
            self._event(at, CLOCK, ev.Expired(**fields))
        else:
            self._event(at, KIOSK, ev.Cancelled(**fields, outcome=visit.outcome))

    def _turn(self, day: str, visit: _Visit) -> None:
        called = visit.called or None
        started = visit.started or None
        missed = visit.ended if visit.outcome is Outcome.NO_SHOW else None
        self.rows["turns"].append(
            (visit.id, 1, BRANCH, day, visit.label, visit.service, visit.priority.value,
             STATES[visit.outcome][1].value, visit.seq, visit.issued,
             visit.counter.id if called else None, visit.counter.number if called else None,
             STAFF if called else None, called, called, 1 if called else 0, started,
             visit.ended - visit.started if started else 0,
             visit.started - visit.called if started else None,
             visit.ended, "automatic" if visit.outcome is Outcome.EXPIRED else "hand",
             visit.outcome.value, missed,
             "oldest" if called else None, "Has waited longest." if called else None)
        )  # fmt: skip


STATES = {
    Outcome.SERVED: (TurnState.SERVING, TurnState.DONE),
    Outcome.NO_SHOW: (TurnState.CALLED, TurnState.NO_SHOW),
    Outcome.CANCELLED_BY_VISITOR: (TurnState.WAITING, TurnState.CANCELLED),
    Outcome.EXPIRED: (TurnState.WAITING, TurnState.EXPIRED),
}
"""From where to where a turn's last event took it."""


def past_days(
    office: Office, turns: int, turns_a_day: int = TURNS_A_DAY
) -> Iterator[tuple[str, int]]:
    """Yield (business day, turns) of as many days before today as ``turns`` fill, oldest first."""
    today = date.fromisoformat(business_day(wall_clock(), office.zone, office.day_start_minutes))
    days = -(-turns // turns_a_day)
    for back in range(days, 0, -1):
        yield (
            (today - timedelta(days=back)).isoformat(),
            min(turns_a_day, turns - (days - back) * turns_a_day),
        )


def fill(data: Path, turns: int) -> None:
    """Append ``turns`` finished turns of past days to a prepared office that no server uses."""
    with closing(connect(data)) as db:
        seq, version = db.execute(
            "SELECT seq, settings_version FROM branches WHERE id = ?", (BRANCH,)
        ).fetchone()
        raw = db.execute(
            "SELECT office FROM settings WHERE branch = ? AND version = ?", (BRANCH, version)
        ).fetchone()[0]
        history = History(msgspec.json.decode(raw, type=Office), seq)
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -262144")
        indexes = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
            "AND tbl_name IN ('events', 'days', 'lines', 'tickets', 'turns', 'calls')"
        ).fetchall()
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        for day, count in past_days(history.office, turns):
            history.add_day(day, count)
            if len(history.rows["events"]) >= BATCH:
                _write(db, history)
        _write(db, history)
        for _, sql in indexes:
            db.execute(sql)
        _roll_up(db)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA journal_mode = WAL")


def _write(db: sqlite3.Connection, history: History) -> None:
    db.execute("BEGIN IMMEDIATE")
    for table, rows in history.rows.items():
        db.executemany(INSERTS[table], rows)
        rows.clear()
    db.execute("UPDATE branches SET seq = ? WHERE id = ?", (history.seq, BRANCH))
    db.execute("COMMIT")


def _roll_up(db: sqlite3.Connection) -> None:
    """Count the closed days, as a server would have done night by night."""
    batch = BranchBatch(db, BRANCH, OfficeCache())
    tx = SqliteTx(batch, Actor(CLOCK, "system"), wall_clock(), Ids())
    db.execute("BEGIN IMMEDIATE")
    while days := due(tx):
        for day in days:
            write_at_once(tx, day)
    db.execute("COMMIT")


def check(data: Path, scratch: Path) -> None:
    """Check that replaying the log gives the very rows that ``fill`` wrote.

    Raises:
        AssertionError: a table differs.
    """
    with closing(connect(data)) as made, closing(connect(scratch)) as again:
        code, seq = made.execute(
            "SELECT code, seq FROM branches WHERE id = ?", (BRANCH,)
        ).fetchone()
        again.execute("INSERT INTO branches (id, code) VALUES (?, ?)", (BRANCH, code))
        replay(again, BRANCH, envelopes(made, BRANCH, 0, seq))
        for table in TABLES:
            query = f"SELECT * FROM {table} ORDER BY 1, 2, 3"  # noqa: S608 - constants
            assert made.execute(query).fetchall() == again.execute(query).fetchall(), table


def size(data: Path) -> int:
    """Return the bytes of the database file."""
    return (data / DATABASE).stat().st_size
