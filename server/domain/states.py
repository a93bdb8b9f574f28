"""Owns the states of a turn and of a counter, and the one table of allowed transitions."""

from __future__ import annotations

from enum import StrEnum

from server.domain.errors import Conflict


class TurnState(StrEnum):
    """Where one wait-and-serve of a ticket stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"
    EXPIRED = "expired"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a turn ended: the closed list that reports count."""

    SERVED = "served"
    NO_SHOW = "no_show"
    CANCELLED_BY_VISITOR = "cancelled_by_visitor"
    CANCELLED_BY_STAFF = "cancelled_by_staff"
    TRANSFERRED = "transferred"
    EXPIRED = "expired"
    UNFINISHED = "unfinished"


class Priority(StrEnum):
    """Priority class of a ticket; the reason behind it is never kept."""

    REGULAR = "regular"
    PRIORITY = "priority"


class CounterState(StrEnum):
    """Whether a counter can call."""

    CLOSED = "closed"
    OPEN = "open"
    BREAK = "break"


_S = TurnState

TRANSITIONS: dict[TurnState, frozenset[TurnState]] = {
    _S.WAITING: frozenset({_S.CALLED, _S.HELD, _S.TRANSFERRED, _S.CANCELLED, _S.EXPIRED}),
    _S.CALLED: frozenset({_S.SERVING, _S.NO_SHOW, _S.WAITING, _S.HELD, _S.TRANSFERRED, _S.CLOSED}),
    _S.SERVING: frozenset({_S.DONE, _S.HELD, _S.TRANSFERRED, _S.CLOSED}),
    _S.HELD: frozenset({_S.WAITING, _S.CANCELLED, _S.EXPIRED}),
    _S.NO_SHOW: frozenset({_S.WAITING}),
    _S.DONE: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.TRANSFERRED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.CLOSED: frozenset(),
}

AT_COUNTER = frozenset({_S.CALLED, _S.SERVING})
"""States in which a ticket is at (or on its way to) a counter."""


def check_transition(label: str, was: TurnState, to: TurnState) -> None:
    """Raise a ``Conflict`` that names both states when the table does not allow the change."""
    if to not in TRANSITIONS[was]:
        raise impossible(label, was, to.value)


def impossible(label: str, was: TurnState, wanted: str) -> Conflict:
    """Say that what is wanted of a number does not go with its state."""
    return Conflict(
        "{label} is now '{state}', so it cannot become '{wanted}'.",
        slug="impossible-transition",
        label=label,
        state=was.value,
        wanted=wanted,
    )
