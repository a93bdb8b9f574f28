"""Owns what each event changes in the tables: the one place where rows of the queue change.

Commands append events, replay appends the same events again; both come through ``append``,
so the tables always follow from the log.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec

from server.domain import events as ev
from server.domain.day import Millis
from server.domain.records import Turn
from server.domain.states import TurnState
from server.storage.inserts import Inserts
from server.storage.lines import Lines

_encode = msgspec.json.encode

TURN_COLUMNS = (
    "ticket, leg, day, label, service, priority, state, arrival, eligible_at, for_counter, "
    "counter, counter_number, staff, first_called_at, called_at, calls, recalls, started_at, "
    "serving_since, service_ms, walk_ms, ended_at, ended_by, outcome, outcome_code, "
    "hold_reason, hold_until, missed_at, rule, why, note, due"
)
_DAY = 2


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
OPEN_DAY = """
INSERT INTO days (branch, day) VALUES (?, ?)
ON CONFLICT (branch, day) DO UPDATE SET closed_at = NULL
"""
CALL_COLUMNS = (
    "branch, seq, at, day, ticket, leg, label, service, priority, counter, number, rule, staff"
)
INSERT_NEXT_LEG = """
INSERT INTO turns (ticket, leg, branch, day, label, service, priority, state, arrival,
    eligible_at, for_counter, note, due)
SELECT ticket, ?, branch, day, label, ?, priority, 'waiting', ?, ?, ?, ?, ?
FROM turns WHERE ticket = ? AND leg = ?
"""


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


def append(
    rows: Rows,
    seq: int,
    at: Millis,
    actor: str,
    event: ev.AnyEvent,
    in_hand: Turn | None = None,
) -> None:
    """Write an event (number ``seq`` of its branch, happened ``at``) and change its rows.

    With ``in_hand``, the event's turn as it is before, the row is not read back.

    Raises:
        Broken: a turn was not in the state the event leaves.
        sqlite3.IntegrityError: a constraint was hit, such as a number given twice; for new
            rows not before they are flushed.
    """
    rows.events.add(rows.branch, seq, at, actor, _encode(event).decode())
    rows.moved, rows.in_hand = None, in_hand
    if isinstance(event, ev.TurnEvent):
        rows.flush_turns()
    elif not isinstance(event, ev.Issued):
        rows.flush()
    _PROJECTIONS[type(event)](rows, seq, at, event)


def _configured(rows: Rows, _s: int, at: Millis, e: ev.Configured) -> None:
    rows.db.execute(
        "INSERT INTO settings (branch, version, at, office) VALUES (?, ?, ?, ?)",
        (rows.branch, e.version, at, _encode(e.office).decode()),
    )
    rows.db.execute(
        "UPDATE branches SET settings_version = ? WHERE id = ?", (e.version, rows.branch)
    )


def _issued(rows: Rows, seq: int, at: Millis, e: ev.Issued) -> None:
    eligible = max(at, e.due or 0)
    if e.day not in rows.open_days:
        rows.db.execute(OPEN_DAY, (rows.branch, e.day))
        rows.open_days.add(e.day)
    rows.lines.issued(e.day, e.service, e.priority, e.prefix, e.number, booked=e.due is not None)
    rows.tickets.add(
        e.ticket, rows.branch, e.day, e.prefix, e.number, e.label, e.service, e.priority.value,
        e.language, e.people, e.channel, e.token, at, eligible, 1,
    )  # fmt: skip
    rows.turns.add(
        e.ticket, 1, rows.branch, e.day, e.label, e.service, e.priority.value, "waiting", seq,
        eligible, "", e.due,
    )  # fmt: skip
    if e.print is not None:
        _order_print(rows, at, e.ticket, e.print)


def _order_print(rows: Rows, at: Millis, ticket: str, order: ev.PrintOrder) -> None:
    rows.jobs.add(order.job, rows.branch, ticket, order.printer, order.copy, "queued", at)


def _move(rows: Rows, e: ev.TurnEvent, changes: str, values: dict[str, Any]) -> str:
    """Change the turn of ``e`` on condition of its state, and the waiting counts with it.

    Returns its business day.
    """
    update = (
        f"UPDATE turns SET state = :state{changes} "  # noqa: S608 - constants of this module
        "WHERE ticket = :ticket AND leg = :leg AND state = :was"
    )
    values |= {"state": e.state.value, "ticket": e.ticket, "leg": e.leg, "was": e.was.value}
    if rows.in_hand is not None:
        found = rows.db.execute(update, values).rowcount == 1
        day, due = rows.in_hand.day, rows.in_hand.due
    else:
        row = rows.db.execute(f"{update} RETURNING {TURN_COLUMNS}", values).fetchone()
        found, rows.moved = row is not None, row
        day, due = (row[_DAY], row[-1]) if found else ("", None)
    if not found:
        raise Broken(f"turn {e.ticket}/{e.leg} is not '{e.was}'")
    if e.was is TurnState.WAITING:
        rows.lines.moved(day, e.service, e.priority, -1, booked=due is not None)
    elif e.state is TurnState.WAITING:
        rows.lines.moved(day, e.service, e.priority, 1, booked=due is not None)
    return day


_CALLED = """, counter = :counter, counter_number = :number, staff = :staff,
    first_called_at = COALESCE(first_called_at, :at), called_at = :at, calls = calls + 1,
    rule = :rule, why = :why"""
INSERT_CALL = """
INSERT INTO calls (branch, seq, at, day, ticket, leg, label, service, priority, counter, number,
    rule, staff)
SELECT branch, ?, ?, day, ticket, leg, label, service, ?, ?, ?, ?, ?
FROM turns WHERE ticket = ? AND leg = ?
"""


def _called(rows: Rows, seq: int, at: Millis, e: ev.Called) -> None:
    day = _move(
        rows, e, _CALLED,
        {"counter": e.counter.id, "number": e.number, "staff": e.staff, "at": at, "rule": e.rule,
         "why": e.why},
    )  # fmt: skip
    rows.calls.add(
        rows.branch, seq, at, day, e.ticket, e.leg, e.label, e.service, e.priority.value,
        e.counter.id, e.number, e.rule, e.staff,
    )  # fmt: skip


def _recalled(rows: Rows, seq: int, at: Millis, e: ev.Recalled) -> None:
    rows.db.execute(
        "UPDATE turns SET recalls = recalls + 1, called_at = ? WHERE ticket = ? AND leg = ?",
        (at, e.ticket, e.leg),
    )
    rows.db.execute(
        INSERT_CALL, (seq, at, None, e.counter.id, e.number, "recall", None, e.ticket, e.leg)
    )


_STARTED = """, started_at = COALESCE(started_at, :at), serving_since = :at, staff = :staff,
    walk_ms = COALESCE(walk_ms, MAX(0, :at - called_at))"""


def _started(rows: Rows, _s: int, at: Millis, e: ev.Started) -> None:
    _move(rows, e, _STARTED, {"at": at, "staff": e.staff})


_SERVED_SO_FAR = """, service_ms = service_ms
    + CASE WHEN serving_since IS NULL THEN 0 ELSE MAX(0, :at - serving_since) END,
    serving_since = NULL"""
_ENDED = _SERVED_SO_FAR + """, ended_at = :at, ended_by = :ended_by, outcome = :outcome"""


def _finished(rows: Rows, _s: int, at: Millis, e: ev.Finished) -> None:
    _move(
        rows, e, _ENDED + ", outcome_code = :code",
        {"at": at, "ended_by": "hand", "outcome": e.outcome.value, "code": e.outcome_code},
    )  # fmt: skip


def _no_show(rows: Rows, _s: int, at: Millis, e: ev.NoShow) -> None:
    _move(
        rows, e, _ENDED + ", missed_at = :at",
        {"at": at, "ended_by": "hand", "outcome": e.outcome.value},
    )  # fmt: skip


def _returned(rows: Rows, _s: int, _at: Millis, e: ev.Returned) -> None:
    changes = """, counter = NULL, counter_number = NULL, ended_at = NULL, ended_by = NULL,
        outcome = NULL, hold_reason = NULL, hold_until = NULL"""
    _move(rows, e, changes, {})


def _held(rows: Rows, _s: int, at: Millis, e: ev.Held) -> None:
    _move(
        rows, e, _SERVED_SO_FAR + ", hold_reason = :reason, hold_until = :until",
        {"at": at, "reason": e.reason, "until": e.until},
    )  # fmt: skip


def _transferred(rows: Rows, _s: int, at: Millis, e: ev.Transferred) -> None:
    _move(rows, e, _ENDED, {"at": at, "ended_by": "hand", "outcome": e.outcome.value})
    _next_leg(rows, at, e, e.due)


def _continued(rows: Rows, _s: int, at: Millis, e: ev.Continued) -> None:
    _move(
        rows, e, _ENDED + ", outcome_code = :code",
        {"at": at, "ended_by": "hand", "outcome": e.outcome.value, "code": e.outcome_code},
    )  # fmt: skip
    _next_leg(rows, at, e)


def _next_leg(
    rows: Rows, at: Millis, e: ev.Transferred | ev.Continued, due: Millis | None = None
) -> None:
    rows.db.execute(
        INSERT_NEXT_LEG,
        (e.to_leg, e.to_service, e.arrival, max(at, due or 0), e.to_counter or "", e.note, due,
         e.ticket, e.leg),
    )  # fmt: skip
    day = rows.db.execute(
        "UPDATE tickets SET leg = ? WHERE id = ? RETURNING day", (e.to_leg, e.ticket)
    ).fetchone()[0]
    rows.lines.moved(day, e.to_service, e.priority, 1, booked=due is not None)


_NOT_ENDED = """, ended_at = NULL, ended_by = NULL, outcome = NULL, outcome_code = NULL,
    missed_at = NULL, hold_reason = NULL, hold_until = NULL"""
_NOT_STARTED = """, serving_since = NULL,
    started_at = CASE WHEN started_at = :since THEN NULL ELSE started_at END,
    walk_ms = CASE WHEN started_at = :since THEN NULL ELSE walk_ms END"""


_AT_ITS_COUNTER = """, counter = :counter, counter_number = (
        SELECT number FROM calls
        WHERE calls.branch = turns.branch AND calls.day = turns.day
            AND calls.ticket = turns.ticket AND calls.leg = turns.leg
        ORDER BY seq DESC LIMIT 1)"""


def _undone(rows: Rows, _s: int, _at: Millis, e: ev.Undone) -> None:
    """Take an event back: what it ended goes on, as if served without a break since then."""
    if e.next_leg is not None:
        _drop_next_leg(rows, e)
    if e.what == "started":
        changes = _NOT_STARTED
    elif e.state is TurnState.SERVING:
        changes = _NOT_ENDED + ", serving_since = :since"
    else:
        changes = _NOT_ENDED
    if e.what == "returned":  # the one act that had taken the ticket off its counter
        rows.flush()
        changes += _AT_ITS_COUNTER
    _move(rows, e, changes, {"since": e.since, "counter": e.counter})


def _drop_next_leg(rows: Rows, e: ev.Undone) -> None:
    gone = rows.db.execute(
        "DELETE FROM turns WHERE ticket = ? AND leg = ? AND state = 'waiting' RETURNING day",
        (e.ticket, e.next_leg),
    ).fetchone()
    if gone is None or e.next_service is None:
        raise Broken(f"leg {e.next_leg} of {e.ticket} does not wait")
    rows.db.execute("UPDATE tickets SET leg = ? WHERE id = ?", (e.leg, e.ticket))
    rows.lines.moved(gone[0], e.next_service, e.priority, -1)


def _freed(rows: Rows, _s: int, _at: Millis, e: ev.Freed) -> None:
    rows.db.execute(
        "UPDATE turns SET for_counter = '' WHERE ticket = ? AND leg = ?", (e.ticket, e.leg)
    )


def _ticket_changed(rows: Rows, _s: int, _at: Millis, e: ev.TicketChanged) -> None:
    rows.db.execute(
        "UPDATE tickets SET priority = ?, people = ?, language = ? WHERE id = ?",
        (e.priority.value, e.people, e.language, e.ticket),
    )
    day, state, due = rows.db.execute(
        "UPDATE turns SET priority = ? WHERE ticket = ? AND leg = ? RETURNING day, state, due",
        (e.priority.value, e.ticket, e.leg),
    ).fetchone()
    if state == TurnState.WAITING and e.priority is not e.was_priority:
        rows.lines.moved(day, e.service, e.was_priority, -1, booked=due is not None)
        rows.lines.moved(day, e.service, e.priority, 1, booked=due is not None)


def _cancelled(rows: Rows, _s: int, at: Millis, e: ev.Cancelled) -> None:
    _move(rows, e, _ENDED, {"at": at, "ended_by": "hand", "outcome": e.outcome.value})


def _swept(rows: Rows, _s: int, at: Millis, e: ev.Expired | ev.TurnClosed) -> None:
    _move(rows, e, _ENDED, {"at": at, "ended_by": "automatic", "outcome": e.outcome.value})


def _reprint(rows: Rows, _s: int, at: Millis, e: ev.ReprintOrdered) -> None:
    _order_print(rows, at, e.ticket, e.print)


def _printed(rows: Rows, _s: int, _at: Millis, e: ev.Printed) -> None:
    rows.db.execute(
        "UPDATE print_jobs SET state = 'printed', attempts = ?, error = NULL WHERE id = ?",
        (e.attempt, e.job),
    )


def _print_failed(rows: Rows, _s: int, at: Millis, e: ev.PrintFailed) -> None:
    rows.db.execute(
        """
        UPDATE print_jobs SET state = ?, attempts = ?, error = ?, next_at = ?, copy = copy + ?
        WHERE id = ?
        """,
        ("failed" if e.final else "queued", e.attempt, e.error, e.retry_at or at, int(e.unsure),
         e.job),
    )  # fmt: skip


def _print_moved(rows: Rows, _s: int, at: Millis, e: ev.PrintMoved) -> None:
    rows.db.execute(
        "UPDATE print_jobs SET printer = ?, copy = ?, next_at = ? WHERE id = ?",
        (e.print.printer, e.print.copy, at, e.print.job),
    )


def _help_requested(rows: Rows, _s: int, at: Millis, e: ev.HelpRequested) -> None:
    rows.db.execute(
        "INSERT INTO help_requests (id, branch, day, device, device_name, at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (e.help, rows.branch, e.day, e.device, e.place, at),
    )


def _help_taken(rows: Rows, _s: int, at: Millis, e: ev.HelpTaken) -> None:
    rows.db.execute(
        "UPDATE help_requests SET taken_at = ?, taken_by = ? WHERE id = ?", (at, e.staff, e.help)
    )


def _counter_changed(rows: Rows, seq: int, at: Millis, e: ev.CounterChanged) -> None:
    services = _encode(e.services).decode()
    rows.db.execute(
        """
        INSERT INTO counters (branch, id, state, services, since, holder, holder_name, reason,
            until)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (branch, id) DO UPDATE SET state = excluded.state,
            services = excluded.services, since = excluded.since, holder = excluded.holder,
            holder_name = excluded.holder_name, reason = excluded.reason, until = excluded.until
        """,
        (rows.branch, e.counter.id, e.state.value, services, at, e.staff, e.holder_name, e.reason,
         e.until),
    )  # fmt: skip
    rows.db.execute(
        "UPDATE counter_sessions SET to_at = ? WHERE branch = ? AND counter = ? AND to_at IS NULL",
        (at, rows.branch, e.counter.id),
    )
    rows.db.execute(
        """
        INSERT INTO counter_sessions (branch, seq, counter, number, state, reason, staff,
            services, from_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        (rows.branch, seq, e.counter.id, e.counter.number, e.state.value, e.reason, e.staff,
         services, at),
    )  # fmt: skip


def _notice(rows: Rows, _s: int, at: Millis, e: ev.NoticeChanged) -> None:
    rows.db.execute(
        """
        INSERT INTO notices (branch, notice, until, since) VALUES (?, ?, ?, ?)
        ON CONFLICT (branch) DO UPDATE SET notice = excluded.notice, until = excluded.until,
            since = excluded.since
        """,
        (rows.branch, e.notice, e.until, at),
    )


def _paused(rows: Rows, _s: int, at: Millis, e: ev.ServicePaused) -> None:
    rows.db.execute(
        """
        INSERT INTO paused_services (branch, service, notice, since) VALUES (?, ?, ?, ?)
        ON CONFLICT (branch, service) DO UPDATE SET notice = excluded.notice
        """,
        (rows.branch, e.service, e.notice, at),
    )


def _resumed(rows: Rows, _s: int, _at: Millis, e: ev.ServiceResumed) -> None:
    rows.db.execute(
        "DELETE FROM paused_services WHERE branch = ? AND service = ?", (rows.branch, e.service)
    )


def _day_closed(rows: Rows, _s: int, at: Millis, e: ev.DayClosed) -> None:
    rows.open_days.discard(e.day)
    rows.db.execute(
        "UPDATE days SET closed_at = ? WHERE branch = ? AND day = ?", (at, rows.branch, e.day)
    )


def _alarm_raised(rows: Rows, _s: int, at: Millis, e: ev.AlarmRaised) -> None:
    rows.db.execute(
        'INSERT INTO alarms (branch, rule, subject, value, "limit", since) '
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (branch, rule, subject) DO NOTHING",
        (rows.branch, e.rule, e.subject, e.value, e.limit, at),
    )


def _alarm_cleared(rows: Rows, _s: int, _at: Millis, e: ev.AlarmCleared) -> None:
    rows.db.execute(
        "DELETE FROM alarms WHERE branch = ? AND rule = ? AND subject = ?",
        (rows.branch, e.rule, e.subject),
    )


def _equipment(rows: Rows, _s: int, at: Millis, e: ev.EquipmentChanged) -> None:
    if e.state == "gone":
        rows.db.execute(
            "DELETE FROM equipment WHERE branch = ? AND what = ? AND device = ?",
            (rows.branch, e.what, e.subject),
        )
        return
    rows.db.execute(
        "INSERT INTO equipment (branch, what, device, name, state, since) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (branch, what, device) DO UPDATE "
        "SET name = excluded.name, since = excluded.since, state = excluded.state",
        (rows.branch, e.what, e.subject, e.place, e.state, at),
    )


def _nothing(*_: object) -> None:
    """Some facts change no row of the queue."""


_PROJECTIONS: dict[type, Callable[..., None]] = {
    ev.Configured: _configured,
    ev.Issued: _issued,
    ev.Called: _called,
    ev.Recalled: _recalled,
    ev.Started: _started,
    ev.Finished: _finished,
    ev.NoShow: _no_show,
    ev.Returned: _returned,
    ev.Held: _held,
    ev.Transferred: _transferred,
    ev.Continued: _continued,
    ev.Undone: _undone,
    ev.Freed: _freed,
    ev.TicketChanged: _ticket_changed,
    ev.Cancelled: _cancelled,
    ev.Expired: _swept,
    ev.TurnClosed: _swept,
    ev.ReprintOrdered: _reprint,
    ev.Printed: _printed,
    ev.PrintFailed: _print_failed,
    ev.PrintMoved: _print_moved,
    ev.HelpRequested: _help_requested,
    ev.HelpTaken: _help_taken,
    ev.Quoted: _nothing,
    ev.CounterChanged: _counter_changed,
    ev.NoticeChanged: _notice,
    ev.ServicePaused: _paused,
    ev.ServiceResumed: _resumed,
    ev.DayClosed: _day_closed,
    ev.AlarmRaised: _alarm_raised,
    ev.AlarmCleared: _alarm_cleared,
    ev.EquipmentChanged: _equipment,
    ev.FiguresSeen: _nothing,
}
