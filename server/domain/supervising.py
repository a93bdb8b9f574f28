"""Owns what a supervisor may do for the whole hall: free a stuck ticket, tell everybody."""

from __future__ import annotations

from typing import Literal

from server.domain import events, refusals
from server.domain.desks import find_counter
from server.domain.errors import Conflict
from server.domain.issuing import find_ticket, present_turn, turn_fields
from server.domain.records import Ticket, Turn
from server.domain.reserving import let_go
from server.domain.states import TurnState
from server.domain.tx import Tx

Way = Literal["queue", "finish", "no_show"]
"""How a stuck ticket goes: back to its old place, as served, or as missed."""

RELEASED = "released"
"""Reason of the hold through which a ticket in service goes back to the queue."""


def release(tx: Tx, key: str, way: Way, ticket: str | None = None) -> tuple[Ticket, Turn]:
    """Free a counter of its ticket, whoever sits there, also while it is on a break.

    What goes back to the queue waits for every counter, also when it had been sent to this one.

    Args:
        tx: the transaction.
        key: id or number of the counter.
        way: how the ticket goes.
        ticket: id of the one that is meant; the next visitor is somebody else.

    Raises:
        Conflict: the counter has no ticket or another one, or its state does not allow this way.
        NotFound: there is no such counter or ticket.
    """
    counter = find_counter(tx, key)
    turn = tx.turn_at(counter.id)
    if ticket is not None and (turn is None or turn.ticket != ticket):
        raise Conflict(
            "{label} is no longer at counter {number}; nothing was done.",
            slug="other-ticket",
            field="ticket",
            label=find_ticket(tx, ticket)[0].label,
            number=counter.number,
        )
    if turn is None:
        raise refusals.no_ticket(counter)
    if way == "finish":
        tx.append(events.Finished(**turn_fields(turn, TurnState.DONE), counter=counter.id))
    elif way == "no_show":
        tx.append(events.NoShow(**turn_fields(turn, TurnState.NO_SHOW), counter=counter.id))
    else:
        if turn.state is TurnState.SERVING:
            held = turn_fields(turn, TurnState.HELD)
            tx.append(events.Held(**held, counter=counter.id, reason=RELEASED))
            turn = present_turn(tx, turn.ticket)
        tx.append(events.Returned(**turn_fields(turn, TurnState.WAITING), counter=counter.id))
        let_go(tx, present_turn(tx, turn.ticket), anyway=True)
    return find_ticket(tx, turn.ticket)


def tell_hall(tx: Tx, notice: str, minutes: int | None = None) -> None:
    """Show a line of text on all displays, for some minutes or until it is changed.

    An empty text takes it off; when none is shown, nothing is written.
    """
    if not notice and not tx.notice()[0]:
        return
    until = None if minutes is None or not notice else tx.now + minutes * 60_000
    tx.append(events.NoticeChanged(notice=notice, until=until))
