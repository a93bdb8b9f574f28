"""Which days hold turns of a kind: what the log can be filtered by, noted day by day in a month."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from server.storage.queries.log import SOURCES
from server.storage.queries.rows import column, every


class Kind(NamedTuple):
    """What turns have in common; counter 0: not called; ``outcome``: else the state."""

    prefix: str
    service: str
    counter: int
    priority: str
    outcome: str
    channel: str


class Month(NamedTuple):
    """In which days of a month there is something, a bit each, the lowest for day 0."""

    month: str
    days: int


class Wanted(NamedTuple):
    """What is looked for; ``None`` and empty for whatever it be. ``text`` begins the number."""

    services: tuple[str, ...] = ()
    text: str = ""
    counter: int | None = None
    priority: str | None = None
    outcome: str | None = None
    channel: str | None = None

    def condition(self) -> tuple[str, dict[str, object]]:
        """Return the condition on ``log_kinds`` and its values."""
        words = ["branch = :branch AND month >= :first AND month <= :last"]
        values: dict[str, object] = {}
        for name in ("counter", "priority", "outcome", "channel"):
            value = getattr(self, name)
            if value is not None:
                words.append(f"{name} = :{name}")
                values[name] = value
        if self.services:
            marks = {f"service{at}": code for at, code in enumerate(self.services)}
            words.append(f"service IN ({', '.join(f':{mark}' for mark in marks)})")
            values |= marks
        if self.text:
            words.append(
                "(substr(:text, 1, length(prefix)) = prefix"
                " OR substr(prefix, 1, length(:text)) = :text)"
            )
            values["text"] = self.text
        return " AND ".join(words), values


def of_day(db: sqlite3.Connection, branch: int, day: str) -> list[Kind]:
    """Return the kinds of a day's turns, as they stand."""
    sql = f"""
        SELECT DISTINCT tickets.prefix, turns.service, COALESCE(turns.counter_number, 0),
            turns.priority, COALESCE(turns.outcome, turns.state), tickets.channel
        FROM {SOURCES["day"]}
        WHERE turns.branch = ? AND turns.day = ?
    """
    return every(db, Kind, sql, (branch, day))


def note(db: sqlite3.Connection, branch: int, day: str, kinds: Iterable[Kind]) -> None:
    """Write down that a day has these kinds."""
    db.executemany(
        """
        INSERT INTO log_kinds
            (branch, month, days, prefix, service, counter, priority, outcome, channel)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (branch, month, prefix, service, counter, priority, outcome, channel)
            DO UPDATE SET days = log_kinds.days | excluded.days
            WHERE log_kinds.days & excluded.days = 0
        """,
        [(branch, day[:7], 1 << int(day[8:]), *kind) for kind in kinds],
    )


def months(
    db: sqlite3.Connection, branch: int, span: tuple[str, str], wanted: Wanted, *,
    prefix: str | None = None, down: bool = False,
) -> Iterable[Month]:  # fmt: skip
    """Yield where something wanted is noted, month by month; of one prefix only, when given."""
    condition, values = wanted.condition()
    if prefix is not None:
        condition += " AND prefix = :prefix"
        values["prefix"] = prefix
    order = "DESC" if down else "ASC"
    sql = f"SELECT month, days FROM log_kinds WHERE {condition} ORDER BY month {order}"
    found = db.execute(sql, values | {"branch": branch, "first": span[0][:7], "last": span[1][:7]})
    return (Month(*row) for row in found)


def prefixes(
    db: sqlite3.Connection, branch: int, span: tuple[str, str], wanted: Wanted
) -> list[str]:
    """Return the prefixes of numbers under which something wanted is noted."""
    condition, values = wanted.condition()
    sql = f"SELECT DISTINCT prefix FROM log_kinds WHERE {condition}"
    return column(db, sql, values | {"branch": branch, "first": span[0][:7], "last": span[1][:7]})


def prefixes_of_day(db: sqlite3.Connection, branch: int, day: str) -> list[str]:
    """Return the prefixes of a day's numbers."""
    sql = """
        SELECT DISTINCT prefix FROM tickets JOIN turns ON turns.ticket = tickets.id
        WHERE turns.branch = ? AND turns.day = ?
    """
    return column(db, sql, (branch, day))
