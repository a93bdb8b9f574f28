"""Owns pages of the log: filtered, sorted, each beginning where the last one ended.

A page is found by the last row's place (keyset), so the thousandth costs what the first does. What
is sorted by time of issue is read day after day, and only those days that may hold what is asked
for (``kinds``); what is sorted by number goes from label to label. Other orders sort the span once
per page.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from server.domain.errors import Invalid
from server.reports.log import Turns, sought, where
from server.storage.queries import log
from server.storage.queries.columns import LogTurn
from server.storage.queries.log import Cursor, Found, Index, Only, Span, Wish
from server.storage.transaction import SqliteTx

PAGE_ROWS = 2000
MOST_LABELS = 64
"""Labels that are looked up one by one; more of them are met soon enough day after day."""
MOST_LOOKS = 5000
"""Looks into the index of labels, a few microseconds each, that are better than reading on."""
MOST_DAYS = 500
"""Days that are looked up one by one under each label; of more, its turns are read in order."""
FEW_DAYS = 40
"""Days that are read and sorted in less time than their labels are looked up."""


class View(msgspec.Struct, frozen=True):
    """One page of the table: which turns, in which order, after which place, how many."""

    span: Span
    only: Only = Only()
    sort: str = "issued"
    down: bool = False
    rows: int = PAGE_ROWS
    cursor: str | None = None


def page(tx: SqliteTx, view: View, language: str) -> tuple[list[LogTurn], str | None]:
    """Return a page of turns and the cursor of the next one, if there is one.

    What is not known comes last.

    Raises:
        Invalid: the cursor does not belong to this order; there never was such a service, agency
            or counter.
    """
    rows = _Search(tx, view).rows()
    shown = rows[: view.rows]
    turns = Turns(tx, language, {each.turn.service for each in shown})
    more = len(rows) > view.rows
    return [turns.of(each.turn) for each in shown], _written(view, shown[-1]) if more else None


class _Search:
    """Looks for the rows of one page, and one more."""

    def __init__(self, tx: SqliteTx, view: View) -> None:
        self._tx = tx
        self._view = view
        self._limit = view.rows + 1
        self._cursor = None if view.cursor is None else _cursor(view)
        self._sought = sought(tx, view.span, view.only)

    def rows(self) -> list[Found]:
        """Return the rows in their order."""
        if self._view.sort == "issued":
            return self._by_time()
        if self._view.sort == "label":
            return self._by_label()
        return self._sorted()

    def _ask(
        self, index: Index, *, span: Span | None = None, only: Only | None = None,
        days: list[str] | None = None, limit: int | None = None, **wishes: Any,  # noqa: ANN401 - as ``Wish`` has them
    ) -> list[Found]:  # fmt: skip
        """Return rows of the span behind the cursor that the filter leaves, or of ``days`` of it.

        Days are looked into one by one.
        """
        view = self._view
        condition = where(self._tx, span or view.span, view.only if only is None else only, days)
        most = self._limit if limit is None else limit
        wish = Wish(view.sort, view.down, self._cursor, most, index, **wishes)
        return log.rows(self._tx.db, condition, wish)

    def _by_time(self) -> list[Found]:
        """Return the rows in the order in which they were issued."""
        text = self._view.only.text
        if text:
            found = self._labels(text)
            if len(found) <= MOST_LABELS:
                return self._of_labels(found)
            if not log.more_than(self._tx.db, self._tx.branch, text, MOST_LOOKS):
                return self._ask("label", order="time")
        if not self._sought.narrow:
            return self._ask("day", order="time")
        rows: list[Found] = []
        for day in self._days():
            span = msgspec.structs.replace(self._view.span, first=day, last=day)
            rows += self._ask("day", span=span, order="time", limit=self._limit - len(rows))
            if len(rows) >= self._limit:
                break
        return rows

    def _days(self) -> Iterator[str]:
        """Yield the days that may hold a row behind the cursor."""
        known, down = str(self._known or ""), self._view.down
        for day in self._sought.days(down=down):
            if not known or (day <= known if down else day >= known):
                yield day

    @property
    def _known(self) -> str | int | None:
        """What the last row of the page before was sorted by."""
        return None if self._cursor is None else self._cursor.key

    def _labels(self, text: str, most: int = MOST_LABELS + 1) -> list[str]:
        """Return the labels there ever were that begin so."""
        return log.labels(self._tx.db, self._tx.branch, text, most)

    def _of_labels(self, found: list[str]) -> list[Found]:
        """Return the first rows of each of some labels: the index has them in the right order."""
        only = msgspec.structs.replace(self._view.only, text=None)
        days = None
        if only != Only():
            holding = list(self._days())
            if len(holding) * len(found) <= MOST_LOOKS:
                days = holding
        rows = [
            row
            for label in found
            for row in self._ask("label", order="time", only=only, label=label, days=days)
        ]
        rows.sort(key=_by_day, reverse=self._view.down)
        return rows[: self._limit]

    def _by_label(self) -> list[Found]:
        """Return the rows in the order of their numbers: prefix, number, day."""
        span = self._view.span
        few = span.first[:7] == span.last[:7] or len(self._sought.uncounted) > FEW_DAYS
        if few:  # sorted as it stands
            return self._sorted()
        rows: list[Found] = []
        down = self._view.down
        after, number = _place(self._known)
        for prefix in sorted(self._sought.prefixes(), reverse=down):
            if after and (prefix > after if down else prefix < after):
                continue
            start = number if prefix == after else None
            rows += self._of_prefix(prefix, start, self._limit - len(rows))
            if len(rows) >= self._limit:
                break
        return rows

    def _of_prefix(self, prefix: str, start: int | None, limit: int) -> list[Found]:
        """Return the first rows of one prefix, from a number on."""
        days = None
        only = self._view.only
        if msgspec.structs.replace(only, text=None) != Only():
            days = list(self._sought.days(prefix=prefix))
            if len(days) <= FEW_DAYS:
                return self._ask("day", order="number", days=days, limit=limit, prefix=prefix)
            if len(days) > MOST_DAYS:
                days = None
        bare = msgspec.structs.replace(only, text=None)
        rows: list[Found] = []
        for number, same in groupby(self._numbers(prefix, start), key=itemgetter(0)):
            found = [label for _, label in same]
            from_day = str(self._known)[-10:] if number == start else None
            of_number = [
                row
                for label in found
                for row in self._ask(
                    "label", order="time", only=bare, limit=limit - len(rows), prefix=prefix,
                    label=label, days=days, from_day=from_day,
                )
            ]  # fmt: skip
            if len(found) > 1:  # A1 and A001: written otherwise in other years
                of_number.sort(key=_by_key, reverse=self._view.down)
            rows += of_number[: limit - len(rows)]
            if len(rows) >= limit:
                break
        return rows

    def _numbers(self, prefix: str, start: int | None) -> list[tuple[int, str]]:
        """Return numbers of a prefix and how they are written, in order, from ``start`` on."""
        text = (self._view.only.text or "").upper()
        found = []
        for label in self._labels(max(prefix, text, key=len), most=10**6):
            digits = label.removeprefix(prefix)
            if digits != label and digits.isdecimal():
                number = int(digits)
                if start is None or (number <= start if self._view.down else number >= start):
                    found.append((number, label))
        return sorted(found, reverse=self._view.down)

    def _sorted(self) -> list[Found]:
        """Return the first rows after sorting all that the filter leaves."""
        if not self._sought.narrow:
            return self._ask("any")
        days = list(self._sought.days())
        return self._ask("label" if self._view.only.text else "day", days=days) if days else []


def _place(known: str | int | None) -> tuple[str, int]:
    """Return the prefix and number of a cursor's ``LABEL_KEY``."""
    if known is None:
        return "", 0
    prefix, number, day = [*str(known).split(" "), "", ""][:3]
    if not (number.isascii() and number.isdigit() and len(day) == 10):  # noqa: PLR2004 - a date
        raise Invalid("This cursor belongs to another question.", field="cursor")
    return prefix, int(number)


def _by_day(found: Found) -> tuple[str, int]:
    return found.turn.day, found.turn.opened


def _by_key(found: Found) -> tuple[Any, int]:
    return found.key, found.turn.opened


def _written(view: View, last: Found) -> str:
    raw = msgspec.json.encode([view.sort, view.down, last.key, last.turn.opened])
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _cursor(view: View) -> Cursor:
    try:
        text = (view.cursor or "") + "=" * (-len(view.cursor or "") % 4)
        sort, down, known, opened = msgspec.json.decode(
            base64.urlsafe_b64decode(text), type=tuple[str, bool, str | int | None, int]
        )
    except (ValueError, msgspec.DecodeError, RecursionError):
        sort, down, known, opened = "", False, None, 0
    numbers = [each for each in (known, opened) if isinstance(each, int)]
    if (sort, down) != (view.sort, view.down) or any(abs(each) >= 2**62 for each in numbers):
        raise Invalid("This cursor belongs to another question.", field="cursor")
    return Cursor(known, opened)
