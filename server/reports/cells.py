"""Owns counting turns into cells: the one place that says what each turn adds to the figures.

A live day and a roll-up are counted by this same code, so they cannot differ.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from server.domain.day import Millis, day_bounds, zone
from server.domain.office import Office
from server.reports.histogram import Histogram, lane
from server.storage.transaction import SqliteTx

SUMS = (
    "turns", "tickets", "people", "appointments", "called", "served", "no_show",
    "cancelled_visitor", "cancelled_staff", "transferred", "expired", "never_called", "recalled",
    "recalls", "closed_by_clock", "within", "wait_ms", "walk_n", "walk_ms", "service_n",
    "service_ms", "busy_ms", "unfinished",
)  # fmt: skip
MAXIMA = ("wait_max_ms", "service_max_ms")
NONE = -1
"""Stands for a part of the key that a grain leaves out."""
DEFAULT_TARGET_MS = 900_000

Key = tuple[int, str, int, str]
"""Hour (local), service code, counter number (0: never called), priority class."""


class Cell(msgspec.Struct):
    """Counts, sums and histograms of some turns. Times are milliseconds.

    ``called`` counts turns that were called at least once, ``never_called`` those that ended
    without a call; ``busy_ms`` is all time at counters, also of turns that were sent on,
    but not of those that the end of the day found in service.
    The fields are ``SUMS``, then ``MAXIMA``, then the two histograms.
    """

    turns: int = 0
    tickets: int = 0
    people: int = 0
    appointments: int = 0
    called: int = 0
    served: int = 0
    no_show: int = 0
    cancelled_visitor: int = 0
    cancelled_staff: int = 0
    transferred: int = 0
    expired: int = 0
    never_called: int = 0
    recalled: int = 0
    recalls: int = 0
    closed_by_clock: int = 0
    within: int = 0
    wait_ms: int = 0
    walk_n: int = 0
    walk_ms: int = 0
    service_n: int = 0
    service_ms: int = 0
    busy_ms: int = 0
    unfinished: int = 0
    wait_max_ms: int = 0
    service_max_ms: int = 0
    waits: Histogram = 0
    services: Histogram = 0

    def add(self, other: Cell) -> None:
        """Count the turns of another cell as well."""
        self.turns += other.turns
        self.tickets += other.tickets
        self.people += other.people
        self.appointments += other.appointments
        self.called += other.called
        self.served += other.served
        self.no_show += other.no_show
        self.cancelled_visitor += other.cancelled_visitor
        self.cancelled_staff += other.cancelled_staff
        self.transferred += other.transferred
        self.expired += other.expired
        self.never_called += other.never_called
        self.recalled += other.recalled
        self.recalls += other.recalls
        self.closed_by_clock += other.closed_by_clock
        self.within += other.within
        self.wait_ms += other.wait_ms
        self.walk_n += other.walk_n
        self.walk_ms += other.walk_ms
        self.service_n += other.service_n
        self.service_ms += other.service_ms
        self.busy_ms += other.busy_ms
        self.unfinished += other.unfinished
        self.wait_max_ms = max(self.wait_max_ms, other.wait_max_ms)
        self.service_max_ms = max(self.service_max_ms, other.service_max_ms)
        self.waits += other.waits
        self.services += other.services

    def values(self) -> tuple[int, ...]:
        """Return sums and maxima, in their order."""
        return msgspec.structs.astuple(self)[:-2]


copied: Callable[[Cell], Cell] = copy.copy


def merged(cells: Iterable[Cell]) -> Cell:
    """Return one cell that counts the turns of all."""
    total = Cell()
    for cell in cells:
        total.add(cell)
    return total


SELECT_TURNS = """
SELECT turns.service, turns.counter_number, turns.priority, turns.leg, turns.eligible_at,
    turns.first_called_at, turns.started_at, turns.ended_at, turns.service_ms, turns.walk_ms,
    turns.outcome, turns.recalls, turns.ended_by,
    CASE turns.leg WHEN 1 THEN tickets.people ELSE 0 END,
    CASE turns.leg WHEN 1 THEN tickets.issued_at ELSE turns.eligible_at END
FROM turns JOIN tickets ON tickets.id = turns.ticket
WHERE turns.branch = ? AND turns.day = ?
"""
_OUTCOMES = {
    "served": "served", "no_show": "no_show", "cancelled_by_visitor": "cancelled_visitor",
    "cancelled_by_staff": "cancelled_staff", "transferred": "transferred", "expired": "expired",
    "unfinished": "unfinished",
}  # fmt: skip


def count_day(tx: SqliteTx, day: str) -> dict[Key, Cell]:
    """Count the turns of a business day, as they stand, by hour, service, counter and class."""
    return counted(
        tx.db.execute(SELECT_TURNS, (tx.branch, day)), targets_on(tx, day), tx.office.zone
    )


def counted(
    rows: Iterable[tuple[Any, ...]], targets: Mapping[str, int], zone_name: str
) -> dict[Key, Cell]:
    """Count turns (rows of ``SELECT_TURNS``) by hour, service, counter and class.

    Args:
        rows: the turns.
        targets: milliseconds that each service promises.
        zone_name: of the clock that gives the hours.
    """
    hour_of = _Hours(zone_name)
    cells: dict[Key, Cell] = {}
    for row in rows:
        key = (hour_of.at(row[14]), row[0], row[1] or 0, row[2])
        cell = cells.get(key)
        if cell is None:
            cell = cells[key] = Cell()
        count_turn(cell, row, targets.get(row[0], DEFAULT_TARGET_MS))
    return cells


def count_turn(cell: Cell, row: tuple[Any, ...], target_ms: int) -> None:
    """Count one turn (a row of ``SELECT_TURNS``). docs/kpi.md says the same in words."""
    (_, _, _, leg, eligible, called, started, ended, served_ms, walk_ms, outcome, recalls,
     ended_by, people, issued) = row  # fmt: skip
    cell.turns += 1
    if leg == 1:
        cell.tickets += 1
        cell.people += people
        cell.appointments += eligible > issued
    if called is not None:
        wait = max(0, called - eligible)
        cell.called += 1
        cell.wait_ms += wait
        cell.wait_max_ms = max(cell.wait_max_ms, wait)
        cell.within += wait <= target_ms
        cell.waits += lane(wait)
    elif ended is not None:
        cell.never_called += 1
    if recalls:
        cell.recalled += 1
        cell.recalls += recalls
    if walk_ms is not None:
        cell.walk_n += 1
        cell.walk_ms += walk_ms
    if ended_by == "automatic":
        cell.closed_by_clock += 1
    # a turn left open over the evening says when the day ended, not how long service took
    by_clock = outcome == "served" and ended_by == "automatic"
    if not by_clock:
        cell.busy_ms += served_ms
    if outcome is not None:
        name = _OUTCOMES[outcome]
        setattr(cell, name, getattr(cell, name) + 1)
        if outcome == "served" and started is not None and not by_clock:
            cell.service_n += 1
            cell.service_ms += served_ms
            cell.service_max_ms = max(cell.service_max_ms, served_ms)
            cell.services += lane(served_ms)


class _Hours:
    """Local hour of a moment; the zone is asked once for each quarter of an hour."""

    def __init__(self, zone_name: str) -> None:
        self._zone = zone(zone_name)
        self._known: dict[int, int] = {}

    def at(self, moment: Millis) -> int:
        quarter = moment // 900_000
        hour = self._known.get(quarter)
        if hour is None:
            hour = datetime.fromtimestamp(quarter * 900, self._zone).hour
            self._known[quarter] = hour
        return hour


def targets_on(tx: SqliteTx, day: str) -> Mapping[str, int]:
    """Return each service's target (ms) by the settings in force at the end of the day.

    A later change of a target therefore never changes the figures of a past day.
    """
    _, end = day_bounds(day, tx.office.zone, tx.office.day_start_minutes)
    return targets_of(tx.settings_at(end))


def targets_of(office: Office) -> dict[str, int]:
    """Return the target of each service by these settings, in milliseconds."""
    return {each.code: each.target_minutes * 60_000 for each in office.services}


SELECT_SESSIONS = """
SELECT number, state, from_at, COALESCE(to_at, ?1),
    EXISTS (SELECT 1 FROM counter_sessions AS next WHERE next.branch = ?2
        AND next.from_at = sessions.to_at AND next.counter = sessions.counter
        AND next.reason = 'day-end')
FROM counter_sessions AS sessions
WHERE branch = ?2 AND from_at < ?1 AND state IN ('open', 'break')
"""
LAST_ACTS = """
SELECT number, MAX(at) FROM (
    SELECT number, at FROM calls WHERE branch = ?1 AND day = ?2
    UNION ALL
    SELECT counter_number, MAX(COALESCE(started_at, 0), IIF(ended_by = 'hand', ended_at, 0))
    FROM turns WHERE branch = ?1 AND day = ?2 AND counter_number IS NOT NULL
) GROUP BY number
"""


def desk_time(tx: SqliteTx, day: str) -> dict[int, tuple[int, int]]:
    """Return (open ms, break ms) of each counter number on a day, cut at its bounds and at now.

    A counter that nobody closed, so that the end of the day did, counts until its last call,
    start or end of a service: how long somebody sat there after that is not known.
    """
    first, end = day_bounds(day, tx.office.zone, tx.office.day_start_minutes)
    end = min(end, max(first, tx.now))
    rows = tx.db.execute(
        f"{SELECT_SESSIONS} AND to_at > ?3 UNION ALL {SELECT_SESSIONS} AND to_at IS NULL",
        (end, tx.branch, first),
    ).fetchall()
    forgotten = any(row[4] for row in rows)
    acts = dict(tx.db.execute(LAST_ACTS, (tx.branch, day)).fetchall()) if forgotten else {}
    return open_time(
        (
            (number, state, since, min(until, acts.get(number, since)) if left else until)
            for number, state, since, until, left in rows
        ),
        first,
        end,
    )


def open_time(
    rows: Iterable[tuple[int, str, Millis, Millis]], first: Millis, end: Millis
) -> dict[int, tuple[int, int]]:
    """Return (open ms, break ms) by counter number of sessions, cut at ``first`` and ``end``.

    Args:
        rows: number, state (``open`` or ``break``), first moment, first moment after it.
        first: where they are cut at the start.
        end: and at the end.
    """
    times: dict[int, list[int]] = {}
    for number, state, since, until in rows:
        time = times.setdefault(number, [0, 0])
        time[state == "break"] += max(0, min(until, end) - max(since, first))
    return {number: (time[0], time[1]) for number, time in times.items()}
