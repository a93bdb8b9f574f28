"""Owns what the commonest events make of a turn in hand, as ``turn_changes`` does in SQL.

Reading a row back from each ``UPDATE`` took as long as the change itself. That both say the same
is compared after every step of the rehearsed halls in ``tests/server/test_queue_machine.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from server.domain.day import Millis
from server.domain.events import Called, Finished, Started
from server.domain.records import Turn


def called(turn: Turn, e: Called, at: Millis) -> Turn:
    """Return the turn after its call."""
    return replace(
        turn, state=e.state, counter=e.counter.id, counter_number=e.number, staff=e.staff,
        first_called_at=at if turn.first_called_at is None else turn.first_called_at,
        called_at=at, calls=turn.calls + 1, rule=e.rule, why=e.why,
    )  # fmt: skip


def started(turn: Turn, e: Started, at: Millis) -> Turn:
    """Return the turn whose service begins, for the first time or again."""
    walk = turn.walk_ms
    if walk is None and turn.called_at is not None:
        walk = max(0, at - turn.called_at)
    return replace(
        turn, state=e.state, staff=e.staff, serving_since=at, walk_ms=walk,
        started_at=at if turn.started_at is None else turn.started_at,
    )  # fmt: skip


def finished(turn: Turn, e: Finished, at: Millis) -> Turn:
    """Return the turn that ended well."""
    stretch = 0 if turn.serving_since is None else max(0, at - turn.serving_since)
    return replace(
        turn, state=e.state, service_ms=turn.service_ms + stretch, serving_since=None, ended_at=at,
        ended_by="hand", outcome=e.outcome, outcome_code=e.outcome_code,
    )  # fmt: skip


STEPS: dict[type, Callable[[Turn, Any, Millis], Turn]] = {
    Called: called,
    Started: started,
    Finished: finished,
}
