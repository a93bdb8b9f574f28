"""What the log knows of waits: past turns and counter sessions to learn from."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import column, every


class PastTurn(NamedTuple):
    """A turn of the log: called last at ``called_at`` to the counter with this id.

    ``then`` is the service they went on to; ``came_at`` when their place in line began to count,
    ``arrival`` is that place; ``service_ms`` was served in all, also before a hold.
    """

    day: str
    service: str
    priority: str
    leg: int
    came_at: Millis
    counter: str | None
    called_at: Millis | None
    ended_at: Millis | None
    by_hand: bool
    then: str | None = None
    calls: int = 1
    service_ms: Millis = 0
    arrival: int = 0
    first_called_at: Millis | None = None
    booked: bool = False


class PastSession(NamedTuple):
    """What a counter was from when to when; without an end, it still is."""

    counter: str
    state: str
    from_at: Millis
    to_at: Millis | None
    reason: str = ""


def days_before(db: sqlite3.Connection, branch: int, day: str, first: str) -> list[str]:
    """Return the business days from ``first`` on and before ``day``, the latest first."""
    sql = "SELECT day FROM days WHERE branch = ? AND day >= ? AND day < ? ORDER BY day DESC"
    return column(db, sql, (branch, first, day))


def past_turns(db: sqlite3.Connection, branch: int, day: str) -> list[PastTurn]:
    """Return the turns of one business day."""
    sql = """
        SELECT day, service, priority, leg, eligible_at, counter, called_at, ended_at,
            ended_by = 'hand', CASE WHEN outcome = 'transferred' THEN (
                SELECT later.service FROM turns AS later
                WHERE later.ticket = turns.ticket AND later.leg = turns.leg + 1) END,
            calls, service_ms, arrival, first_called_at, due IS NOT NULL
        FROM turns WHERE branch = ? AND day = ?
    """
    return every(db, PastTurn, sql, (branch, day))


def past_sessions(
    db: sqlite3.Connection, branch: int, begins: Millis, ends: Millis
) -> list[PastSession]:
    """Return the counter sessions that began within a span."""
    sql = """
        SELECT counter, state, from_at, to_at, COALESCE(reason, '') FROM counter_sessions
        WHERE branch = ? AND from_at >= ? AND from_at < ?
    """
    return every(db, PastSession, sql, (branch, begins, ends))


class ToldWait(NamedTuple):
    """A number that was called: when it was taken, how long it waited, its ``issued`` event."""

    day: str
    at: Millis
    service: str
    priority: str
    wait_ms: Millis
    event: str


def told_waits(db: sqlite3.Connection, branch: int, first: str, last: str) -> list[ToldWait]:
    """Return the waits of business days, without appointments, and what was told of each.

    A turn's place in line is the number of the event that gave its ticket.
    """
    sql = """
        SELECT turns.day, turns.eligible_at, turns.service, turns.priority, turns.wait_ms,
            events.data
        FROM turns JOIN events ON events.branch = turns.branch AND events.seq = turns.arrival
        WHERE turns.branch = ? AND turns.day >= ? AND turns.day <= ? AND turns.leg = 1
            AND turns.due IS NULL AND turns.wait_ms IS NOT NULL
    """
    return every(db, ToldWait, sql, (branch, first, last))


class Arrivals(NamedTuple):
    """How many numbers of a service were taken in one half hour, counted since 1970 UTC."""

    day: str
    service: str
    half_hour: int
    people: int


def arrivals(db: sqlite3.Connection, branch: int, first: str, last: str) -> list[Arrivals]:
    """Return who came on business days; appointments at their time."""
    sql = """
        SELECT day, service, eligible_at / 1800000 AS half_hour, COUNT(*) FROM turns
        WHERE branch = ? AND day >= ? AND day <= ? AND leg = 1
        GROUP BY day, service, half_hour
    """
    return every(db, Arrivals, sql, (branch, first, last))
