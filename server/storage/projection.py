"""Owns what each event changes in the tables: the one place where rows of the queue change.

Commands append events, replay appends the same events again; both come through ``append``,
so the tables always follow from the log.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from server.domain import events as ev
from server.domain.day import Millis
from server.domain.records import Turn
from server.storage.rows import Rows
from server.storage.turn_changes import TURN_CHANGES

_encode = msgspec.json.encode

OPEN_DAY = """
INSERT INTO days (branch, day) VALUES (?, ?)
ON CONFLICT (branch, day) DO UPDATE SET closed_at = NULL
"""


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
        INSERT INTO paused_services (branch, service, notice, words, since) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (branch, service) DO UPDATE SET notice = excluded.notice, words = excluded.words
        """,
        (rows.branch, e.service, e.notice, msgspec.json.encode(e.notices).decode(), at),
    )


def _resumed(rows: Rows, _s: int, _at: Millis, e: ev.ServiceResumed) -> None:
    rows.db.execute(
        "DELETE FROM paused_services WHERE branch = ? AND service = ?", (rows.branch, e.service)
    )


def _day_closed(rows: Rows, seq: int, at: Millis, e: ev.DayClosed) -> None:
    rows.open_days.discard(e.day)
    rows.db.execute(
        "UPDATE days SET closed_at = ?, changed_seq = ? WHERE branch = ? AND day = ?",
        (at, seq, rows.branch, e.day),
    )


def _day_reopened(rows: Rows, seq: int, _at: Millis, e: ev.DayReopened) -> None:
    """A closed day changed: when it is the present one it goes on, else its people went on."""
    rows.db.execute(
        "UPDATE days SET closed_at = IIF(day = ?1, NULL, closed_at), changed_seq = ?2 "
        "WHERE branch = ?3 AND day = ?4",
        (e.into, seq, rows.branch, e.day),
    )
    rows.db.execute(OPEN_DAY, (rows.branch, e.into))


IN_THE_HALL = """
branch = :branch AND state IN ('waiting', 'held', 'called', 'serving', 'no_show')
    AND day IN (SELECT day FROM days WHERE branch = :branch AND closed_at IS NULL)
"""
MOVES_WITH_THE_CLOCK = (
    f"""
    UPDATE tickets SET issued_at = issued_at + :by, eligible_at = eligible_at + :by
    WHERE id IN (SELECT ticket FROM turns WHERE {IN_THE_HALL})
    """,  # noqa: S608 - constants of this module
    f"""
    UPDATE turns SET eligible_at = IIF(due IS NULL, eligible_at + :by, eligible_at),
        first_called_at = first_called_at + :by, called_at = called_at + :by,
        started_at = started_at + :by, serving_since = serving_since + :by,
        hold_until = hold_until + :by, missed_at = missed_at + :by
    WHERE {IN_THE_HALL}
    """,  # noqa: S608
    "UPDATE counters SET until = until + :by WHERE branch = :branch",
    "UPDATE notices SET until = until + :by WHERE branch = :branch",
    "UPDATE print_jobs SET next_at = next_at + :by WHERE branch = :branch AND state = 'queued'",
)
"""An appointment's time is the wall clock's and stays; what counts from a moment moves."""


def _clock_set(rows: Rows, _s: int, _at: Millis, e: ev.ClockSet) -> None:
    for statement in MOVES_WITH_THE_CLOCK:
        rows.db.execute(statement, {"branch": rows.branch, "by": e.by_ms})


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


_PROJECTIONS: dict[type, Callable[..., None]] = TURN_CHANGES | {
    ev.Configured: _configured,
    ev.Issued: _issued,
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
    ev.DayReopened: _day_reopened,
    ev.ClockSet: _clock_set,
    ev.AlarmRaised: _alarm_raised,
    ev.AlarmCleared: _alarm_cleared,
    ev.EquipmentChanged: _equipment,
    ev.FiguresSeen: _nothing,
}
