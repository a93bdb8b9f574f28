"""Owns reading figures over many days: roll-ups of closed days, and the log for the rest."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from server.reports.cells import Cell, Key, count_day, desk_time, merged
from server.reports.months import MONTH, good_months
from server.reports.rollups import VERSION, summed
from server.storage.queries import rollups as rows
from server.storage.transaction import SqliteTx

LIVE_DAYS = 62
"""Days counted from the log in one report; more than that wait for their roll-up."""
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
        self.days: list[str] = []
        due: list[str] = []
        self._rolled: list[str] = []
        for each in rows.days(tx.db, tx.branch, VERSION, first, last):
            self.days.append(each.day)
            (self._rolled if each.rolled else due).append(each.day)
        self.unrolled = due
        """Days without a roll-up; all but the newest ``LIVE_DAYS`` of them are not counted."""
        self._live = {day: count_day(tx, day) for day in due[-LIVE_DAYS:]}
        self._months = [each for each in good_months(tx) if self._has(each)]

    def _has(self, month: str) -> bool:
        """Whether the span holds all of a month."""
        _, length = monthrange(int(month[:4]), int(month[5:]))
        return self.first <= f"{month}-01" and f"{month}-{length}" <= self.last

    def by(self, *parts: str, services: bool = True) -> dict[tuple[Any, ...], Cell]:
        """Return a cell for each value of ``parts`` (of ``PARTS``), as tuples in that order.

        Args:
            parts: what to group by.
            services: also merge the histograms of service times, which costs time.
        """
        grain = self._grain(parts)
        made: dict[tuple[Any, ...], Cell] = {}
        for sort, days in self._kept(grain, parts):
            where = self._where(grain, sort, days)
            for keys, cell in summed(self._tx.db, parts, where, services=services).items():
                made.setdefault(keys, Cell()).add(cell)
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
            each.counter: (each.open_ms, each.break_ms)
            for each in rows.desks(self._tx.db, self._tx.branch, self._rolled)
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

    def _kept(self, grain: str, parts: tuple[str, ...]) -> list[tuple[str, list[str]]]:
        """Return what to read: (grain, days or months). Months stand for their days if they can."""
        months = self._months if grain in MONTH and "day" not in parts else []
        days = [day for day in self._rolled if day[:7] not in months] if months else self._rolled
        kept = [(MONTH[grain], months)] if months else []
        return [*kept, (grain, days)] if days else kept

    def _where(self, grain: str, kept: str, days: list[str]) -> rows.Where:
        keep, tx = self._keep, self._tx
        hours: bool | None = False
        if grain in {"cell", "hour", "clock"}:
            hours = None if keep == Filter() else True
        services: Sequence[str] | None = keep.services or None
        if services is None and keep.counter is not None and grain != "desk":
            services = rows.services_seen(tx.db, tx.branch, self._rolled)
        return rows.Where(tx.branch, kept, days, hours, services, keep.counter, keep.priority)


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
