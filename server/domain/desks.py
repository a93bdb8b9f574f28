"""Owns the counters as desks: open, close, break, and who may act at one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from server.domain import events, refusals
from server.domain.errors import Conflict, Invalid, NotFound, Refused
from server.domain.office import Counter
from server.domain.records import CounterNow, Pause
from server.domain.reserving import let_go_of
from server.domain.roles import DIRECTORS
from server.domain.states import CounterState
from server.domain.texts import Words
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
        raise _not_open(counter, now)
    return counter, now


def _not_open(counter: Counter, now: CounterNow) -> Conflict:
    return Conflict(
        "Counter {number} is not open, it is '{state}'.",
        slug="counter-not-open",
        field="counter",
        number=counter.number,
        state=now.state.value,
    )


def directs(tx: Tx) -> bool:
    """Return whether the actor may direct other people's counters."""
    return tx.actor.role in DIRECTORS


def can_offer(tx: Tx, counter: Counter) -> list[str]:
    """Return what may be offered here: the counter's services that the person can serve.

    Who directs the hall may offer any service of the office at any counter.
    """
    if directs(tx):
        return [service.code for service in tx.office.services]
    skills = tx.actor.skills
    return [code for code in counter.services if skills is None or code in skills]


def open_counter(
    tx: Tx,
    key: str,
    *,
    take_over: bool = False,
    services: Sequence[str] | None = None,
    seat: bool = True,
) -> CounterNow:
    """Open a counter, or come back from a break; a person also takes the seat.

    A person has one seat: opening a second counter is refused while the first is held.
    Opening a counter twice changes nothing and writes nothing.

    Args:
        tx: the transaction.
        key: id or number of the counter.
        take_over: sit down where another person sits.
        services: what is offered from now on; default: what was offered before the break;
            where a supervisor opened the counter, what was chosen then and the person can
            serve; else all of the counter's services that the person can serve.
        seat: without it, who directs the hall opens the counter for whoever sits there.

    Raises:
        Conflict: another person sits here (unless ``take_over``), or the person sits elsewhere.
        Invalid: a service that cannot be offered here. Refused: none can.
    """
    counter = tx.office.counter(key)
    now = now_at(tx, counter)
    sits = tx.actor.person and (seat or not directs(tx))
    if not take_over and (sits or not directs(tx)):
        check_holder(tx, counter, now)
    if sits:
        _check_one_seat(tx, counter)
    holder = tx.actor.id if sits else now.holder
    holder_name = tx.actor.name if sits else now.holder_name
    if services is not None:
        offered = _checked(tx, counter, services)
    else:
        offered = _usual(tx, counter, now, holder)
    if now.state is CounterState.OPEN and holder == now.holder and now.services == offered:
        return now
    return _change(
        tx, counter, now, state=CounterState.OPEN, services=offered, reason=None, until=None,
        holder=holder, holder_name=holder_name,
    )  # fmt: skip


def _usual(tx: Tx, counter: Counter, now: CounterNow, holder: str | None) -> list[str]:
    """Return what a counter offers when nobody says what: as it was, as far as that fits."""
    skills = tx.actor.skills
    if now.state is not CounterState.CLOSED:
        known = {service.code for service in tx.office.services}
        if holder == now.holder and now.services and known.issuperset(now.services):
            return now.services
        able = known if skills is None else known & skills
        kept = [code for code in now.services if code in able]
        if now.holder is None and kept:
            return kept
    offered = [code for code in counter.services if skills is None or code in skills]
    if counter.services and not offered:
        raise Refused(
            "Counter {number} offers nothing that you serve; choose another one.",
            slug="no-skill",
            field="counter",
            number=counter.number,
        )
    return offered


def _checked(tx: Tx, counter: Counter, wanted: Sequence[str]) -> list[str]:
    allowed = can_offer(tx, counter)
    for code in wanted:
        if code not in allowed:
            raise refusals.not_offered(tx.office, counter, code, "services")
    if not wanted:
        raise Invalid("A counter offers at least one service.", field="services")
    order = [service.code for service in tx.office.services]
    return sorted(set(wanted), key=order.index)


def offer(tx: Tx, key: str, services: Sequence[str]) -> CounterNow:
    """Change what an open counter, or one on a break, offers from now on.

    Raises:
        Conflict: it is closed, or another person's. Invalid: a service that it cannot offer.
    """
    counter = tx.office.counter(key)
    now = now_at(tx, counter)
    if not directs(tx):
        check_holder(tx, counter, now)
    if now.state is CounterState.CLOSED:
        raise _not_open(counter, now)
    offered = _checked(tx, counter, services)
    if offered == now.services:
        return now
    return _change(tx, counter, now, services=offered)


def close_counter(tx: Tx, key: str, *, take_over: bool = False) -> CounterNow:
    """Close a counter and free the seat.

    Args:
        tx: the transaction.
        key: id or number of the counter.
        take_over: close it although another person sits there; for who directs the hall.

    Raises:
        Conflict: a ticket is still called to it or served at it, or another person's.
    """
    counter = tx.office.counter(key)
    now = now_at(tx, counter)
    if not (take_over and directs(tx)):
        check_holder(tx, counter, now)
    _check_empty(tx, counter)
    if now.state is CounterState.CLOSED and now.holder is None:
        return now
    return _change(
        tx, counter, now, state=CounterState.CLOSED, reason=None, until=None, holder=None,
        holder_name=None,
    )  # fmt: skip


def take_break(tx: Tx, key: str, reason: str, minutes: int | None = None) -> CounterNow:
    """Pause an open counter; the person keeps the seat, nobody has to wait for it.

    Args:
        tx: the transaction.
        key: id or number of the counter.
        reason: why, in words.
        minutes: how long it is meant to last, from now.

    Raises:
        Conflict: the counter is closed, still has a ticket, or is another person's.
    """
    counter = tx.office.counter(key)
    now = now_at(tx, counter)
    check_holder(tx, counter, now)
    if now.state is CounterState.CLOSED:
        raise _not_open(counter, now)
    _check_empty(tx, counter)
    if now.state is CounterState.BREAK and now.reason == reason and minutes is None:
        return now
    until = None if minutes is None else tx.now + minutes * 60_000
    return _change(tx, counter, now, state=CounterState.BREAK, reason=reason, until=until)


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


def _change(tx: Tx, counter: Counter, was: CounterNow, **changes: Any) -> CounterNow:  # noqa: ANN401
    """Write the counter as ``was`` with ``changes``, and return it as it stands then.

    Who was sent to this counter, and cannot be called here any more, may be called by others.
    """
    now = msgspec.structs.replace(was, **changes)
    tx.append(
        events.CounterChanged(
            counter=counter_ref(counter),
            was=was.state,
            state=now.state,
            services=now.services,
            reason=now.reason,
            staff=now.holder,
            holder_name=now.holder_name,
            until=now.until,
        )
    )
    let_go_of(tx, counter.id)
    return now_at(tx, counter)


def take_out(tx: Tx, counter: Counter) -> None:
    """Close a counter that the settings do not know any more, so that nobody waits for it.

    One that still has a ticket stays open until that is finished; nobody waits for it either.
    """
    now = now_at(tx, counter)
    if now.state is CounterState.CLOSED:
        return
    if tx.turn_at(counter.id) is None:
        _change(
            tx, counter, now, state=CounterState.CLOSED, reason="removed", until=None,
            holder=None, holder_name=None,
        )  # fmt: skip
    else:
        let_go_of(tx, counter.id, anyway=True)


def pause_service(tx: Tx, code: str, notice: str, notices: Words | None = None) -> None:
    """Stop new numbers of a service; those who wait keep their places.

    Raises:
        Invalid: words in a language that this office does not offer.
    """
    service = tx.office.service(code)
    words = {lang: each.strip() for lang, each in (notices or {}).items() if each.strip()}
    for language in words:
        refusals.check_language(tx.office, language, "notices")
    if tx.paused().get(service.code) != Pause(notice, words):
        tx.append(events.ServicePaused(service=service.code, notice=notice, notices=words))


def resume_service(tx: Tx, code: str) -> None:
    """Give numbers again."""
    service = tx.office.service(code)
    if service.code in tx.paused():
        tx.append(events.ServiceResumed(service=service.code))
