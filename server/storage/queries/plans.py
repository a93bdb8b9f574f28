"""Settings that are not in force: drafts, planned changes, and the versions there were."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.rows import every, first, value


class Plan(NamedTuple):
    """A draft, or a change that is planned for a moment; ``settings`` is JSON text.

    Attributes:
        follows: of the end of a planned change, that change; until it is in force, the end waits.
    """

    id: str
    branch: int
    kind: str
    base: int
    settings: str
    due_at: Millis | None
    actor: str
    role: str
    name: str
    made_at: Millis
    trouble: str = ""
    follows: str = ""


class Version(NamedTuple):
    """A version of the settings: when it came, who put it in force, and the settings, JSON text."""

    version: int
    at: Millis
    name: str
    role: str
    office: str


_PLAN = """
    SELECT id, branch, kind, base, settings, due_at, actor, role, name, made_at, trouble,
        follows
    FROM settings_plans
"""


def put(db: sqlite3.Connection, plan: Plan) -> None:
    """Keep a draft or a planned change, in the place of the one with the same id."""
    db.execute(
        "INSERT INTO settings_plans (id, branch, kind, base, settings, due_at, actor, role, name, "
        "made_at, trouble, follows) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE "
        "SET base = excluded.base, settings = excluded.settings, made_at = excluded.made_at",
        plan,
    )


def get(db: sqlite3.Connection, branch: int, key: str) -> Plan | None:
    """Return one of a branch."""
    return first(db, Plan, f"{_PLAN} WHERE id = ? AND branch = ?", (key, branch))


def planned(db: sqlite3.Connection, branch: int) -> list[Plan]:
    """Return the planned changes of a branch, the next one first."""
    sql = f"{_PLAN} WHERE branch = ? AND kind = 'planned' ORDER BY due_at, id"
    return every(db, Plan, sql, (branch,))


def due(db: sqlite3.Connection, now: Millis) -> list[Plan]:
    """Return what is to be put in force now, of every branch."""
    sql = f"""
        {_PLAN} AS later WHERE kind = 'planned' AND trouble = '' AND due_at <= ? AND NOT EXISTS (
            SELECT 1 FROM settings_plans AS sooner WHERE sooner.id = later.follows
        ) ORDER BY due_at, id
    """
    return every(db, Plan, sql, (now,))


def failed(db: sqlite3.Connection, branch: int) -> int:
    """Return how many planned changes of a branch could not be put in force."""
    sql = (
        "SELECT count(*) FROM settings_plans "
        "WHERE branch = ? AND kind = 'planned' AND trouble <> ''"
    )
    return int(value(db, sql, (branch,)))


def drop(db: sqlite3.Connection, branch: int, key: str) -> bool:
    """Forget one; return whether it was there."""
    sql = "DELETE FROM settings_plans WHERE id = ? AND branch = ? RETURNING id"
    return db.execute(sql, (key, branch)).fetchone() is not None


def end_of(db: sqlite3.Connection, branch: int, key: str) -> str:
    """Return the id of the planned end of a planned change; empty for none."""
    sql = "SELECT id FROM settings_plans WHERE branch = ? AND follows = ?"
    return str(value(db, sql, (branch, key)) or "")


def end_with(db: sqlite3.Connection, branch: int, key: str, base: int, settings: str) -> None:
    """Have the end of a change that is in force now take back what that changed."""
    sql = "UPDATE settings_plans SET base = ?, settings = ? WHERE branch = ? AND follows = ?"
    db.execute(sql, (base, settings, branch, key))


def note_trouble(db: sqlite3.Connection, key: str, trouble: str) -> None:
    """Note why a planned change was not put in force; it stays to be looked at."""
    db.execute("UPDATE settings_plans SET trouble = ? WHERE id = ?", (trouble, key))


def versions(db: sqlite3.Connection, branch: int, most: int, below: int) -> list[Version]:
    """Return the newest versions of a branch's settings below a number, the newest first."""
    sql = """
        SELECT version, settings.at, COALESCE(deeds.name, ''), COALESCE(deeds.role, ''), office
        FROM settings LEFT JOIN deeds ON deeds.branch = settings.branch
            AND deeds.at = settings.at AND deeds.what = 'configured'
        WHERE settings.branch = ? AND version < ? ORDER BY version DESC LIMIT ?
    """
    return every(db, Version, sql, (branch, below, most))


def made_by(db: sqlite3.Connection, branch: int, place: str) -> int:
    """Return the last version that was put in force from a place; 0 for none that is known."""
    sql = """
        SELECT MAX(version) FROM settings JOIN deeds ON deeds.branch = settings.branch
            AND deeds.at = settings.at AND deeds.what = 'configured'
        WHERE settings.branch = ? AND place = ?
    """
    return int(value(db, sql, (branch, place)) or 0)
