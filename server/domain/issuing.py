"""Owns giving and giving back numbers: issue, cancel, reprint, come back after a missed call."""

from __future__ import annotations

from typing import Annotated, TypedDict

import msgspec

from server.domain import events, refusals
from server.domain.day import Millis, business_day, local
from server.domain.errors import Conflict, Invalid, NotFound, Refused
from server.domain.estimate import Estimate
from server.domain.hours import ALWAYS_OPEN, OpenStatus, open_status, works_at
from server.domain.numbering import label, next_number
from server.domain.office import Service
from server.domain.policies import newcomers_place
from server.domain.quoting import newcomer
from server.domain.records import Ticket, Turn
from server.domain.reserving import let_go
from server.domain.roles import PEOPLE
from server.domain.states import (
    Outcome,
    Priority,
    TurnState,
    check_transition,
)
from server.domain.texts import SAID, Id, Language
from server.domain.tx import Tx

NONE = "none"
"""The model of a wait that nobody is told: an appointment has its own time."""
MAX_COPIES = 5
"""How many papers of one ticket can be asked for."""

STAFF_ROLES = frozenset(PEOPLE)


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What whoever takes a number may say.

    Attributes:
        service: code of the service.
        priority: class only; the reason is never asked or kept.
        language: the visitor's language, for the call and the paper; default the office's first.
        people: how many people this ticket stands for.
        note_for_counter: what the colleague who calls should know; no screen or paper shows it.
    """

    service: Id
    priority: Priority = Priority.REGULAR
    language: Language | None = None
    people: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    note_for_counter: Annotated[str, msgspec.Meta(max_length=120, pattern=SAID)] | None = None


class NewTicket(Wish, frozen=True, forbid_unknown_fields=True):
    """A wish with ``due``: time of an appointment, today; staff only."""

    due: Millis | None = None


class Placed(msgspec.Struct, frozen=True):
    """A ticket with its turn and its place: people ahead and the wait range told."""

    ticket: Ticket
    turn: Turn
    ahead: int
    estimate: Estimate | None
    print: events.PrintOrder | None = None


def issue(tx: Tx, request: NewTicket) -> Placed:
    """Give the next number of a service.

    Raises:
        NotFound: no such service. Invalid: no such language.
        Refused: the service is closed or paused, its numbers are used up or hang on a roll.
    """
    office = tx.office
    service = office.service(request.service)
    language = request.language or office.languages[0]
    refusals.check_language(office, language)
    if office.rules.numbers == "roll":
        raise Refused("Numbers hang on a paper roll here. Please tear one off.", slug="paper-roll")
    _check_open(tx, service, language)
    _check_due(tx, service, request.due)
    line = tx.line(service.code)
    if service.quota and line.issued >= service.quota:
        raise Refused(
            "Today's numbers for this service have all been taken.",
            slug="quota-used-up",
            field="service",
        )
    number = next_number(tx.last_number(service.prefix), office.rules.number_wrap)
    if request.due is None:
        ahead = tx.due_now(service.code)
        ahead += place_in_line(tx, line.regular, line.priority, request.priority)
    else:
        ahead = tx.booked_before(service.code, max(tx.now, request.due), tx.next_seq())
    quote = events.Quote(ahead, NONE)
    if (request.due or 0) <= tx.now:
        quote = newcomer(tx, service, request.priority, ahead)
    order = tx.print_order()
    event = events.Issued(
        ticket=tx.new_id(),
        day=tx.day,
        label=label(service.prefix, number, office.rules.number_width),
        prefix=service.prefix,
        number=number,
        service=service.code,
        token=tx.new_token(),
        priority=request.priority,
        language=language,
        people=request.people,
        note_for_counter=request.note_for_counter,
        channel=tx.actor.role,
        state=TurnState.WAITING,
        due=request.due,
        quote=quote,
        print=order,
    )
    tx.append(event)
    return Placed(*find_ticket(tx, event.ticket), ahead, quote.estimate, order)


def place_in_line(tx: Tx, regular: int, priority: int, cls: Priority) -> int:
    """Return how many of those waiting come before a newcomer, by the branch's policy."""
    rules = tx.office.rules
    return newcomers_place(rules.policy, regular, priority, cls, rules.priority_cap)


def people_before(tx: Tx, turn: Turn) -> int:
    """Return how many are called before this waiting turn; 0 when it does not wait."""
    if turn.state is not TurnState.WAITING:
        return 0
    day = tx.hall.day(turn.day)
    regular, priority, booked = day.before(turn)
    if turn.due is not None:
        return booked
    return tx.due_now(turn.service) + place_in_line(tx, regular, priority, turn.priority)


def waiting_now(tx: Tx, service: str) -> int:
    """Return how many people could be called for a service now: appointments from their time on."""
    queue = tx.today.queues.get(service)
    return 0 if queue is None else queue.present(tx.now)


def booked_later(tx: Tx, service: str) -> list[Millis]:
    """Return the times of a service's appointments that have not come, the earliest first."""
    queue = tx.hall.day(tx.day).queues.get(service)
    return [] if queue is None else [at for at, _ in queue.booked[queue.due(tx.now) :]]


def _check_due(tx: Tx, service: Service, due: Millis | None) -> None:
    if due is None:
        return
    if tx.actor.role not in STAFF_ROLES:
        raise Refused("This login may not do that.", slug="not-allowed", field="due")
    if business_day(due, tx.office.zone, tx.office.day_start_minutes) != tx.day:
        raise Invalid("An appointment is for today.", field="due")
    hours = tx.office.hours_of(service)
    if hours is not None and not works_at(hours, local(due, tx.office.zone)):
        raise Invalid("An appointment is within the opening hours.", field="due")


def service_status(tx: Tx, service: Service) -> OpenStatus:
    """Return whether the service's opening hours give numbers now."""
    hours = tx.office.hours_of(service)
    if hours is None:
        return ALWAYS_OPEN
    return open_status(hours, local(tx.now, tx.office.zone))


def _check_open(tx: Tx, service: Service, language: str) -> None:
    pause = tx.paused().get(service.code)
    if pause is not None:
        raise Refused(
            "This service is paused: {notice}",
            slug="service-paused",
            field="service",
            notice=pause.words(language),
        )
    status = service_status(tx, service)
    if status.tickets:
        return
    if status.next_opening is None:
        raise Refused("This service is closed.", slug="service-closed", field="service")
    raise Refused(
        "This service is closed. It opens again {next_opening}.",
        slug="service-closed",
        field="service",
        next_opening=f"{status.next_opening:%Y-%m-%d %H:%M} {tx.office.zone_label}",
    )


def find_ticket(tx: Tx, ticket_id: str) -> tuple[Ticket, Turn]:
    """Return a ticket of this branch and its present turn.

    Raises:
        NotFound: this branch has no such ticket.
    """
    visit = tx.visit(ticket_id)
    if visit is None:
        raise NotFound("There is no such ticket here.", slug="unknown-ticket", field="ticket")
    return visit.ticket, visit.turn


def present_turn(tx: Tx, ticket_id: str) -> Turn:
    """Return the present turn of a ticket of this branch."""
    return find_ticket(tx, ticket_id)[1]


class TurnFields(TypedDict):
    """The fields that every turn event carries."""

    ticket: str
    leg: int
    label: str
    service: str
    priority: Priority
    was: TurnState
    state: TurnState
    booked: Millis | None
    sent_to: str | None


def turn_fields(turn: Turn, to: TurnState) -> TurnFields:
    """Return the fields every turn event carries, after checking the transition."""
    check_transition(turn.label, turn.state, to)
    return {
        "ticket": turn.ticket,
        "leg": turn.leg,
        "label": turn.label,
        "service": turn.service,
        "priority": turn.priority,
        "was": turn.state,
        "state": to,
        "booked": None if turn.due is None else turn.eligible_at,
        "sent_to": turn.for_counter or None,
    }


def cancel(tx: Tx, ticket_id: str, reason: str | None = None) -> tuple[Ticket, Turn]:
    """Give a waiting or held ticket back; staff and visitors are told apart in the log."""
    _, turn = find_ticket(tx, ticket_id)
    by_staff = tx.actor.role in STAFF_ROLES
    outcome = Outcome.CANCELLED_BY_STAFF if by_staff else Outcome.CANCELLED_BY_VISITOR
    fields = turn_fields(turn, TurnState.CANCELLED)
    tx.append(events.Cancelled(outcome=outcome, reason=reason, **fields))
    return find_ticket(tx, ticket_id)


def come_back(tx: Tx, ticket_id: str) -> tuple[Ticket, Turn]:
    """Let a held ticket, or one missed within the grace time, wait again at its old place.

    Raises:
        Conflict: the state does not allow it, or another day has begun.
        Refused: the grace time after a missed call is over.
    """
    _, turn = find_ticket(tx, ticket_id)
    if turn.state is TurnState.CALLED:
        raise Conflict(
            "{label} is called to a counter; return it there.",
            slug="impossible-transition",
            label=turn.label,
            state=turn.state.value,
            wanted=TurnState.WAITING.value,
        )
    fields = turn_fields(turn, TurnState.WAITING)
    if turn.day != tx.day:
        raise refusals.other_day(turn)
    grace = tx.office.rules.grace_minutes
    missed = turn.state is TurnState.NO_SHOW
    # who was called before the appointment's time is late only from that time on
    since = max(turn.missed_at or 0, turn.due or 0)
    if missed and tx.now - since > grace * 60_000:
        raise Refused(
            "{label} was missed more than {minutes} minutes ago.",
            slug="grace-over",
            label=turn.label,
            minutes=grace,
        )
    tx.append(events.Returned(**fields))
    let_go(tx, present_turn(tx, ticket_id))
    return find_ticket(tx, ticket_id)


def reprint(tx: Tx, ticket_id: str) -> tuple[Ticket, Turn, events.PrintOrder]:
    """Order another paper, marked as a copy.

    Raises:
        Conflict: the ticket has ended, there is no printer, or too many copies were made.
    """
    ticket, turn = find_ticket(tx, ticket_id)
    if turn.day != tx.day or turn.outcome is not None:
        raise refusals.ended(turn)
    copies = tx.copies(ticket_id)
    if copies > MAX_COPIES:
        raise Conflict("Too many copies of {label}.", slug="too-many-copies", label=turn.label)
    order = tx.print_order(copy=max(copies, 1))
    if order is None:
        raise Conflict("There is no printer to print on.", slug="no-printer")
    tx.append(events.ReprintOrdered(ticket=ticket_id, label=ticket.label, print=order))
    return ticket, turn, order
