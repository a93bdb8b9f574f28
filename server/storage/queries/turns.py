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


class Labelled(NamedTuple):
    """The last turn of a ticket that was found by its number."""

    label: str
    service: str
    state: str
    outcome: str | None
    issued_at: Millis


def labelled(db: sqlite3.Connection, branch: int, day: str, label: str) -> list[Labelled]:
    """Return the tickets of a day with a number, each as its last turn stands."""
    sql = """
        SELECT tickets.label, turns.service, turns.state, turns.outcome, tickets.issued_at
        FROM tickets JOIN turns ON turns.ticket = tickets.id AND turns.leg = tickets.leg
        WHERE tickets.branch = ? AND tickets.day = ? AND tickets.label = ?
    """
    return every(db, Labelled, sql, (branch, day, label))


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
    wait_ms: Millis | None
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
    turns.wait_ms, turns.started_at, turns.ended_at, turns.service_ms, turns.walk_ms,
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


def number_of(db: sqlite3.Connection, branch: int, day: str) -> int:
    """Return how many turns a day has."""
    return int(value(db, "SELECT COUNT(*) FROM turns WHERE branch = ? AND day = ?", (branch, day)))


class InLine(NamedTuple):
    """How many wait or rest, how many are at a counter, and since when the oldest waits."""

    waiting: int
    serving: int
    oldest: Millis | None


def in_line(db: sqlite3.Connection, branch: int, day: str, now: Millis) -> InLine:
    """Return who waits on a day; an appointment waits from its time on, not before."""
    sql = """
        SELECT COUNT(*) FILTER (WHERE state = 'held' OR state = 'waiting' AND here),
            COUNT(*) FILTER (WHERE state IN ('called', 'serving')),
            MIN(eligible_at) FILTER (WHERE state = 'waiting' AND here)
        FROM (
            SELECT state, eligible_at, due IS NULL OR due <= :now AS here FROM turns
            WHERE branch = :branch AND day = :day AND outcome IS NULL
        ) AS present
    """
    values = {"branch": branch, "day": day, "now": now}
    return first(db, InLine, sql, values) or InLine(0, 0, None)
