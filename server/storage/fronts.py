"""Owns the fronts of the lines: who waits first, read ahead, so that most calls read nothing.

A counter that calls looks at the first ticket of each line it serves. The writer keeps the next
few of each line, takes out who leaves and adds who comes; an event it cannot follow drops what
it concerns, and the next call reads again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from server.domain.policy import Head
from server.domain.records import Ticket, Turn
from server.domain.states import Priority

READ_AHEAD = 32
"""How many of a line are read at once."""
LONGEST = 128
"""How far a short line may grow in memory before the rest stays in the table alone."""

LineKey = tuple[str, str, Priority]
"""Business day, service code, priority class."""
Records = Callable[[], tuple[Ticket, Turn]]
MakeHead = Callable[[Ticket, Turn], Head]


class _Place:
    """A ticket in the line; what a call needs of it is made when it comes to the front."""

    __slots__ = ("_head", "_records", "ticket")

    def __init__(self, ticket: str, records: Records) -> None:
        self.ticket = ticket
        self._records = records
        self._head: Head | None = None

    def head(self, make: MakeHead) -> Head:
        if self._head is None:
            self._head = make(*self._records())
        return self._head


class _Front:
    __slots__ = ("more", "places")

    def __init__(self, places: Iterable[_Place], *, more: bool) -> None:
        self.places = deque(places)
        self.more = more


class Fronts:
    """The first tickets of each line of one branch: those that any counter may call, not booked."""

    def __init__(self) -> None:
        self._lines: dict[LineKey, _Front] = {}

    def first(self, line: LineKey, make: MakeHead) -> tuple[bool, Head | None]:
        """Return whether it is known who is first, and who is (``None``: nobody waits)."""
        front = self._lines.get(line)
        if front is None or (front.more and not front.places):
            return False, None
        return True, front.places[0].head(make) if front.places else None

    def read(self, line: LineKey, found: list[tuple[str, Records]]) -> None:
        """Keep the first ``READ_AHEAD`` of a line, as (ticket, how to make its records)."""
        places = (_Place(*each) for each in found)
        self._lines[line] = _Front(places, more=len(found) == READ_AHEAD)

    def left(self, line: LineKey, ticket: str) -> None:
        """Take out a ticket that waits no longer."""
        front = self._lines.get(line)
        if front is None or not front.places:
            return
        if front.places[0].ticket == ticket:
            front.places.popleft()
        else:
            front.places = deque(each for each in front.places if each.ticket != ticket)

    def came_last(self, line: LineKey, ticket: str, records: Records) -> None:
        """Add a ticket behind everybody of its line."""
        front = self._lines.get(line)
        if front is None or front.more:
            return
        if len(front.places) < LONGEST:
            front.places.append(_Place(ticket, records))
        else:
            front.more = True

    def drop(self, line: LineKey) -> None:
        """Forget a line: somebody came to a place that is not its end."""
        self._lines.pop(line, None)
