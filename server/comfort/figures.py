"""Owns what comfort comes to: checks made of those due, faults, and the time to mend them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from statistics import median

import msgspec

from server.storage.queries import comfort
from server.storage.queries.comfort import Repair
from server.storage.transaction import SqliteTx

MONTHS = 12


class ComfortFigures(msgspec.Struct, frozen=True):
    """The comfort of some days.

    Attributes:
        due: checks that were to be made on days that are over; ``done``: those that were.
        faults: told in the time; ``mended``: those of them that are.
        median_minutes: half of these were mended within it; null when none was.
    """

    due: int
    done: int
    faults: int
    mended: int
    median_minutes: float | None


class ComfortMonth(msgspec.Struct, frozen=True):
    """The comfort of a month, as ``2026-11``."""

    month: str
    of: ComfortFigures


def figures(tx: SqliteTx, first: str, last: str) -> ComfortFigures:
    """Return the comfort of some business days."""
    days = comfort.past_days(tx.db, tx.branch, first, last)
    return ComfortFigures(
        sum(each.due for each in days), sum(each.done for each in days),
        *_mending(comfort.repairs(tx.db, tx.branch, first, last)),
    )  # fmt: skip


def months(tx: SqliteTx) -> list[ComfortMonth]:
    """Return the comfort of the last twelve months that tell of any, the newest first."""
    today = date.fromisoformat(tx.day)
    back = today.year * 12 + today.month - MONTHS
    first = date(back // 12, back % 12 + 1, 1).isoformat()
    due: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for day in comfort.past_days(tx.db, tx.branch, first, tx.day):
        due[day.day[:7]][0] += day.due
        due[day.day[:7]][1] += day.done
    repairs: dict[str, list[Repair]] = defaultdict(list)
    for each in comfort.repairs(tx.db, tx.branch, first, tx.day):
        repairs[each.day[:7]].append(each)
    return [
        ComfortMonth(month, ComfortFigures(due[month][0], due[month][1], *_mending(repairs[month])))
        for month in sorted(due.keys() | repairs.keys(), reverse=True)
    ]


def _mending(found: Iterable[Repair]) -> tuple[int, int, float | None]:
    all_of_them = list(found)
    # a clock that was set back makes no repair end before it began
    took = [max(0, each.mended_at - each.at) for each in all_of_them if each.mended_at is not None]
    middle = round(median(took) / 60_000, 1) if took else None
    return len(all_of_them), len(took), middle
