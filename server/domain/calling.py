"""Owns the call: next ticket, a given ticket, repeat, missed, and back into the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from server.domain import events, refusals, rolls
from server.domain.desks import counter_ref, ready_counter
from server.domain.errors import Refused
from server.domain.issuing import find_ticket, present_turn, turn_fields
from server.domain.office import Counter
from server.domain.policies import Policy, select
from server.domain.policy import Choice
from server.domain.records import CounterNow, Ticket, Turn
from server.domain.reserving import let_go
from server.domain.states import TurnState, impossible
from server.domain.tx import Tx

SITS_MS = 30 * 60_000
"""How long somebody who goes on with another service at the same counter is taken to sit there."""


def call_next(tx: Tx, key: str) -> tuple[Ticket, Turn] | None:
    """Call the ticket that the branch's policy chooses; ``None`` when nobody waits.

    Where numbers hang on a paper roll, its next number is called when no known one waits.

    Raises:
        Conflict: the counter is not open, still has a ticket, or is another person's.
    """
    counter, now = ready_counter(tx, key)
    _check_free(tx, counter)
    choice = _choose(tx, counter, now)
    if choice is None:
        if not rolls.is_roll(tx):
            return None
        ticket, turn = find_ticket(tx, rolls.tear(tx, now))
        return _call(tx, counter, turn, rolls.ROLL, "the next number of the roll", ticket)
    ticket, turn = find_ticket(tx, choice.head.ticket)
    return _call(tx, counter, turn, choice.rule, choice.why, ticket, choice.value)


def call_ticket(tx: Tx, key: str, ticket_id: str, reason: str) -> tuple[Ticket, Turn]:
    """Call one given waiting ticket out of order; the reason is kept in the log.

    Raises:
        Conflict: as for ``call_next``, or the ticket does not wait today.
        Refused: it was sent to another counter.
    """
    counter, _ = ready_counter(tx, key)
    _check_free(tx, counter)
    ticket, turn = find_ticket(tx, ticket_id)
    if turn.day != tx.day:
        raise refusals.other_day(turn)
    if turn.for_counter not in {"", counter.id}:
        raise Refused(
            "{label} was sent to another counter.",
            slug="sent-elsewhere",
            field="ticket",
            label=turn.label,
        )
    return _call(tx, counter, turn, "by-hand", reason, ticket)


def _choose(tx: Tx, counter: Counter, now: CounterNow) -> Choice | None:
    present = tx.heads(counter.id, now.services)
    if not present:
        return None
    rules = tx.office.rules
    policy = Policy(rules.policy, rules.priority_cap, rules.slot_cap, now.services, counter.weights)
    own: Sequence[str] = ()
    if policy.name == "weighted":
        own = tx.own_calls(counter.id, policy.round - 1)
    return select(policy, present, tx.recent_calls(now.services), own, tx.now)


def _check_free(tx: Tx, counter: Counter) -> None:
    current = tx.turn_at(counter.id)
    if current is not None:
        raise refusals.busy(counter, current)


def _call(
    tx: Tx,
    counter: Counter,
    turn: Turn,
    rule: str,
    why: str,
    ticket: Ticket,
    value: int | None = None,
) -> tuple[Ticket, Turn]:
    tx.append(
        events.Called(
            **turn_fields(turn, TurnState.CALLED),
            counter=counter_ref(counter),
            number=counter.number,
            rule=rule,
            why=why,
            rule_value=value,
            staff=tx.actor.id,
            language=_other_language(tx, ticket),
            recalls=turn.recalls,
            seated=_seated(tx, counter, turn),
        )
    )
    return ticket, present_turn(tx, ticket.id)


def _seated(tx: Tx, counter: Counter, turn: Turn) -> Literal[True] | None:
    """Return whether the last act here sent this very visitor on to this counter."""
    act = tx.last_act(counter.id, tx.now - SITS_MS)
    if act is None or not isinstance(act.event, events.Continued):
        return None
    event = act.event
    return True if (event.ticket, event.to_counter) == (turn.ticket, counter.id) else None


def _other_language(tx: Tx, ticket: Ticket) -> str | None:
    """Return the visitor's language, unless it is the one everybody is called in."""
    return None if ticket.language == tx.office.languages[0] else ticket.language


def current_turn(tx: Tx, key: str) -> tuple[Counter, Turn]:
    """Return the counter and the turn that is at it now.

    Raises:
        Conflict: the counter has no ticket, is not open, or is another person's.
    """
    counter, _ = ready_counter(tx, key)
    turn = tx.turn_at(counter.id)
    if turn is None:
        raise refusals.no_ticket(counter)
    return counter, turn


def recall(tx: Tx, key: str) -> tuple[Ticket, Turn]:
    """Repeat the call of the ticket that was called; no row moves, no turn is made.

    The first repeat may follow the call at once, the others keep the office's gap, so that a
    hurried hand does not fill the hall with one number.

    Raises:
        Conflict: nothing is called here. Refused: repeated too often or too soon.
    """
    counter, turn = current_turn(tx, key)
    if turn.state is not TurnState.CALLED:
        raise impossible(turn.label, turn.state, "called again")
    rules = tx.office.rules
    if turn.recalls >= rules.max_recalls:
        raise Refused(
            "{label} was called {times} times; mark it as missed.",
            slug="recall-limit",
            label=turn.label,
            times=turn.recalls + 1,
        )
    gap = rules.recall_gap_seconds * 1000
    wait = (turn.called_at or 0) + gap - tx.now
    # longer than the gap: the clock was set back since, and nobody is to wait for that
    if turn.recalls and 0 < wait <= gap:
        raise Refused(
            "Please wait {seconds} seconds before calling {label} again.",
            slug="recall-too-soon",
            label=turn.label,
            seconds=-(-wait // 1000),
        )
    ticket, _ = find_ticket(tx, turn.ticket)
    tx.append(
        events.Recalled(
            ticket=turn.ticket,
            leg=turn.leg,
            label=turn.label,
            service=turn.service,
            counter=counter_ref(counter),
            number=counter.number,
            recalls=turn.recalls + 1,
            language=_other_language(tx, ticket),
        )
    )
    return find_ticket(tx, turn.ticket)


def no_show(tx: Tx, key: str) -> tuple[Ticket, Turn]:
    """The called visitor did not come; within the grace time the number can come back."""
    counter, turn = current_turn(tx, key)
    tx.append(events.NoShow(**turn_fields(turn, TurnState.NO_SHOW), counter=counter.id))
    return find_ticket(tx, turn.ticket)


def return_to_queue(tx: Tx, key: str) -> tuple[Ticket, Turn]:
    """Put the called ticket back to its old place in the queue."""
    counter, turn = current_turn(tx, key)
    tx.append(events.Returned(**turn_fields(turn, TurnState.WAITING), counter=counter.id))
    let_go(tx, present_turn(tx, turn.ticket))
    return find_ticket(tx, turn.ticket)
