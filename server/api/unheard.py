"""Owns which of the present calls were shown in the lobby but not spoken."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.api.types import StaffCounter
from server.domain.states import TurnState
from server.storage.queries import calls
from server.storage.transaction import SqliteTx

LOOKED_AT = 400
"""Calls looked back: an older one is no longer news for whoever sits there."""


Why = Literal["unvoiced", "mute"]


def unheard_at(tx: SqliteTx) -> dict[str, Why | None]:
    """Return why the latest call of a ticket was not spoken, by the counter's id."""
    present = (tx.turn_at(counter) for counter in tx.hall.at_counter)
    called = {
        turn.ticket: turn.counter or ""
        for turn in present
        if turn is not None and turn.state is TurnState.CALLED
    }
    unheard: dict[str, Why | None] = {}
    if called:
        for call in calls.latest(tx.db, tx.branch, tx.day, LOOKED_AT):
            counter = called.pop(call.ticket, None)
            if counter is not None:
                unheard[counter] = _unheard(calls.told(tx.db, tx.branch, call.seq))
            if not called:
                break
    return unheard


def with_unheard(tx: SqliteTx, counters: list[StaffCounter]) -> list[StaffCounter]:
    """Return the counters with ``unheard`` where the latest call of the ticket was not spoken."""
    unheard = unheard_at(tx)
    return [msgspec.structs.replace(each, unheard=unheard.get(each.id)) for each in counters]


def _unheard(kinds: set[str]) -> Why | None:
    if "unvoiced" in kinds:
        return "unvoiced"
    return "mute" if "mute" in kinds else None
