"""Owns which of the present calls were shown in the lobby but not spoken."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.api.types import StaffCounter
from server.domain.states import TurnState
from server.storage.transaction import SqliteTx

SELECT_LATEST = """
SELECT seq, ticket FROM calls WHERE branch = ? AND day = ? ORDER BY seq DESC LIMIT ?
"""
SELECT_KINDS = "SELECT kind FROM display_acks WHERE branch = ? AND seq = ?"
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
        for seq, ticket in tx.db.execute(SELECT_LATEST, (tx.branch, tx.day, LOOKED_AT)):
            counter = called.pop(ticket, None)
            if counter is not None:
                unheard[counter] = _unheard(tx, seq)
            if not called:
                break
    return [msgspec.structs.replace(each, unheard=unheard.get(each.id)) for each in counters]


def _unheard(tx: SqliteTx, seq: int) -> Literal["unvoiced", "mute"] | None:
    kinds = {kind for (kind,) in tx.db.execute(SELECT_KINDS, (tx.branch, seq))}
    if "unvoiced" in kinds:
        return "unvoiced"
    return "mute" if "mute" in kinds else None
