"""Owns the roll-ups: closed days counted once, kept, read back, checked against the log.

A closed business day never changes: no turn of it can be called, returned or cancelled any more.
It is counted by a reader and written in small batches, so no visitor waits for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from server.reports.cells import MAXIMA, NONE, SUMS, Cell, Key, copied, count_day, desk_time
from server.reports.histogram import UNLIKE_ANY, Histogram, Unreadable, decode, encode
from server.reports.kinds import Kind, kinds_of, note
from server.storage.transaction import SqliteTx

VERSION = 7
"""Of the rules in ``cells``: days rolled up by older rules are counted again."""
BATCH_ROWS = 400
GRAINS: dict[str, tuple[str, Callable[[Key], Key]]] = {
    "cell": ("cell", lambda key: key),
    "hour": ("cell", lambda key: (key[0], key[1], NONE, key[3])),
    "counter": ("cell", lambda key: (NONE, key[1], key[2], key[3])),
    "day": ("hour", lambda key: (NONE, key[1], NONE, key[3])),
    "clock": ("hour", lambda key: (key[0], "", NONE, "")),
    "desk": ("counter", lambda key: (NONE, "", key[2], "")),
}
"""Each grain, the finer one it is made of, and what it leaves of a key."""
_VALUES = (*SUMS, *MAXIMA)
_COLUMNS = ("hour", "service", "counter", "priority")
ROLLUP_COLUMNS = (
    f"branch, grain, day, hour, service, counter, priority, {', '.join(_VALUES)}, waits, services"
)
INSERT_ROLLUP = (
    f"INSERT INTO rollups ({ROLLUP_COLUMNS}) "  # noqa: S608
    f"VALUES ({', '.join('?' * (7 + len(_VALUES) + 2))})"
)
SELECT_DAY = (
    f"SELECT grain, hour, service, counter, priority, {', '.join(_VALUES)}, waits, services "  # noqa: S608
    "FROM rollups WHERE branch = ? AND day = ? AND grain = ?"
)
SELECT_DUE = """
SELECT days.day FROM days LEFT JOIN rollup_days
    ON rollup_days.branch = days.branch AND rollup_days.day = days.day
WHERE days.branch = ? AND days.closed_at IS NOT NULL
    AND (rollup_days.version IS NULL OR rollup_days.version <> ?
        OR rollup_days.upto < days.changed_seq)  -- the day was open again
ORDER BY days.day LIMIT ?
"""


class DayRows(msgspec.Struct, frozen=True):
    """Everything that is written for one closed day."""

    day: str
    cells: list[tuple[Any, ...]]
    counters: list[tuple[Any, ...]]
    upto: int = 0
    """The last event that was counted."""
    kinds: list[Kind] = []
    """What the log can be filtered by and this day holds."""


def collapsed(cells: Mapping[Key, Cell], shape: Callable[[Key], Any]) -> dict[Any, Cell]:
    """Return the cells merged by what ``shape`` makes of their keys."""
    merged: dict[Any, Cell] = {}
    for key, cell in cells.items():
        coarse = shape(key)
        known = merged.get(coarse)
        if known is None:
            merged[coarse] = copied(cell)
        else:
            known.add(cell)
    return merged


def grained(cells: Mapping[Key, Cell]) -> dict[str, dict[Key, Cell]]:
    """Return the cells of every grain."""
    made: dict[str, dict[Key, Cell]] = {"cell": dict(cells)}
    for grain, (finer, shape) in GRAINS.items():
        if grain != finer:
            made[grain] = collapsed(made[finer], shape)
    return made


def due(tx: SqliteTx, limit: int = 1000) -> list[str]:
    """Return closed days that have no roll-up (by the present rules) yet, oldest first."""
    rows = tx.db.execute(SELECT_DUE, (tx.branch, VERSION, limit))
    return [row[0] for row in rows]


def count(tx: SqliteTx, day: str) -> DayRows:
    """Count a closed day; reads only."""
    rows = day_rows(tx.branch, day, count_day(tx, day), desk_time(tx, day))
    return msgspec.structs.replace(rows, upto=tx.next_seq() - 1, kinds=kinds_of(tx, day))


def day_rows(
    branch: int, day: str, cells: Mapping[Key, Cell], desks: Mapping[int, tuple[int, int]]
) -> DayRows:
    """Return what is written for a day with these cells and times (open, break) of counters."""
    rows = [
        (branch, grain, day, *key, *cell.values(), encode(cell.waits), encode(cell.services))
        for grain, made in grained(cells).items()
        for key, cell in sorted(made.items())
    ]
    return DayRows(day, rows, [(branch, day, at, *desks[at]) for at in sorted(desks)])


def writes(rows: DayRows) -> Iterator[Callable[[SqliteTx], None]]:
    """Yield the commands that write a counted day, each short; it counts after the last."""
    day = rows.day

    def clear(tx: SqliteTx) -> None:
        tx.aside.execute("DELETE FROM rollup_days WHERE branch = ? AND day = ?", (tx.branch, day))
        for grain in GRAINS:
            tx.aside.execute(
                "DELETE FROM rollups WHERE branch = ? AND grain = ? AND day = ?",
                (tx.branch, grain, day),
            )
        tx.aside.execute(
            "DELETE FROM rollup_counters WHERE branch = ? AND day = ?", (tx.branch, day)
        )

    def finish(tx: SqliteTx) -> None:
        note(tx.aside, tx.branch, day, rows.kinds)
        tx.aside.executemany("INSERT INTO rollup_counters VALUES (?, ?, ?, ?, ?)", rows.counters)
        tx.aside.execute(
            "INSERT INTO rollup_days (branch, day, version, made_at, upto) VALUES (?, ?, ?, ?, ?)",
            (tx.branch, day, VERSION, tx.now, rows.upto),
        )

    yield clear
    for first in range(0, len(rows.cells), BATCH_ROWS):
        part = rows.cells[first : first + BATCH_ROWS]
        yield lambda tx, part=part: insert(tx.aside, part)  # type: ignore[misc]
    yield finish


def insert(db: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows of a counted day."""
    db.executemany(INSERT_ROLLUP, rows)


def write_at_once(tx: SqliteTx, day: str) -> None:
    """Count and write a day in the present transaction; for the command line."""
    for write in writes(count(tx, day)):
        write(tx)


def summed(
    db: sqlite3.Connection, parts: Sequence[str], where: str, values: Sequence[Any], *,
    services: bool = True,
) -> dict[tuple[Any, ...], Cell]:  # fmt: skip
    """Return kept cells merged by columns: the database sums, histograms are merged here.

    Args:
        db: connection.
        parts: columns to merge by; the keys are tuples in their order.
        where: condition on ``rollups``.
        values: of the condition.
        services: also merge the histograms of service times, which costs time.
    """
    keys, after = "".join(f"{part}, " for part in parts), len(parts)
    sums = ", ".join([*(f"SUM({name})" for name in SUMS), *(f"MAX({name})" for name in MAXIMA)])
    group = f" GROUP BY {', '.join(parts)}" if parts else ""
    made = {
        row[:after]: cell_of(row[after:], 0, 0)
        for row in db.execute(f"SELECT {keys}{sums} FROM rollups WHERE {where}{group}", values)  # noqa: S608
    }
    blobs = f"waits, {'services' if services else 'NULL'}"
    for row in db.execute(f"SELECT {keys}{blobs} FROM rollups WHERE {where}", values):  # noqa: S608
        cell = made[row[:after]]
        if row[after]:
            cell.waits += decode(row[after])
        if row[after + 1]:
            cell.services += decode(row[after + 1])
    return made


def cell_of(values: Iterable[int | None], waits: int, services: int) -> Cell:
    """Return the cell that sums, maxima and histograms make."""
    cell = Cell(*(value or 0 for value in values))
    cell.waits, cell.services = waits, services
    return cell


def kept_day(tx: SqliteTx, day: str, grain: str = "cell") -> dict[Key, Cell]:
    """Return the cells of one grain that are kept for a day."""
    return {
        (row[1], row[2], row[3], row[4]): cell_of(row[5:-2], _kept(row[-2]), _kept(row[-1]))
        for row in tx.db.execute(SELECT_DAY, (tx.branch, day, grain))
    }


def _kept(lanes: bytes) -> Histogram:
    """Return a kept histogram; one that is damaged is like none."""
    try:
        return decode(lanes)
    except Unreadable:
        return UNLIKE_ANY


def differences(tx: SqliteTx, day: str) -> list[str]:
    """Return in words how the roll-up of a day differs from the log; empty when it agrees."""
    cells = count_day(tx, day)
    found: list[str] = []
    for grain, made in grained(cells).items():
        found += compare(grain, made, kept_day(tx, day, grain))
    kept = {
        row[0]: (row[1], row[2])
        for row in tx.db.execute(
            "SELECT counter, open_ms, break_ms FROM rollup_counters WHERE branch = ? AND day = ?",
            (tx.branch, day),
        )
    }
    if kept != desk_time(tx, day):
        found.append("the open time of counters differs")
    return found


def compare(grain: str, log: Mapping[Key, Cell], kept: Mapping[Key, Cell]) -> list[str]:
    """Return in words how kept cells differ from what they were counted from."""
    found = []
    for key in sorted(log.keys() | kept.keys()):
        place = ", ".join(
            f"{name} {part}"
            for name, part in zip(_COLUMNS, key, strict=True)
            if part not in {NONE, ""}
        )
        if key not in kept:
            found.append(f"{place}: {log[key].turns} turns of the log are missing ({grain})")
        elif key not in log:
            found.append(f"{place}: {kept[key].turns} turns too many ({grain})")
        elif log[key] != kept[key]:
            names = [
                f"{name} is {getattr(kept[key], name)}, the log says {getattr(log[key], name)}"
                for name in _VALUES
                if getattr(log[key], name) != getattr(kept[key], name)
            ] or ["a histogram differs"]
            found.append(f"{place}: {'; '.join(names)} ({grain})")
    return found
