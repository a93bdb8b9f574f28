"""Owns the tickets and turns that the writer has in hand, so that it need not read them again.

A visitor's ticket is called, started and finished within a few commands; the row that each change
returns is the next one's input.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from server.domain.events import Called, Issued, TurnEvent
from server.domain.policies import Past
from server.domain.records import Ticket, Turn
from server.domain.states import AT_COUNTER, TurnState
from server.storage.fronts import Fronts

LARGEST = 512


class Known:
    """Tickets and present turns as the tables hold them, inside the writer only.

    Attributes:
        fronts: who waits first in each line.
        reserved: counters that have a ticket sent to them today; ``None`` when not looked up.
        calls: a business day and its latest calls, newest first; ``None`` when not looked up.
    """

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}
        self._turns: dict[str, Turn] = {}
        self._at: dict[str, Turn | None] = {}
        self._where: dict[str, str] = {}
        self.fronts = Fronts()
        self.reserved: tuple[str, frozenset[str]] | None = None
        self.calls: tuple[str, deque[Past]] | None = None

    def ticket(self, ticket: str) -> Ticket | None:
        """Return a ticket in hand."""
        return self._tickets.get(ticket)

    def turn(self, ticket: str) -> Turn | None:
        """Return the present turn of a ticket in hand."""
        return self._turns.get(ticket)

    def at(self, counter: str) -> tuple[bool, Turn | None]:
        """Return whether it is known what is at a counter, and the turn that is."""
        return counter in self._at, self._at.get(counter)

    def found(self, ticket: Ticket, turn: Turn) -> None:
        """Keep a ticket and its present turn that were read together."""
        self._tickets[ticket.id] = ticket
        self._turns[ticket.id] = turn

    def found_ticket(self, ticket: Ticket) -> None:
        """Keep a ticket that was read."""
        self._tickets[ticket.id] = ticket

    def found_at(self, counter: str, turn: Turn | None) -> None:
        """Keep what was read about a counter."""
        self._at[counter] = turn
        if turn is not None:
            self._where[turn.ticket] = counter

    def issued(self, event: Issued, make: Callable[[], tuple[Ticket, Turn]]) -> None:
        """Put a new ticket at the end of its line."""
        if event.due is None:
            self.fronts.came_last((event.day, event.service, event.priority), event.ticket, make)

    def moved(self, event: TurnEvent, turn: Turn) -> None:
        """Keep a turn as its latest change left it, and the line and the calls with it."""
        line = (turn.day, turn.service, turn.priority)
        if event.state is TurnState.WAITING:
            self.fronts.drop(line)
        elif event.was is TurnState.WAITING:
            self.fronts.left(line, turn.ticket)
        if isinstance(event, Called) and self.calls is not None and self.calls[0] == turn.day:
            self.calls[1].appendleft(Past(event.service, event.priority, event.rule))
        if len(self._turns) >= LARGEST:
            self._turns.clear()
            self._tickets.clear()
        self._turns[turn.ticket] = turn
        if turn.for_counter:
            self.reserved = None
        was_at = self._where.pop(turn.ticket, None)
        if was_at is not None:
            there = self._at.get(was_at)
            if there is not None and there.ticket == turn.ticket:
                self._at[was_at] = None
        if turn.counter is not None and turn.state in AT_COUNTER:
            self.found_at(turn.counter, turn)

    def forget(self) -> None:
        """Drop everything: after a rollback, or an event that changes turns in another way."""
        self._tickets.clear()
        self._turns.clear()
        self._at.clear()
        self._where.clear()
        self.fronts = Fronts()
        self.reserved = None
        self.calls = None
