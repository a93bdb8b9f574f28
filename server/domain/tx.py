"""What a command works with: the hall as it is, the moment, who asks, and ``append``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

import msgspec

from server.domain.day import Millis
from server.domain.events import AnyEvent, Envelope, PrintOrder
from server.domain.foretold import Foretold
from server.domain.hall import Hall
from server.domain.lines import Day
from server.domain.office import Office
from server.domain.policies import Past
from server.domain.policy import Head
from server.domain.records import CounterNow, Line, Pause, Ticket, Turn
from server.domain.states import TurnState
from server.domain.turns import Visit

UNFINISHED = frozenset({TurnState.WAITING, TurnState.HELD, TurnState.CALLED, TurnState.SERVING})


class Actor(msgspec.Struct, frozen=True):
    """Who asks: ``id`` for the log (``user:..``, ``token:..``, ``system``), role, shown name.

    ``person`` is true for staff who logged in; tokens and devices are not persons.
    ``skills`` are the services the person can serve; ``None`` for all. ``place`` is the network
    address, as far as a list of deeds wants it. ``counter`` is the number of the only counter that
    a tablet speaks for.
    """

    id: str
    role: str
    name: str = ""
    person: bool = False
    skills: frozenset[str] | None = None
    place: str = ""
    counter: int | None = None


class PrinterPlace(msgspec.Struct, frozen=True):
    """A printer of the branch; ``kiosk`` is the name of the only kiosk it prints for."""

    id: str
    name: str
    kiosk: str | None = None


class Outside(Protocol):
    """What a command needs that no event tells."""

    def visit(self, ticket: str) -> Visit | None:
        """Return a ticket of this branch that the hall does not hold: one of a closed day."""

    def printers(self) -> Sequence[PrinterPlace]:
        """Return the branch's printers, the first set up first."""

    def foretold(self) -> Foretold | None:
        """Return the waits that were last worked out beside the hall."""

    def new_id(self, now: Millis) -> str:
        """Return a new time-ordered 128-bit id, 32 hex digits."""

    def new_token(self, now: Millis) -> str:
        """Return a new unguessable tracking token (128 random bits)."""


class Tx(ABC):
    """One command on one branch. The hall changes only through ``append``."""

    def __init__(
        self, outside: Outside, actor: Actor, now: Millis, office: Office, day: str
    ) -> None:
        self.actor = actor
        self.now = now
        self.office = office
        self.day = day
        self._outside = outside

    @property
    @abstractmethod
    def hall(self) -> Hall:
        """The branch's present day, with what this command appended so far."""

    @abstractmethod
    def append(self, event: AnyEvent) -> int:
        """Apply the event to the hall, have it written, and return its sequence number."""

    @property
    def today(self) -> Day:
        """The present business day; whoever makes the transaction sees to it that it is there."""
        return self.hall.days[self.day]

    def next_seq(self) -> int:
        """Return the sequence number that the next appended event will get."""
        return self.hall.seq + 1

    def last_foretold(self) -> Foretold | None:
        """Return what was last worked out beside the hall, however long ago."""
        return self._outside.foretold()

    def foretold(self) -> Foretold | None:
        """Return the waits worked out beside the hall; ``None`` when they are not fresh.

        They are not once a counter has opened, closed or changed what it offers.
        """
        known = self._outside.foretold()
        if known is None or not known.fresh(self.now) or known.seq < self.hall.desks_seq:
            return None
        return known

    def new_id(self) -> str:
        """Return a new time-ordered 128-bit id, 32 hex digits."""
        return self._outside.new_id(self.now)

    def new_token(self) -> str:
        """Return a new unguessable tracking token (128 random bits)."""
        return self._outside.new_token(self.now)

    # ---------------------------------------------------------------- tickets and turns

    def visit(self, ticket: str) -> Visit | None:
        """Return a ticket with its turns, if this branch has it."""
        known = self.hall.visits.get(ticket)
        if known is None:
            known = self._outside.visit(ticket)
            if known is not None:
                self.hall.admit(known)
        return known

    def ticket(self, ticket: str) -> Ticket | None:
        """Return the ticket with this id, if this branch has it."""
        known = self.visit(ticket)
        return None if known is None else known.ticket

    def turn(self, ticket: str) -> Turn | None:
        """Return the present turn of the ticket, if this branch has it."""
        known = self.visit(ticket)
        return None if known is None else known.turn

    def turn_at(self, counter: str) -> Turn | None:
        """Return the turn that is called to or served at the counter."""
        return self.hall.turn_at(counter)

    def copies(self, ticket: str) -> int:
        """Return how many papers of the ticket were ordered."""
        known = self.visit(ticket)
        return 0 if known is None else known.papers

    # ---------------------------------------------------------------- lines

    def lines(self) -> Mapping[str, Line]:
        """Return today's line of each service that has one, by service code."""
        return self.hall.lines(self.day)

    def line(self, service: str) -> Line:
        """Return today's line of one service."""
        return self.today.line_of(service)

    def has_number(self, day: str, prefix: str, number: int) -> bool:
        """Return whether somebody has a number of a business day, or may have it on paper."""
        return self.hall.day(day).has(prefix, number)

    def due_now(self, service: str) -> int:
        """Return how many waiting appointments of a service have come to their time."""
        queue = self.today.queues.get(service)
        return 0 if queue is None else queue.due(self.now)

    def booked_before(self, service: str, eligible_at: Millis, arrival: int) -> int:
        """Return how many waiting appointments of a service are called before such a one."""
        queue = self.today.queues.get(service)
        return 0 if queue is None else bisect_left(queue.booked, (eligible_at, arrival))

    def last_number(self, prefix: str) -> int:
        """Return the last number given under a prefix today, 0 for none."""
        return self.today.numbers.get(prefix, 0)

    def heads(self, counter: str, services: Sequence[str]) -> list[Head]:
        """Return today's first waiting tickets of all that a counter may call.

        That is: who was sent to this counter, and of each service the first of each class and
        the next appointment.
        """
        day = self.today
        first = []
        sent = day.reserved.get(counter)
        if sent:
            first.append(sent[0])
        for code in services:
            queue = day.queues.get(code)
            if queue is None:
                continue
            if queue.regular:
                first.append(queue.regular[0])
            if queue.priority:
                first.append(queue.priority[0])
            if queue.booked:
                first.append(queue.booked[0][1])
        return [self.head(day.at(arrival)) for arrival in first]

    def reserved_for(self, counter: str) -> Sequence[str]:
        """Return the tickets that wait for this counter alone, first in line first.

        Also those of another open day: after midnight, or where the clock was set back.
        """
        days = [self.hall.days[each] for each in sorted(self.hall.open_days)]
        return [day.at(arrival) for day in days for arrival in day.reserved.get(counter, ())]

    def head(self, ticket: str) -> Head:
        """Return a waiting ticket as the policy sees it."""
        visit = self.hall.visits[ticket]
        turn = visit.turns[-1]
        booked = turn.due is not None and not turn.for_counter
        since = turn.eligible_at
        if turn.leg > 1 and not booked and not turn.for_counter:
            since = visit.in_line_since
        limit, target = self.office.promise(turn.service)
        return Head(
            turn.ticket, turn.leg, turn.service, turn.priority, turn.arrival, since, limit,
            reserved=bool(turn.for_counter), target_ms=target, booked=booked,
        )  # fmt: skip

    # ---------------------------------------------------------------- counters and calls

    def counters(self) -> Mapping[str, CounterNow]:
        """Return every counter as it stands, by id."""
        return self.hall.counters

    def paused(self) -> Mapping[str, Pause]:
        """Return why each paused service gives no numbers, by service code."""
        return self.hall.paused

    def notice(self) -> tuple[str, Millis | None]:
        """Return the line of text last told to all displays ("" for none), and until when."""
        return self.hall.notice

    def recent_calls(self, services: Sequence[str]) -> Iterator[Past]:
        """Yield today's latest calls for these services, newest first."""
        return (call for call in self.hall.recent_calls(self.day) if call.service in services)

    def own_calls(self, counter: str, most: int) -> Sequence[str]:
        """Return the services of the counter's latest ``most`` calls today, newest first."""
        own = (
            call.service
            for call in self.hall.calls
            if call.counter == counter and call.day == self.day and call.priority is not None
        )
        return list(islice(own, most))

    def last_act(self, counter: str, since: Millis) -> Envelope | None:
        """Return the newest event that moved a turn at the counter, not older than ``since``."""
        act = self.hall.last_act(counter)
        return None if act is None or act.at < since else act

    # ---------------------------------------------------------------- days and paper

    def unfinished_before(self, day: str) -> Iterator[Turn]:
        """Return turns of business days before ``day`` that have not ended, oldest first."""
        for each in self.open_days_before(day):
            yield from self.unfinished_of(each)

    def unfinished_of(self, day: str) -> list[Turn]:
        """Return turns of a business day that have not ended, oldest first."""
        turns = [self.hall.visits[key].turn for key in self.hall.day(day).tickets]
        unfinished = (turn for turn in turns if turn.state in UNFINISHED)
        return sorted(unfinished, key=lambda turn: turn.arrival)

    def ended_day(self, since: Millis) -> Sequence[Envelope]:
        """Return how the clock ended turns and days since a moment, oldest first.

        None when that was taken back.
        """
        return [each for each in self.hall.ended if each.at >= since]

    def open_days_before(self, day: str) -> Sequence[str]:
        """Return the business days before ``day`` that were not closed yet, oldest first."""
        return sorted(each for each in self.hall.open_days if each < day)

    def oldest_open_day(self, day: str) -> str | None:
        """Return the oldest business day before ``day`` that was not closed yet."""
        return min((each for each in self.hall.open_days if each < day), default=None)

    def print_order(self, copy: int = 0) -> PrintOrder | None:
        """Return a print order for the printer that serves the actor; ``None`` without one."""
        shared = None
        for printer in self._outside.printers():
            if printer.kiosk is not None and printer.kiosk == self.actor.name:
                return PrintOrder(self.new_id(), printer.id, copy)
            if printer.kiosk is None and shared is None:
                shared = printer.id
        return None if shared is None else PrintOrder(self.new_id(), shared, copy)

    def printer_name(self, printer: str) -> str | None:
        """Return the name of a printer of this branch."""
        return next((each.name for each in self._outside.printers() if each.id == printer), None)
