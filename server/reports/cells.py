"""Owns counting turns into cells: the one place that says what each turn adds to the figures.

A live day and a roll-up are counted by this same code, so they cannot differ.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec

from server.domain.day import Millis, day_bounds, zone
from server.domain.office import Office
from server.reports.histogram import Histogram, lane
from server.storage.queries import counters, turns
from server.storage.queries.turns import Counted
from server.storage.transaction import SqliteTx

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
    The fields are ``rollups.FIGURES``, then the two histograms.
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


_OUTCOMES = {
    "served": "served", "no_show": "no_show", "cancelled_by_visitor": "cancelled_visitor",
    "cancelled_by_staff": "cancelled_staff", "transferred": "transferred", "expired": "expired",
    "unfinished": "unfinished",
}  # fmt: skip


def count_day(tx: SqliteTx, day: str) -> dict[Key, Cell]:
    """Count the turns of a business day, as they stand, by hour, service, counter and class."""
    return counted(turns.of_day(tx.db, tx.branch, day), targets_on(tx, day), tx.office.zone)


def counted(
    found: Iterable[Counted], targets: Mapping[str, int], zone_name: str
) -> dict[Key, Cell]:
    """Count turns by hour, service, counter and class.

    Args:
        found: the turns.
        targets: milliseconds that each service promises.
        zone_name: of the clock that gives the hours.
    """
    hour_of = _Hours(zone_name)
    cells: dict[Key, Cell] = {}
    for turn in found:
        key = (hour_of.at(turn.issued), turn.service, turn.counter or 0, turn.priority)
        cell = cells.get(key)
        if cell is None:
            cell = cells[key] = Cell()
        count_turn(cell, turn, targets.get(turn.service, DEFAULT_TARGET_MS))
    return cells


def count_turn(cell: Cell, turn: Counted, target_ms: int) -> None:
    """Count one turn. docs/kpi.md says the same in words."""
    (_, _, _, leg, eligible, wait, started, ended, served_ms, walk_ms, outcome, recalls,
     ended_by, people, issued) = turn  # fmt: skip
    cell.turns += 1
    if leg == 1:
        cell.tickets += 1
        cell.people += people
        cell.appointments += eligible > issued
    if wait is not None:
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


def desk_time(tx: SqliteTx, day: str) -> dict[int, tuple[int, int]]:
    """Return (open ms, break ms) of each counter number on a day, cut at its bounds and at now.

    A counter that nobody closed, so that the end of the day did, counts until its last call,
    start or end of a service: how long somebody sat there after that is not known.
    """
    first, end = day_bounds(day, tx.office.zone, tx.office.day_start_minutes)
    end = min(end, max(first, tx.now))
    sessions = counters.sessions(tx.db, tx.branch, first, end)
    forgotten = any(each.left for each in sessions)
    acts = counters.last_acts(tx.db, tx.branch, day) if forgotten else {}
    return open_time(
        (
            (number, state, since, min(until, acts.get(number, since)) if left else until)
            for number, state, since, until, left in sessions
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
