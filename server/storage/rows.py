"""Owns the tables of one branch inside one transaction: what waits in memory to be written."""

from __future__ import annotations

import sqlite3
from typing import Any

from server.domain.records import Turn
from server.storage.inserts import Inserts
from server.storage.lines import Lines

TURN_COLUMNS = (
    "ticket, leg, day, label, service, priority, state, arrival, eligible_at, for_counter, "
    "counter, counter_number, staff, first_called_at, called_at, calls, recalls, started_at, "
    "serving_since, service_ms, walk_ms, ended_at, ended_by, outcome, outcome_code, "
    "hold_reason, hold_until, missed_at, rule, why, note, due"
)


class Broken(Exception):
    """A row was not in the state that the event speaks of: the log and the tables disagree."""


EVENT_COLUMNS = "branch, seq, at, actor, data"
NEW_TICKET_COLUMNS = (
    "id, branch, day, prefix, number, label, service, priority, language, people, channel, token, "
    "issued_at, eligible_at, leg"
)
NEW_TURN_COLUMNS = (
    "ticket, leg, branch, day, label, service, priority, state, arrival, eligible_at, "
    "for_counter, due"
)
JOB_COLUMNS = "id, branch, ticket, printer, copy, state, next_at"
CALL_COLUMNS = (
    "branch, seq, at, day, ticket, leg, label, service, priority, counter, number, rule, staff"
)


class Rows:
    """The tables of one branch inside one transaction, as projections change them.

    New rows and the lines wait in memory until ``flush``; whoever reads these tables flushes
    first.

    Attributes:
        moved: the turn's row (``TURN_COLUMNS``) that the latest event changed, if it did and
            the turn was not in hand.
        in_hand: the turn of the present event, when the caller has it: its row is not read back.
        open_days: business days known to be open; a number taken on a closed day (the clock
            was set back) opens it again.
    """

    def __init__(self, db: sqlite3.Connection, branch: int) -> None:
        self.db = db
        self.branch = branch
        self.lines = Lines(db, branch)
        self.events = Inserts(db, "events", EVENT_COLUMNS)
        self.tickets = Inserts(db, "tickets", NEW_TICKET_COLUMNS)
        self.turns = Inserts(db, "turns", NEW_TURN_COLUMNS)
        self.jobs = Inserts(db, "print_jobs", JOB_COLUMNS)
        self.calls = Inserts(db, "calls", CALL_COLUMNS)
        self.moved: tuple[Any, ...] | None = None
        self.in_hand: Turn | None = None
        self.open_days: set[str] = set()

    def flush(self) -> None:
        """Write the new rows that wait."""
        for inserts in (self.events, self.tickets, self.turns, self.jobs, self.calls):
            inserts.flush()

    def flush_turns(self) -> None:
        """Write the tickets and turns that wait, for those who read only them."""
        self.tickets.flush()
        self.turns.flush()

    def write(self) -> None:
        """Write everything that waits, the lines too: the end of a transaction."""
        self.flush()
        self.lines.flush()

    def forget(self) -> None:
        """Drop everything that waits, after a rollback."""
        self.lines.forget()
        self.open_days.clear()
        for inserts in (self.events, self.tickets, self.turns, self.jobs, self.calls):
            inserts.forget()
