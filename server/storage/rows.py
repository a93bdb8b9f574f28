"""Rows made from values: what the events of one branch changed, written together.

Nothing is read back: the hall's values are the truth, and a ticket or turn that changed several
times within a transaction is written once, as it stands at the end.
"""

from __future__ import annotations

import sqlite3

import msgspec
from msgspec.structs import astuple

from server.domain import events as ev
from server.domain.hall import Changes
from server.domain.records import Ticket, Turn
from server.domain.states import AT_COUNTER
from server.domain.turns import Visit
from server.storage.facts import write_fact
from server.storage.inserts import Inserts

_encode = msgspec.json.encode

EVENT_COLUMNS = "branch, seq, at, actor, data"
TICKET_COLUMNS = (
    "id, day, prefix, number, label, service, priority, language, people, channel, token, "
    "issued_at, eligible_at, leg"
)
TURN_COLUMNS = (
    "ticket, leg, day, label, service, priority, state, arrival, eligible_at, for_counter, "
    "counter, counter_number, staff, first_called_at, called_at, calls, recalls, started_at, "
    "serving_since, service_ms, walk_ms, ended_at, ended_by, outcome, outcome_code, "
    "hold_reason, hold_until, missed_at, rule, why, note, due"
)
NEW_TURN_COLUMNS = (
    "ticket, leg, day, label, service, priority, state, arrival, eligible_at, for_counter, note, "
    "due"
)
"""What a turn holds that nobody has called."""
JOB_COLUMNS = "id, branch, ticket, printer, copy, state, next_at"
CALL_COLUMNS = (
    "branch, seq, at, day, ticket, leg, label, service, priority, counter, number, rule, staff"
)
_FIXED = {
    "id", "ticket", "leg", "day", "label", "service", "arrival", "eligible_at", "note", "due",
    "prefix", "number", "channel", "token", "issued_at",
}  # fmt: skip
"""Columns that are written once: an index over them alone is not touched again."""
MOVE_TICKET = "UPDATE tickets SET day = ?, issued_at = ?, eligible_at = ? WHERE id = ?"
MOVE_TURN = "UPDATE turns SET day = ?, eligible_at = ? WHERE ticket = ? AND leg = ?"
"""For what nearly never changes: an end of a day taken back, a clock that was set."""
OFF_ITS_COUNTER = "UPDATE turns SET counter = NULL WHERE ticket = ? AND leg = ?"
DELETE_TURN = "DELETE FROM turns WHERE ticket = ? AND leg = ?"


def _changing(columns: str, key: str, *more: str) -> str:
    names = [each for each in columns.split(", ") if each not in _FIXED] + list(more)
    sets = ", ".join(f"{each} = excluded.{each}" for each in names)
    return f" ON CONFLICT ({key}) DO UPDATE SET {sets}"


_TurnKey = tuple[str, int]


class Rows:
    """The rows of one branch that wait to be written.

    Whoever reads a table in the same transaction flushes first.
    """

    def __init__(self, db: sqlite3.Connection, branch: int) -> None:
        self.db = db
        self.branch = branch
        self._events = Inserts(db, "events", EVENT_COLUMNS)
        self._new_tickets = Inserts(db, "tickets", f"{TICKET_COLUMNS}, branch")
        self._new_turns = Inserts(db, "turns", f"branch, {NEW_TURN_COLUMNS}")
        self._changed = (
            Inserts(db, "tickets", f"{TICKET_COLUMNS}, branch",
                    _changing(TICKET_COLUMNS, "id", "leg")),
            Inserts(db, "turns", f"{TURN_COLUMNS}, branch", _changing(TURN_COLUMNS, "ticket, leg")),
        )  # fmt: skip
        self._jobs = Inserts(db, "print_jobs", JOB_COLUMNS)
        self._calls = Inserts(db, "calls", CALL_COLUMNS)
        self._facts: list[ev.Envelope] = []
        self._tickets: dict[str, Ticket] = {}
        self._turns: dict[_TurnKey, Turn] = {}
        self._was: dict[_TurnKey, Turn | None] = {}
        self._gone: set[_TurnKey] = set()
        self._open_days: set[str] = set()
        self._moved = False

    def note(self, each: ev.Envelope, changes: Changes) -> None:
        """Take an event, and the tickets that it changed before and after it."""
        event = each.event
        self._events.add(self.branch, each.seq, each.at, each.actor, _encode(event).decode())
        for before, after in changes:
            if before is None:
                self._new_visit(after)
            elif after is not before:
                self._visit(before, after)
        if isinstance(event, ev.Called | ev.Recalled):
            self._call(each, event, changes[0][1].turn)
        elif not isinstance(event, ev.TurnEvent):
            self._fact(each, event)
        if isinstance(event, ev.ClockSet):
            self.flush()  # it moves the papers ordered before it, and none after it

    def _fact(self, each: ev.Envelope, event: ev.AnyEvent) -> None:
        if isinstance(event, ev.Issued | ev.ReprintOrdered) and event.print is not None:
            self._job(each.at, event.ticket, event.print)
        if isinstance(event, ev.Issued):
            if event.day in self._open_days:
                return
            self._open_days.add(event.day)
        elif isinstance(event, ev.DayClosed | ev.DayReopened):
            self._open_days.clear()
        self._facts.append(each)

    def _new_visit(self, visit: Visit) -> None:
        """Take the commonest change: what it writes again later is little."""
        self._new_tickets.add(*_ticket_row(visit.ticket), self.branch)
        turn = visit.turns[0]
        self._new_turns.add(
            self.branch, turn.ticket, turn.leg, turn.day, turn.label, turn.service,
            turn.priority.value, turn.state.value, turn.arrival, turn.eligible_at,
            turn.for_counter, turn.note, turn.due,
        )  # fmt: skip

    def _visit(self, before: Visit, after: Visit) -> None:
        if after.ticket is not before.ticket:
            self._tickets[after.ticket.id] = after.ticket
            self._moved |= after.ticket.issued_at != before.ticket.issued_at
            self._moved |= after.ticket.day != before.ticket.day
        known = before.turns
        for place, turn in enumerate(after.turns):
            was = known[place] if place < len(known) else None
            if turn is not was:
                key = (turn.ticket, turn.leg)
                self._was.setdefault(key, was)
                self._turns[key] = turn
        for turn in known[len(after.turns) :]:
            key = (turn.ticket, turn.leg)
            self._turns.pop(key, None)
            self._gone.add(key)

    def _job(self, at: int, ticket: str, order: ev.PrintOrder) -> None:
        self._jobs.add(order.job, self.branch, ticket, order.printer, order.copy, "queued", at)

    def _call(self, each: ev.Envelope, event: ev.Called | ev.Recalled, turn: Turn) -> None:
        called = isinstance(event, ev.Called)
        self._calls.add(
            self.branch, each.seq, each.at, turn.day, turn.ticket, turn.leg, turn.label,
            turn.service, turn.priority.value if called else None, event.counter.id, event.number,
            event.rule if isinstance(event, ev.Called) else "recall",
            event.staff if isinstance(event, ev.Called) else None,
        )  # fmt: skip

    def flush(self) -> None:
        """Write everything that waits.

        Raises:
            sqlite3.IntegrityError: a constraint was hit, such as a number given twice.
        """
        self._events.flush()
        self._flush_visits()
        self._jobs.flush()
        self._calls.flush()
        for each in self._facts:
            write_fact(self.db, self.branch, each)
        self._facts.clear()

    def _flush_visits(self) -> None:
        tickets, turns = self._changed
        for ticket in self._tickets.values():
            tickets.add(*_ticket_row(ticket), self.branch)
        self._new_tickets.flush()
        tickets.flush()
        if self._moved:
            self._flush_moved()
        self._tickets.clear()
        for key in self._gone:
            self.db.execute(DELETE_TURN, key)
        self._gone.clear()
        self._new_turns.flush()
        if not self._turns:
            return
        # one counter has one ticket at a time: who left it is written before who came to it
        leaving = [turn for turn in self._turns.values() if turn.state not in AT_COUNTER]
        coming = [turn for turn in self._turns.values() if turn.state in AT_COUNTER]
        for turn in coming:
            was = self._was[turn.ticket, turn.leg]
            if was is not None and was.state in AT_COUNTER and was.counter != turn.counter:
                self.db.execute(OFF_ITS_COUNTER, (turn.ticket, turn.leg))
        for part in (leaving, coming):
            for turn in part:
                turns.add(*_turn_row(turn), self.branch)
            turns.flush()
        self._turns.clear()
        self._was.clear()

    def _flush_moved(self) -> None:
        """Write the columns that otherwise stay as they were when the row was made."""
        self._new_turns.flush()
        self.db.executemany(
            MOVE_TICKET,
            [(t.day, t.issued_at, t.eligible_at, t.id) for t in self._tickets.values()],
        )
        self.db.executemany(
            MOVE_TURN, [(t.day, t.eligible_at, t.ticket, t.leg) for t in self._turns.values()]
        )
        self._moved = False

    def forget(self) -> None:
        """Drop everything that waits, after a rollback."""
        for inserts in (
            self._events, self._new_tickets, self._new_turns, *self._changed, self._jobs,
            self._calls,
        ):  # fmt: skip
            inserts.forget()
        for kept in (self._facts, self._tickets, self._turns, self._was, self._gone):
            kept.clear()
        self._open_days.clear()
        self._moved = False


_TICKET_PRIORITY = TICKET_COLUMNS.split(", ").index("priority")
_PRIORITY, _STATE, _OUTCOME = (
    TURN_COLUMNS.split(", ").index(each) for each in ("priority", "state", "outcome")
)


def _ticket_row(ticket: Ticket) -> list[object]:
    values = list(astuple(ticket))
    values[_TICKET_PRIORITY] = ticket.priority.value
    return values


def _turn_row(turn: Turn) -> list[object]:
    values = list(astuple(turn))
    values[_PRIORITY] = turn.priority.value
    values[_STATE] = turn.state.value
    if turn.outcome is not None:
        values[_OUTCOME] = turn.outcome.value
    return values
