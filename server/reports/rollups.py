"""Owns the roll-ups: closed days counted once, kept, read back, checked against the log.

A closed business day never changes: no turn of it can be called, returned or cancelled any more.
It is counted by a reader and written in small batches, so no visitor waits for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from server.domain.errors import Phrase
from server.domain.words import marked as _
from server.reports.cells import NONE, Cell, Key, copied, count_day, desk_time
from server.reports.histogram import UNLIKE_ANY, Histogram, Unreadable, decode, encode
from server.storage.queries import kinds
from server.storage.queries import rollups as rows
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


class DayRows(msgspec.Struct, frozen=True):
    """Everything that is written for one closed day."""

    day: str
    cells: list[rows.Cell]
    counters: list[rows.Desk]
    upto: int = 0
    """The last event that was counted."""
    kinds: list[kinds.Kind] = []
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


def due(tx: SqliteTx) -> list[str]:
    """Return closed days that have no roll-up (by the present rules) yet, oldest first."""
    known = rows.days(tx.db, tx.branch, VERSION)
    return [each.day for each in known if each.closed and not each.rolled]


def count(tx: SqliteTx, day: str) -> DayRows:
    """Count a closed day; reads only."""
    desks = desk_time(tx, day)
    cells = [
        each for grain, made in grained(count_day(tx, day)).items() for each in kept(grain, made)
    ]
    counters = [rows.Desk(at, *desks[at]) for at in sorted(desks)]
    return DayRows(day, cells, counters, tx.next_seq() - 1, kinds.of_day(tx.db, tx.branch, day))


def kept(grain: str, cells: Mapping[Key, Cell]) -> list[rows.Cell]:
    """Return cells as the table keeps them."""
    return [
        rows.Cell(grain, key, cell.values(), encode(cell.waits), encode(cell.services))
        for key, cell in sorted(cells.items())
    ]


def writes(made: DayRows) -> Iterator[Callable[[SqliteTx], None]]:
    """Yield the commands that write a counted day, each short; it counts after the last."""

    def finish(tx: SqliteTx) -> None:
        kinds.note(tx.aside, tx.branch, made.day, made.kinds)
        rolled = rows.Rolled(made.day, VERSION, tx.now, made.upto)
        rows.finish_day(tx.aside, tx.branch, rolled, made.counters)

    yield from written(made.day, GRAINS, made.cells)
    yield finish


def written(
    day: str, grains: Collection[str], cells: Sequence[rows.Cell]
) -> Iterator[Callable[[SqliteTx], None]]:
    """Yield the commands that write the cells of a day or a month in the place of the old ones."""
    yield lambda tx: rows.clear(tx.aside, tx.branch, day, grains)
    for first in range(0, len(cells), BATCH_ROWS):
        part = cells[first : first + BATCH_ROWS]
        yield partial(_insert, day=day, part=part)


def _insert(tx: SqliteTx, day: str, part: Sequence[rows.Cell]) -> None:
    rows.insert(tx.aside, tx.branch, day, part)


def write_at_once(tx: SqliteTx, day: str) -> None:
    """Count and write a day in the present transaction; for the command line."""
    for write in writes(count(tx, day)):
        write(tx)


def summed(
    db: sqlite3.Connection, parts: Sequence[str], where: rows.Where, *, services: bool = True
) -> dict[tuple[Any, ...], Cell]:
    """Return kept cells merged by columns: the database sums, histograms are merged here.

    Args:
        db: connection.
        parts: columns to merge by; the keys are tuples in their order.
        where: which cells.
        services: also merge the histograms of service times, which costs time.
    """
    made = {each.key: cell_of(each.figures, 0, 0) for each in rows.sums(db, parts, where)}
    for each in rows.histograms(db, parts, where, services=services):
        cell = made[each.key]
        if each.waits:
            cell.waits += decode(each.waits)
        if each.services:
            cell.services += decode(each.services)
    return made


def cell_of(values: Iterable[int | None], waits: int, services: int) -> Cell:
    """Return the cell that sums, maxima and histograms make."""
    cell = Cell(*(value or 0 for value in values))
    cell.waits, cell.services = waits, services
    return cell


def kept_day(tx: SqliteTx, day: str, grain: str = "cell") -> dict[Key, Cell]:
    """Return the cells of one grain that are kept for a day."""
    return {
        each.key: cell_of(each.figures, _kept(each.waits), _kept(each.services))
        for each in rows.cells(tx.db, tx.branch, day, grain)
    }


def _kept(lanes: bytes) -> Histogram:
    """Return a kept histogram; one that is damaged is like none."""
    try:
        return decode(lanes)
    except Unreadable:
        return UNLIKE_ANY


def differences(tx: SqliteTx, day: str) -> list[Phrase]:
    """Return in words how the roll-up of a day differs from the log; empty when it agrees."""
    cells = count_day(tx, day)
    found: list[Phrase] = []
    for grain, made in grained(cells).items():
        found += compare(grain, made, kept_day(tx, day, grain))
    times = {each[0]: each[1:] for each in rows.desks(tx.db, tx.branch, [day])}
    if times != desk_time(tx, day):
        found.append(Phrase(_("the open time of counters differs")))
    return found


def compare(grain: str, log: Mapping[Key, Cell], kept: Mapping[Key, Cell]) -> list[Phrase]:
    """Return in words how kept cells differ from what they were counted from."""
    found = []
    for key in sorted(log.keys() | kept.keys()):
        about = {
            "grain": grain,
            "place": ", ".join(
                f"{name} {part}"
                for name, part in zip(rows.KEY, key, strict=True)
                if part not in {NONE, ""}
            ),
        }
        if key not in kept:
            missing = _("{place}: {count} turns of the log are missing ({grain})")
            found.append(Phrase(missing, count=log[key].turns, **about))
        elif key not in log:
            more = _("{place}: {count} turns too many ({grain})")
            found.append(Phrase(more, count=kept[key].turns, **about))
        elif log[key] != kept[key]:
            found += _unlike(log[key], kept[key], about)
    return found


def _unlike(log: Cell, kept: Cell, about: dict[str, str]) -> Iterator[Phrase]:
    figures = [name for name in rows.FIGURES if getattr(log, name) != getattr(kept, name)]
    for name in figures:
        yield Phrase(
            _("{place}: {figure} is {kept}, the log says {log} ({grain})"),
            figure=name, kept=getattr(kept, name), log=getattr(log, name), **about,
        )  # fmt: skip
    if not figures:
        yield Phrase(_("{place}: a histogram differs ({grain})"), **about)
