"""Rows made from values: what the events of one branch changed, written together.

Nothing is read back: the hall's values are the truth, and a ticket or turn that changed several
times within a transaction is written once, as it stands at the end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import zip_longest

import msgspec
from msgspec.structs import astuple

from server.domain import events as ev
from server.domain.hall import Changes
from server.domain.records import Ticket, Turn
from server.domain.states import AT_COUNTER, TurnState
from server.domain.turns import Visit
from server.storage.facts import write_fact
from server.storage.inserts import Inserts

_encode = msgspec.json.encode

EVENT_COLUMNS = "branch, seq, at, actor, data"
TICKET_COLUMNS = ", ".join(Ticket.__struct_fields__)
TURN_COLUMNS = ", ".join(Turn.__struct_fields__)
NEW_TURN_COLUMNS = (
    "ticket, leg, day, label, service, priority, state, arrival, opened, eligible_at, "
    "for_counter, note, due"
)
"""What a turn holds that nobody has called."""
JOB_COLUMNS = "id, branch, ticket, printer, copy, state, next_at"
CALL_COLUMNS = (
    "branch, seq, at, day, ticket, leg, label, service, priority, counter, number, rule, staff"
)
_TICKET_CHANGES = ("priority", "language", "people", "leg")
_TURN_FIXED = frozenset(
    ("ticket", "leg", "day", "label", "service", "arrival", "opened", "eligible_at", "note", "due")
)
"""Columns that are written once, so that an index over them alone is not touched again."""
MOVE_TICKET = "UPDATE tickets SET day = ?, issued_at = ?, eligible_at = ? WHERE id = ?"
MOVE_TURN = "UPDATE turns SET day = ?, eligible_at = ? WHERE ticket = ? AND leg = ?"
"""For what nearly never changes: an end of a day taken back, a clock that was set."""
OFF_ITS_COUNTER = "UPDATE turns SET counter = NULL WHERE ticket = ? AND leg = ?"
DELETE_TURN = "DELETE FROM turns WHERE ticket = ? AND leg = ?"


def _changing(names: Iterable[str], key: str) -> str:
    sets = ", ".join(f"{each} = excluded.{each}" for each in names)
    return f" ON CONFLICT ({key}) DO UPDATE SET {sets}"


HOT = (ev.Issued, ev.Called, ev.Recalled, ev.Started, ev.Finished, ev.NoShow)
"""Events whose rows may be written later than they are; whatever is rare brings all rows up."""

_OF_A_TURN = (ev.TurnEvent, ev.Recalled)
_CALLS = (ev.Called, ev.Recalled)
_WITH_PAPER = (ev.Issued, ev.ReprintOrdered)
_TurnKey = tuple[str, int]


class Rows:
    """The rows of one branch that wait to be written.

    Events, papers and what is no ticket's go with every commit (``flush_log``). Tickets, turns and
    calls may wait longer: one that changed several times meanwhile is written once, as it then
    stands. Whoever reads a table in the same transaction flushes first.
    """

    def __init__(self, db: sqlite3.Connection, branch: int) -> None:
        self.db = db
        self.branch = branch
        self._events = Inserts(db, "events", EVENT_COLUMNS)
        self._new_tickets = Inserts(db, "tickets", f"{TICKET_COLUMNS}, branch")
        self._new_turns = Inserts(db, "turns", f"branch, {NEW_TURN_COLUMNS}")
        self._changed = (
            Inserts(db, "tickets", f"{TICKET_COLUMNS}, branch",
                    _changing(_TICKET_CHANGES, "id")),
            Inserts(db, "turns", f"{TURN_COLUMNS}, branch", _changing(
                (each for each in Turn.__struct_fields__ if each not in _TURN_FIXED),
                "ticket, leg",
            )),
        )  # fmt: skip
        self._jobs = Inserts(db, "print_jobs", JOB_COLUMNS)
        self._calls = Inserts(db, "calls", CALL_COLUMNS, " ON CONFLICT DO NOTHING")
        self._facts: list[ev.Envelope] = []
        self._was: dict[str, Visit | None] = {}
        self._now: dict[str, Visit] = {}
        self._gone: set[_TurnKey] = set()
        self._open_days: set[str] = set()
        self._again = False
        self.ahead = False
        """Whether tables hold more than the head says: somebody read them amid a batch."""

    @property
    def behind(self) -> int:
        """How many tickets have rows to be written."""
        return len(self._now)

    def note(self, each: ev.Envelope, changes: Changes) -> None:
        """Take an event, and the tickets that it changed before and after it."""
        event = each.event
        self._events.add(self.branch, each.seq, each.at, each.actor, _encode(event).decode())
        self._note_visits(each, changes)
        if not isinstance(event, _OF_A_TURN):
            self._fact(each, event)
            if isinstance(event, ev.ClockSet):
                self.flush()  # it moves the papers ordered before it, and none after it

    def note_again(self, each: ev.Envelope, changes: Changes) -> None:
        """Take what an event of the log changed of tickets; some of it may be written already."""
        self._again = True
        self._note_visits(each, changes)

    def _note_visits(self, each: ev.Envelope, changes: Changes) -> None:
        for before, after in changes:
            if after is before:
                continue
            key = after.ticket.id
            if key not in self._now:
                self._was[key] = before
            self._now[key] = after
            if before is not None and len(before.turns) > len(after.turns):
                self._gone.update((key, turn.leg) for turn in before.turns[len(after.turns) :])
        event = each.event
        if isinstance(event, _CALLS):
            self._call(each, event, changes[0][1].turn)

    def _fact(self, each: ev.Envelope, event: ev.AnyEvent) -> None:
        if isinstance(event, _WITH_PAPER) and event.print is not None:
            self._job(each.at, event.ticket, event.print)
        if isinstance(event, ev.Issued):
            if event.day in self._open_days:
                return
            self._open_days.add(event.day)
        elif isinstance(event, ev.DayClosed | ev.DayReopened):
            self._open_days.clear()
        self._facts.append(each)

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
        self.flush_log()
        if self._now:
            self.ahead = True
            self._flush_visits()
        self._calls.flush()

    def flush_log(self) -> None:
        """Write the events, and what they mean besides tickets, turns and calls."""
        self._events.flush()
        self._jobs.flush()
        for each in self._facts:
            write_fact(self.db, self.branch, each)
        self._facts.clear()

    def _flush_visits(self) -> None:
        tickets, _turns = self._changed
        for leg in self._gone:
            self.db.execute(DELETE_TURN, leg)
        moved: list[Visit] = []
        changed: list[tuple[Turn | None, Turn]] = []
        for key, after in self._now.items():
            before = self._was[key]
            if before is None and not self._again:
                self._new_tickets.add(*_ticket_row(after.ticket), self.branch)
            elif before is None or after.ticket is not before.ticket:
                tickets.add(*_ticket_row(after.ticket), self.branch)
                if before is not None and _has_moved(before.ticket, after.ticket):
                    moved.append(after)
            known = () if before is None else before.turns
            pairs = zip_longest(known[: len(after.turns)], after.turns)
            changed += [(was, now) for was, now in pairs if now is not was]
        self._new_tickets.flush()
        tickets.flush()
        self._flush_turns(changed)
        if moved:
            self._move(moved)
        for kept in (self._was, self._now, self._gone):
            kept.clear()
        self._again = False

    def _flush_turns(self, changed: list[tuple[Turn | None, Turn]]) -> None:
        _, turns = self._changed
        # one counter has one ticket at a time: who left it is written before who came to it
        coming: list[Turn] = []
        for was, turn in changed:
            if turn.state in AT_COUNTER:
                coming.append(turn)
                if was is not None and was.state in AT_COUNTER and was.counter != turn.counter:
                    self.db.execute(OFF_ITS_COUNTER, (turn.ticket, turn.leg))
            elif was is None and not self._again and _untouched(turn):
                self._add_new(turn)
            else:
                turns.add(*_turn_row(turn), self.branch)
        self._new_turns.flush()
        turns.flush()
        for turn in coming:
            turns.add(*_turn_row(turn), self.branch)
        turns.flush()

    def _add_new(self, turn: Turn) -> None:
        """Take the commonest row: what is written again later is little."""
        self._new_turns.add(
            self.branch, turn.ticket, turn.leg, turn.day, turn.label, turn.service,
            turn.priority.value, turn.state.value, turn.arrival, turn.opened,
            turn.eligible_at, turn.for_counter, turn.note, turn.due,
        )  # fmt: skip

    def _move(self, visits: list[Visit]) -> None:
        """Write the columns that otherwise stay as they were when the row was made."""
        tickets = [each.ticket for each in visits]
        self.db.executemany(
            MOVE_TICKET, [(t.day, t.issued_at, t.eligible_at, t.id) for t in tickets]
        )
        turns = [turn for each in visits for turn in each.turns]
        self.db.executemany(MOVE_TURN, [(t.day, t.eligible_at, t.ticket, t.leg) for t in turns])

    def forget(self) -> None:
        """Drop everything that waits, after a rollback."""
        for inserts in (
            self._events, self._new_tickets, self._new_turns, *self._changed, self._jobs,
            self._calls,
        ):  # fmt: skip
            inserts.forget()
        for kept in (self._facts, self._was, self._now, self._gone, self._open_days):
            kept.clear()
        self._again = False


def _has_moved(was: Ticket, now: Ticket) -> bool:
    return (was.day, was.issued_at, was.eligible_at) != (now.day, now.issued_at, now.eligible_at)


def _untouched(turn: Turn) -> bool:
    """Whether nothing was done to a turn since it was made."""
    return turn.state is TurnState.WAITING and turn == Turn(
        turn.ticket, turn.leg, turn.day, turn.label, turn.service, turn.priority, turn.state,
        turn.arrival, turn.opened, turn.eligible_at, turn.for_counter, note=turn.note, due=turn.due,
    )  # fmt: skip


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
