"""Who works when: what plans have to meet, saved plans by week and version, shifts offered."""

from __future__ import annotations

import sqlite3
from typing import Literal, NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every, first

KEPT_VERSIONS = 20
State = Literal["offered", "taken", "accepted", "refused", "withdrawn"]


class Rules(NamedTuple):
    """What plans have to meet, JSON text."""

    version: int
    rules: str


class Saved(NamedTuple):
    """A plan of a week as somebody saved it; ``rota`` is JSON text."""

    week: str
    version: int
    at: Millis
    name: str
    rota: str


class Swap(NamedTuple):
    """A day's shift that ``officer`` offers; ``taker`` would work it."""

    id: str
    week: str
    day: str
    officer: str
    taker: str | None
    state: State
    at: Millis


class Serves(NamedTuple):
    """Somebody with a login who serves; ``skills`` is a JSON list of services, ``None``: all."""

    id: str
    name: str
    skills: str | None


def rules(db: sqlite3.Connection, branch: int) -> Rules | None:
    """Return what plans of a branch have to meet, if somebody said."""
    return first(db, Rules, "SELECT version, rules FROM rota_rules WHERE branch = ?", (branch,))


def put_rules(db: sqlite3.Connection, branch: int, version: int, text: str) -> None:
    """Keep what plans have to meet."""
    db.execute(
        "INSERT INTO rota_rules (branch, version, rules) VALUES (?, ?, ?) ON CONFLICT (branch) "
        "DO UPDATE SET version = excluded.version, rules = excluded.rules",
        (branch, version, text),
    )


def who_serves(db: sqlite3.Connection, branch: int) -> list[Serves]:
    """Return the officers of a branch with a login, by name."""
    sql = """
        SELECT id, name, skills FROM users
        WHERE branch = ? AND active = 1 AND role = 'staff' ORDER BY name, id
    """
    return every(db, Serves, sql, (branch,))


_SAVED = "SELECT week, version, at, name, rota FROM rotas WHERE branch = ?"


def newest(db: sqlite3.Connection, branch: int, week: str) -> Saved | None:
    """Return the plan of a week that holds."""
    sql = f"{_SAVED} AND week = ? ORDER BY version DESC LIMIT 1"
    return first(db, Saved, sql, (branch, week))


def one(db: sqlite3.Connection, branch: int, week: str, version: int) -> Saved | None:
    """Return one version of a week's plan."""
    return first(db, Saved, f"{_SAVED} AND week = ? AND version = ?", (branch, week, version))


def versions(db: sqlite3.Connection, branch: int, week: str) -> list[Saved]:
    """Return the versions of a week's plan, the newest first."""
    return every(db, Saved, f"{_SAVED} AND week = ? ORDER BY version DESC", (branch, week))


def weeks(db: sqlite3.Connection, branch: int, first_: str, last: str) -> list[Saved]:
    """Return the plans that hold of some weeks, the earliest first."""
    sql = f"""
        {_SAVED} AND week >= ? AND week <= ? AND version = (
            SELECT MAX(version) FROM rotas AS other
            WHERE other.branch = rotas.branch AND other.week = rotas.week)
        ORDER BY week
    """
    return every(db, Saved, sql, (branch, first_, last))


def save(db: sqlite3.Connection, branch: int, saved: Saved) -> None:
    """Keep a plan, and the last versions of its week alone."""
    db.execute(
        "INSERT INTO rotas (branch, week, version, at, name, rota) VALUES (?, ?, ?, ?, ?, ?)",
        (branch, *saved),
    )
    db.execute(
        "DELETE FROM rotas WHERE branch = ? AND week = ? AND version <= ?",
        (branch, saved.week, saved.version - KEPT_VERSIONS),
    )


_SWAPS = "SELECT id, week, day, officer, taker, state, at FROM rota_swaps WHERE branch = ?"


def swap(db: sqlite3.Connection, branch: int, key: str) -> Swap | None:
    """Return a shift that was offered."""
    return first(db, Swap, f"{_SWAPS} AND id = ?", (branch, key))


def swaps(db: sqlite3.Connection, branch: int, first_week: str) -> list[Swap]:
    """Return what is offered or taken and not decided, from a week on, the earliest day first."""
    sql = f"{_SWAPS} AND week >= ? AND state IN ('offered', 'taken') ORDER BY day, at, id"
    return every(db, Swap, sql, (branch, first_week))


def add_swap(db: sqlite3.Connection, branch: int, new: Swap) -> None:
    """Keep an offer."""
    db.execute(
        "INSERT INTO rota_swaps (branch, id, week, day, officer, taker, state, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (branch, *new),
    )


def set_swap(db: sqlite3.Connection, branch: int, key: str, state: State, taker: str | None
             ) -> None:  # fmt: skip
    """Note what became of an offer."""
    db.execute(
        "UPDATE rota_swaps SET state = ?, taker = ? WHERE branch = ? AND id = ?",
        (state, taker, branch, key),
    )
