"""Owns the service itself: start, finish, hold, transfer."""

from __future__ import annotations

from typing import TypedDict

from server.domain import events, refusals
from server.domain.calling import current_turn
from server.domain.desks import now_at
from server.domain.errors import Conflict, Invalid
from server.domain.issuing import find_ticket, turn_fields
from server.domain.office import Counter
from server.domain.outcomes import check_outcome
from server.domain.records import Ticket, Turn
from server.domain.states import CounterState, TurnState
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
    """Service is done; the counter is free for the next call.

    Raises:
        Invalid: the service has a list of outcomes, and this is none of them.
    """
    counter, turn = current_turn(tx, key)
    if outcome_code is not None:
        check_outcome(tx.office.service(turn.service), outcome_code)
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


class Destination(TypedDict):
    """Where the next turn of a ticket waits, as its event tells it."""

    to_service: str
    to_leg: int
    arrival: int
    to_counter: str | None


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
        Conflict: the counter named is not open now.
    """
    counter, turn = current_turn(tx, key)
    return send_on(tx, turn, counter, to_service, to_counter, note)


def send_on(
    tx: Tx,
    turn: Turn,
    counter: Counter | None,
    to_service: str | None,
    to_counter: str | None,
    note: str | None,
) -> tuple[Ticket, Turn]:
    """End a turn by transfer and open the next one; ``counter`` is where it is now, if any."""
    where = destination(tx, turn, to_service, to_counter)
    target = where["to_counter"]
    if target is not None and target == (counter.id if counter else turn.for_counter):
        raise Invalid("The ticket is already at this counter.", field="counter")
    if target is None and where["to_service"] == turn.service and not turn.for_counter:
        raise Invalid("The ticket is already in this service.", field="service")
    tx.append(
        events.Transferred(
            **turn_fields(turn, TurnState.TRANSFERRED),
            **where,
            counter=counter.id if counter else None,
            note=note,
            # an appointment that was not called yet is still one, unless the visitor is sent
            # to one colleague who expects them now
            due=turn.due if turn.state is TurnState.WAITING and target is None else None,
        )
    )
    return find_ticket(tx, turn.ticket)


def _offered(tx: Tx, counter: Counter) -> list[str]:
    now = now_at(tx, counter)
    if now.state is not CounterState.OPEN:
        raise Conflict(
            "Counter {number} is not open now; choose the service or another counter.",
            slug="counter-not-open",
            field="counter",
            number=counter.number,
        )
    return now.services


def destination(tx: Tx, turn: Turn, to_service: str | None, to_counter: str | None) -> Destination:
    """Return where the next turn waits, for a service or one given counter.

    A counter has to be open: at any other the visitor would wait for nobody.

    Raises:
        Invalid: neither is named, or the counter does not offer the service now.
        Conflict: the counter is not open.
    """
    target = tx.office.counter(to_counter) if to_counter is not None else None
    if target is None and to_service is None:
        raise Invalid("Name the service or the counter to transfer to.", field="service")
    service = tx.office.service(to_service) if to_service is not None else None
    code = service.code if service else turn.service
    offered = [] if target is None else _offered(tx, target)
    if target is not None and code not in offered:
        if service is not None or not offered:
            raise refusals.not_offered(tx.office, target, code, "counter")
        code = offered[0]
    keeps = tx.office.rules.transfer_position == "arrival"
    return {
        "to_service": code,
        "to_leg": turn.leg + 1,
        "arrival": turn.arrival if keeps else tx.next_seq(),
        "to_counter": target.id if target is not None else None,
    }
