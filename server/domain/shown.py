"""What screens are shown of the hall, made from its values. Pure; moments are ISO 8601 UTC."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

import msgspec

from server.domain.day import Millis, iso
from server.domain.events import Undone
from server.domain.hall import CallMade
from server.domain.issuing import booked_later, waiting_now
from server.domain.records import Ticket, Turn
from server.domain.states import AT_COUNTER, Priority, TurnState
from server.domain.turns import IN_THE_HALL, Visit
from server.domain.tx import Tx

LOOKED_AT = 400
"""Calls looked through for those of tickets that stand at a counter now: forty counters, each
with a call and the repeats that an office allows, and what was done meanwhile."""


class CurrentTicket(msgspec.Struct, frozen=True):
    """What a counter has now, as far as a public screen may know.

    ``called_at`` is the latest call or repeat; ``started_at`` when the present service began.
    """

    ticket: str
    label: str
    service: str
    state: TurnState
    called_at: str | None
    started_at: str | None
    recalls: int


class RecentCall(msgspec.Struct, frozen=True):
    """One of the latest calls, newest first; ``seq`` is the event's, ``recalls`` the repeat's.

    ``language`` is the visitor's, when it is not the office's first.
    """

    seq: int
    at: str
    ticket: str
    label: str
    service: str
    counter: str
    number: int
    recall: bool
    language: str | None = None
    recalls: int = 0


class TicketFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a ticket wherever it is told to who may act on it.

    Attributes:
        wait_s: seconds to the first call; null until then.
        rule: what chose it, as a code; ``why`` in words, ``rule_value`` the number in them.
        note: what the colleague wrote who sent it here.
        note_for_counter: what the counter was told when the number was taken.
        hold_until: when a held ticket is due again; ``due`` is the time of an appointment.
    """

    id: str
    label: str
    service: str
    state: TurnState
    priority: Priority = Priority.REGULAR
    language: str
    people: int = 1
    called_at: str | None = None
    started_at: str | None = None
    wait_s: float | None = None
    recalls: int = 0
    rule: str | None = None
    why: str | None = None
    rule_value: int | None = None
    note: str | None = None
    note_for_counter: str | None = None
    hold_reason: str | None = None
    hold_until: str | None = None
    due: str | None = None


FOR_STAFF = ("rule", "rule_value", "why", "note", "note_for_counter")
"""Facts that a kiosk is not told."""


def facts_of(ticket: Ticket, turn: Turn) -> dict[str, Any]:
    """Return the facts of a ticket and its present turn."""
    wait = turn.wait_ms
    return {
        "id": ticket.id,
        "label": turn.label,
        "service": turn.service,
        "state": turn.state,
        "priority": turn.priority,
        "language": ticket.language,
        "people": ticket.people,
        "called_at": told(turn.called_at),
        "started_at": told(turn.started_at),
        "wait_s": None if wait is None else wait / 1000,
        "recalls": turn.recalls,
        "rule": turn.rule,
        "why": turn.why,
        "rule_value": turn.rule_value,
        "note": turn.note,
        "note_for_counter": ticket.note_for_counter,
        "hold_reason": turn.hold_reason,
        "hold_until": told(turn.hold_until),
        "due": told(turn.due),
    }


class StaffTicket(TicketFacts, frozen=True, omit_defaults=True, kw_only=True):
    """A ticket of today as whoever serves sees it; what is at its default is left out.

    Attributes:
        since: when the number was taken; ``eligible`` when this wait began, if not then.
        arrival: place in line, a number that grows.
        day: its business day.
        counter: id of the counter that it is called to or served at; ``sent_to`` of the only one
            that may call it.
        told: the longest wait that was told when the number was taken, in minutes.
    """

    day: str
    since: str
    arrival: int
    eligible: str | None = None
    counter: str | None = None
    sent_to: str | None = None
    told: int | None = None


class LineNow(msgspec.Struct, frozen=True):
    """How many could be called now for a service, and the times of later appointments."""

    waiting: int
    booked: list[str]


class UndoneNow(msgspec.Struct, frozen=True):
    """What an act that was taken back leaves; told with its event, as it is in no earlier one.

    ``current`` is what the counter has again, ``call`` its latest call, ``lines`` are by service.
    """

    current: CurrentTicket | None
    call: RecentCall | None
    lines: dict[str, LineNow]


class Asked(msgspec.Struct, frozen=True):
    """Somebody at the kiosk ``place`` asks for a person.

    ``coming`` is when a colleague set out, ``who`` that is.
    """

    id: str
    place: str
    at: str
    coming: str | None = None
    who: str | None = None


class AtTheDoor(msgspec.Struct, frozen=True):
    """What staff counted at the door today.

    Attributes:
        counted: visitors without a number, by the code of what they came for.
        timed: how many were timed from the door to a number; ``seconds``: all of it together.
        line: people in line for a number when it was counted last, ``line_at`` that moment.
    """

    counted: dict[str, int]
    timed: int
    seconds: float
    line: int | None
    line_at: str | None


class Seat(msgspec.Struct, frozen=True):
    """What only staff see of a counter.

    Attributes:
        holder: who sits there; ``holder_id`` tells two of one name apart.
        reason: why it pauses. ``since``: when it became what it is; null before it ever opened.
        usual: the services that it can offer.
        unheard: the latest call of its ticket was shown but not spoken: ``unvoiced`` in a rush or
            after an outage, ``mute`` where the lobby screen has no sound.
    """

    holder: str | None
    holder_id: str | None
    reason: str | None
    since: str | None
    usual: list[str]
    unheard: Literal["unvoiced", "mute"] | None = None


class StaffView(msgspec.Struct, frozen=True):
    """The part of a snapshot that only staff get.

    Attributes:
        seats: by the counter's id.
        tickets: today's that wait, are held, were missed or are at a counter, by place in line.
        help: who asked for a person and was not met yet, the first first.
        door: what was counted at the door.
    """

    seats: dict[str, Seat]
    tickets: list[StaffTicket]
    help: list[Asked]
    door: AtTheDoor


def told(at: Millis | None) -> str | None:
    """Return a moment as ISO 8601 UTC, or ``None``."""
    return None if at is None else iso(at)


def current_ticket(turn: Turn) -> CurrentTicket:
    """Return a turn at a counter as every screen may see it."""
    return CurrentTicket(
        ticket=turn.ticket,
        label=turn.label,
        service=turn.service,
        state=turn.state,
        called_at=told(turn.called_at),
        started_at=told(turn.serving_since),
        recalls=turn.recalls,
    )


def recent_call(call: CallMade) -> RecentCall:
    """Return a call as screens list it."""
    return RecentCall(
        call.seq, iso(call.at), call.ticket, call.label, call.service, call.counter, call.number,
        call.priority is None, call.language, call.recalls,
    )  # fmt: skip


def staff_ticket(visit: Visit) -> StaffTicket:
    """Return a ticket as staff see it."""
    ticket, turn = visit.ticket, visit.turn
    return StaffTicket(
        **facts_of(ticket, turn),
        day=ticket.day,
        since=iso(ticket.issued_at),
        arrival=turn.arrival,
        eligible=iso(turn.eligible_at) if turn.eligible_at != ticket.issued_at else None,
        counter=turn.counter if turn.state in AT_COUNTER else None,
        sent_to=turn.for_counter or None,
        told=_told_minutes(visit),
    )


def _told_minutes(visit: Visit) -> int | None:
    quote = visit.quote
    return None if quote is None or quote.estimate is None else quote.estimate.high_minutes


def staff_tickets(tx: Tx) -> list[StaffTicket]:
    """Return today's tickets that wait, are held, were missed or are at a counter, by place."""
    keys = dict.fromkeys(tx.hall.at_counter.values())
    keys.update(tx.today.tickets)
    visits = [tx.hall.visits[key] for key in keys]
    here = [each for each in visits if each.turn.state in IN_THE_HALL]
    return [staff_ticket(each) for each in sorted(here, key=lambda each: each.turn.arrival)]


def calls_today(tx: Tx) -> Iterator[CallMade]:
    """Yield today's latest calls that the hall was told, newest first, as far as screens look."""
    today = (call for call in tx.hall.calls if call.day == tx.day and not call.seated)
    return islice(today, LOOKED_AT)


def undone_now(tx: Tx, event: Undone) -> UndoneNow:
    """Return what screens need to know after an act was taken back."""
    turn = tx.turn_at(event.counter)
    call = next((each for each in calls_today(tx) if each.ticket == event.ticket), None)
    return UndoneNow(
        None if turn is None else current_ticket(turn),
        None if call is None else recent_call(call),
        {
            service: LineNow(
                waiting_now(tx, service), [iso(at) for at in booked_later(tx, service)]
            )
            for service in {event.service, event.next_service or event.service}
        },
    )
