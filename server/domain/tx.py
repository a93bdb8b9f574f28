"""Owns what a command may ask of the store: one branch, inside one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from server.domain.day import Millis
from server.domain.events import AnyEvent, Envelope, PrintOrder
from server.domain.office import Office
from server.domain.policies import Past
from server.domain.policy import Head
from server.domain.records import CounterNow, Line, Pause, Ticket, Turn
from server.domain.states import Priority


class Actor(msgspec.Struct, frozen=True):
    """Who asks: ``id`` for the log (``user:..``, ``token:..``, ``system``), role, shown name.

    ``person`` is true for staff who logged in; tokens and devices are not persons.
    ``skills`` are the services the person can serve; ``None`` for all.
    """

    id: str
    role: str
    name: str = ""
    person: bool = False
    skills: frozenset[str] | None = None


class Tx(Protocol):
    """A transaction on one branch. Rows change only through ``append``."""

    now: Millis
    actor: Actor
    office: Office
    day: str

    def append(self, event: AnyEvent) -> int:
        """Write the event, change the rows it means, and return its sequence number."""

    def next_seq(self) -> int:
        """Return the sequence number that the next appended event will get."""

    def new_id(self) -> str:
        """Return a new time-ordered 128-bit id, 32 hex digits."""

    def new_token(self) -> str:
        """Return a new unguessable tracking token (128 random bits)."""

    def lines(self) -> Mapping[str, Line]:
        """Return today's line of each service that has one, by service code."""

    def due_now(self, service: str) -> int:
        """Return how many waiting appointments of a service have come to their time."""

    def booked_before(self, service: str, eligible_at: Millis, arrival: int) -> int:
        """Return how many waiting appointments of a service are called before such a one."""

    def last_number(self, prefix: str) -> int:
        """Return the last number given under a prefix today, 0 for none."""

    def counters(self) -> Mapping[str, CounterNow]:
        """Return every counter as it stands, by id."""

    def open_offers(self) -> Mapping[tuple[str, ...], int]:
        """Return how many open counters offer each set of service codes now."""

    def paused(self) -> Mapping[str, Pause]:
        """Return why each paused service gives no numbers, by service code."""

    def notice(self) -> tuple[str, Millis | None]:
        """Return the line of text last told to all displays ("" for none), and until when."""

    def ticket(self, ticket: str) -> Ticket | None:
        """Return the ticket with this id, if this branch has it."""

    def turn(self, ticket: str) -> Turn | None:
        """Return the present turn of the ticket, if this branch has it."""

    def turn_at(self, counter: str) -> Turn | None:
        """Return the turn that is called to or served at the counter."""

    def head(self, service: str, priority: Priority) -> Head | None:
        """Return today's first waiting ticket of the line that any counter may call."""

    def reserved_head(self, counter: str) -> Head | None:
        """Return today's first waiting ticket that was sent to this counter."""

    def slot_head(self, service: str) -> Head | None:
        """Return today's next appointment of the service that any counter may call."""

    def recent_calls(self, services: Sequence[str]) -> Iterator[Past]:
        """Yield today's latest calls for these services, newest first."""

    def own_calls(self, counter: str, most: int) -> Sequence[str]:
        """Return the services of the counter's latest ``most`` calls today, newest first."""

    def last_act(self, counter: str, since: Millis) -> Envelope | None:
        """Return the newest event that moved a turn at the counter, not older than ``since``."""

    def turn_leg(self, ticket: str, leg: int) -> Turn | None:
        """Return one given turn of the ticket, if this branch has it."""

    def reserved_for(self, counter: str) -> Sequence[str]:
        """Return today's tickets that wait for this counter alone, first in line first."""

    def has_number(self, day: str, prefix: str, number: int) -> bool:
        """Return whether a number was given on a business day."""

    def ended_day(self, since: Millis) -> Sequence[Envelope]:
        """Return the events of the latest end of a day, oldest first; empty when it was taken back.

        ``since`` bounds how far is looked.
        """

    def unfinished_before(self, day: str) -> Iterator[Turn]:
        """Return turns of business days before ``day`` that have not ended, oldest first."""

    def oldest_open_day(self, day: str) -> str | None:
        """Return the oldest business day before ``day`` that was not closed yet."""

    def open_days_before(self, day: str) -> Sequence[str]:
        """Return the business days before ``day`` that were not closed yet, oldest first."""

    def print_order(self, copy: int = 0) -> PrintOrder | None:
        """Return a print order for the printer that serves the actor; ``None`` without one."""

    def copies(self, ticket: str) -> int:
        """Return how many papers of the ticket were ordered."""
