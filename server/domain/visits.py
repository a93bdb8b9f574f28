"""Owns the visit as a whole: send on, one more service, correct what the ticket says."""

from __future__ import annotations

from server.domain import events, refusals
from server.domain.calling import current_turn
from server.domain.issuing import find_ticket, turn_fields
from server.domain.outcomes import check_outcome
from server.domain.records import Ticket, Turn
from server.domain.reserving import receives
from server.domain.serving import destination, send_on
from server.domain.states import Priority, TurnState, impossible
from server.domain.tx import Tx


def transfer_waiting(
    tx: Tx,
    ticket_id: str,
    *,
    to_service: str | None = None,
    to_counter: str | None = None,
    note: str | None = None,
) -> tuple[Ticket, Turn]:
    """Send a ticket that still waits to another service or one given counter.

    Raises:
        Conflict: it does not wait, or is of another day. Invalid: as for ``transfer``.
    """
    _, turn = find_ticket(tx, ticket_id)
    if turn.day != tx.day:
        raise refusals.other_day(turn)
    if turn.state is not TurnState.WAITING:
        raise impossible(turn.label, turn.state, TurnState.TRANSFERRED.value)
    return send_on(tx, turn, None, to_service, to_counter, note)


def add_service(
    tx: Tx,
    key: str,
    to_service: str,
    *,
    here: bool = False,
    note: str | None = None,
    outcome_code: str | None = None,
) -> tuple[Ticket, Turn]:
    """Finish this service well and let the same visit go on with another one.

    The next turn waits as a transferred one does; with ``here`` for this very counter, so
    that its next call is this visitor again.

    Raises:
        Conflict: the ticket is not being served. Invalid: no such service or outcome, or it is
            not offered here.
    """
    counter, turn = current_turn(tx, key)
    if outcome_code is not None:
        check_outcome(tx.office.service(turn.service), outcome_code)
    where = destination(tx, turn, to_service, None)
    if here:
        if not receives(tx, counter.id, to_service):
            raise refusals.not_offered(tx.office, counter, to_service, "here")
        where["to_counter"] = counter.id
    tx.append(
        events.Continued(
            **turn_fields(turn, TurnState.DONE),
            **where,
            counter=counter.id,
            note=note,
            outcome_code=outcome_code,
        )
    )
    return find_ticket(tx, turn.ticket)


def change_ticket(
    tx: Tx,
    ticket_id: str,
    *,
    priority: Priority | None = None,
    people: int | None = None,
    language: str | None = None,
) -> tuple[Ticket, Turn]:
    """Correct a ticket's class, people or language; the place in line is kept.

    Nothing is written when nothing differs.

    Raises:
        Conflict: the visit has ended. Invalid: no such language.
    """
    ticket, turn = find_ticket(tx, ticket_id)
    if turn.day != tx.day or turn.outcome is not None:
        raise refusals.ended(turn)
    if language is not None:
        refusals.check_language(tx.office, language)
    event = events.TicketChanged(
        ticket=ticket.id,
        leg=turn.leg,
        label=ticket.label,
        service=turn.service,
        was_priority=turn.priority,
        priority=priority or turn.priority,
        people=people or ticket.people,
        language=language or ticket.language,
    )
    now = (turn.priority, ticket.people, ticket.language)
    if (event.priority, event.people, event.language) != now:
        tx.append(event)
    return find_ticket(tx, ticket_id)
