"""How all halls stand now, counted for whoever watches the machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every

COUNTERS = """
SELECT branches.code, counters.state, COUNT(*)
FROM counters JOIN branches ON branches.id = counters.branch GROUP BY branches.code, counters.state
"""
ALARMS = """
SELECT branches.code, alarms.rule, COUNT(*)
FROM alarms JOIN branches ON branches.id = alarms.branch GROUP BY branches.code, alarms.rule
"""
BEHIND = """
SELECT branches.code, webhooks.id, branches.seq - webhooks.seq
FROM webhooks JOIN branches ON branches.id = webhooks.branch
"""
AT_COUNTERS = """
SELECT branches.code, turns.state, COUNT(*) FROM turns JOIN branches ON branches.id = turns.branch
WHERE turns.state IN ('called', 'serving') GROUP BY branches.code, turns.state
"""
WAITING = """
SELECT branches.code, turns.service, turns.priority, COUNT(*), MIN(turns.eligible_at)
FROM days JOIN branches ON branches.id = days.branch
JOIN turns ON turns.branch = days.branch AND turns.day = days.day AND turns.state = 'waiting'
    AND (turns.due IS NULL OR turns.due <= ?)
WHERE days.closed_at IS NULL GROUP BY branches.code, turns.service, turns.priority
"""


class Count(NamedTuple):
    """How many there are of something in a branch."""

    branch: str
    label: str
    number: int


class Waiting(NamedTuple):
    """How many wait for a service in a class, and since when the oldest."""

    branch: str
    service: str
    priority: str
    number: int
    oldest: Millis


class Gauges(NamedTuple):
    """What is counted."""

    waiting: Sequence[Waiting] = ()
    counters: Sequence[Count] = ()
    alarms: Sequence[Count] = ()
    behind: Sequence[Count] = ()


def gauges(db: sqlite3.Connection, now: Millis) -> Gauges:
    """Count how all halls stand."""
    return Gauges(
        every(db, Waiting, WAITING, (now,)),
        *(every(db, Count, sql) for sql in (COUNTERS, ALARMS, BEHIND)),
    )


def at_counters(db: sqlite3.Connection) -> list[Count]:
    """Return how many are called to or served at the counters of each branch."""
    return every(db, Count, AT_COUNTERS)
