"""Owns the promise that nobody waits for a counter that cannot call them.

A ticket may wait for one counter alone: a colleague sent it there, or its visit goes on there.
That holds only as long as the counter is open and offers the ticket's service. When it closes,
goes on a break, offers something else or is taken out of the settings, the ticket waits again for
every counter of its service, at its old place in line; its note goes with it.
"""

from __future__ import annotations

from server.domain import events
from server.domain.errors import NotFound
from server.domain.records import Turn
from server.domain.states import CounterState, TurnState
from server.domain.tx import Tx


def receives(tx: Tx, counter: str, service: str) -> bool:
    """Return whether the counter with this id can call a visitor of the service now."""
    now = tx.counters().get(counter)
    if now is None or now.state is not CounterState.OPEN or service not in now.services:
        return False
    try:
        tx.office.counter(counter)
    except NotFound:
        return False
    return True


def let_go(tx: Tx, turn: Turn, *, anyway: bool = False) -> None:
    """Let a waiting turn wait for every counter when the one it waits for cannot call it.

    With ``anyway`` also when that counter could.
    """
    if turn.state is not TurnState.WAITING or not turn.for_counter:
        return
    if anyway or not receives(tx, turn.for_counter, turn.service):
        tx.append(
            events.Freed(
                ticket=turn.ticket,
                leg=turn.leg,
                label=turn.label,
                service=turn.service,
                booked=None if turn.due is None else turn.eligible_at,
            )
        )


def let_go_of(tx: Tx, counter: str, *, anyway: bool = False) -> None:
    """Do so for everybody who waits for the counter with this id."""
    for ticket in tx.reserved_for(counter):
        turn = tx.turn(ticket)
        if turn is not None:
            let_go(tx, turn, anyway=anyway)
