"""Owns the service itself: start, finish, hold, transfer."""

from __future__ import annotations

from server.domain import events
from server.domain.calling import current_turn
from server.domain.errors import Invalid
from server.domain.issuing import find_ticket, turn_fields
from server.domain.records import Ticket, Turn
from server.domain.states import TurnState
from server.domain.tx import Tx


def start(tx: Tx, key: str) -> tuple[Ticket, Turn]:
    """The visitor is here; service begins."""
    counter, turn = current_turn(tx, key)
    tx.append(
        events.Started(
            **turn_fields(turn, TurnState.SERVING), counter=counter.id, staff=tx.actor.id
        )
    )
    return find_ticket(tx, turn.ticket)


def finish(tx: Tx, key: str, outcome_code: str | None = None) -> tuple[Ticket, Turn]:
    """Service is done; the counter is free for the next call."""
    counter, turn = current_turn(tx, key)
    tx.append(
        events.Finished(
            **turn_fields(turn, TurnState.DONE), counter=counter.id, outcome_code=outcome_code
        )
    )
    return find_ticket(tx, turn.ticket)


def hold(
    tx: Tx, key: str, reason: str | None = None, minutes: int | None = None
) -> tuple[Ticket, Turn]:
    """Let the ticket rest, for example while a paper is fetched; the counter is free.

    Args:
        tx: the transaction.
        key: id or number of the counter.
        reason: why, for the log.
        minutes: when it is due again, from now.
    """
    counter, turn = current_turn(tx, key)
    tx.append(
        events.Held(
            **turn_fields(turn, TurnState.HELD),
            counter=counter.id,
            reason=reason,
            until=None if minutes is None else tx.now + minutes * 60_000,
        )
    )
    return find_ticket(tx, turn.ticket)


def transfer(
    tx: Tx,
    key: str,
    *,
    to_service: str | None = None,
    to_counter: str | None = None,
    note: str | None = None,
) -> tuple[Ticket, Turn]:
    """End this turn and open the next one, for another service or one given counter.

    The next turn keeps the first arrival, so a visitor sent on does not queue anew, unless
    the branch's rule ``transfer_position`` says ``end``.

    Raises:
        Invalid: neither or nothing new is named, or the counter does not offer the service.
    """
    counter, turn = current_turn(tx, key)
    target = tx.office.counter(to_counter) if to_counter is not None else None
    if target is None and to_service is None:
        raise Invalid("Name the service or the counter to transfer to.", field="service")
    if target is not None and target.id == counter.id:
        raise Invalid("The ticket is already at this counter.", field="counter")
    service = tx.office.service(to_service) if to_service is not None else None
    code = service.code if service else turn.service
    if target is not None and code not in target.services:
        if service is not None or not target.services:
            raise Invalid(
                "Counter {number} does not offer '{service}'.",
                field="counter",
                number=target.number,
                service=code,
            )
        code = target.services[0]
    if target is None and code == turn.service:
        raise Invalid("The ticket is already in this service.", field="service")
    keeps = tx.office.rules.transfer_position == "arrival"
    tx.append(
        events.Transferred(
            **turn_fields(turn, TurnState.TRANSFERRED),
            counter=counter.id,
            to_service=code,
            to_leg=turn.leg + 1,
            arrival=turn.arrival if keeps else tx.next_seq(),
            to_counter=target.id if target is not None else None,
            note=note,
        )
    )
    return find_ticket(tx, turn.ticket)
