"""Owns a hall whose numbers hang on a paper roll: no machine gives them, the call takes the next.

Who tore which number is not known before it is called, so nobody's wait is known either.
"""

from __future__ import annotations

from server.domain import events
from server.domain.errors import Conflict, Invalid
from server.domain.issuing import NONE
from server.domain.numbering import label, next_number
from server.domain.records import CounterNow
from server.domain.states import Priority, TurnState
from server.domain.tx import Tx

ROLL = "roll"
"""How such a number was taken, and the rule that called it."""


def is_roll(tx: Tx) -> bool:
    """Return whether people tear their numbers from a roll here."""
    return tx.office.rules.numbers == ROLL


def tear(tx: Tx, now: CounterNow) -> str:
    """Take the next number of the roll that a counter serves; return the ticket's id.

    Of several services the first one counts that the counter offers now.

    Raises:
        Conflict: it offers none. Refused: the roll has no number left today.
    """
    if not now.services:
        raise Conflict("This counter offers no service now.", slug="no-service", field="counter")
    service = tx.office.service(now.services[0])
    rules = tx.office.rules
    number = next_number(tx.last_number(service.prefix), rules.number_wrap)
    event = events.Issued(
        ticket=tx.new_id(),
        day=tx.day,
        label=label(service.prefix, number, rules.number_width),
        prefix=service.prefix,
        number=number,
        service=service.code,
        token=tx.new_token(),
        priority=Priority.REGULAR,
        language=tx.office.languages[0],
        people=1,
        note_for_counter=None,
        channel=ROLL,
        state=TurnState.WAITING,
        quote=events.Quote(0, NONE),
    )
    tx.append(event)
    return event.ticket


def begin_at(tx: Tx, code: str, number: int) -> None:
    """Let the next call of a service be the number that hangs on its roll.

    Raises:
        NotFound: no such service. Conflict: numbers are given by machine here, or this one was
            called today. Invalid: the roll has no such number.
    """
    if not is_roll(tx):
        raise Conflict("Numbers do not come from a paper roll here.", slug="no-roll")
    service = tx.office.service(code)
    rules = tx.office.rules
    last = rules.number_wrap or 10**rules.number_width - 1
    if number > last:
        raise Invalid("The last number of a roll is {last} here.", field="number", last=last)
    known = tx.last_number(service.prefix)
    if number <= known:
        raise Conflict(
            "{label} was called today already; numbers do not go back within a day.",
            slug="number-called", field="number",
            label=label(service.prefix, number, rules.number_width),
        )  # fmt: skip
    if number > known + 1:
        tx.append(events.NumbersResumed(tx.day, service.prefix, number - 1))
