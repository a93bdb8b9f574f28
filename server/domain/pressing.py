"""Owns the keys of a physical button box: what each does depends on where the counter stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from server.domain import calling, desks, serving, undo
from server.domain.records import Ticket, Turn
from server.domain.states import CounterState, TurnState
from server.domain.tx import Tx

Key = Literal[
    "main", "next", "recall", "no-show", "hold", "return", "break", "undo",
    "1", "2", "3", "4", "5", "6", "7", "0",
]  # fmt: skip
"""A key by its name, or by the digit of a plain keypad (``DIGITS``)."""

DIGITS = {
    "1": "main", "2": "recall", "3": "no-show", "4": "hold", "5": "return", "6": "break",
    "7": "next", "0": "undo",
}  # fmt: skip
BREAK_REASON = "break"


class Pressed(msgspec.Struct, frozen=True):
    """What a press did (``nothing`` when nobody waits), and the ticket it was done to."""

    did: str
    ticket: Ticket | None = None
    turn: Turn | None = None


_ACTS: dict[str, Callable[[Tx, str], tuple[Ticket, Turn] | None]] = {
    "call-next": calling.call_next,
    "start": serving.start,
    "finish": serving.finish,
    "recall": calling.recall,
    "no-show": calling.no_show,
    "hold": serving.hold,
    "return": calling.return_to_queue,
    "undo": undo.undo,
}


def press(tx: Tx, key: str, pressed: Key) -> Pressed:
    """Do what a key means now.

    ``main`` goes one step on: open, call next, start, finish. ``next`` also calls the next
    visitor after a finish, in one press. ``break`` begins or ends a break.

    Raises:
        As the acts themselves.
    """
    name = DIGITS.get(pressed, pressed)
    counter = tx.office.counter(key)
    state = desks.now_at(tx, counter).state
    if name == "break":
        return _break(tx, key, state)
    if name in {"main", "next"}:
        if state is not CounterState.OPEN:
            desks.open_counter(tx, key)
            return Pressed("open")
        turn = tx.turn_at(counter.id)
        if name == "next" and turn is not None and turn.state is TurnState.SERVING:
            serving.finish(tx, key)
            turn = None
        name = _step(turn)
    done = _ACTS[name](tx, key)
    return Pressed("nothing") if done is None else Pressed(name, *done)


def _break(tx: Tx, key: str, state: CounterState) -> Pressed:
    if state is CounterState.BREAK:
        desks.open_counter(tx, key)
        return Pressed("open")
    desks.take_break(tx, key, BREAK_REASON)
    return Pressed("break")


def _step(turn: Turn | None) -> str:
    if turn is None:
        return "call-next"
    return "start" if turn.state is TurnState.CALLED else "finish"
