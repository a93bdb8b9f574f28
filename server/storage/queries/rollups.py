"""Roll-ups of closed days and of whole months, and which kinds of turns each day holds.

What the sums of a cell mean: ``server/reports/cells.py``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from server.domain.day import Millis
from server.storage.dialect import among
from server.storage.queries.rows import column, every

SUMS = (
    "turns", "tickets", "people", "appointments", "called", "served", "no_show",
    "cancelled_visitor", "cancelled_staff", "transferred", "expired", "never_called", "recalled",
    "recalls", "closed_by_clock", "within", "wait_ms", "walk_n", "walk_ms", "service_n",
    "service_ms", "busy_ms", "unfinished",
)  # fmt: skip
MAXIMA = ("wait_max_ms", "service_max_ms")
FIGURES = (*SUMS, *MAXIMA)
KEY = ("hour", "service", "counter", "priority")
_COLUMNS = ("branch", "grain", "day", *KEY, *FIGURES, "waits", "services")


class Day(NamedTuple):
    """A business day, whether it is closed, and whether it was counted after that."""

    day: str
    closed: bool
    rolled: bool


class Desk(NamedTuple):
    """How long a counter was open and on breaks."""

    counter: int
    open_ms: int
    break_ms: int


class Month(NamedTuple):
    """A past month whose days are all rolled up, and whether its own roll-up holds."""

    month: str
    days: int
    made: int
    good: bool


class Cell(NamedTuple):
    """What is kept of some turns: ``KEY``, ``FIGURES``, histograms of waits and of services."""

    grain: str
    key: tuple[Any, ...]
    figures: tuple[int, ...]
    waits: bytes
    services: bytes


class Rolled(NamedTuple):
    """A counted day: by rules of which version, when, and the last event that was counted."""

    day: str
    version: int
    made_at: Millis
    upto: int


class Sums(NamedTuple):
    """The figures of several cells together, and what they have in common."""

    key: tuple[Any, ...]
    figures: tuple[int | None, ...]


class Histograms(NamedTuple):
    """The histograms of one cell, and what it has in common with others."""

    key: tuple[Any, ...]
    waits: bytes
    services: bytes | None


class Where(NamedTuple):
    """Which cells are meant; ``None`` for all that the grain has.

    ``hours``: ``True`` for cells of an hour, ``False`` for those of all hours together. The
    condition names the columns of the key in their order, for the index.
    """

    branch: int
    grain: str
    days: Sequence[str]
    hours: bool | None = None
    services: Sequence[str] | None = None
    counter: int | None = None
    priority: str | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """Return the condition and its values."""
        words = [f"branch = ? AND grain = ? AND day {among('?')}"]
        values: list[Any] = [self.branch, self.grain, _json(self.days)]
        if self.hours is not None:
            every_hour = f"hour IN ({', '.join(map(str, range(24)))})"
            words.append(every_hour if self.hours else "hour = -1")
        if self.services is not None:
            words.append(f"service {among('?')}")
            values.append(_json(self.services))
        for name, wanted in (("counter", self.counter), ("priority", self.priority)):
            if wanted is not None:
                words.append(f"{name} = ?")
                values.append(wanted)
        return " AND ".join(words), values


def _json(words: Sequence[str]) -> str:
    return json.dumps(list(words))


def days(
    db: sqlite3.Connection, branch: int, version: int, first: str = "", last: str = "~"
) -> list[Day]:
    """Return the business days of a span; only roll-ups by rules of this version count."""
    sql = """
        SELECT days.day, days.closed_at IS NOT NULL,
            COALESCE(days.closed_at IS NOT NULL AND days.changed_seq <= rollup_days.upto, FALSE)
        FROM days LEFT JOIN rollup_days ON rollup_days.branch = days.branch
            AND rollup_days.day = days.day AND rollup_days.version = ?
        WHERE days.branch = ? AND days.day >= ? AND days.day <= ? ORDER BY days.day
    """
    return every(db, Day, sql, (version, branch, first, last))


def rolled_days(db: sqlite3.Connection, branch: int) -> list[str]:
    """Return the days that have a roll-up, by whatever rules."""
    return column(db, "SELECT day FROM rollup_days WHERE branch = ? ORDER BY day", (branch,))


def months(db: sqlite3.Connection, branch: int, version: int, today: str) -> list[Month]:
    """Return the past months whose days are all rolled up, oldest first."""
    sql = """
        WITH present AS (
            SELECT substr(days.day, 1, 7) AS month, COUNT(*) AS days,
                COUNT(rollup_days.day) AS rolled, SUM(rollup_days.upto) AS made
            FROM days LEFT JOIN rollup_days ON rollup_days.branch = days.branch
                AND rollup_days.day = days.day AND rollup_days.version = :version
                AND days.closed_at IS NOT NULL AND days.changed_seq <= rollup_days.upto
            WHERE days.branch = :branch GROUP BY month
        )
        SELECT present.month, present.days, present.made,
            kept.version = :version AND kept.days = present.days AND kept.made = present.made
        FROM present
        LEFT JOIN rollup_months AS kept ON kept.branch = :branch AND kept.month = present.month
        WHERE present.rolled = present.days AND present.month < substr(:today, 1, 7)
        ORDER BY present.month
    """
    return every(db, Month, sql, {"branch": branch, "version": version, "today": today})


# ---------------------------------------------------------------- reading


def cells(db: sqlite3.Connection, branch: int, day: str, grain: str) -> Iterator[Cell]:
    """Yield the cells of one grain that are kept for a day, or for a month."""
    sql = f"""
        SELECT {", ".join(KEY)}, waits, services, {", ".join(FIGURES)} FROM rollups
        WHERE branch = ? AND day = ? AND grain = ?
    """
    for hour, service, counter, priority, waits, services, *figures in db.execute(
        sql, (branch, day, grain)
    ):
        key = (hour, service, counter, priority)
        yield Cell(grain, key, tuple(figures), waits, services)


def sums(db: sqlite3.Connection, parts: Sequence[str], where: Where) -> Iterator[Sums]:
    """Yield kept figures, those of cells that agree in ``parts`` of their key (or day) together."""
    condition, values = where.condition()
    wanted = [*parts, *(f"SUM({name})" for name in SUMS), *(f"MAX({name})" for name in MAXIMA)]
    group = f" GROUP BY {', '.join(parts)}" if parts else ""
    sql = f"SELECT {', '.join(wanted)} FROM rollups WHERE {condition}{group}"
    for row in db.execute(sql, values):
        yield Sums(row[: len(parts)], row[len(parts) :])


def histograms(
    db: sqlite3.Connection, parts: Sequence[str], where: Where, *, services: bool
) -> Iterator[Histograms]:
    """Yield the histograms of each cell; without ``services`` those of waits only."""
    condition, values = where.condition()
    wanted = [*parts, "waits", "services" if services else "NULL"]
    for row in db.execute(f"SELECT {', '.join(wanted)} FROM rollups WHERE {condition}", values):
        yield Histograms(row[:-2], *row[-2:])


def services_seen(db: sqlite3.Connection, branch: int, days: Sequence[str]) -> list[str]:
    """Return all services of some days, also those the office no longer has."""
    sql = f"""
        SELECT DISTINCT service FROM rollups
        WHERE branch = ? AND grain = 'day' AND day {among("?")}
    """
    return column(db, sql, (branch, _json(days)))


def desks(db: sqlite3.Connection, branch: int, days: Sequence[str]) -> list[Desk]:
    """Return how long each counter was open and on breaks on some days together."""
    sql = f"""
        SELECT counter, SUM(open_ms), SUM(break_ms) FROM rollup_counters
        WHERE branch = ? AND day {among("?")} GROUP BY counter
    """
    return every(db, Desk, sql, (branch, _json(days)))


# ---------------------------------------------------------------- writing


def insert(db: sqlite3.Connection, branch: int, day: str, made: Iterable[Cell]) -> None:
    """Write cells of a day, or of a month."""
    db.executemany(
        f"INSERT INTO rollups ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})",
        (
            (branch, each.grain, day, *each.key, *each.figures, each.waits, each.services)
            for each in made
        ),
    )


def clear(db: sqlite3.Connection, branch: int, day: str, grains: Iterable[str]) -> None:
    """Drop what is kept of a day, or of a month, in some grains."""
    db.execute("DELETE FROM rollup_days WHERE branch = ? AND day = ?", (branch, day))
    db.execute("DELETE FROM rollup_months WHERE branch = ? AND month = ?", (branch, day))
    db.execute("DELETE FROM rollup_counters WHERE branch = ? AND day = ?", (branch, day))
    for grain in grains:
        db.execute(
            "DELETE FROM rollups WHERE branch = ? AND grain = ? AND day = ?", (branch, grain, day)
        )


def finish_day(db: sqlite3.Connection, branch: int, rolled: Rolled, made: Iterable[Desk]) -> None:
    """Let the roll-up of a day count, with the times of its counters."""
    db.executemany(
        "INSERT INTO rollup_counters (branch, day, counter, open_ms, break_ms) "
        "VALUES (?, ?, ?, ?, ?)",
        ((branch, rolled.day, *each) for each in made),
    )
    db.execute(
        "INSERT INTO rollup_days (branch, day, version, made_at, upto) VALUES (?, ?, ?, ?, ?)",
        (branch, *rolled),
    )


def finish_month(db: sqlite3.Connection, branch: int, version: int, month: Month) -> None:
    """Let the roll-up of a month count."""
    db.execute(
        "INSERT INTO rollup_months (branch, month, version, days, made) VALUES (?, ?, ?, ?, ?)",
        (branch, month.month, version, month.days, month.made),
    )
