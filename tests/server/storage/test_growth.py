"""Nothing grows for ever unseen: each table says what limits it, and what is to go does go."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.comfort.erasure import erase as erase_comfort
from server.housekeeping import REQUESTS_KEPT_MS, TOLD_AT_ONCE, TOLD_KEPT_MS, forget
from server.satisfaction.erasure import INVITED_DAYS, erase
from server.storage.queries import keys, people
from server.storage.queries.deeds import KEPT_DAYS
from server.storage.queries.keys import Paired
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import CLOCK, Rehearsal, wall

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "developer.md"
DAY = 86_400_000
NOW = "2026-03-02 08:00"


def told_limits() -> dict[str, str]:
    """Return the limit of each table, as the guide tells it."""
    text = GUIDE.read_text("utf-8").partition("## What grows, and its limit")[2]
    row = re.compile(r"^\| [^|`]+(?:\(`[^|]+`\) )?\| ((?:`\w+` ?)+)\| ([^|]+) \|$", re.MULTILINE)
    rows = row.findall(text)
    found = [(name, limit) for tables, limit in rows for name in re.findall(r"`(\w+)`", tables)]
    assert len(found) == len(dict(found)), "a table is told once"
    return dict(found)


def tables(db: sqlite3.Connection) -> set[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return {name for (name,) in db.execute(sql)}


def by_housekeeping(tx: SqliteTx) -> None:
    forget(tx)


def by_erasure(tx: SqliteTx) -> None:
    erase(tx)


def by_comfort(tx: SqliteTx) -> None:
    erase_comfort(tx)


def by_the_next_log_in(tx: SqliteTx) -> None:
    people.begin_session(tx.aside, "u1", "next", tx.now, tx.now + DAY, people.Came())
    people.end_session(tx.aside, "next")


def by_the_next_code(tx: SqliteTx) -> None:
    keys.add_code(tx.aside, tx.branch, Paired("display", "Lobi"), "next", tx.now, tx.now + DAY)
    assert keys.use_code(tx.aside, "next", tx.now) is not None


def day_before(days: int) -> str:
    return (date(2026, 3, 2) - timedelta(days=days)).isoformat()


GOES: dict[str, tuple[Callable[[SqliteTx], None], str, int | str, int | str]] = {
    "requests": (by_housekeeping, "at", -REQUESTS_KEPT_MS - 1, -REQUESTS_KEPT_MS + 1),
    "told_waits": (by_housekeeping, "at", -TOLD_KEPT_MS - 1, -TOLD_KEPT_MS + 1),
    "display_acks": (by_housekeeping, "at", -TOLD_KEPT_MS - 1, -TOLD_KEPT_MS + 1),
    "deeds": (by_housekeeping, "at", -KEPT_DAYS * DAY - 1, -KEPT_DAYS * DAY + 1),
    "sessions": (by_the_next_log_in, "expires_at", -1, 1),
    "pairing_codes": (by_the_next_code, "expires_at", -1, 1),
    "survey_invitations": (by_erasure, "day", day_before(INVITED_DAYS + 1),
                           day_before(INVITED_DAYS)),
    "comfort_notes": (by_comfort, "at", -365 * DAY - 1, -365 * DAY + 1),
    "feedback": (by_erasure, "day", day_before(366), day_before(365)),
}  # fmt: skip
"""By what the rows of a table go; a row that goes, and one that stays, by this column."""


def put(db: sqlite3.Connection, table: str, branch: int, **values: object) -> None:
    """Write a row, with something in every column that needs it."""
    row: dict[str, object] = {}
    for _place, name, kind, needed, default, _key in db.execute(f"PRAGMA table_info({table})"):
        if name == "branch":
            row[name] = branch
        elif needed and default is None:
            row[name] = 1 if kind == "INTEGER" else f"{table}-{len(values)}-{values}"
    row |= values
    names, places = ", ".join(row), ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))  # noqa: S608


def moment(value: int | str) -> int | str:
    return wall(NOW) + value if isinstance(value, int) else value


def test_every_table_stands_in_the_guide_with_its_limit() -> None:
    with Rehearsal(at=NOW) as hall:
        assert set(told_limits()) == tables(hall.db)


def test_every_table_with_an_age_as_its_limit_is_shown_to_lose_old_rows() -> None:
    aged = {
        name for name, limit in told_limits().items()
        if re.match(r"\d+ (hours|days)|until they end|`satisfaction", limit)
    }  # fmt: skip
    assert aged == set(GOES)


@pytest.mark.parametrize("table", GOES)
def test_what_is_over_its_age_goes_and_the_rest_stays(table: str) -> None:
    purge, column, old, young = GOES[table]
    with Rehearsal(at=NOW) as hall:
        branch = hall.branches[0]

        def fill(tx: SqliteTx) -> None:
            tx.aside.execute(
                "INSERT INTO users (id, branch, login, name, role, password, created_at) "
                "VALUES ('u1', ?, 'sari', 'Sari', 'staff', '', 1)", (branch,),
            )  # fmt: skip
            for number, value in enumerate((old, young)):
                own: dict[str, object] = {column: moment(value)}
                for _p, name, kind, _n, _d, key in tx.aside.execute(f"PRAGMA table_info({table})"):
                    if key and name not in {"branch", column}:
                        own[name] = number + 90 if kind == "INTEGER" else f"{number}"
                if table == "sessions":
                    own["user"] = "u1"
                put(tx.aside, table, branch, **own)

        values = f"SELECT {column} FROM {table} WHERE {column} < ?"  # noqa: S608
        edge = wall(NOW) + young + 1 if isinstance(young, int) else "9999"
        hall.do(fill, CLOCK)
        assert hall.rows(values, edge) == [(moment(old),), (moment(young),)]
        for _ in range(2):
            hall.do(purge, CLOCK)
            assert hall.rows(values, edge) == [(moment(young),)]


@pytest.mark.parametrize("table", ["told_waits", "display_acks"])
def test_a_hall_of_many_years_is_cleared_in_steps_that_hold_nobody_up(table: str) -> None:
    with Rehearsal(at=NOW) as hall:
        branch = hall.branches[0]

        def fill(tx: SqliteTx) -> None:
            for number in range(TOLD_AT_ONCE + 5):
                own = {"ticket": "t"} if table == "told_waits" else {"seq": number}
                put(tx.aside, table, branch, at=number, **own)

        hall.do(fill, CLOCK)
        hall.do(forget, CLOCK)
        left = hall.rows(f"SELECT MIN(at), COUNT(*) FROM {table}")  # noqa: S608
        assert left == [(TOLD_AT_ONCE, 5)], "the oldest first"
        hall.do(forget, CLOCK)
        assert hall.rows(f"SELECT COUNT(*) FROM {table}") == [(0,)]  # noqa: S608
