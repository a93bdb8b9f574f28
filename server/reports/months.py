"""Owns the roll-ups of whole months: what counters did, merged once more.

A hall of two hundred counters has a hundred thousand rows a year about them; a report over a year
reads twelve months instead of its days. A month is made when it is over and all its days are
rolled up; a day that is counted again takes its month out of use until that is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from server.reports.cells import Cell, Key
from server.reports.histogram import Unreadable, encode
from server.reports.rollups import (
    BATCH_ROWS,
    GRAINS,
    VERSION,
    collapsed,
    compare,
    insert,
    kept_day,
    summed,
)
from server.storage.transaction import SqliteTx

MONTH = {"counter": "month-counter", "desk": "month-desk"}
"""Grain of a day -> grain of a month."""
KEY = ("hour", "service", "counter", "priority")
SELECT_MONTHS = """
WITH present AS (
    SELECT substr(days.day, 1, 7) AS month, COUNT(*) AS days, COUNT(rollup_days.day) AS rolled,
        SUM(rollup_days.upto) AS made
    FROM days LEFT JOIN rollup_days ON rollup_days.branch = days.branch
        AND rollup_days.day = days.day AND rollup_days.version = ?2
        AND days.closed_at IS NOT NULL AND days.changed_seq <= rollup_days.upto
    WHERE days.branch = ?1 GROUP BY month
)
SELECT present.month, present.days, present.made,
    kept.version = ?2 AND kept.days = present.days AND kept.made = present.made
FROM present LEFT JOIN rollup_months AS kept ON kept.branch = ?1 AND kept.month = present.month
WHERE present.rolled = present.days AND present.month < substr(?3, 1, 7) ORDER BY present.month
"""
"""Past months whose days are all rolled up; last whether their own roll-up holds."""


class MonthRows(msgspec.Struct, frozen=True):
    """Everything that is written for one month, and of which days it is made."""

    month: str
    days: int
    made: int
    cells: list[tuple[Any, ...]]


def good_months(tx: SqliteTx) -> list[str]:
    """Return the months whose roll-up holds, oldest first."""
    return [row[0] for row in _months(tx) if row[3]]


def due_months(tx: SqliteTx) -> list[str]:
    """Return the months that can be rolled up and are not yet, oldest first."""
    return [row[0] for row in _months(tx) if not row[3]]


def _months(tx: SqliteTx) -> list[tuple[str, int, int, int | None]]:
    return tx.db.execute(SELECT_MONTHS, (tx.branch, VERSION, tx.day)).fetchall()


def count_month(tx: SqliteTx, month: str) -> MonthRows | None:
    """Merge the days of a month; reads only. ``None`` when it cannot be made just now."""
    state = {row[0]: row for row in _months(tx)}.get(month)
    if state is None:
        return None
    rows = [
        (tx.branch, MONTH[grain], month, *key, *cell.values(),
         encode(cell.waits), encode(cell.services))
        for grain, made in _merged(tx, month).items()
        for key, cell in sorted(made.items())
    ]  # fmt: skip
    return MonthRows(month, state[1], state[2], rows)


def _merged(tx: SqliteTx, month: str) -> dict[str, Mapping[Key, Cell]]:
    where = "branch = ? AND grain = 'counter' AND day >= ? AND day < ?"
    counters: dict[Any, Cell] = summed(tx.db, KEY, where, (tx.branch, month, month + "~"))
    return {"counter": counters, "desk": collapsed(counters, GRAINS["desk"][1])}


def month_writes(rows: MonthRows) -> Iterator[Callable[[SqliteTx], None]]:
    """Yield the commands that write a month, each short; it counts after the last."""
    month = rows.month

    def clear(tx: SqliteTx) -> None:
        tx.aside.execute(
            "DELETE FROM rollup_months WHERE branch = ? AND month = ?", (tx.branch, month)
        )
        for grain in MONTH.values():
            tx.aside.execute(
                "DELETE FROM rollups WHERE branch = ? AND grain = ? AND day = ?",
                (tx.branch, grain, month),
            )

    def finish(tx: SqliteTx) -> None:
        tx.aside.execute(
            "INSERT INTO rollup_months VALUES (?, ?, ?, ?, ?)",
            (tx.branch, month, VERSION, rows.days, rows.made),
        )

    yield clear
    for first in range(0, len(rows.cells), BATCH_ROWS):
        part = rows.cells[first : first + BATCH_ROWS]
        yield lambda tx, part=part: insert(tx.aside, part)  # type: ignore[misc]
    yield finish


def write_month(tx: SqliteTx, month: str) -> None:
    """Count and write a month in the present transaction; for the command line."""
    rows = count_month(tx, month)
    if rows is not None:
        for write in month_writes(rows):
            write(tx)


def month_differences(tx: SqliteTx, month: str) -> list[str]:
    """Return in words how the roll-up of a month differs from its days; empty when it agrees."""
    found: list[str] = []
    try:
        merged = _merged(tx, month)
    except Unreadable:
        return ["a day of it is damaged"]
    for grain, made in merged.items():
        found += compare(MONTH[grain], made, kept_day(tx, month, MONTH[grain]))
    return found
