"""Owns the end of a business day: what is left over gets a final state, nothing is deleted.

An end that should not have been (the clock was wrong, the evening was long) can be taken back.
"""

from __future__ import annotations

import msgspec

from server.domain import events
from server.domain.day import Millis, day_bounds
from server.domain.desks import counter_ref, now_at
from server.domain.errors import Conflict
from server.domain.hall import TAKE_BACK_MS
from server.domain.issuing import find_ticket, turn_fields
from server.domain.records import Turn
from server.domain.reserving import let_go, let_go_of
from server.domain.states import AT_COUNTER, CounterState, Outcome, TurnState
from server.domain.tx import Tx

GOES_ON_MS = 3 * 3_600_000
"""Who was called or started so lately is served to the end, though midnight has passed."""


def close_past_days(tx: Tx, *, close_counters: bool = True) -> int:
    """Close every business day before today; return how many turns were left over.

    Waiting, held and called turns expire as never served, or as unfinished when their service had
    begun; those in service count as served, marked as closed by the clock. Counters left open are
    closed, so a morning begins with nobody at a desk. A visitor who is at a counter right now is
    served to the end: that day stays open until then, and the counter with it. Safe to repeat: a
    closed day has nothing left.
    """
    day = tx.oldest_open_day(tx.day)
    if day is None:
        return 0
    leftovers = list(tx.unfinished_before(tx.day))
    under_way = {turn.day for turn in leftovers if _goes_on(turn, tx.now)}
    ended = [turn for turn in leftovers if not _goes_on(turn, tx.now)]
    for turn in ended:
        _end(tx, turn)
    if close_counters:
        _close_counters(tx, {turn.counter for turn in leftovers if _goes_on(turn, tx.now)})
    for day in tx.open_days_before(tx.day):
        if day not in under_way:
            tx.append(events.DayClosed(day=day))
    return len(ended)


def _goes_on(turn: Turn, now: Millis) -> bool:
    if turn.state not in AT_COUNTER:
        return False
    since = max(turn.called_at or 0, turn.serving_since or 0)
    return now - since < GOES_ON_MS


def _close_counters(tx: Tx, busy: set[str | None]) -> None:
    """Close the counters of the evening before; not where somebody works past midnight."""
    began, _ = day_bounds(tx.day, tx.office.zone, tx.office.day_start_minutes)
    for counter in tx.office.counters:
        now = now_at(tx, counter)
        if now.state is CounterState.CLOSED or counter.id in busy or now.since >= began:
            continue
        if tx.last_act(counter.id, began) is not None:
            continue
        tx.append(
            events.CounterChanged(
                counter=counter_ref(counter),
                was=now.state,
                state=CounterState.CLOSED,
                services=now.services,
                reason="day-end",
            )
        )
        let_go_of(tx, counter.id)  # the clock may have been set back into a day with people


def _end(tx: Tx, turn: Turn) -> None:
    # held after a while of service: somebody did serve them, it was only not finished
    outcome = Outcome.EXPIRED if turn.started_at is None else Outcome.UNFINISHED
    if turn.state in AT_COUNTER:
        if turn.state is TurnState.SERVING:
            outcome = Outcome.SERVED
        tx.append(events.TurnClosed(**turn_fields(turn, TurnState.CLOSED), outcome=outcome))
    else:
        tx.append(events.Expired(**turn_fields(turn, TurnState.EXPIRED), outcome=outcome))


class TakenBack(msgspec.Struct, frozen=True):
    """An end of a day that was taken back.

    Attributes:
        days: the business days that had ended.
        into: the present one, in which their people go on.
        back: numbers that wait or rest again.
        left: numbers that stay ended, as somebody has the same number today.
    """

    days: list[str]
    into: str
    back: list[str]
    left: list[str]


def ended_days(tx: Tx) -> list[str]:
    """Return the business days that the clock ended within the last hour, oldest first.

    Also one that is still open for a visitor in service, while everybody else's turn was ended.
    """
    days = set()
    for each in tx.ended_day(tx.now - TAKE_BACK_MS):
        event = each.event
        if isinstance(event, events.DayClosed):
            days.add(event.day)
        elif isinstance(event, (events.Expired, events.TurnClosed)):
            days.add(find_ticket(tx, event.ticket)[1].day)
    return sorted(days)


def take_back(tx: Tx) -> TakenBack:
    """Take the latest end of a day back: who waited waits again, at the old place in line.

    When it is another business day by now, their numbers go on in it, and new ones follow them.
    Counters are opened by the people who sit there.

    Raises:
        Conflict: no day has ended within the last hour, or it was taken back.
    """
    ended = tx.ended_day(tx.now - TAKE_BACK_MS)
    days = ended_days(tx)
    if not days:
        raise Conflict("No day has ended within the last hour.", slug="no-day-ended")
    back, left = [], []
    for each in ended:
        event = each.event
        if not isinstance(event, (events.Expired, events.TurnClosed)):
            continue
        ticket, turn = find_ticket(tx, event.ticket)
        if turn.leg != event.leg or turn.state is not event.state:
            continue
        if event.was is TurnState.SERVING:
            continue  # counted as served
        if turn.day != tx.day and tx.has_number(tx.day, ticket.prefix, ticket.number):
            left.append(ticket.label)
            continue
        _go_on(tx, turn, TurnState.HELD if event.was is TurnState.HELD else TurnState.WAITING)
        let_go(tx, find_ticket(tx, event.ticket)[1])
        back.append(ticket.label)
    for day in days:
        tx.append(events.DayReopened(day=day, into=tx.day, staff=tx.actor.id))
    return TakenBack(days, tx.day, back, left)


def _go_on(tx: Tx, turn: Turn, state: TurnState) -> None:
    """Let a turn wait or rest in the present day, at its old place in line."""
    tx.append(
        events.Reopened(
            ticket=turn.ticket,
            leg=turn.leg,
            label=turn.label,
            service=turn.service,
            priority=turn.priority,
            was=turn.state,
            state=state,
            day=tx.day,
            eligible_at=turn.eligible_at,
        )
    )


def carry_over(tx: Tx, since: Millis) -> None:
    """Let who is in the hall go on in the present day, after the clock was set into it.

    They took their numbers after ``since``, the beginning of this program, by a clock that told
    another day; who was left over before it is not here. Nobody else's number is given twice.
    """
    here = (tx.hall.visits[key].ticket for key in tx.hall.day(tx.day).tickets)
    given = {(each.prefix, each.number) for each in here}
    elsewhere = tx.hall.day(tx.day).elsewhere
    for day in sorted(tx.hall.open_days - {tx.day}):
        gone_on = False
        for turn in tx.unfinished_of(day):
            ticket, _ = find_ticket(tx, turn.ticket)
            if turn.state in AT_COUNTER or (day < tx.day and ticket.issued_at <= since):
                continue  # who is served is so to the end, as over midnight
            twice = (ticket.prefix, ticket.number) in given
            if not twice and ticket.number > elsewhere.get(ticket.prefix, 0):
                _go_on(tx, turn, turn.state)
                gone_on = True
            elif day > tx.day:
                _end(tx, turn)  # nobody would ever call them
        if gone_on:
            tx.append(events.DayReopened(day=day, into=tx.day))
