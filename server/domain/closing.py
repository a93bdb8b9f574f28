"""Owns the end of a business day: what is left over gets a final state, nothing is deleted."""

from __future__ import annotations

from server.domain import events
from server.domain.desks import counter_ref, now_at
from server.domain.issuing import turn_fields
from server.domain.records import Turn
from server.domain.states import AT_COUNTER, CounterState, Outcome, TurnState
from server.domain.tx import Tx


def close_past_days(tx: Tx, *, close_counters: bool = True) -> int:
    """Close every business day before today; return how many turns were left over.

    Waiting and held turns expire; called ones expire as never served, those in service count
    as served, both marked as closed by the clock. Counters left open are closed, so a morning
    begins with nobody at a desk. Safe to repeat: a closed day has nothing left.
    """
    day = tx.oldest_open_day(tx.day)
    if day is None:
        return 0
    leftovers = list(tx.unfinished_before(tx.day))
    for turn in leftovers:
        _end(tx, turn)
    if close_counters:
        for counter in tx.office.counters:
            now = now_at(tx, counter)
            if now.state is not CounterState.CLOSED:
                tx.append(
                    events.CounterChanged(
                        counter=counter_ref(counter),
                        was=now.state,
                        state=CounterState.CLOSED,
                        services=now.services,
                        reason="day-end",
                    )
                )
    while day is not None:
        tx.append(events.DayClosed(day=day))
        day = tx.oldest_open_day(tx.day)
    return len(leftovers)


def _end(tx: Tx, turn: Turn) -> None:
    if turn.state in AT_COUNTER:
        served = turn.state is TurnState.SERVING
        outcome = Outcome.SERVED if served else Outcome.EXPIRED
        tx.append(events.TurnClosed(**turn_fields(turn, TurnState.CLOSED), outcome=outcome))
    else:
        tx.append(events.Expired(**turn_fields(turn, TurnState.EXPIRED)))
