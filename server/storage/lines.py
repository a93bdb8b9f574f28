"""Owns the waiting counts and last numbers of a batch: read once, changed in memory, written once.

Every ticket changes its service's line; writing it per batch instead of per ticket saves a
statement on the hottest path. The write lock keeps what was read true until the commit.
"""

from __future__ import annotations

import sqlite3

from server.domain.records import Line
from server.domain.states import Priority
from server.storage.inserts import Inserts

SELECT_LINES = """
SELECT service, last_number, issued, regular, priority, booked FROM lines
WHERE branch = ? AND day = ?
"""
SELECT_NUMBERS = """
SELECT prefix, MAX(number) FROM tickets WHERE branch = ? AND day = ? GROUP BY prefix
"""
LINE_COLUMNS = "branch, day, service, last_number, issued, regular, priority, booked"
IF_THERE = """
ON CONFLICT (branch, day, service) DO UPDATE SET last_number = excluded.last_number,
    issued = excluded.issued, regular = excluded.regular, priority = excluded.priority,
    booked = excluded.booked
"""
EMPTY = Line()


class Lines:
    """The lines of one branch inside one transaction."""

    def __init__(self, db: sqlite3.Connection, branch: int) -> None:
        self._db = db
        self._branch = branch
        self._days: dict[str, dict[str, Line]] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        self._changed: set[tuple[str, str]] = set()
        self._rows = Inserts(db, "lines", LINE_COLUMNS, IF_THERE)

    def of(self, day: str) -> dict[str, Line]:
        """Return the lines of a business day, by service code."""
        lines = self._days.get(day)
        if lines is None:
            rows = self._db.execute(SELECT_LINES, (self._branch, day))
            lines = self._days[day] = {row[0]: Line(*row[1:]) for row in rows}
        return lines

    def issued(
        self,
        day: str,
        service: str,
        priority: Priority,
        prefix: str,
        number: int,
        *,
        booked: bool = False,
    ) -> None:
        """Count a new ticket, which waits."""
        numbers = self._numbers.get(day)
        if numbers is not None:
            numbers[prefix] = max(number, numbers.get(prefix, 0))
        line = self.of(day).get(service, EMPTY)
        last = max(line.last_number, number)
        self._put(
            day, service, Line(last, line.issued + 1, line.regular, line.priority, line.booked)
        )
        self.moved(day, service, priority, 1, booked=booked)

    def carried(self, day: str, prefix: str, number: int) -> None:
        """Know a number that came over from another day."""
        numbers = self._numbers.get(day)
        if numbers is not None:
            numbers[prefix] = max(number, numbers.get(prefix, 0))

    def knows_numbers(self, day: str) -> bool:
        """Return whether ``last_number`` answers from memory, without the tickets' table."""
        return day in self._numbers

    def last_number(self, day: str, prefix: str) -> int:
        """Return the last number given under a prefix; a service may have taken it over today."""
        known = self._numbers.get(day)
        if known is None:
            rows = self._db.execute(SELECT_NUMBERS, (self._branch, day))
            known = self._numbers[day] = dict(rows.fetchall())
        return known.get(prefix, 0)

    def moved(
        self, day: str, service: str, priority: Priority, by: int, *, booked: bool = False
    ) -> None:
        """Count one more (``by`` 1) or one fewer (-1) who waits."""
        line = self.of(day).get(service, EMPTY)
        regular, first, slots = line.regular, line.priority, line.booked
        if booked:
            slots += by
        elif priority is Priority.REGULAR:
            regular += by
        else:
            first += by
        self._put(day, service, Line(line.last_number, line.issued, regular, first, slots))

    def _put(self, day: str, service: str, line: Line) -> None:
        self._days[day][service] = line
        self._changed.add((day, service))

    def flush(self) -> None:
        """Write what changed."""
        for day, service in self._changed:
            line = self._days[day][service]
            self._rows.add(
                self._branch, day, service, line.last_number, line.issued, line.regular,
                line.priority, line.booked,
            )  # fmt: skip
        self._changed.clear()
        self._rows.flush()

    def forget(self) -> None:
        """Drop everything that was not written, after a rollback."""
        self._days.clear()
        self._numbers.clear()
        self._changed.clear()
