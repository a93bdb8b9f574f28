"""Owns where in many years something may be found: which days hold turns of which kind.

A kind is what the log can be filtered by. Each closed day notes its kinds when it is rolled up, as
a bit in its month; a day that is not counted yet may hold anything. So the days that are told are
never too few, and a filter that finds little reads little.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from heapq import merge
from itertools import groupby
from operator import attrgetter

from server.storage.queries import kinds, rollups
from server.storage.queries.kinds import Month, Wanted
from server.storage.transaction import SqliteTx

ANYTHING = Wanted()


class Sought:
    """What is looked for in the days from ``first`` to ``last``.

    Args:
        tx: where.
        first: business day.
        last: business day, looked into as well.
        version: of the roll-ups that note the kinds.
        wanted: what is looked for.
    """

    def __init__(
        self, tx: SqliteTx, first: str, last: str, version: int, wanted: Wanted = ANYTHING
    ) -> None:
        self._db, self._branch = tx.db, tx.branch
        self._span = (first, last)
        self._version = version
        self._wanted = wanted
        self.narrow = wanted != ANYTHING
        """Whether anything is asked for."""

    @cached_property
    def uncounted(self) -> list[str]:
        """Days that may hold anything, oldest first."""
        known = rollups.days(self._db, self._branch, self._version, *self._span)
        return [each.day for each in known if not each.rolled]

    def days(self, *, down: bool = False, prefix: str | None = None) -> Iterator[str]:
        """Yield the days that may hold it, in order; of one prefix only, when that is given.

        Months are read as they are needed.
        """
        noted = kinds.months(
            self._db, self._branch, self._span, self._wanted, prefix=prefix, down=down
        )
        open_days = [Month(day[:7], 1 << int(day[8:])) for day in self.uncounted]
        if down:
            open_days.reverse()
        first, last = self._span
        for month, found in groupby(merge(noted, open_days, key=_month, reverse=down), key=_month):
            bits = 0
            for each in found:
                bits |= each.days
            for at in range(31, 0, -1) if down else range(1, 32):
                day = f"{month}-{at:02d}"
                if bits >> at & 1 and first <= day <= last:
                    yield day

    def prefixes(self) -> list[str]:
        """Return the prefixes that numbers may have that hold it, in order.

        Of days that are not counted all are told that the number may begin with.
        """
        found = set(kinds.prefixes(self._db, self._branch, self._span, self._wanted))
        for day in self.uncounted:
            found.update(kinds.prefixes_of_day(self._db, self._branch, day))
        text = self._wanted.text
        return sorted(each for each in found if each.startswith(text) or text.startswith(each))


_month = attrgetter("month")
