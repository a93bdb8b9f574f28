"""Rows of the facts that are no ticket's: settings, counters, notices, paper, help, equipment.

Tickets and turns are written from values (``rows``); these tables hold just what the event says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec

from server.domain import events as ev
from server.domain.day import Millis
from server.domain.hall import TAKE_BACK_MS
from server.storage.dialect import larger

_encode = msgspec.json.encode


class _At:
    """Where a fact is written."""

    __slots__ = ("branch", "db")

    def __init__(self, db: sqlite3.Connection, branch: int) -> None:
        self.db = db
        self.branch = branch


def write_fact(db: sqlite3.Connection, branch: int, each: ev.Envelope) -> None:
    """Write the rows that an event means, besides its ticket's."""
    write = _FACTS.get(type(each.event))
    if write is not None:
        write(_At(db, branch), each.seq, each.at, each.event)


def _issued(rows: _At, _s: int, _at: Millis, e: ev.Issued) -> None:
    _open_day(rows, e.day)


def _open_day(rows: _At, day: str) -> None:
    """Open a day; a number taken on a closed one (the clock was set back) opens it again."""
    rows.db.execute(
        "INSERT INTO days (branch, day) VALUES (?, ?) "
        "ON CONFLICT (branch, day) DO UPDATE SET closed_at = NULL",
        (rows.branch, day),
    )


def _configured(rows: _At, _s: int, at: Millis, e: ev.Configured) -> None:
    rows.db.execute(
        "INSERT INTO settings (branch, version, at, office) VALUES (?, ?, ?, ?)",
        (rows.branch, e.version, at, _encode(e.office).decode()),
    )
    rows.db.execute(
        "UPDATE branches SET settings_version = ? WHERE id = ?", (e.version, rows.branch)
    )


def _printed(rows: _At, _s: int, _at: Millis, e: ev.Printed) -> None:
    rows.db.execute(
        "UPDATE print_jobs SET state = 'printed', attempts = ?, error = NULL WHERE id = ?",
        (e.attempt, e.job),
    )


def _print_failed(rows: _At, _s: int, at: Millis, e: ev.PrintFailed) -> None:
    rows.db.execute(
        """
        UPDATE print_jobs SET state = ?, attempts = ?, error = ?, next_at = ?, copy = copy + ?
        WHERE id = ?
        """,
        ("failed" if e.final else "queued", e.attempt, e.error, e.retry_at or at, int(e.unsure),
         e.job),
    )  # fmt: skip


def _print_moved(rows: _At, _s: int, at: Millis, e: ev.PrintMoved) -> None:
    rows.db.execute(
        "UPDATE print_jobs SET printer = ?, copy = ?, next_at = ? WHERE id = ?",
        (e.print.printer, e.print.copy, at, e.print.job),
    )


def _help_requested(rows: _At, _s: int, at: Millis, e: ev.HelpRequested) -> None:
    rows.db.execute(
        "INSERT INTO help_requests (id, branch, day, device, device_name, at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (e.help, rows.branch, e.day, e.device, e.place, at),
    )


def _help_taken(rows: _At, _s: int, at: Millis, e: ev.HelpTaken) -> None:
    rows.db.execute(
        "UPDATE help_requests SET taken_at = ?, taken_by = ?, taken_name = ? WHERE id = ?",
        (at, e.staff, e.name, e.help),
    )


def _help_arrived(rows: _At, _s: int, at: Millis, e: ev.HelpArrived) -> None:
    rows.db.execute("UPDATE help_requests SET arrived_at = ? WHERE id = ?", (at, e.help))


def _counted(rows: _At, _s: int, _at: Millis, e: ev.VisitorCounted) -> None:
    rows.db.execute(
        "INSERT INTO unnumbered (branch, day, what, n) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (branch, day, what) DO UPDATE SET n = unnumbered.n + excluded.n",
        (rows.branch, e.day, e.what, e.n),
    )


def _door(rows: _At, seq: int, at: Millis, e: ev.DoorMeasured) -> None:
    rows.db.execute(
        "INSERT INTO door_samples (branch, seq, day, at, people, seconds) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (rows.branch, seq, e.day, at, e.people, e.seconds),
    )


def _counter_changed(rows: _At, seq: int, at: Millis, e: ev.CounterChanged) -> None:
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


def _notice(rows: _At, _s: int, at: Millis, e: ev.NoticeChanged) -> None:
    rows.db.execute(
        """
        INSERT INTO notices (branch, notice, until, since) VALUES (?, ?, ?, ?)
        ON CONFLICT (branch) DO UPDATE SET notice = excluded.notice, until = excluded.until,
            since = excluded.since
        """,
        (rows.branch, e.notice, e.until, at),
    )


def _paused(rows: _At, _s: int, at: Millis, e: ev.ServicePaused) -> None:
    rows.db.execute(
        """
        INSERT INTO paused_services (branch, service, notice, words, since) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (branch, service) DO UPDATE SET notice = excluded.notice, words = excluded.words
        """,
        (rows.branch, e.service, e.notice, msgspec.json.encode(e.notices).decode(), at),
    )


def _resumed(rows: _At, _s: int, _at: Millis, e: ev.ServiceResumed) -> None:
    rows.db.execute(
        "DELETE FROM paused_services WHERE branch = ? AND service = ?", (rows.branch, e.service)
    )


def _day_closed(rows: _At, seq: int, at: Millis, e: ev.DayClosed) -> None:
    rows.db.execute(
        "UPDATE days SET closed_at = ?, changed_seq = ? WHERE branch = ? AND day = ?",
        (at, seq, rows.branch, e.day),
    )


def _day_reopened(rows: _At, seq: int, _at: Millis, e: ev.DayReopened) -> None:
    """A closed day changed: when it is the present one it goes on, else its people went on."""
    rows.db.execute(
        "UPDATE days SET closed_at = CASE WHEN day <> ? THEN closed_at END, changed_seq = ? "
        "WHERE branch = ? AND day = ?",
        (e.into, seq, rows.branch, e.day),
    )
    _open_day(rows, e.into)


def _numbers_resumed(rows: _At, _s: int, _at: Millis, e: ev.NumbersResumed) -> None:
    rows.db.execute(
        f"""
        INSERT INTO numbers_elsewhere (branch, day, prefix, number) VALUES (?, ?, ?, ?)
        ON CONFLICT (branch, day, prefix)
            DO UPDATE SET number = {larger("numbers_elsewhere.number", "excluded.number")}
        """,  # noqa: S608
        (rows.branch, e.day, e.prefix, e.number),
    )


def _move(table: str, moment: str, which: str = "TRUE") -> str:
    return (
        f"UPDATE {table} SET {moment} = {moment} + :by "  # noqa: S608
        f"WHERE branch = :branch AND {moment} >= :since AND {which}"
    )


MOVES_WITH_THE_CLOCK = (
    _move("counters", "since"),
    _move("counters", "until"),
    _move("days", "closed_at", "closed_at >= :was"),
    _move("notices", "until"),
    _move("comfort_faults", "at", "state <> 'mended'"),
    _move("comfort_faults", "seen_at", "state <> 'mended'"),
    _move("comfort_faults", "begun_at", "state <> 'mended'"),
    _move("print_jobs", "next_at", "state = 'queued'"),
)
"""What counts from a moment moves; tickets and turns do so by their values."""


def _clock_set(rows: _At, _s: int, _at: Millis, e: ev.ClockSet) -> None:
    values = {"branch": rows.branch, "by": e.by_ms, "was": e.was - TAKE_BACK_MS, "since": e.since}
    for statement in MOVES_WITH_THE_CLOCK:
        rows.db.execute(statement, values)


def _alarm_raised(rows: _At, _s: int, at: Millis, e: ev.AlarmRaised) -> None:
    rows.db.execute(
        'INSERT INTO alarms (branch, rule, subject, value, "limit", since) '
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (branch, rule, subject) DO NOTHING",
        (rows.branch, e.rule, e.subject, e.value, e.limit, at),
    )


def _alarm_cleared(rows: _At, _s: int, _at: Millis, e: ev.AlarmCleared) -> None:
    rows.db.execute(
        "DELETE FROM alarms WHERE branch = ? AND rule = ? AND subject = ?",
        (rows.branch, e.rule, e.subject),
    )


def _equipment(rows: _At, _s: int, at: Millis, e: ev.EquipmentChanged) -> None:
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


def _comfort_checked(rows: _At, _s: int, at: Millis, e: ev.ComfortChecked) -> None:
    rows.db.execute(
        "INSERT INTO comfort_checks (id, branch, day, at, place, wrong, staff) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (e.check, rows.branch, e.day, at, e.place, len(e.faults), e.staff),
    )


def _fault_reported(rows: _At, _s: int, at: Millis, e: ev.FaultReported) -> None:
    rows.db.execute(
        "INSERT INTO comfort_faults (id, branch, day, at, place, item, channel, state, names) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'open', '{}')",
        (e.fault, rows.branch, e.day, at, e.place, e.item, e.channel),
    )


_FAULT_MOMENT = {"seen": "seen_at", "working": "begun_at", "mended": "mended_at"}


def _fault_changed(rows: _At, _s: int, at: Millis, e: ev.FaultChanged) -> None:
    moment = _FAULT_MOMENT[e.state]
    rows.db.execute(
        f"UPDATE comfort_faults SET state = ?, names = ?, {moment} = ? WHERE id = ?",  # noqa: S608
        (e.state, _encode(e.names).decode(), at, e.fault),
    )


def _quiet_called(rows: _At, _s: int, at: Millis, e: ev.QuietCalled) -> None:
    rows.db.execute(
        "INSERT INTO quiet_calls (id, branch, day, at, counter, number, staff, step) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'called')",
        (e.call, rows.branch, e.day, at, e.counter.id, e.counter.number, e.staff),
    )


def _quiet_call_changed(rows: _At, _s: int, at: Millis, e: ev.QuietCallChanged) -> None:
    confirmed = e.staff if e.step == "confirmed" else None
    ended = at if e.step == "ended" else None
    rows.db.execute(
        "UPDATE quiet_calls SET step = ?, confirmed_by = COALESCE(confirmed_by, ?), "
        "reason = COALESCE(?, reason), ended_at = ? WHERE id = ?",
        (e.step, confirmed, e.reason, ended, e.call),
    )


def _advised(rows: _At, _s: int, at: Millis, e: ev.Advised) -> None:
    rows.db.execute(
        "INSERT INTO advices (id, branch, day, at, counter, number, service, until, target, "
        "people, late, late_with, over, over_with, wait, wait_with, model) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            e.advice, rows.branch, e.day, at, e.counter.id, e.counter.number, e.service, e.until,
            e.target, e.people, e.late, e.late_with, e.over, e.over_with, e.wait, e.wait_with,
            e.model,
        ),
    )  # fmt: skip


def _advice_answered(rows: _At, _s: int, at: Millis, e: ev.AdviceAnswered) -> None:
    rows.db.execute(
        "UPDATE advices SET answer = ?, answered_at = ?, staff = ? WHERE id = ?",
        (e.answer, at, e.staff, e.advice),
    )


_FACTS: dict[type, Callable[[_At, int, Millis, Any], None]] = {
    ev.Configured: _configured,
    ev.Issued: _issued,
    ev.Printed: _printed,
    ev.PrintFailed: _print_failed,
    ev.PrintMoved: _print_moved,
    ev.HelpRequested: _help_requested,
    ev.HelpTaken: _help_taken,
    ev.HelpArrived: _help_arrived,
    ev.VisitorCounted: _counted,
    ev.DoorMeasured: _door,
    ev.CounterChanged: _counter_changed,
    ev.NoticeChanged: _notice,
    ev.ServicePaused: _paused,
    ev.ServiceResumed: _resumed,
    ev.DayClosed: _day_closed,
    ev.DayReopened: _day_reopened,
    ev.NumbersResumed: _numbers_resumed,
    ev.ClockSet: _clock_set,
    ev.AlarmRaised: _alarm_raised,
    ev.AlarmCleared: _alarm_cleared,
    ev.EquipmentChanged: _equipment,
    ev.ComfortChecked: _comfort_checked,
    ev.FaultReported: _fault_reported,
    ev.FaultChanged: _fault_changed,
    ev.QuietCalled: _quiet_called,
    ev.QuietCallChanged: _quiet_call_changed,
    ev.Advised: _advised,
    ev.AdviceAnswered: _advice_answered,
}
"""Other facts change no row; each kind's test of replay would show one that is missing."""
