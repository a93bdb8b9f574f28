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


def with_unheard(tx: SqliteTx, counters: list[StaffCounter]) -> list[StaffCounter]:
    """Return the counters with ``unheard`` where the latest call of the ticket was not spoken."""
    called = {
        each.current.id: each.id
        for each in counters
        if each.current is not None and each.current.state is TurnState.CALLED
    }
    unheard: dict[str, Literal["unvoiced", "mute"] | None] = {}
    if called:
        for call in calls.latest(tx.db, tx.branch, tx.day, LOOKED_AT):
            counter = called.pop(call.ticket, None)
            if counter is not None:
                unheard[counter] = _unheard(calls.told(tx.db, tx.branch, call.seq))
            if not called:
                break
    return [msgspec.structs.replace(each, unheard=unheard.get(each.id)) for each in counters]


def _unheard(kinds: set[str]) -> Literal["unvoiced", "mute"] | None:
    if "unvoiced" in kinds:
        return "unvoiced"
    return "mute" if "mute" in kinds else None
