"""Owns reading figures over many days: roll-ups of closed days, and the log for the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from server.reports.cells import MAXIMA, SUMS, Cell, Key, count_day, desk_time, merged
from server.reports.histogram import decode
from server.reports.rollups import VERSION, cell_of
from server.storage.transaction import SqliteTx

LIVE_DAYS = 62
"""Days counted from the log in one report; more than that wait for their roll-up."""
ROLLED = (
    "day IN (SELECT rollup_days.day FROM rollup_days JOIN days ON days.branch = rollup_days.branch "
    "AND days.day = rollup_days.day WHERE rollup_days.branch = ? AND rollup_days.version = ? "
    "AND days.closed_at <= rollup_days.made_at)"
)
"""Days that are closed, and were counted after that."""
PARTS = ("day", "hour", "service", "counter", "priority")


class Filter(msgspec.Struct, frozen=True):
    """Which turns count. ``services`` empty and the others ``None`` mean all."""

    services: tuple[str, ...] = ()
    counter: int | None = None
    priority: str | None = None

    def takes(self, key: Key) -> bool:
        """Whether a cell counts."""
        return (
            (not self.services or key[1] in self.services)
            and (self.counter is None or key[2] == self.counter)
            and (self.priority is None or key[3] == self.priority)
        )


class Cube:
    """The figures of the business days ``first`` to ``last`` (both in) under a filter.

    Days with a roll-up are read from it, the others are counted from the log once and kept.
    """

    def __init__(self, tx: SqliteTx, first: str, last: str, keep: Filter) -> None:
        self._tx = tx
        self._keep = keep
        self.first, self.last = first, last
        self.days: list[str] = [
            row[0]
            for row in tx.db.execute(
                "SELECT day FROM days WHERE branch = ? AND day >= ? AND day <= ? ORDER BY day",
                (tx.branch, first, last),
            )
        ]
        rolled = {
            row[0]
            for row in tx.db.execute(
                "SELECT day FROM days "  # noqa: S608 - constants of this module
                f"WHERE branch = ? AND day >= ? AND day <= ? AND {ROLLED}",
                (tx.branch, first, last, tx.branch, VERSION),
            )
        }
        due = [day for day in self.days if day not in rolled]
        self.unrolled = due
        """Days without a roll-up; all but the newest ``LIVE_DAYS`` of them are not counted."""
        self._live = {day: count_day(tx, day) for day in due[-LIVE_DAYS:]}
        self._rolled = bool(rolled)

    def by(self, *parts: str, services: bool = True) -> dict[tuple[Any, ...], Cell]:
        """Return a cell for each value of ``parts`` (of ``PARTS``), as tuples in that order.

        Args:
            parts: what to group by.
            services: also merge the histograms of service times, which costs time.
        """
        grain = self._grain(parts)
        made: dict[tuple[Any, ...], Cell] = {}
        if self._rolled:
            self._read(grain, parts, made, services=services)
        pick = _picker(parts)
        for day, cells in self._live.items():
            for key, cell in cells.items():
                if self._keep.takes(key):
                    made.setdefault(pick(day, key), Cell()).add(cell)
        return made

    def total(self) -> Cell:
        """Return one cell over everything."""
        return self.by().get((), Cell())

    def desks(self) -> dict[int, tuple[int, int]]:
        """Return (open ms, break ms) of each counter number over the days."""
        times: dict[int, tuple[int, int]] = {
            row[0]: (row[1], row[2])
            for row in self._tx.db.execute(
                "SELECT counter, SUM(open_ms), SUM(break_ms) FROM rollup_counters "  # noqa: S608
                f"WHERE branch = ? AND day >= ? AND day <= ? AND {ROLLED} GROUP BY counter",
                (self._tx.branch, self.first, self.last, self._tx.branch, VERSION),
            )
        }
        for day in self._live:
            for number, (opened, paused) in desk_time(self._tx, day).items():
                known = times.get(number, (0, 0))
                times[number] = (known[0] + opened, known[1] + paused)
        return times

    def _grain(self, parts: tuple[str, ...]) -> str:
        hour = "hour" in parts
        counter = "counter" in parts or self._keep.counter is not None
        if hour and counter:
            return "cell"
        whole = not self._keep.services and self._keep.priority is None
        if whole and not {"service", "priority"} & set(parts) and (hour or counter):
            return "desk" if counter else "clock"
        return "hour" if hour else "counter" if counter else "day"

    def _where(self, grain: str) -> tuple[str, list[Any]]:
        words = ["branch = ? AND grain = ? AND day >= ? AND day <= ?", ROLLED]
        branch = self._tx.branch
        values: list[Any] = [branch, grain, self.first, self.last, branch, VERSION]
        keep = self._keep
        if keep.services:
            words.append(f"service IN ({', '.join('?' * len(keep.services))})")
            values += keep.services
        if keep.counter is not None:
            words.append("counter = ?")
            values.append(keep.counter)
        if keep.priority is not None:
            words.append("priority = ?")
            values.append(keep.priority)
        return " AND ".join(words), values

    def _read(
        self, grain: str, parts: tuple[str, ...], made: dict[tuple[Any, ...], Cell], *,
        services: bool,
    ) -> None:  # fmt: skip
        """Sums come from the database; histograms are merged here, as big integers."""
        where, values = self._where(grain)
        keys = ", ".join(parts)
        after = len(parts)
        sums = ", ".join([*(f"SUM({name})" for name in SUMS), *(f"MAX({name})" for name in MAXIMA)])
        grouped = self._tx.db.execute(
            f"SELECT {keys + ', ' if keys else ''}{sums} FROM rollups WHERE {where}"  # noqa: S608
            + (f" GROUP BY {keys}" if keys else ""),
            values,
        )
        for row in grouped:
            made[row[:after]] = cell_of(row[after:], 0, 0)
        blobs = self._tx.db.execute(
            f"SELECT {keys + ', ' if keys else ''}waits, "  # noqa: S608
            f"{'services' if services else 'NULL'} FROM rollups WHERE {where}",
            values,
        )
        for row in blobs:
            cell = made[row[:after]]
            if row[after]:
                cell.waits += decode(row[after])
            if row[after + 1]:
                cell.services += decode(row[after + 1])


def _picker(parts: tuple[str, ...]) -> Callable[[str, Key], tuple[Any, ...]]:
    places = [PARTS.index(part) for part in parts]
    return lambda day, key: tuple((day, *key)[place] for place in places)


def regroup(
    cells: dict[tuple[Any, ...], Cell], shape: Callable[[tuple[Any, ...]], Any]
) -> dict[Any, Cell]:
    """Return cells merged by what ``shape`` makes of their keys."""
    groups: dict[Any, list[Cell]] = {}
    for key, cell in cells.items():
        groups.setdefault(shape(key), []).append(cell)
    return {key: merged(group) for key, group in groups.items()}
