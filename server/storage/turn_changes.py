"""Owns what the events of a turn change in its row, and in the lines and calls beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.domain import events as ev
from server.domain.day import Millis
from server.domain.states import TurnState
from server.storage.rows import TURN_COLUMNS, Broken, Rows

_DAY = 2
INSERT_NEXT_LEG = """
INSERT INTO turns (ticket, leg, branch, day, label, service, priority, state, arrival,
    eligible_at, for_counter, note, due)
SELECT ticket, ?, branch, day, label, ?, priority, 'waiting', ?, ?, ?, ?, ?
FROM turns WHERE ticket = ? AND leg = ?
"""


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
    if e.next_leg is not None:  # whose class may have been corrected meanwhile
        changes += ", priority = :class"
    values = {"since": e.since, "counter": e.counter, "class": e.priority.value}
    _move(rows, e, changes, values)


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


_GOES_ON = """, ended_at = NULL, ended_by = NULL, outcome = NULL, missed_at = NULL, day = :day,
    eligible_at = :eligible_at, counter = NULL, counter_number = NULL"""


def _reopened(rows: Rows, _s: int, _at: Millis, e: ev.Reopened) -> None:
    """Let a turn that the end of a day had ended go on, perhaps in another business day."""
    _move(rows, e, _GOES_ON, {"day": e.day, "eligible_at": e.eligible_at})
    prefix, number = rows.db.execute(
        "UPDATE tickets SET day = ? WHERE id = ? RETURNING prefix, number", (e.day, e.ticket)
    ).fetchone()
    rows.lines.carried(e.day, prefix, number)


TURN_CHANGES: dict[type, Callable[..., None]] = {
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
    ev.Reopened: _reopened,
}
