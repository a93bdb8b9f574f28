"""Owns reading rows: tickets, turns and counters as values, from the columns that are selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from server.domain.records import CounterNow, Ticket, Turn
from server.domain.states import CounterState, Outcome, Priority, TurnState

_decode_codes = msgspec.json.Decoder(list[str]).decode

_PRIORITY, _STATE, _OUTCOME = map(Turn.__struct_fields__.index, ("priority", "state", "outcome"))


COUNTER_COLUMNS = ", ".join(CounterNow.__struct_fields__)


def ticket_of(row: Sequence[Any]) -> Ticket:
    """Return the ticket that a row of ``TICKET_COLUMNS`` holds."""
    values = dict(zip(Ticket.__struct_fields__, row, strict=True))
    return Ticket(**values | {"priority": Priority(values["priority"])})


def turn_of(row: Sequence[Any]) -> Turn:
    """Return the turn that a row of ``TURN_COLUMNS`` holds."""
    values = list(row)
    values[_PRIORITY] = Priority(values[_PRIORITY])
    values[_STATE] = TurnState(values[_STATE])
    if values[_OUTCOME] is not None:
        values[_OUTCOME] = Outcome(values[_OUTCOME])
    return Turn(*values)


def counter_now_of(row: Sequence[Any]) -> CounterNow:
    """Return the counter that a row of ``COUNTER_COLUMNS`` holds."""
    values = dict(zip(CounterNow.__struct_fields__, row, strict=True))
    state, services = CounterState(values["state"]), _decode_codes(values["services"])
    return CounterNow(**values | {"state": state, "services": services})
