"""Owns where in many years something may be found: which days hold turns of which kind.

A kind is what the log can be filtered by. Each closed day notes its kinds when it is rolled up, as
a bit in its month; a day that is not counted yet may hold anything. So the days that are told are
never too few, and a filter that finds little reads little.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from functools import cached_property
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from server.storage.transaction import SqliteTx

Kind = tuple[str, str, int, str, str, str]
"""Prefix of the number, service, counter (0: not called), class, outcome or state, channel."""
SELECT_KINDS = """
SELECT DISTINCT tickets.prefix, turns.service, COALESCE(turns.counter_number, 0), turns.priority,
    COALESCE(turns.outcome, turns.state), tickets.channel
FROM turns INDEXED BY turns_day CROSS JOIN tickets ON tickets.id = turns.ticket
WHERE turns.branch = ? AND turns.day = ?
"""
NOTE_KIND = """
INSERT INTO log_kinds (branch, month, days, prefix, service, counter, priority, outcome, channel)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (branch, month, prefix, service, counter, priority, outcome, channel)
    DO UPDATE SET days = days | excluded.days WHERE days & excluded.days = 0
"""
SELECT_UNCOUNTED = """
SELECT days.day FROM days LEFT JOIN rollup_days
    ON rollup_days.branch = days.branch AND rollup_days.day = days.day
WHERE days.branch = ? AND days.day >= ? AND days.day <= ? AND (days.closed_at IS NULL
    OR rollup_days.version IS NULL OR rollup_days.version <> ?
    OR rollup_days.upto < days.changed_seq)
ORDER BY days.day
"""


def kinds_of(tx: SqliteTx, day: str) -> list[Kind]:
    """Return the kinds of a day's turns, as they stand."""
    return tx.db.execute(SELECT_KINDS, (tx.branch, day)).fetchall()


def note(db: sqlite3.Connection, branch: int, day: str, kinds: Iterable[Kind]) -> None:
    """Write down that a day has these kinds."""
    bit = 1 << int(day[8:])
    db.executemany(NOTE_KIND, [(branch, day[:7], bit, *kind) for kind in kinds])


class Sought:
    """What is looked for in the days from ``first`` to ``last``; ``None``: whatever it be.

    Args:
        tx: where.
        first: business day.
        last: business day, looked into as well.
        version: of the roll-ups that note the kinds.
        services: one of these codes; empty for all.
        text: the number begins so.
        equal: further parts of a kind by name: ``counter``, ``priority``, ``outcome``, ``channel``.
    """

    def __init__(
        self, tx: SqliteTx, first: str, last: str, version: int, *,
        services: tuple[str, ...] = (), text: str = "", **equal: str | int | None,
    ) -> None:  # fmt: skip
        self._db = tx.db
        self._first, self._last = first, last
        self._words = ["branch = :branch AND month >= :first_month AND month <= :last_month"]
        self._values: dict[str, Any] = {
            "branch": tx.branch, "first_month": first[:7], "last_month": last[:7]
        }  # fmt: skip
        for name, value in equal.items():
            if value is not None:
                self._add(f"{name} = :{name}", **{name: value})
        if services:
            marks = {f"service{at}": code for at, code in enumerate(services)}
            self._add(f"service IN ({', '.join(f':{mark}' for mark in marks)})", **marks)
        if text:
            self._add("(substr(:text, 1, length(prefix)) = prefix"
                      " OR substr(prefix, 1, length(:text)) = :text)", text=text)  # fmt: skip
        self.narrow = len(self._words) > 1
        """Whether anything is asked for."""
        self._text, self._version = text, version

    @cached_property
    def uncounted(self) -> list[str]:
        """Days that may hold anything, oldest first."""
        asked = (self._values["branch"], self._first, self._last, self._version)
        return [day for (day,) in self._db.execute(SELECT_UNCOUNTED, asked)]

    def _add(self, words: str, **values: str | int) -> None:
        self._words.append(words)
        self._values |= values

    def days(self, *, down: bool = False, prefix: str | None = None) -> Iterator[str]:
        """Yield the days that may hold it, in order; of one prefix only, when that is given.

        Months are read as they are needed.
        """
        words, values = list(self._words), dict(self._values)
        if prefix is not None:
            words.append("prefix = :prefix")
            values["prefix"] = prefix
        noted = self._db.execute(
            f"SELECT month, days FROM log_kinds WHERE {' AND '.join(words)} "  # noqa: S608
            f"ORDER BY month {'DESC' if down else 'ASC'}",
            values,
        )
        open_days = [(day[:7], 1 << int(day[8:])) for day in self.uncounted]
        if down:
            open_days.reverse()
        months = merge(noted, open_days, key=_month, reverse=down)
        for month, found in groupby(months, key=_month):
            bits = 0
            for _, days in found:
                bits |= days
            for at in range(31, 0, -1) if down else range(1, 32):
                day = f"{month}-{at:02d}"
                if bits >> at & 1 and self._first <= day <= self._last:
                    yield day

    def prefixes(self) -> list[str]:
        """Return the prefixes that numbers may have that hold it, in order.

        Of days that are not counted all are told that the number may begin with.
        """
        noted = self._db.execute(
            f"SELECT DISTINCT prefix FROM log_kinds WHERE {' AND '.join(self._words)}",  # noqa: S608
            self._values,
        )
        found = {str(prefix) for (prefix,) in noted}
        for day in self.uncounted:
            of_day = self._db.execute(
                "SELECT DISTINCT prefix FROM tickets JOIN turns ON turns.ticket = tickets.id "
                "WHERE turns.branch = ? AND turns.day = ?",
                (self._values["branch"], day),
            )
            found.update(str(prefix) for (prefix,) in of_day)
        return sorted(
            each for each in found if each.startswith(self._text) or self._text.startswith(each)
        )


_month = itemgetter(0)
