"""Owns the transaction a command works in: reads rows of one branch, appends events."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import msgspec

from server.domain.day import Millis
from server.domain.events import (
    AnyEvent,
    ClockSet,
    Configured,
    Continued,
    CounterChanged,
    Envelope,
    Issued,
    PrintOrder,
    Reopened,
    ServicePaused,
    ServiceResumed,
    Transferred,
    TurnEvent,
    Undone,
)
from server.domain.issuing import records_of
from server.domain.office import Office
from server.domain.policies import Past
from server.domain.policy import Head
from server.domain.records import CounterNow, Line, Pause, Ticket, Turn
from server.domain.states import CounterState, Priority
from server.domain.tx import Actor
from server.storage import lookups
from server.storage.branch import BranchBatch, past_office
from server.storage.fronts import READ_AHEAD
from server.storage.ids import Ids, tracking_token
from server.storage.projection import append
from server.storage.published import Published
from server.storage.rows import TURN_COLUMNS
from server.storage.steps import STEPS
from server.storage.values import TICKET_COLUMNS, counter_now_of, records, ticket_of, turn_of

_encode = msgspec.json.encode
_decode_office = msgspec.json.Decoder(Office).decode
_decode_codes = msgspec.json.Decoder(list[str]).decode

FORGETS = (CounterChanged, ServicePaused, ServiceResumed, Configured, ClockSet)
"""Rare events after which all that was read is read again."""
OPENS_LEG = (Transferred, Continued, Undone, Reopened)
"""Events after which another turn of the ticket may be the present one, or the ticket another."""
SELECT_TICKET = f"SELECT {TICKET_COLUMNS} FROM tickets WHERE id = ? AND branch = ?"  # noqa: S608
SELECT_TURN = f"""
SELECT {TURN_COLUMNS} FROM turns
WHERE ticket = ?1 AND branch = ?2 AND leg = (SELECT leg FROM tickets WHERE id = ?1)
"""  # noqa: S608
SELECT_LEG = f"""
SELECT {TURN_COLUMNS} FROM turns WHERE ticket = ? AND leg = ? AND branch = ?
"""  # noqa: S608
SELECT_TURN_AT = f"""
SELECT {TURN_COLUMNS} FROM turns
WHERE branch = ? AND counter = ? AND state IN ('called', 'serving')
"""  # noqa: S608
# index turns_line; CROSS JOIN keeps it the outer one
SELECT_FRONT = f"""
SELECT {", ".join("tickets." + each for each in TICKET_COLUMNS.split(", "))},
    {", ".join("turns." + each for each in TURN_COLUMNS.split(", "))}
FROM turns CROSS JOIN tickets ON tickets.id = turns.ticket
WHERE turns.branch = ? AND turns.day = ? AND turns.service = ? AND turns.priority = ?
    AND turns.state = 'waiting' AND turns.for_counter = '' AND turns.due IS NULL
ORDER BY turns.arrival LIMIT {READ_AHEAD}
"""  # noqa: S608
SELECT_RESERVED = """
SELECT ticket, leg, arrival, eligible_at, service, priority FROM turns
WHERE branch = ? AND day = ? AND for_counter = ? AND state = 'waiting' AND for_counter <> ''
ORDER BY arrival LIMIT 1
"""
SELECT_RESERVING = """
SELECT DISTINCT for_counter FROM turns
WHERE branch = ? AND day = ? AND for_counter <> '' AND state = 'waiting'
"""
SELECT_RESERVED_ALL = """
SELECT ticket FROM turns
WHERE branch = ? AND day = ? AND for_counter = ? AND state = 'waiting' AND for_counter <> ''
ORDER BY arrival
"""
SELECT_NUMBER = """
SELECT 1 FROM tickets WHERE branch = ? AND day = ? AND number = ? AND prefix = ?
"""
SELECT_UNFINISHED = f"""
SELECT {TURN_COLUMNS} FROM turns
WHERE branch = ? AND day IN (
        SELECT day FROM days WHERE branch = ? AND closed_at IS NULL AND day < ?)
    AND state IN ('waiting', 'held', 'called', 'serving')
ORDER BY day, arrival
"""  # noqa: S608


class SqliteTx:
    """A transaction on one branch, inside the savepoint of one command."""

    def __init__(self, batch: BranchBatch, actor: Actor, now: Millis, ids: Ids) -> None:
        self._batch = batch
        self._db = batch.db
        self._branch = batch.branch
        self._ids = ids
        self.actor = actor
        self.now = now
        self.published: list[Published] = []
        self._due_now: tuple[int, dict[str, int]] | None = None
        self.configured = batch.office is not None
        if batch.office is not None:
            self.office = batch.office
            self.day = batch.day_at(now, batch.office)

    @property
    def db(self) -> sqlite3.Connection:
        """The connection, with everything appended so far in its tables."""
        self._batch.rows.flush()
        return self._db

    @property
    def aside(self) -> sqlite3.Connection:
        """The connection, for tables that no event changes (tokens, sessions, requests)."""
        return self._db

    @property
    def branch(self) -> int:
        """The branch's number in this database."""
        return self._branch

    def history(self) -> str:
        """Return the name of this branch's history, another one after a restore."""
        row = self._db.execute(
            "SELECT history FROM branches WHERE id = ?", (self._branch,)
        ).fetchone()
        return str(row[0])

    def settings_at(self, moment: Millis) -> Office:
        """Return the settings in force at a moment: the newest older ones, else the oldest."""
        row = self._db.execute(
            "SELECT office FROM settings WHERE branch = ? AND at < ? ORDER BY version DESC LIMIT 1",
            (self._branch, moment),
        ).fetchone()
        if row is None:
            row = self._db.execute(
                "SELECT office FROM settings WHERE branch = ? ORDER BY version LIMIT 1",
                (self._branch,),
            ).fetchone()
        return past_office(row[0])

    def append(self, event: AnyEvent) -> int:
        """Write an event and change the rows it means; return its number."""
        batch = self._batch
        seq = batch.seq + 1
        step = STEPS.get(type(event))
        before = None
        if step is not None and isinstance(event, TurnEvent):
            before = batch.known.turn(event.ticket)
        append(batch.rows, seq, self.now, self.actor.id, event, before)
        batch.seq = seq
        self.published.append(Published(self._branch, seq, self.now, event))
        if isinstance(event, FORGETS):
            batch.forget()
            if isinstance(event, Configured):
                batch.take_office(event.office)
        elif isinstance(event, Issued):
            batch.known.issued(event, partial(records_of, event, seq, self.now))
        elif before is not None and step is not None and isinstance(event, TurnEvent):
            batch.known.moved(event, step(before, event, self.now))
        elif (
            batch.rows.moved is not None
            and isinstance(event, TurnEvent)
            and not isinstance(event, OPENS_LEG)
        ):
            batch.known.moved(event, turn_of(batch.rows.moved))
        else:
            batch.known.forget()
        return seq

    def next_seq(self) -> int:
        """Return the number of the next event."""
        return self._batch.seq + 1

    def new_id(self) -> str:
        """Return a new time-ordered id."""
        return self._ids.new(self.now)

    def new_token(self) -> str:
        """Return a new tracking token."""
        return tracking_token(self.now)

    def lines(self) -> Mapping[str, Line]:
        """Return today's lines by service code."""
        return self._batch.rows.lines.of(self.day)

    def due_now(self, service: str) -> int:
        """Return how many waiting appointments of a service have come to their time."""
        line = self.lines().get(service)
        if line is None or not line.booked:
            return 0
        asked = self._due_now
        if asked is None or asked[0] != self._batch.seq:
            asked = self._batch.seq, lookups.due_now(self._turns, self._branch, self.day, self.now)
            self._due_now = asked
        return asked[1].get(service, 0)

    def booked_before(self, service: str, eligible_at: Millis, arrival: int) -> int:
        """Return how many waiting appointments of a service are called before such a one."""
        where = (self._branch, self.day, service, eligible_at, arrival)
        row = self._turns.execute(lookups.COUNT_BOOKED_BEFORE, where).fetchone()
        return int(row[0])

    def last_number(self, prefix: str) -> int:
        """Return the last number given under a prefix today."""
        rows = self._batch.rows
        if not rows.lines.knows_numbers(self.day):
            rows.flush_turns()
        return rows.lines.last_number(self.day, prefix)

    def counters(self) -> Mapping[str, CounterNow]:
        """Return every counter as it stands, by id."""
        if self._batch.counters is None:
            rows = self._db.execute(
                "SELECT id, state, services, since, holder, holder_name, reason, until "
                "FROM counters WHERE branch = ?",
                (self._branch,),
            )
            self._batch.counters = {row[0]: counter_now_of(row) for row in rows}
        return self._batch.counters

    def open_offers(self) -> Mapping[tuple[str, ...], int]:
        """Return how many open counters offer each set of services."""
        offers = self._batch.offers
        if offers is None:
            offers = {}
            for counter in self.counters().values():
                if counter.state is CounterState.OPEN:
                    key = tuple(counter.services)
                    offers[key] = offers.get(key, 0) + 1
            self._batch.offers = offers
        return offers

    def paused(self) -> Mapping[str, Pause]:
        """Return why each paused service gives no numbers."""
        if self._batch.paused is None:
            rows = self._db.execute(
                "SELECT service, notice, words FROM paused_services WHERE branch = ?",
                (self._branch,),
            )
            self._batch.paused = {
                code: Pause(notice, msgspec.json.decode(words, type=dict[str, str]))
                for code, notice, words in rows
            }
        return self._batch.paused

    @property
    def _turns(self) -> sqlite3.Connection:
        """The connection, with every ticket and turn in its tables."""
        self._batch.rows.flush_turns()
        return self._db

    def notice(self) -> tuple[str, Millis | None]:
        """Return the line of text last told to all displays, and until when."""
        return lookups.notice(self._db, self._branch)

    def ticket(self, ticket: str) -> Ticket | None:
        """Return a ticket of this branch."""
        known = self._batch.known.ticket(ticket)
        if known is None:
            row = self._turns.execute(SELECT_TICKET, (ticket, self._branch)).fetchone()
            if row is None:
                return None
            known = ticket_of(row)
            self._batch.known.found_ticket(known)
        return known

    def turn(self, ticket: str) -> Turn | None:
        """Return the present turn of a ticket of this branch."""
        known = self._batch.known.turn(ticket)
        if known is not None:
            return known
        row = self._turns.execute(SELECT_TURN, (ticket, self._branch)).fetchone()
        return None if row is None else turn_of(row)

    def turn_at(self, counter: str) -> Turn | None:
        """Return the turn that is at a counter."""
        is_known, turn = self._batch.known.at(counter)
        if not is_known:
            row = self._turns.execute(SELECT_TURN_AT, (self._branch, counter)).fetchone()
            turn = None if row is None else turn_of(row)
            self._batch.known.found_at(counter, turn)
        return turn

    def head(self, service: str, priority: Priority) -> Head | None:
        """Return today's first waiting ticket of a line."""
        line = (self.day, service, priority)
        known = self._batch.known
        is_known, first = known.fronts.first(line, self._head)
        if not is_known:
            rows = self._turns.execute(
                SELECT_FRONT, (self._branch, self.day, service, priority.value)
            )
            known.fronts.read(line, [(row[0], partial(records, row)) for row in rows])
            first = known.fronts.first(line, self._head)[1]
        return first

    def _head(self, ticket: Ticket, turn: Turn) -> Head:
        """Return a waiting ticket as the policy sees it, and keep its records for its call."""
        self._batch.known.found(ticket, turn)
        since = turn.eligible_at
        if turn.leg > 1:
            since = lookups.in_line_since(self._turns, turn.ticket, turn.arrival)
        limit, target = self._promise(turn.service)
        return Head(
            turn.ticket, turn.leg, turn.service, turn.priority, turn.arrival, since, limit,
            target_ms=target,
        )  # fmt: skip

    def slot_head(self, service: str) -> Head | None:
        """Return today's next appointment of a service."""
        row = lookups.slot(self.db, self._branch, self.day, service)
        if row is None:
            return None
        ticket, leg, arrival, eligible_at, priority = row
        limit, target = self._promise(service)
        return Head(
            ticket, leg, service, Priority(priority), arrival, eligible_at, limit,
            target_ms=target, booked=True,
        )  # fmt: skip

    def reserved_head(self, counter: str) -> Head | None:
        """Return today's first waiting ticket that was sent to a counter."""
        if counter not in self._reserved():
            return None
        row = self._turns.execute(SELECT_RESERVED, (self._branch, self.day, counter)).fetchone()
        if row is None:
            return None
        ticket, leg, arrival, eligible_at, service, priority = row
        limit, _ = self._promise(service)
        return Head(
            ticket, leg, service, Priority(priority), arrival, eligible_at, limit, reserved=True
        )

    def _reserved(self) -> frozenset[str]:
        """Return the counters that have a ticket sent to them; usually none has."""
        known = self._batch.known
        if known.reserved is None or known.reserved[0] != self.day:
            rows = self._turns.execute(SELECT_RESERVING, (self._branch, self.day))
            known.reserved = (self.day, frozenset(row[0] for row in rows))
        return known.reserved[1]

    def _promise(self, service: str) -> tuple[Millis, Millis]:
        for each in self.office.services:
            if each.code == service:
                return each.max_wait_minutes * 60_000, each.target_minutes * 60_000
        return 0, 60_000

    def recent_calls(self, services: Sequence[str]) -> Iterator[Past]:
        """Yield today's latest calls for these services, newest first."""
        known = self._batch.known
        if known.calls is None or known.calls[0] != self.day:
            latest = lookups.recent_calls(self.db, self._branch, self.day)
            known.calls = (self.day, deque(latest, maxlen=lookups.RECENT_CALLS))
        return (call for call in known.calls[1] if call.service in services)

    def own_calls(self, counter: str, most: int) -> list[str]:
        """Return the services of a counter's latest calls today."""
        return lookups.own_calls(self.db, self._branch, self.day, counter, most)

    def last_act(self, counter: str, since: Millis) -> Envelope | None:
        """Return the newest turn event of a counter, not older than ``since``."""
        return lookups.last_act(self.db, self._branch, counter, since)

    def turn_leg(self, ticket: str, leg: int) -> Turn | None:
        """Return one given turn of a ticket of this branch."""
        row = self.db.execute(SELECT_LEG, (ticket, leg, self._branch)).fetchone()
        return None if row is None else turn_of(row)

    def reserved_for(self, counter: str) -> list[str]:
        """Return the tickets that wait for one counter alone, first in line first."""
        rows = self.db.execute(SELECT_RESERVED_ALL, (self._branch, self.day, counter))
        return [row[0] for row in rows]

    def has_number(self, day: str, prefix: str, number: int) -> bool:
        """Return whether a number was given on a business day."""
        wanted = (self._branch, day, number, prefix)
        return self._turns.execute(SELECT_NUMBER, wanted).fetchone() is not None

    def ended_day(self, since: Millis) -> list[Envelope]:
        """Return the events of the latest end of a day, oldest first."""
        return lookups.ended_day(self.db, self._branch, since)

    def unfinished_before(self, day: str) -> Iterator[Turn]:
        """Return turns of earlier, still open days that have not ended."""
        rows = self.db.execute(SELECT_UNFINISHED, (self._branch, self._branch, day)).fetchall()
        return (turn_of(row) for row in rows)

    def oldest_open_day(self, day: str) -> str | None:
        """Return the oldest open day before a day."""
        row = self.db.execute(
            "SELECT MIN(day) FROM days WHERE branch = ? AND day < ? AND closed_at IS NULL",
            (self._branch, day),
        ).fetchone()
        return None if row is None else row[0]

    def open_days_before(self, day: str) -> list[str]:
        """Return the open days before a day, oldest first."""
        rows = self.db.execute(
            "SELECT day FROM days WHERE branch = ? AND day < ? AND closed_at IS NULL ORDER BY day",
            (self._branch, day),
        )
        return [row[0] for row in rows]

    def print_order(self, copy: int = 0) -> PrintOrder | None:
        """Return a print order for the printer that serves the actor."""
        shared = None
        for printer, kiosk, _ in self._printers():
            if kiosk is not None and kiosk == self.actor.name:
                return PrintOrder(self.new_id(), printer, copy)
            if kiosk is None and shared is None:
                shared = printer
        return None if shared is None else PrintOrder(self.new_id(), shared, copy)

    def printer_name(self, printer: str) -> str | None:
        """Return the name of a printer of this branch."""
        return next((name for key, _, name in self._printers() if key == printer), None)

    def _printers(self) -> list[tuple[str, str | None, str]]:
        if self._batch.printers is None:
            self._batch.printers = self._db.execute(
                "SELECT id, kiosk, name FROM printers WHERE branch = ? ORDER BY created_at, id",
                (self._branch,),
            ).fetchall()
        return self._batch.printers

    def copies(self, ticket: str) -> int:
        """Return how many papers of a ticket were ordered."""
        row = self.db.execute(
            "SELECT COUNT(*) FROM print_jobs WHERE ticket = ?", (ticket,)
        ).fetchone()
        return int(row[0])
