"""Who waits on one business day, in the order they may be called, and the numbers given.

Places in a line are event numbers (``arrival``), so the order never depends on a clock. Lists are
short and sorted: ``bisect`` finds a place, and taking one out moves a few machine words.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from server.domain.day import Millis
from server.domain.records import Line, Turn
from server.domain.states import Priority, TurnState

Booked = tuple[Millis, int]
"""From when an appointment may be called, and its arrival."""


class Queue:
    """Those who wait for one service and may be called by any counter that offers it."""

    __slots__ = ("booked", "priority", "regular")

    def __init__(self) -> None:
        self.regular: list[int] = []
        self.priority: list[int] = []
        self.booked: list[Booked] = []

    def due(self, now: Millis) -> int:
        """Return how many appointments have come to their time."""
        return bisect_right(self.booked, (now, sys.maxsize)) if self.booked else 0

    def present(self, now: Millis) -> int:
        """Return how many could be called now: appointments from their time on."""
        waiting = len(self.regular) + len(self.priority)
        return waiting + self.due(now) if self.booked else waiting

    def line(self, priority: Priority) -> list[int]:
        """Return the arrivals of one class, first in line first."""
        return self.regular if priority is Priority.REGULAR else self.priority


class Day:
    """One business day of a branch as the log tells it.

    Attributes:
        given: every number, as (prefix, number).
        elsewhere: up to which number papers are out that no ticket here tells of, by prefix.
        numbers: the last number given, by prefix; issued: numbers given, by service code.
        last: the last number given, by service code.
        queues: who may be called by any counter, by service code.
        reserved: arrivals of those who wait for one counter alone, by the counter's id.
        tickets: every ticket of the day, by id, with no value: the order they were taken in.
    """

    __slots__ = (
        "_at", "elsewhere", "given", "issued", "last", "numbers", "queues", "reserved", "tickets",
    )  # fmt: skip

    def __init__(self) -> None:
        self.given: set[tuple[str, int]] = set()
        self.elsewhere: dict[str, int] = {}
        self.numbers: dict[str, int] = {}
        self.issued: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.queues: dict[str, Queue] = {}
        self.reserved: dict[str, list[int]] = {}
        self.tickets: dict[str, None] = {}
        self._at: dict[int, str] = {}

    def number(self, prefix: str, service: str, number: int) -> None:
        """Count a number that was given."""
        self.carry(prefix, number)
        if number > self.last.get(service, 0):
            self.last[service] = number
        self.issued[service] = self.issued.get(service, 0) + 1

    def carry(self, prefix: str, number: int) -> None:
        """Know a number that nobody else may get, also one that came over from another day."""
        self.given.add((prefix, number))
        if number > self.numbers.get(prefix, 0):
            self.numbers[prefix] = number

    def resume(self, prefix: str, number: int) -> None:
        """Go on behind a number, as papers up to it may be out."""
        self.elsewhere[prefix] = max(number, self.elsewhere.get(prefix, 0))
        self.numbers[prefix] = max(number, self.numbers.get(prefix, 0))

    def has(self, prefix: str, number: int) -> bool:
        """Return whether somebody has this number, or may have it on paper."""
        return (prefix, number) in self.given or number <= self.elsewhere.get(prefix, 0)

    def put(self, turn: Turn) -> None:
        """Take a waiting turn into its line; others are in none."""
        if turn.state is not TurnState.WAITING:
            return
        self._at[turn.arrival] = turn.ticket
        if turn.for_counter:
            insort(self.reserved.setdefault(turn.for_counter, []), turn.arrival)
            return
        queue = self.queues.get(turn.service)
        if queue is None:
            queue = self.queues[turn.service] = Queue()
        if turn.due is not None:
            insort(queue.booked, (turn.eligible_at, turn.arrival))
            return
        line = queue.line(turn.priority)
        if line and line[-1] > turn.arrival:
            insort(line, turn.arrival)
        else:
            line.append(turn.arrival)

    def take(self, turn: Turn) -> None:
        """Take a turn that waited out of its line."""
        if turn.state is not TurnState.WAITING:
            return
        del self._at[turn.arrival]
        if turn.for_counter:
            line = self.reserved[turn.for_counter]
            _remove(line, turn.arrival)
            if not line:
                del self.reserved[turn.for_counter]
            return
        queue = self.queues[turn.service]
        if turn.due is not None:
            _remove(queue.booked, (turn.eligible_at, turn.arrival))
        else:
            _remove(queue.line(turn.priority), turn.arrival)

    def at(self, arrival: int) -> str:
        """Return the id of the ticket that waits at a place in line."""
        return self._at[arrival]

    def waiting(self) -> Iterator[str]:
        """Yield the tickets that wait, first come first."""
        return (self._at[arrival] for arrival in sorted(self._at))

    def line_of(self, service: str) -> Line:
        """Return one service's numbers and who waits, counted."""
        queue = self.queues.get(service) or _NOBODY
        return Line(
            self.last.get(service, 0), self.issued.get(service, 0), len(queue.regular),
            len(queue.priority), len(queue.booked),
        )  # fmt: skip

    def before(self, turn: Turn) -> tuple[int, int, int]:
        """Return how many of each class came before a waiting turn: regular, priority, booked."""
        queue = self.queues.get(turn.service) or _NOBODY
        return (
            bisect_left(queue.regular, turn.arrival),
            bisect_left(queue.priority, turn.arrival),
            bisect_left(queue.booked, (turn.eligible_at, turn.arrival)),
        )


_NOBODY = Queue()


def _remove(line: list[int] | list[Booked], place: int | Booked) -> None:
    index = bisect_left(line, place)
    if index == len(line) or line[index] != place:
        message = f"nobody waits at {place}"
        raise LookupError(message)
    del line[index]
