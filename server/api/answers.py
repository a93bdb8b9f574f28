"""Owns how tickets, counters and services are told: from records to the answer types."""

from __future__ import annotations

from typing import Literal

from server.addresses import phones_reach
from server.api.types import (
    AgencyAnswer,
    BranchAnswer,
    CounterPlace,
    PrintState,
    ServiceAnswer,
    StaffCounter,
    TicketAnswer,
)
from server.domain.day import Millis, day_bounds, iso, local
from server.domain.desks import can_offer, now_at
from server.domain.errors import NotFound
from server.domain.estimate import Estimate
from server.domain.events import PrintOrder
from server.domain.hours import opening_after, past_last_ticket, service_start
from server.domain.issuing import (
    booked_later,
    people_before,
    service_status,
    waiting_now,
)
from server.domain.names import counter_name, named, service_name
from server.domain.office import Counter, Office, Service
from server.domain.presence import attended
from server.domain.quoting import in_line, newcomer
from server.domain.records import Ticket, Turn
from server.domain.roles import HOST_UP
from server.domain.shown import FOR_STAFF, facts_of, told
from server.domain.states import CounterState, Priority, TurnState
from server.storage.transaction import SqliteTx

RESTING = frozenset({TurnState.WAITING, TurnState.HELD})
"""States in which a ticket is at no counter."""


def place(office: Office, turn: Turn, language: str) -> CounterPlace | None:
    """Return where the turn is called or served."""
    if turn.counter is None or turn.counter_number is None or turn.state in RESTING:
        return None
    try:
        name = counter_name(office.counter(turn.counter), language)
    except NotFound:
        name = str(turn.counter_number)
    return CounterPlace(turn.counter, turn.counter_number, name)


def not_yet(now: Millis, turn: Turn) -> bool:
    """Return whether this is an appointment whose time has not come: nobody calls it now."""
    return turn.state is TurnState.WAITING and turn.due is not None and turn.due > now


def seconds(duration: Millis | None) -> float | None:
    """Return milliseconds as seconds."""
    return None if duration is None else duration / 1000


def ticket_answer(
    tx: SqliteTx,
    ticket: Ticket,
    turn: Turn,
    *,
    public_url: str,
    language: str,
    ahead: int | None = None,
    estimate: Estimate | None = None,
    order: PrintOrder | None = None,
) -> TicketAnswer:
    """Return the answer for a ticket; ``ahead`` and ``estimate`` are looked up when not given.

    Only staff are told why it was called and what a colleague noted.
    """
    office = tx.office
    if ahead is None:
        ahead = people_before(tx, turn)
        if turn.state is TurnState.WAITING and not not_yet(tx.now, turn):
            estimate = in_line(tx, turn, ahead).estimate
    facts = facts_of(ticket, turn)
    if tx.actor.role not in HOST_UP:
        facts |= dict.fromkeys(FOR_STAFF)
    base = office.public_url or public_url
    return TicketAnswer(
        **facts,
        service_name=service_name(office, turn.service, language),
        ahead=ahead,
        estimate=estimate,
        issued_at=iso(ticket.issued_at),
        tracking_url=f"{base}/t/{ticket.token}",
        followable=phones_reach(base),
        print=_print_state(tx, order),
        counter=place(office, turn, language),
        service_s=seconds(turn.served_ms),
        due_at=facts["due"],
        not_yet=not_yet(tx.now, turn),
        attended=attended(tx, turn.service),
    )


def _print_state(tx: SqliteTx, order: PrintOrder | None) -> PrintState:
    if order is None:
        return PrintState("no_printer")
    return PrintState("queued", tx.printer_name(order.printer))


def service_answer(tx: SqliteTx, service: Service, language: str) -> ServiceAnswer:
    """Return a service as kiosk and display show it."""
    line = tx.line(service.code)
    pause = tx.paused().get(service.code)
    status = service_status(tx, service)
    used_up = bool(service.quota) and line.issued >= service.quota
    waiting = waiting_now(tx, service.code)
    opening = status.next_opening
    hours = tx.office.hours_of(service)
    if used_up and status.tickets and hours is not None:
        _, end = day_bounds(tx.day, tx.office.zone, tx.office.day_start_minutes)
        opening = opening_after(hours, local(end, tx.office.zone))
    return ServiceAnswer(
        id=service.id,
        code=service.code,
        prefix=service.prefix,
        name=named(service.names, language, service.code),
        names=service.names,
        open=pause is None and status.tickets and not used_up,
        waiting=waiting,
        estimate=newcomer(tx, service, Priority.REGULAR, waiting).estimate,
        agency=service.agency,
        requirements=service.requirements,
        target_minutes=service.target_minutes,
        paused=pause is not None,
        notice=None if pause is None else pause.words(language),
        notices={} if pause is None else pause.notices,
        picture=service.picture,
        starts=starts(tx, service),
        next_opening=None if opening is None else opening.isoformat(timespec="minutes"),
        reason=_reason(tx, service, paused=pause is not None, tickets=status.tickets, full=used_up),
        open_until=None if status.until is None else status.until.isoformat(timespec="minutes"),
        later=line.regular + line.priority + line.booked - waiting,
        booked=[iso(at) for at in booked_later(tx, service.code)],
        left=max(0, service.quota - line.issued) if service.quota else None,
    )


def starts(tx: SqliteTx, service: Service) -> str | None:
    """Return when serving begins today, while numbers are given before that."""
    hours = tx.office.hours_of(service)
    if hours is None:
        return None
    begins = service_start(hours, local(tx.now, tx.office.zone))
    return None if begins is None else begins.isoformat(timespec="minutes")


def _reason(
    tx: SqliteTx, service: Service, *, paused: bool, tickets: bool, full: bool
) -> Literal["paused", "quota", "last_ticket", "closed"] | None:
    """Return why a service gives no numbers now."""
    if paused:
        return "paused"
    if tickets:
        return "quota" if full else None
    hours = tx.office.hours_of(service)
    if hours is not None and past_last_ticket(hours, local(tx.now, tx.office.zone)):
        return "last_ticket"
    return "closed"


def branch_answer(office: Office) -> BranchAnswer:
    """Return the office as screens show it."""
    return BranchAnswer(office.code, office.name, office.zone, office.zone_label, office.languages)


def agency_answers(office: Office, language: str) -> list[AgencyAnswer]:
    """Return the hall's tenants."""
    return [
        AgencyAnswer(each.code, named(each.names, language, each.code), each.names)
        for each in office.agencies
    ]


def staff_counter(tx: SqliteTx, counter: Counter, language: str, public_url: str) -> StaffCounter:
    """Return a counter as staff see it, with what it has now."""
    now = now_at(tx, counter)
    turn = tx.turn_at(counter.id)
    current = None
    if turn is not None:
        ticket = tx.ticket(turn.ticket)
        if ticket is not None:
            current = ticket_answer(
                tx, ticket, turn, public_url=public_url, language=language, ahead=0
            )
    services = now.services if now.state is not CounterState.CLOSED else counter.services
    return StaffCounter(
        id=counter.id,
        number=counter.number,
        name=counter_name(counter, language),
        state=now.state,
        services=services,
        holder=now.holder_name,
        mine=tx.actor.person and now.holder == tx.actor.id,
        reason=now.reason,
        since=iso(now.since) if counter.id in tx.counters() else None,
        current=current,
        until=told(now.until),
        can_offer=can_offer(tx, counter),
    )
