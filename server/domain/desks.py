"""Owns the counters as desks: open, close, break, and who may act at one."""

from __future__ import annotations

from server.domain import events
from server.domain.errors import Conflict, NotFound
from server.domain.office import Counter
from server.domain.records import CounterNow
from server.domain.states import CounterState
from server.domain.tx import Tx


def counter_ref(counter: Counter) -> events.CounterRef:
    """Return how a counter is told to people."""
    return events.CounterRef(counter.id, counter.number, counter.names)


def find_counter(tx: Tx, key: str) -> Counter:
    """Return the counter with this id or number.

    One that was taken out of the settings while a ticket is there still counts, so that the
    ticket can be finished.

    Raises:
        NotFound: this branch has no such counter.
    """
    try:
        return tx.office.counter(key)
    except NotFound:
        turn = tx.turn_at(key)
        if turn is None or turn.counter_number is None:
            raise
        return Counter(number=turn.counter_number, services=[], id=key)


def now_at(tx: Tx, counter: Counter) -> CounterNow:
    """Return the counter as it stands; one never opened is closed."""
    known = tx.counters().get(counter.id)
    return known or CounterNow(counter.id, CounterState.CLOSED, [], since=tx.now)


def check_holder(tx: Tx, counter: Counter, now: CounterNow) -> None:
    """Refuse a person at a counter where another person sits; tokens act at every counter.

    Raises:
        Conflict: names who holds the counter.
    """
    if tx.actor.person and now.holder is not None and now.holder != tx.actor.id:
        raise Conflict(
            "Counter {number} is used by {name}.",
            slug="counter-taken",
            field="counter",
            number=counter.number,
            name=now.holder_name or "another person",
        )


def ready_counter(tx: Tx, key: str) -> tuple[Counter, CounterNow]:
    """Return an open counter that the actor may act at.

    Raises:
        NotFound: no such counter here. Conflict: it is not open, or another person's.
    """
    counter = find_counter(tx, key)
    now = now_at(tx, counter)
    check_holder(tx, counter, now)
    if now.state is not CounterState.OPEN:
        raise Conflict(
            "Counter {number} is not open, it is '{state}'.",
            slug="counter-not-open",
            field="counter",
            number=counter.number,
            state=now.state.value,
        )
    return counter, now


def open_counter(tx: Tx, key: str, *, take_over: bool = False) -> CounterNow:
    """Open a counter, or come back from a break; a person also takes the seat.

    A person has one seat: opening a second counter is refused while the first is held.
    Opening a counter twice changes nothing and writes nothing.

    Raises:
        Conflict: another person sits here (unless ``take_over``), or the person sits elsewhere.
    """
    counter = tx.office.counter(key)
    now = now_at(tx, counter)
    if not take_over:
        check_holder(tx, counter, now)
    if tx.actor.person:
        _check_one_seat(tx, counter)
    holder = tx.actor.id if tx.actor.person else now.holder
    holder_name = tx.actor.name if tx.actor.person else now.holder_name
    if now.state is CounterState.OPEN and holder == now.holder and now.services == counter.services:
        return now
    return _change(tx, counter, now, CounterState.OPEN, None, holder, holder_name)


def close_counter(tx: Tx, key: str) -> CounterNow:
    """Close a counter and free the seat.

    Raises:
        Conflict: a ticket is still called to it or served at it, or another person's.
    """
    counter = tx.office.counter(key)
    now = now_at(tx, counter)
    check_holder(tx, counter, now)
    _check_empty(tx, counter)
    if now.state is CounterState.CLOSED and now.holder is None:
        return now
    return _change(tx, counter, now, CounterState.CLOSED, None, None, None)


def take_break(tx: Tx, key: str, reason: str) -> CounterNow:
    """Pause an open counter; the person keeps the seat.

    Raises:
        Conflict: the counter is closed, still has a ticket, or is another person's.
    """
    counter = tx.office.counter(key)
    now = now_at(tx, counter)
    check_holder(tx, counter, now)
    if now.state is CounterState.CLOSED:
        raise Conflict(
            "Counter {number} is not open, it is '{state}'.",
            slug="counter-not-open",
            field="counter",
            number=counter.number,
            state=now.state.value,
        )
    _check_empty(tx, counter)
    if now.state is CounterState.BREAK and now.reason == reason:
        return now
    return _change(tx, counter, now, CounterState.BREAK, reason, now.holder, now.holder_name)


def _check_one_seat(tx: Tx, counter: Counter) -> None:
    for other in tx.office.counters:
        known = tx.counters().get(other.id)
        if known is not None and known.holder == tx.actor.id and other.id != counter.id:
            raise Conflict(
                "You still have counter {number}; close it first.",
                slug="another-seat",
                field="counter",
                number=other.number,
            )


def _check_empty(tx: Tx, counter: Counter) -> None:
    turn = tx.turn_at(counter.id)
    if turn is not None:
        raise Conflict(
            "Counter {number} still has {label}; finish it first.",
            slug="counter-busy",
            field="counter",
            number=counter.number,
            label=turn.label,
        )


def _change(
    tx: Tx,
    counter: Counter,
    now: CounterNow,
    state: CounterState,
    reason: str | None,
    holder: str | None,
    holder_name: str | None,
) -> CounterNow:
    tx.append(
        events.CounterChanged(
            counter=counter_ref(counter),
            was=now.state,
            state=state,
            services=counter.services if state is CounterState.OPEN else now.services,
            reason=reason,
            staff=holder,
            holder_name=holder_name,
        )
    )
    return now_at(tx, counter)


def pause_service(tx: Tx, code: str, notice: str) -> None:
    """Stop new numbers of a service; those who wait keep their places."""
    service = tx.office.service(code)
    if tx.paused().get(service.code) != notice:
        tx.append(events.ServicePaused(service=service.code, notice=notice))


def resume_service(tx: Tx, code: str) -> None:
    """Give numbers again."""
    service = tx.office.service(code)
    if service.code in tx.paused():
        tx.append(events.ServiceResumed(service=service.code))
