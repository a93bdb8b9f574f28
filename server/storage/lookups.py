"""Owns the questions of the call policy and of undo to the tables, each with its index."""

from __future__ import annotations

import sqlite3
from typing import Any, cast

import msgspec

from server.domain.day import Millis
from server.domain.events import (
    AnyEvent,
    CounterChanged,
    CounterRef,
    DayClosed,
    DayReopened,
    Envelope,
    Expired,
    TurnClosed,
    TurnEvent,
)
from server.domain.policies import Past
from server.domain.states import Priority

_decode_event = msgspec.json.Decoder(AnyEvent).decode
_PRIORITIES = {each.value: each for each in Priority}

RECENT_CALLS = 2000
"""How many of today's calls the policy may look back on; it stops at the few it needs."""
OWN_CALLS = 4000
"""How many of today's calls are searched for those of one counter."""
MOST_OF_A_DAY = 20_000
"""How many of the latest events are searched for the end of a day."""
RECENT_EVENTS = 2000
"""How many of the latest events are searched for a slip to undo."""

# index turns_slots
SELECT_SLOT = """
SELECT ticket, leg, arrival, eligible_at, priority FROM turns
WHERE branch = ? AND day = ? AND service = ?
    AND state = 'waiting' AND for_counter = '' AND due IS NOT NULL
ORDER BY eligible_at, arrival LIMIT 1
"""
# index turns_slots
SELECT_DUE_NOW = """
SELECT service, COUNT(*) FROM turns
WHERE branch = ?1 AND day = ?2 AND state = 'waiting' AND for_counter = '' AND due IS NOT NULL
    AND eligible_at <= ?3 GROUP BY service
"""
# index turns_slots
COUNT_BOOKED_BEFORE = """
SELECT COUNT(*) FROM turns
WHERE branch = ? AND day = ? AND service = ? AND (eligible_at, arrival) < (?, ?)
    AND state = 'waiting' AND for_counter = '' AND due IS NOT NULL
"""
# index calls_day
SELECT_CALLS = """
SELECT service, priority, rule FROM calls
WHERE branch = ? AND day = ? AND priority IS NOT NULL ORDER BY seq DESC LIMIT ?
"""
SELECT_OWN_CALLS = """
SELECT service FROM (
    SELECT seq, service, counter, priority FROM calls
    WHERE branch = ? AND day = ? ORDER BY seq DESC LIMIT ?)
WHERE counter = ? AND priority IS NOT NULL ORDER BY seq DESC LIMIT ?
"""
SELECT_LATEST = """
SELECT seq, at, actor, data FROM events WHERE branch = ? ORDER BY seq DESC LIMIT ?
"""
SELECT_IN_LINE_SINCE = """
SELECT CASE turns.leg WHEN 1 THEN tickets.issued_at ELSE turns.eligible_at END
FROM turns JOIN tickets ON tickets.id = turns.ticket
WHERE turns.ticket = ? AND turns.arrival = ? ORDER BY turns.leg LIMIT 1
"""
SELECT_NOTICE = "SELECT notice, until FROM notices WHERE branch = ?"


def slot(db: sqlite3.Connection, branch: int, day: str, service: str) -> Any:  # noqa: ANN401
    """Return (ticket, leg, arrival, eligible_at, priority) of the next appointment, or ``None``."""
    return db.execute(SELECT_SLOT, (branch, day, service)).fetchone()


def due_now(db: sqlite3.Connection, branch: int, day: str, now: Millis) -> dict[str, int]:
    """Return how many waiting appointments of each service have come to their time."""
    return dict(db.execute(SELECT_DUE_NOW, (branch, day, now)).fetchall())


def in_line_since(db: sqlite3.Connection, ticket: str, arrival: int) -> Millis:
    """Return when a ticket took its place in line, which a transfer may have kept for it."""
    since: Millis = db.execute(SELECT_IN_LINE_SINCE, (ticket, arrival)).fetchone()[0]
    return since


def recent_calls(db: sqlite3.Connection, branch: int, day: str) -> list[Past]:
    """Return today's latest calls, newest first."""
    rows = db.execute(SELECT_CALLS, (branch, day, RECENT_CALLS))
    return [Past(row[0], _PRIORITIES[row[1]], row[2]) for row in rows]


def own_calls(db: sqlite3.Connection, branch: int, day: str, counter: str, most: int) -> list[str]:
    """Return the services of the counter's latest ``most`` calls today, newest first."""
    rows = db.execute(SELECT_OWN_CALLS, (branch, day, OWN_CALLS, counter, most))
    return [row[0] for row in rows]


def last_act(db: sqlite3.Connection, branch: int, counter: str, since: Millis) -> Envelope | None:
    """Return the newest event that moved a turn at this counter, not older than ``since``."""
    for seq, at, actor, data in db.execute(SELECT_LATEST, (branch, RECENT_EVENTS)):
        if at < since:
            return None
        event = _decode_event(data)
        place = getattr(event, "counter", None)
        where = place.id if isinstance(place, CounterRef) else place
        if where == counter and isinstance(event, TurnEvent):
            return Envelope(seq, at, actor, cast("AnyEvent", event))
    return None


def ended_day(db: sqlite3.Connection, branch: int, since: Millis) -> list[Envelope]:
    """Return the events of the latest end of a day, oldest first; none when it was taken back.

    A day's end is one transaction: its events follow one another up to the last ``day_closed``.
    """
    found: list[Envelope] = []
    closed = False
    for seq, at, actor, data in db.execute(SELECT_LATEST, (branch, MOST_OF_A_DAY)):
        event = _decode_event(data)
        if isinstance(event, DayReopened) or (not closed and at < since):
            return []
        closed = closed or isinstance(event, DayClosed)
        if not closed:
            continue
        if not isinstance(event, (DayClosed, Expired, TurnClosed, CounterChanged)) or (
            found and at != found[0].at
        ):
            break
        found.append(Envelope(seq, at, actor, event))
    return found[::-1]


def notice(db: sqlite3.Connection, branch: int) -> tuple[str, Millis | None]:
    """Return the line of text last told to all displays ("" for none), and until when."""
    row = db.execute(SELECT_NOTICE, (branch,)).fetchone()
    return ("", None) if row is None else (row[0], row[1])
