"""Owns who takes part in a made-up day: turns and counters while they change, and their ids."""

from __future__ import annotations

import base64
import os
import string
from typing import Any

import msgspec

from server.domain.day import Millis
from server.domain.desks import counter_ref
from server.domain.office import Counter
from server.domain.states import CounterState, Priority, TurnState
from server.domain.tx import Actor
from server.storage.rows import TURN_COLUMNS

_encode = msgspec.json.encode
_astuple = msgspec.structs.astuple
_COLUMNS = TURN_COLUMNS.count(",") + 1
CLASSES = {each.value: each for each in Priority}
_STATES = {each.value: each for each in TurnState}
Row = tuple[Any, ...]


class Turn(msgspec.Struct):
    """A row of ``turns`` while it changes: first its columns in their order, then notes."""

    ticket: str
    leg: int
    day: str
    label: str
    service: str
    priority: str
    state: str
    arrival: int
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
    outcome: str | None = None
    outcome_code: str | None = None
    hold_reason: str | None = None
    hold_until: Millis | None = None
    missed_at: Millis | None = None
    rule: str | None = None
    why: str | None = None
    note: str | None = None
    due: Millis | None = None
    issued_at: Millis = 0
    people: int = 0
    said: str = ""

    def row(self) -> Row:
        """Return the columns of ``turns``."""
        return _astuple(self)[:_COLUMNS]

    def counted(self) -> Row:
        """Return the turn as ``server.reports.cells`` counts it."""
        return (
            self.service, self.counter_number, self.priority, self.leg, self.eligible_at,
            self.first_called_at, self.started_at, self.ended_at, self.service_ms, self.walk_ms,
            self.outcome, self.recalls, self.ended_by, self.people, self.issued_at,
        )  # fmt: skip

    def pause(self, at: Millis) -> None:
        """Stop the clock of the service, if it runs."""
        if self.serving_since is not None:
            self.service_ms += at - self.serving_since
            self.serving_since = None

    def end(self, at: Millis, state: str, outcome: str, by: str = "hand") -> None:
        """End, in whatever way."""
        self.pause(at)
        self.state = state
        self.ended_at, self.ended_by, self.outcome = at, by, outcome

    def fields(self, to: str) -> dict[str, Any]:
        """Return what every event of a turn carries that brings it to a state."""
        return {
            "ticket": self.ticket, "leg": self.leg, "label": self.label, "service": self.service,
            "priority": CLASSES[self.priority], "was": _STATES[self.state], "state": _STATES[to],
        }  # fmt: skip


class Desk:
    """A counter of the day: who sits there, what it is up to, and how events tell of it."""

    def __init__(self, counter: Counter, actor: Actor) -> None:
        self.counter = counter
        self.key = counter.id
        self.number = counter.number
        self.services = counter.services
        self.offered = tuple(counter.services)
        self.actor = actor
        self.state = CounterState.CLOSED
        self.turn: Turn | None = None
        self.session: list[Any] | None = None
        self.ref = _encode(counter_ref(counter)).decode()
        who = _encode(actor.id).decode()
        self.of = f'"counter":"{self.key}"'
        self.started = f'{self.of},"staff":{who}'
        self.staff = f'"staff":{who}'

    def current(self) -> Turn:
        """Return the turn at this counter.

        Raises:
            RuntimeError: there is none.
        """
        if self.turn is None:
            raise RuntimeError("nobody is at this counter")
        return self.turn


_SIGNS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_PAIRS = [first + second for first in _SIGNS for second in _SIGNS]
"""Every twelve bits in URL-safe base 64."""


class Keys:
    """Makes ids and tokens like those of ``server.storage.ids``, from noise fetched in bulk."""

    BULK = 256

    def __init__(self) -> None:
        self._stamp = 0
        self._noise: list[tuple[str, str]] = []

    def new(self, at: Millis) -> tuple[str, str]:
        """Return an id and a token."""
        if not self._noise:
            self._noise = self._more()
        tail, secret = self._noise.pop()
        stamp = self._stamp = max(at << 12, self._stamp + 1)
        told = _PAIRS[at >> 36] + _PAIRS[at >> 24 & 4095] + _PAIRS[at >> 12 & 4095]
        told += _PAIRS[at & 4095]
        return f"{stamp >> 12:012x}7{stamp & 0xFFF:03x}{tail}", told + secret

    def _more(self) -> list[tuple[str, str]]:
        """Return the random ends of ids (with the variant bits ``10``) and of tokens."""
        count = self.BULK
        tails = os.urandom(8 * count).hex()
        secrets = base64.urlsafe_b64encode(os.urandom(18 * count)).decode()
        return [
            ("89ab"[int(tails[at * 16], 16) & 3] + tails[at * 16 + 1 : at * 16 + 16],
             secrets[at * 24 : at * 24 + 22])
            for at in range(count)
        ]  # fmt: skip
