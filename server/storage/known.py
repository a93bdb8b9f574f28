"""Owns the tickets and turns that the writer has in hand, so that it need not read them again.

A visitor's ticket is called, started and finished within a few commands; the row that each change
returns is the next one's input.
"""

from __future__ import annotations

from server.domain.records import Ticket, Turn
from server.domain.states import AT_COUNTER

LARGEST = 512


class Known:
    """Tickets and present turns as the tables hold them, inside the writer only.

    Attributes:
        reserved: counters that have a ticket sent to them today; ``None`` when not looked up.
    """

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}
        self._turns: dict[str, Turn] = {}
        self._at: dict[str, Turn | None] = {}
        self.reserved: tuple[str, frozenset[str]] | None = None

    def ticket(self, ticket: str) -> Ticket | None:
        """Return a ticket in hand."""
        return self._tickets.get(ticket)

    def turn(self, ticket: str) -> Turn | None:
        """Return the present turn of a ticket in hand."""
        return self._turns.get(ticket)

    def at(self, counter: str) -> tuple[bool, Turn | None]:
        """Return whether it is known what is at a counter, and the turn that is."""
        return counter in self._at, self._at.get(counter)

    def found_ticket(self, ticket: Ticket) -> None:
        """Keep a ticket that was read."""
        self._tickets[ticket.id] = ticket

    def found_at(self, counter: str, turn: Turn | None) -> None:
        """Keep what was read about a counter."""
        self._at[counter] = turn

    def moved(self, turn: Turn) -> None:
        """Keep a turn as its latest change left it."""
        if len(self._turns) >= LARGEST:
            self._turns.clear()
            self._tickets.clear()
        self._turns[turn.ticket] = turn
        if turn.for_counter:
            self.reserved = None
        for counter, there in self._at.items():
            if there is not None and there.ticket == turn.ticket:
                self._at[counter] = None
        if turn.counter is not None and turn.state in AT_COUNTER:
            self._at[turn.counter] = turn

    def forget(self) -> None:
        """Drop everything: after a rollback, or an event that changes turns in another way."""
        self._tickets.clear()
        self._turns.clear()
        self._at.clear()
        self.reserved = None
