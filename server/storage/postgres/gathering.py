"""Rows of many branches that wait to be written together, each branch's own in their order.

A batch of commands holds a few rows of each of many branches. One statement a branch and table
would cost a round each; here the rows of all branches that take the same step go together, and
steps that do not touch each other share a statement. Two branches never touch each other's rows,
so only the order within a branch counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any


class Step:
    """Rows for one table, in their order."""

    def __init__(self, table: str, columns: str, if_there: str = "") -> None:
        self.table = table
        self.columns = columns
        self.if_there = if_there
        self.rows: list[tuple[Any, ...]] = []
        self.width = len(columns.split(", "))

    def fits(self, table: str, columns: str, if_there: str) -> bool:
        """Return whether rows of another branch go into the same statement."""
        return (self.table, self.columns, self.if_there) == (table, columns, if_there)

    def said(self, places: Sequence[int], types: Mapping[str, str]) -> str:
        """Return its SQL, with arrays in these places."""
        names = self.columns.split(", ")
        arrays = ", ".join(
            f"${place}::{types[name]}[]" for place, name in zip(places, names, strict=True)
        )
        return (
            f"INSERT INTO {self.table} ({self.columns}) "  # noqa: S608 - names of our own tables
            f"SELECT * FROM unnest({arrays}){self.if_there}"
        )

    def arrays(self) -> list[Sequence[Any]]:
        """Return its values, column by column."""
        return list(zip(*self.rows, strict=True))


class Move(Step):
    """Heads that move: compared and set in one statement, told who was too late."""

    def __init__(self) -> None:
        super().__init__("branches", "id, expected, seq")
        self._late: list[Callable[[], Exception]] = []

    def add(self, branch: int, expected: int, seq: int, late: Callable[[], Exception]) -> None:
        """Add a head; ``late`` makes the error when it had moved before."""
        self.rows.append((branch, expected, seq))
        self._late.append(late)

    def said(self, places: Sequence[int], types: Mapping[str, str]) -> str:
        """Return its SQL, with arrays in these places."""
        del types
        arrays = ", ".join(f"${place}::bigint[]" for place in places)
        return (
            "UPDATE branches SET seq = moved.seq, rows_seq = moved.seq "  # noqa: S608 - numbers
            f"FROM unnest({arrays}) AS moved (id, expected, seq) "
            "WHERE branches.id = moved.id AND branches.seq = moved.expected RETURNING branches.id"
        )

    def heads(self) -> dict[int, int]:
        """Return the last event of each branch, after it."""
        return {branch: seq for branch, _expected, seq in self.rows}

    def done(self, found: Iterable[Sequence[Any]]) -> None:
        """See to it that all were moved.

        Raises:
            Exception: whatever ``late`` makes of the first branch that had moved before.
        """
        moved = {each[0] for each in found}
        for (branch, *_), late in zip(self.rows, self._late, strict=True):
            if branch not in moved:
                raise late()


def together(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Part steps into those that share a statement: no table's rows are changed twice in one.

    New rows may stand beside changed ones of the same table; the parts of one statement are
    written in no order, and a counter's old ticket leaves before the next one comes.
    """
    part: list[Step] = []
    changed: set[str] = set()
    for step in steps:
        if step.if_there and step.table in changed:
            yield part
            part, changed = [], set()
        part.append(step)
        if step.if_there:
            changed.add(step.table)
    if part:
        yield part


class Gathered:
    """Steps in the order in which they are written.

    Attributes:
        branch: whose rows come next.
    """

    def __init__(self) -> None:
        self.branch = 0
        self.steps: list[Step] = []
        self._last: dict[int, int] = {}

    def take(self) -> list[Step]:
        """Return the steps, to be written now."""
        steps, self.steps = self.steps, []
        self._last.clear()
        return steps

    def _place(self, fits: Callable[[Step], bool], make: Callable[[], Step]) -> Step:
        first = self._last.get(self.branch, -1) + 1
        for at in range(first, len(self.steps)):
            if fits(self.steps[at]):
                break
        else:
            at = len(self.steps)
            self.steps.append(make())
        self._last[self.branch] = at
        return self.steps[at]

    def insert(
        self, table: str, columns: str, rows: Sequence[tuple[Any, ...]], if_there: str
    ) -> None:
        """Add rows of the branch whose turn it is."""
        step = self._place(
            lambda each: each.fits(table, columns, if_there),
            lambda: Step(table, columns, if_there),
        )
        step.rows += rows

    def move(self, branch: int, expected: int, seq: int, late: Callable[[], Exception]) -> None:
        """Add a head that moves."""
        step = self._place(lambda each: isinstance(each, Move), Move)
        assert isinstance(step, Move)  # noqa: S101 - for the type: ``_place`` looked for it
        step.add(branch, expected, seq, late)
