"""The wait-time log: turns with their tickets, of a span, under a filter, in some order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from server.domain.day import Millis
from server.storage.dialect import by_index, listed, padded, then
from server.storage.queries.columns import COLUMNS
from server.storage.queries.rows import column, every, first, value

_FIELDS = ", ".join(["turns.day", "turns.opened", *(each.sql for each in COLUMNS.values())])
_OF_TICKET = "tickets.id = turns.ticket"
Index = Literal["day", "label", "any"]
SOURCES: dict[Index, str] = {
    "day": then(by_index("turns", "turns_day"), "tickets", _OF_TICKET),
    "label": then(by_index("turns", "turns_label"), "tickets", _OF_TICKET),
    "any": f"turns JOIN tickets ON {_OF_TICKET}",
}
"""Turns in the order of an index, each with its ticket; the planner has no other way."""
_TURNS: dict[Index, str] = {
    "day": by_index("turns", "turns_day"), "label": by_index("turns", "turns_label"),
    "any": "turns",
}  # fmt: skip
_DAYS = f"{listed(':days')} AS wanted"


class Turn(NamedTuple):
    """A turn of the log: its place, and the values of ``COLUMNS`` as the tables have them."""

    day: str
    opened: int
    values: tuple[Any, ...]

    @property
    def service(self) -> str:
        """Code of its service."""
        return str(self.values[_SERVICE])


_SERVICE = list(COLUMNS).index("service")


def _turn(row: tuple[Any, ...]) -> Turn:
    """Return the turn in a row of ``_FIELDS``."""
    day, opened, *values = row
    return Turn(day, opened, tuple(values))


class Span(msgspec.Struct, frozen=True):
    """Business days ``first`` to ``last``, both in, issued in [``issued_from``, ``issued_to``)."""

    first: str
    last: str
    issued_from: Millis = 0
    issued_to: Millis = 2**62


class Only(msgspec.Struct, frozen=True):
    """Which turns of a span; ``None`` for all. ``text`` is looked for at a label's start."""

    service: str | None = None
    agency: str | None = None
    counter: int | None = None
    priority: str | None = None
    outcome: str | None = None
    channel: str | None = None
    text: str | None = None


class Place(msgspec.Struct, frozen=True):
    """Where the next part begins: after the turn of this day that this event opened."""

    day: str
    opened: int = 0


class Condition(NamedTuple):
    """A part of a statement that says which turns are meant, and its values."""

    sql: str
    values: dict[str, Any]

    def also(self, sql: str, **values: object) -> Condition:
        """Return the condition that asks for more."""
        return Condition(f"{self.sql} AND {sql}", self.values | values)


def of_span(branch: int, span: Span, only: Only, services: Sequence[str]) -> Condition:
    """Return the condition of a span and a filter; ``services`` are those of its words.

    The first two parts use the index ``turns_day``.
    """
    days = Condition(
        "turns.branch = :branch AND turns.day >= :first AND turns.day <= :last",
        {"branch": branch, "first": span.first, "last": span.last},
    )
    return _filtered(days, span, only, services)


def of_days(
    branch: int, days: Sequence[str], span: Span, only: Only, services: Sequence[str]
) -> Condition:
    """Return the condition of some days of a span, which are looked into one by one."""
    listed = Condition(
        "turns.branch = :branch AND turns.day = wanted.value",
        {"branch": branch, "days": json.dumps(list(days))},
    )
    return _filtered(listed, span, only, services)


def _filtered(found: Condition, span: Span, only: Only, services: Sequence[str]) -> Condition:
    if span.issued_from or span.issued_to != 2**62:
        found = found.also(
            "tickets.issued_at >= :issued_from AND tickets.issued_at < :issued_to",
            issued_from=span.issued_from, issued_to=span.issued_to,
        )  # fmt: skip
    for name, sql in (
        ("counter", "turns.counter_number"),
        ("priority", "turns.priority"),
        ("channel", "tickets.channel"),
        ("outcome", "COALESCE(turns.outcome, turns.state)"),
    ):
        wanted = getattr(only, name)
        if wanted is not None:
            found = found.also(f"{sql} = :{name}", **{name: wanted})
    if services:
        marks = {f"service{at}": code for at, code in enumerate(services)}
        found = found.also(f"turns.service IN ({', '.join(f':{each}' for each in marks)})", **marks)
    if only.text:
        found = found.also(
            "turns.label >= :text AND turns.label < :text_end", **_beginning(only.text)
        )
    return found


def _beginning(text: str) -> dict[str, str]:
    """Return the values of a condition on labels that begin so."""
    return {"text": text.upper(), "text_end": text.upper() + "\U0010ffff"}


def _source(source: str, condition: Condition) -> str:
    """Return a source that is looked into for each wanted day, if the condition names some."""
    if "days" in condition.values:
        return then(_DAYS, source)
    return source


# ---------------------------------------------------------------- one turn, and all


def turn(db: sqlite3.Connection, branch: int, ticket: str, leg: int) -> Turn | None:
    """Return one turn."""
    sql = f"""
        SELECT {_FIELDS} FROM {SOURCES["any"]}
        WHERE turns.ticket = ? AND turns.leg = ? AND turns.branch = ?
    """
    row = db.execute(sql, (ticket, leg, branch)).fetchone()
    return None if row is None else _turn(row)


class Change(NamedTuple):
    """An event as the log has it."""

    seq: int
    data: str


def changes(db: sqlite3.Connection, branch: int, after: int, most: int) -> list[Change]:
    """Return the events behind a number whose turns the tables hold, oldest first."""
    sql = """
        SELECT seq, data FROM events
        WHERE branch = :branch AND seq > :after
            AND seq <= (SELECT rows_seq FROM branches WHERE id = :branch)
        ORDER BY seq LIMIT :most
    """
    return every(db, Change, sql, {"branch": branch, "after": after, "most": most})


def count(db: sqlite3.Connection, condition: Condition, index: Index) -> int:
    """Return how many turns there are."""
    # looking each ticket up would make a count of millions last seven times as long
    source = SOURCES[index] if "tickets." in condition.sql else _TURNS[index]
    sql = f"SELECT COUNT(*) FROM {_source(source, condition)} WHERE {condition.sql}"
    return int(value(db, sql, condition.values))


def staff_of(db: sqlite3.Connection, condition: Condition) -> list[str]:
    """Return who served; the condition is one of turns alone."""
    sql = f"""
        SELECT DISTINCT turns.staff FROM {_TURNS["day"]}
        WHERE {condition.sql} AND turns.staff IS NOT NULL
    """
    return column(db, sql, condition.values)


# ---------------------------------------------------------------- parts


class Chunk(msgspec.Struct, frozen=True):
    """Turns behind place ``after`` up to place ``end``, all of one calendar month.

    Attributes:
        first: the business day of the first one.
    """

    first: str
    after: Place
    end: Place


def chunk_after(
    db: sqlite3.Connection, branch: int, span: Span, place: Place, most: int
) -> Chunk | None:
    """Return the part of a span that begins behind ``place``, or ``None`` when nothing follows.

    It has ``most`` turns before filtering. Only the index ``turns_day`` is read.
    """
    behind = (
        f"SELECT day, opened FROM {_TURNS['day']} WHERE branch = :branch "
        "AND day >= :day AND day <= :last AND (day > :day OR opened > :opened) "
        "ORDER BY day, opened LIMIT 1 OFFSET :rows"
    )
    values = {"branch": branch, "day": place.day, "opened": place.opened}
    begin = first(db, Place, behind, values | {"last": span.last, "rows": 0})
    if begin is None:
        return None
    last = min(span.last, begin.day[:7] + "-31")
    end = first(db, Place, behind, values | {"last": last, "rows": most - 1})
    return Chunk(begin.day, place, end or Place(last, 2**62))


def of_chunk(
    branch: int, chunk: Chunk, span: Span, only: Only, services: Sequence[str]
) -> Condition:
    """Return the condition of the turns of a part that a filter lets through."""
    narrow = msgspec.structs.replace(span, first=chunk.first, last=chunk.end.day)
    return of_span(branch, narrow, only, services).also(
        "(turns.day > :after_day OR turns.opened > :after)"
        " AND (turns.day < :end_day OR turns.opened <= :end)",
        after_day=chunk.after.day, after=chunk.after.opened,
        end_day=chunk.end.day, end=chunk.end.opened,
    )  # fmt: skip


# ---------------------------------------------------------------- pages

SORTS = {
    "issued": f"turns.day || {padded('turns.opened', 16)}",
    "label": f"tickets.prefix || ' ' || {padded('tickets.number', 9)} || ' ' || turns.day",
    "outcome": "COALESCE(turns.outcome, turns.state)",
    **{
        name: COLUMNS[name].sql
        for name in (
            "service",
            "counter",
            "called",
            "started",
            "ended",
            "wait_s",
            "service_s",
            "walk_s",
            "recalls",
        )
    },
}
"""What the log can be sorted by -> SQL; only names from here ever reach a statement."""
_ORDERS = {"time": "turns.day, turns.opened", "number": "tickets.number, turns.day, turns.opened"}


class Cursor(NamedTuple):
    """The last row of the page before: what it was sorted by, and the event that opened it."""

    key: str | int | None
    opened: int


class Found(NamedTuple):
    """A turn, and the value that it is sorted by."""

    key: str | int | None
    turn: Turn


class Wish(NamedTuple):
    """Which rows of the log, in which order.

    Attributes:
        sort: one of ``SORTS``.
        down: the largest first.
        cursor: the rows behind it; ``None`` for the first.
        most: rows.
        by: the index that finds them.
        order: ``time`` or ``number`` where the index has them so; empty for that of ``sort``.
        prefix: of the number, if only one.
        label: if only one.
        from_day: no row before that day (after it, if ``down``).
    """

    sort: str
    down: bool
    cursor: Cursor | None
    most: int
    by: Index = "any"
    order: Literal["time", "number", ""] = ""
    prefix: str | None = None
    label: str | None = None
    from_day: str | None = None


def rows(db: sqlite3.Connection, condition: Condition, wish: Wish) -> list[Found]:
    """Return rows of the log; what is not known comes last."""
    key = SORTS[wish.sort]
    direction, beyond = ("DESC", "<") if wish.down else ("ASC", ">")
    if wish.cursor is not None:
        condition = condition.also(
            _behind(wish.sort, key, beyond, wish.cursor),
            known=wish.cursor.key,
            opened=wish.cursor.opened,
        )
    if wish.prefix is not None:
        condition = condition.also("tickets.prefix = :prefix", prefix=wish.prefix)
    if wish.label is not None:
        condition = condition.also("turns.label = :label", label=wish.label)
    if wish.from_day is not None:
        condition = condition.also(f"turns.day {beyond}= :from_day", from_day=wish.from_day)
    if wish.order:
        ordered = ", ".join(f"{each} {direction}" for each in _ORDERS[wish.order].split(", "))
    else:
        ordered = f"{key} IS NULL, {key} {direction}, turns.opened {direction}"
    sql = f"""
        SELECT {"turns.day" if wish.sort == "issued" else key}, {_FIELDS}
        FROM {_source(SOURCES[wish.by], condition)} WHERE {condition.sql}
        ORDER BY {ordered} LIMIT :most
    """
    found = db.execute(sql, condition.values | {"most": wish.most})
    return [Found(key, _turn(tuple(turn))) for key, *turn in found]


def _behind(sort: str, key: str, beyond: str, cursor: Cursor) -> str:
    if sort == "issued":
        return (f"turns.day {beyond}= :known"
                f" AND (turns.day {beyond} :known OR turns.opened {beyond} :opened)")  # fmt: skip
    if cursor.key is None:
        return f"{key} IS NULL AND turns.opened {beyond} :opened"
    return (f"({key} IS NULL OR {key} {beyond} :known"
            f" OR ({key} = :known AND turns.opened {beyond} :opened))")  # fmt: skip


def labels(db: sqlite3.Connection, branch: int, text: str, most: int) -> list[str]:
    """Return the labels that begin so, in order.

    Each is found by one look into the index ``turns_label``, so it costs what there are labels and
    not what there are turns.
    """
    after = f"SELECT label FROM {_TURNS['label']} WHERE branch = :branch AND label"
    one = "ORDER BY label LIMIT 1"
    sql = f"""
        WITH RECURSIVE found (label) AS (
            SELECT ({after} >= :text AND label < :text_end {one})
            UNION ALL
            SELECT ({after} > found.label AND label < :text_end {one}) FROM found
            WHERE found.label IS NOT NULL
        )
        SELECT label FROM found WHERE label IS NOT NULL LIMIT :most
    """
    return column(db, sql, {"branch": branch, "most": most} | _beginning(text))


def more_than(db: sqlite3.Connection, branch: int, text: str, most: int) -> bool:
    """Tell whether more than ``most`` turns have labels that begin so."""
    sql = f"""
        SELECT COUNT(*) FROM (SELECT 1 FROM {_TURNS["label"]}
        WHERE branch = :branch AND label >= :text AND label < :text_end LIMIT :most) AS found
    """
    values = {"branch": branch, "most": most + 1} | _beginning(text)
    return bool(value(db, sql, values) > most)
