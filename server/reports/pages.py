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

from server.api.figures import LogTurn
from server.domain.errors import Invalid
from server.reports.log import FIELDS, Only, Span, Turns, beginning, sought, where
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
BY_DAY = "turns INDEXED BY turns_day CROSS JOIN tickets ON tickets.id = turns.ticket"
BY_LABEL = "turns INDEXED BY turns_label CROSS JOIN tickets ON tickets.id = turns.ticket"
LABEL_KEY = "tickets.prefix || printf(' %09d ', tickets.number) || turns.day"
WAIT = "MAX(0, turns.first_called_at - turns.eligible_at)"
SERVICE = "CASE WHEN turns.started_at IS NOT NULL AND turns.ended_at IS NOT NULL THEN turns.service_ms END"  # noqa: E501
SORTS = {
    "issued": "turns.day || printf('%016d', turns.rowid)",
    "label": LABEL_KEY,
    "service": "turns.service",
    "counter": "turns.counter_number",
    "called": "turns.first_called_at",
    "started": "turns.started_at",
    "ended": "turns.ended_at",
    "wait_s": WAIT,
    "service_s": SERVICE,
    "walk_s": "turns.walk_ms",
    "recalls": "turns.recalls",
    "outcome": "COALESCE(turns.outcome, turns.state)",
}
"""Column to sort by -> SQL; only names from here ever reach a statement."""

Row = tuple[Any, ...]
"""The value that is sorted by, then ``FIELDS``."""


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
    more = len(rows) > view.rows
    turns = Turns(tx, language, {row[4] for row in rows})
    found = [turns.of(row[1:]) for row in rows[: view.rows]]
    last = rows[view.rows - 1] if more else None
    return found, None if last is None else _written(view, last[0], last[2])


class _Search:
    """Looks for the rows of one page, and one more."""

    def __init__(self, tx: SqliteTx, view: View) -> None:
        self._tx = tx
        self._view = view
        self._limit = view.rows + 1
        self._known, self._row = (None, 0) if view.cursor is None else _cursor(view)
        self._sought = sought(tx, view.span, view.only)

    def rows(self) -> list[Row]:
        """Return the rows in their order."""
        if self._view.sort == "issued":
            return self._by_time()
        if self._view.sort == "label":
            return self._by_label()
        return self._sorted()

    def _ask(
        self, source: str, more: str = "", *, order: str = "", only: Only | None = None,
        days: list[str] | None = None, limit: int | None = None,
        **values: Any,  # noqa: ANN401 - of any column
    ) -> list[Row]:  # fmt: skip
        """Return rows of the span behind the cursor that the filter leaves, or of ``days`` of it.

        Days are looked into one by one.
        """
        view, key = self._view, SORTS[self._view.sort]
        only = view.only if only is None else only
        if days is None:
            condition, known = where(self._tx, view.span, only)
        else:
            source = f"json_each(:days) AS wanted CROSS JOIN {source}"
            condition, known = where(self._tx, view.span, only, "turns.day = wanted.value")
            known["days"] = msgspec.json.encode(days).decode()
        direction, beyond = ("DESC", "<") if view.down else ("ASC", ">")
        selected = "turns.day" if view.sort == "issued" else key
        if view.cursor is not None:
            condition += _after(view.sort, key, beyond, self._known is None)
            known |= {"known": self._known, "row": self._row}
        parts = order.split(", ") if order else [f"{key} IS NULL", key, "turns.rowid"]
        ordered = ", ".join(part if " IS " in part else f"{part} {direction}" for part in parts)
        sql = (
            f"SELECT {selected}, {FIELDS} FROM {source} WHERE {condition}{more} "  # noqa: S608
            f"ORDER BY {ordered} LIMIT :rows"
        )
        known |= values | {"rows": self._limit if limit is None else limit}
        return self._tx.db.execute(sql, known).fetchall()

    def _by_time(self) -> list[Row]:
        """Return the rows in the order in which they were issued."""
        view, in_order = self._view, "turns.day, turns.rowid"
        text = view.only.text
        if text:
            found = labels(self._tx, text)
            if len(found) <= MOST_LABELS:
                return self._of_labels(found)
            if self._few_of(text):
                return self._ask(BY_LABEL, order=in_order)
        if not self._sought.narrow:
            return self._ask(BY_DAY, order=in_order)
        rows: list[Row] = []
        for day in self._days():
            rows += self._ask(
                BY_DAY, order=in_order, limit=self._limit - len(rows), first=day, last=day
            )
            if len(rows) >= self._limit:
                break
        return rows

    def _days(self) -> Iterator[str]:
        """Yield the days that may hold a row behind the cursor."""
        known, down = str(self._known or ""), self._view.down
        for day in self._sought.days(down=down):
            if not known or (day <= known if down else day >= known):
                yield day

    def _few_of(self, text: str) -> bool:
        """Tell whether labels that begin so are so few that the index finds them all at once."""
        (many,) = self._tx.db.execute(
            "SELECT COUNT(*) FROM (SELECT 1 FROM turns INDEXED BY turns_label WHERE "
            "branch = :branch AND label >= :text AND label < :text_end LIMIT :most)",
            {"branch": self._tx.branch, "most": MOST_LOOKS + 1} | beginning(text),
        ).fetchone()
        return bool(many <= MOST_LOOKS)

    def _of_labels(self, found: list[str]) -> list[Row]:
        """Return the first rows of each of some labels: the index has them in the right order."""
        only = msgspec.structs.replace(self._view.only, text=None)
        more, days = " AND turns.label = :label", None
        if only != Only():
            holding = list(self._days())
            if len(holding) * len(found) <= MOST_LOOKS:
                days = holding
        rows = [
            row
            for label in found
            for row in self._ask(
                BY_LABEL, more, order="turns.day, turns.rowid", only=only, label=label, days=days
            )
        ]
        rows.sort(key=_day_and_row, reverse=self._view.down)
        return rows[: self._limit]

    def _by_label(self) -> list[Row]:
        """Return the rows in the order of their numbers: prefix, number, day."""
        span = self._view.span
        few = span.first[:7] == span.last[:7] or len(self._sought.uncounted) > FEW_DAYS
        if few:  # sorted as it stands
            return self._sorted()
        rows: list[Row] = []
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

    def _of_prefix(self, prefix: str, start: int | None, limit: int) -> list[Row]:
        """Return the first rows of one prefix, from a number on."""
        exact, days = " AND tickets.prefix = :prefix", None
        only = self._view.only
        order = "tickets.number, turns.day, turns.rowid"
        if msgspec.structs.replace(only, text=None) != Only():
            days = list(self._sought.days(prefix=prefix))
            if len(days) <= FEW_DAYS:
                return self._ask(BY_DAY, exact, order=order, days=days, limit=limit, prefix=prefix)
            if len(days) > MOST_DAYS:
                days = None
        bare = msgspec.structs.replace(only, text=None)
        rows: list[Row] = []
        for number, same in groupby(self._numbers(prefix, start), key=itemgetter(0)):
            found = [label for _, label in same]
            more = exact + " AND turns.label = :label"
            if number == start:
                more += f" AND turns.day {'<=' if self._view.down else '>='} :from_day"
            of_number = [
                row
                for label in found
                for row in self._ask(
                    BY_LABEL, more, order="turns.day, turns.rowid", only=bare,
                    limit=limit - len(rows), prefix=prefix, label=label, days=days,
                    from_day=str(self._known)[-10:],
                )
            ]  # fmt: skip
            if len(found) > 1:  # A1 and A001: written otherwise in other years
                of_number.sort(key=_key_and_row, reverse=self._view.down)
            rows += of_number[: limit - len(rows)]
            if len(rows) >= limit:
                break
        return rows

    def _numbers(self, prefix: str, start: int | None) -> list[tuple[int, str]]:
        """Return numbers of a prefix and how they are written, in order, from ``start`` on."""
        text = (self._view.only.text or "").upper()
        found = []
        for label in labels(self._tx, max(prefix, text, key=len), most=10**6):
            digits = label.removeprefix(prefix)
            if digits != label and digits.isdecimal():
                number = int(digits)
                if start is None or (number <= start if self._view.down else number >= start):
                    found.append((number, label))
        return sorted(found, reverse=self._view.down)

    def _sorted(self) -> list[Row]:
        """Return the first rows after sorting all that the filter leaves."""
        if not self._sought.narrow:
            return self._ask("turns JOIN tickets ON tickets.id = turns.ticket")
        days = list(self._sought.days())
        source = BY_LABEL if self._view.only.text else BY_DAY
        return self._ask(source, days=days) if days else []


def labels(tx: SqliteTx, text: str, most: int = MOST_LABELS + 1) -> list[str]:
    """Return the labels there ever were that begin so, ``most`` at most.

    Each is found by one look into the index ``turns_label``, so it costs what there are labels and
    not what there are turns.
    """
    after = "SELECT label FROM turns INDEXED BY turns_label WHERE branch = :branch AND label"
    one = "ORDER BY label LIMIT 1"
    rows = tx.db.execute(
        f"WITH RECURSIVE found (label) AS (SELECT ({after} >= :text AND label < :text_end {one})"  # noqa: S608
        f" UNION ALL SELECT ({after} > found.label AND label < :text_end {one}) FROM found "
        "WHERE found.label IS NOT NULL LIMIT :most) "
        "SELECT label FROM found WHERE label IS NOT NULL",
        {"branch": tx.branch, "most": most} | beginning(text),
    )
    return [str(label) for (label,) in rows]


def _place(known: str | int | None) -> tuple[str, int]:
    """Return the prefix and number of a cursor's ``LABEL_KEY``."""
    if known is None:
        return "", 0
    prefix, number, day = [*str(known).split(" "), "", ""][:3]
    if not (number.isascii() and number.isdigit() and len(day) == 10):  # noqa: PLR2004 - a date
        raise Invalid("This cursor belongs to another question.", field="cursor")
    return prefix, int(number)


_day_and_row = itemgetter(1, 2)
_key_and_row = itemgetter(0, 2)


def _after(sort: str, key: str, beyond: str, nothing: bool) -> str:  # noqa: FBT001 - two branches
    if sort == "issued":
        return (f" AND turns.day {beyond}= :known"
                f" AND (turns.day {beyond} :known OR turns.rowid {beyond} :row)")  # fmt: skip
    if nothing:
        return f" AND {key} IS NULL AND turns.rowid {beyond} :row"
    return (f" AND ({key} IS NULL OR {key} {beyond} :known"
            f" OR ({key} = :known AND turns.rowid {beyond} :row))")  # fmt: skip


def _written(view: View, known: str | int | None, row: int) -> str:
    raw = msgspec.json.encode([view.sort, view.down, known, row])
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _cursor(view: View) -> tuple[str | int | None, int]:
    try:
        text = (view.cursor or "") + "=" * (-len(view.cursor or "") % 4)
        sort, down, known, row = msgspec.json.decode(
            base64.urlsafe_b64decode(text), type=tuple[str, bool, str | int | None, int]
        )
    except (ValueError, msgspec.DecodeError):
        sort, down, known, row = "", False, None, 0
    numbers = [each for each in (known, row) if isinstance(each, int)]
    if (sort, down) != (view.sort, view.down) or any(abs(each) >= 2**62 for each in numbers):
        raise Invalid("This cursor belongs to another question.", field="cursor")
    return known, row
