"""Owns the roll-ups of whole months: what counters did, merged once more.

A hall of two hundred counters has a hundred thousand rows a year about them; a report over a year
reads twelve months instead of its days. A month is made when it is over and all its days are
rolled up; a day that is counted again takes its month out of use until that is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from server.domain.errors import Phrase
from server.domain.words import marked as _
from server.reports.cells import Cell, Key
from server.reports.histogram import Unreadable
from server.reports.rollups import (
    GRAINS,
    VERSION,
    collapsed,
    compare,
    kept,
    kept_day,
    summed,
    written,
)
from server.storage.queries import rollups as rows
from server.storage.transaction import SqliteTx

MONTH = {"counter": "month-counter", "desk": "month-desk"}
"""Grain of a day -> grain of a month."""


class MonthRows(msgspec.Struct, frozen=True):
    """Everything that is written for one month, and of which days it is made."""

    month: rows.Month
    cells: list[rows.Cell]


def good_months(tx: SqliteTx) -> list[str]:
    """Return the months whose roll-up holds, oldest first."""
    return [each.month for each in _months(tx) if each.good]


def due_months(tx: SqliteTx) -> list[str]:
    """Return the months that can be rolled up and are not yet, oldest first."""
    return [each.month for each in _months(tx) if not each.good]


def _months(tx: SqliteTx) -> list[rows.Month]:
    return rows.months(tx.db, tx.branch, VERSION, tx.day)


def count_month(tx: SqliteTx, month: str) -> MonthRows | None:
    """Merge the days of a month; reads only. ``None`` when it cannot be made just now."""
    state = {each.month: each for each in _months(tx)}.get(month)
    if state is None:
        return None
    merged = _merged(tx, month).items()
    return MonthRows(state, [each for grain, made in merged for each in kept(MONTH[grain], made)])


def _merged(tx: SqliteTx, month: str) -> dict[str, Mapping[Key, Cell]]:
    days = [f"{month}-{day:02d}" for day in range(1, 32)]
    where = rows.Where(tx.branch, "counter", days)
    counters: dict[Any, Cell] = summed(tx.db, rows.KEY, where)
    return {"counter": counters, "desk": collapsed(counters, GRAINS["desk"][1])}


def month_writes(made: MonthRows) -> Iterator[Callable[[SqliteTx], None]]:
    """Yield the commands that write a month, each short; it counts after the last."""
    yield from written(made.month.month, MONTH.values(), made.cells)
    yield lambda tx: rows.finish_month(tx.aside, tx.branch, VERSION, made.month)


def write_month(tx: SqliteTx, month: str) -> None:
    """Count and write a month in the present transaction; for the command line."""
    made = count_month(tx, month)
    if made is not None:
        for write in month_writes(made):
            write(tx)


def month_differences(tx: SqliteTx, month: str) -> list[Phrase]:
    """Return in words how the roll-up of a month differs from its days; empty when it agrees."""
    found: list[Phrase] = []
    try:
        merged = _merged(tx, month)
    except Unreadable:
        return [Phrase(_("a day of it is damaged"))]
    for grain, made in merged.items():
        found += compare(MONTH[grain], made, kept_day(tx, month, MONTH[grain]))
    return found
