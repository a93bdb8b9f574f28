"""Turns of a day, and who stands in line."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every, first, value


class Oldest(NamedTuple):
    """Since when the oldest waits for a service, and for one counter only if not empty."""

    service: str
    for_counter: str
    since: Millis


class Tracked(NamedTuple):
    """A ticket by its tracking token."""

    branch: int
    ticket: str


def by_token(db: sqlite3.Connection, token: str) -> Tracked | None:
    """Return the ticket with a tracking token."""
    return first(db, Tracked, "SELECT branch, id FROM tickets WHERE token = ?", (token,))


def oldest_waiting(db: sqlite3.Connection, branch: int, day: str) -> list[Oldest]:
    """Return who waits longest on a day, of each service and counter they were sent to."""
    sql = """
        SELECT service, for_counter, MIN(eligible_at) FROM turns
        WHERE branch = ? AND day = ? AND state = 'waiting' GROUP BY service, for_counter
    """
    return every(db, Oldest, sql, (branch, day))


class Counted(NamedTuple):
    """What a turn adds to the figures; ``people`` is 0 behind the first turn of a ticket."""

    service: str
    counter: int | None
    priority: str
    leg: int
    eligible: Millis
    called: Millis | None
    started: Millis | None
    ended: Millis | None
    service_ms: int
    walk_ms: int | None
    outcome: str | None
    recalls: int
    ended_by: str | None
    people: int
    issued: Millis


_COUNTED = """
    turns.service, turns.counter_number, turns.priority, turns.leg, turns.eligible_at,
    turns.first_called_at, turns.started_at, turns.ended_at, turns.service_ms, turns.walk_ms,
    turns.outcome, turns.recalls, turns.ended_by
"""


def of_day(db: sqlite3.Connection, branch: int, day: str) -> list[Counted]:
    """Return the turns of a business day, as they stand."""
    sql = f"""
        SELECT {_COUNTED}, CASE turns.leg WHEN 1 THEN tickets.people ELSE 0 END,
            CASE turns.leg WHEN 1 THEN tickets.issued_at ELSE turns.eligible_at END
        FROM turns JOIN tickets ON tickets.id = turns.ticket
        WHERE turns.branch = ? AND turns.day = ?
    """
    return every(db, Counted, sql, (branch, day))


def of_person(
    db: sqlite3.Connection, branch: int, days: tuple[str, str], staff: str
) -> list[Counted]:
    """Return the turns that a person served on the days from the first to the last.

    How many people a number stood for, and appointments, are not a person's: they are left out.
    """
    sql = f"""
        SELECT {_COUNTED}, 0, turns.eligible_at FROM turns
        WHERE branch = ? AND day >= ? AND day <= ? AND staff = ?
    """
    return every(db, Counted, sql, (branch, *days, staff))


class States(NamedTuple):
    """How many turns of a day stand in a state or have an outcome."""

    state: str
    outcome: str | None
    number: int


class Taken(NamedTuple):
    """How many tickets a day has, and how many people they stand for."""

    tickets: int
    people: int


class Wait(NamedTuple):
    """How long somebody waited for a service."""

    service: str
    ms: int


def states(db: sqlite3.Connection, branch: int, day: str) -> list[States]:
    """Count the turns of a day by state and outcome."""
    sql = """
        SELECT state, outcome, COUNT(*) FROM turns WHERE branch = ? AND day = ?
        GROUP BY state, outcome
    """
    return every(db, States, sql, (branch, day))


def taken(db: sqlite3.Connection, branch: int, day: str) -> Taken:
    """Count the tickets of a day."""
    sql = "SELECT COUNT(*), COALESCE(SUM(people), 0) FROM tickets WHERE branch = ? AND day = ?"
    return first(db, Taken, sql, (branch, day)) or Taken(0, 0)


def waits(db: sqlite3.Connection, branch: int, day: str) -> list[Wait]:
    """Return how long each turn of a day waited for its first call."""
    sql = """
        SELECT service, MAX(0, first_called_at - eligible_at) FROM turns
        WHERE branch = ? AND day = ? AND first_called_at IS NOT NULL
    """
    return every(db, Wait, sql, (branch, day))


def mean_service_ms(db: sqlite3.Connection, branch: int, day: str) -> float | None:
    """Return the mean service time of a day; what the end of the day cut off does not count."""
    sql = """
        SELECT AVG(service_ms) FROM turns
        WHERE branch = ? AND day = ? AND outcome = 'served' AND started_at IS NOT NULL
            AND ended_by = 'hand'
    """
    mean: float | None = value(db, sql, (branch, day))
    return mean


class InLine(NamedTuple):
    """Since when the oldest of a day waits, and how many appointments are for later."""

    oldest: Millis | None
    later: int


def in_line(db: sqlite3.Connection, branch: int, day: str, now: Millis) -> InLine:
    """Return who waits on a day; an appointment waits from its time on, not before."""
    sql = """
        SELECT MIN(IIF(due IS NULL OR due <= ?3, eligible_at, NULL)), COALESCE(SUM(due > ?3), 0)
        FROM turns WHERE branch = ?1 AND day = ?2 AND state = 'waiting'
    """
    return first(db, InLine, sql, (branch, day, now)) or InLine(None, 0)
