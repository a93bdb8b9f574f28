"""Undo: the last act at a counter is taken back, within seconds, by an event of its own."""

from __future__ import annotations

from server.domain import events, refusals
from server.domain.desks import ready_counter
from server.domain.errors import Refused
from server.domain.issuing import find_ticket, present_turn
from server.domain.records import Ticket, Turn
from server.domain.states import AT_COUNTER, TurnState
from server.domain.tx import Tx

UNDO_SECONDS = 10
"""How long after an act it can be taken back."""

Undoable = (
    events.Started
    | events.Finished
    | events.NoShow
    | events.Returned
    | events.Held
    | events.Transferred
    | events.Continued
)
"""Acts that can be taken back. A call was heard by the hall: it goes back to the queue instead."""


def undo(tx: Tx, key: str) -> tuple[Ticket, Turn]:
    """Take back the counter's last act: its ticket is again at the counter, as before.

    Raises:
        Refused: nothing was done here within ``UNDO_SECONDS``, or it cannot be taken back, or
            the visitor has been called elsewhere since.
        Conflict: the counter has another ticket by now, is not open, or another person's.
    """
    counter, _ = ready_counter(tx, key)
    last = tx.last_act(counter.id, tx.now - UNDO_SECONDS * 1000)
    if last is None or not isinstance(last.event, Undoable) or last.event.was not in AT_COUNTER:
        raise Refused("There is nothing to undo at this counter.", slug="nothing-to-undo")
    event = last.event
    next_leg = next_service = None
    if isinstance(event, events.Transferred | events.Continued):
        next_leg, next_service = event.to_leg, event.to_service
    _check_unmoved(tx, event, next_leg)
    here = tx.turn_at(counter.id)
    if here is not None and here.ticket != event.ticket:
        raise refusals.busy(counter, here)
    tx.append(
        events.Undone(
            ticket=event.ticket,
            leg=event.leg,
            label=event.label,
            service=event.service,
            priority=present_turn(tx, event.ticket).priority,
            was=event.state,
            state=event.was,
            counter=counter.id,
            undoes=last.seq,
            what=event.kind,
            since=last.at,
            next_leg=next_leg,
            next_service=next_service,
        )
    )
    return find_ticket(tx, event.ticket)


def _check_unmoved(tx: Tx, event: Undoable, next_leg: int | None) -> None:
    """Refuse when the ticket is no longer as the act left it."""
    now = present_turn(tx, event.ticket)
    leg = event.leg if next_leg is None else next_leg
    state = event.state if next_leg is None else TurnState.WAITING
    if (now.leg, now.state) != (leg, state):
        raise Refused(
            "{label} has moved on since; it is now '{state}'.",
            slug="moved-on",
            label=now.label,
            state=now.state.value,
        )
