"""Owns the immutable values that cross the rooms: ticket, turn and counter as they stand."""

from __future__ import annotations

import msgspec

from server.domain.day import Millis
from server.domain.events import Given
from server.domain.states import CounterState, Outcome, Priority, TurnState


class Ticket(Given, frozen=True, kw_only=True, gc=False):
    """One visitor's (or family's) place for the day; holds nothing personal."""

    id: str
    issued_at: Millis
    eligible_at: Millis
    leg: int


class Turn(msgspec.Struct, frozen=True, gc=False):
    """One wait-and-serve of a ticket for one service; ``leg`` 1 is the first.

    Attributes:
        arrival: place in line, the event sequence of arrival (kept by transfer and return).
        opened: number of the event that opened it: turns are listed in the order of the log.
        for_counter: id of the only counter that may call it, "" for any.
        called_at: the latest call; ``first_called_at`` is never overwritten.
        calls: how often it was called to a counter; ``recalls``: repeats of these calls.
        walk_ms: from the latest call to the start.
        service_ms: time served so far, holds left out; final when the turn ended.
        serving_since: start of the present stretch of service.
        ended_by: ``hand`` or ``automatic``.
        rule: code of the rule that chose the latest call; ``why`` says it in words,
            ``rule_value`` is the number in them.
        note: what the colleague wrote who sent the ticket here.
        due: the appointment's time, if this turn has one.
    """

    ticket: str
    leg: int
    day: str
    label: str
    service: str
    priority: Priority
    state: TurnState
    arrival: int
    opened: int
    eligible_at: Millis
    for_counter: str = ""
    counter: str | None = None
    counter_number: int | None = None
    staff: str | None = None
    first_called_at: Millis | None = None
    called_at: Millis | None = None
    calls: int = 0
    recalls: int = 0
    started_at: Millis | None = None
    serving_since: Millis | None = None
    service_ms: int = 0
    walk_ms: int | None = None
    ended_at: Millis | None = None
    ended_by: str | None = None
    outcome: Outcome | None = None
    outcome_code: str | None = None
    hold_reason: str | None = None
    hold_until: Millis | None = None
    missed_at: Millis | None = None
    rule: str | None = None
    why: str | None = None
    note: str | None = None
    due: Millis | None = None
    rule_value: int | None = None

    @property
    def wait_ms(self) -> int | None:
        """Wait to the first call, never negative; ``None`` while not called.

        Tables say it and ``served_ms`` in ``0021_waits.sql``; a test holds both together.
        """
        if self.first_called_at is None:
            return None
        return max(0, self.first_called_at - self.eligible_at)

    @property
    def served_ms(self) -> int | None:
        """How long it was served; ``None`` before that is over."""
        return None if self.started_at is None or self.ended_at is None else self.service_ms


class CounterNow(msgspec.Struct, frozen=True):
    """A counter as it stands: its state, who holds it and which services it offers now.

    ``until`` is when a break is meant to end.
    """

    id: str
    state: CounterState
    services: list[str]
    since: Millis
    holder: str | None = None
    holder_name: str | None = None
    reason: str | None = None
    until: Millis | None = None


class Cared(msgspec.Struct, frozen=True):
    """A fault that somebody is on: where, as visitors call the place, and since when."""

    place: str
    names: dict[str, str]
    since: Millis


class Pause(msgspec.Struct, frozen=True):
    """Why a service gives no numbers: for everybody, and per language where it was given."""

    notice: str
    notices: dict[str, str] = {}

    def words(self, language: str) -> str:
        """Return what a visitor of this language reads."""
        return self.notices.get(language) or self.notice


class Line(msgspec.Struct, frozen=True):
    """One service on one day: the last number given and who waits, per class.

    ``booked`` are those with an appointment, of either class, who are in no other count; most of
    them are not there yet, so who waits now is a question to ``issuing.waiting_now``.
    """

    last_number: int = 0
    issued: int = 0
    regular: int = 0
    priority: int = 0
    booked: int = 0
