"""Owns the demo's people and what the demo leaves in a folder: found, and ended with the demo."""

from __future__ import annotations

import sqlite3

import msgspec

from server.auth.secrets import check_password
from server.domain.day import Millis

PASSWORD = "senyum-dulu"  # noqa: S105 - printed at start, demo only
BRANCH = "mpp"
OFFICE = "Mal Pelayanan Publik Balikpapan"
"""Code and name in ``office.toml``: an office described from a copy has another name at least."""


class DemoUser(msgspec.Struct, frozen=True):
    """One of the demo's people."""

    login: str
    name: str
    role: str


USERS = [
    DemoUser("sari", "Ibu Sari", "staff"),
    DemoUser("budi", "Bapak Budi", "staff"),
    DemoUser("dewi", "Ibu Dewi", "manager"),
    DemoUser("admin", "Admin", "admin"),
]
DEVICES = ("demo-kiosk", "demo-display")
"""Names of the keys that pages opened on the same machine were given."""

WERE_DEMO = """
SELECT branch FROM settings WHERE version = 1 AND json_extract(office, '$.code') = ?
    AND json_extract(office, '$.name') = ?
"""
STILL_DEMO = """
SELECT branches.id FROM branches JOIN settings ON settings.branch = branches.id
    AND settings.version = branches.settings_version
WHERE json_extract(office, '$.code') = ? AND json_extract(office, '$.name') = ?
"""


def only_demo(db: sqlite3.Connection) -> bool:
    """Whether the demo's office is all that the folder holds."""
    branches = {row[0] for row in db.execute("SELECT id FROM branches")}
    return bool(branches) and branches == _numbers(db, STILL_DEMO)


def demo_branches(db: sqlite3.Connection) -> set[int]:
    """Return the branches that are the demo's still."""
    return _numbers(db, STILL_DEMO)


def demo_people(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return (id, login) of the demo's people who can still log in with the printed password.

    Who got a password of their own is no longer the demo's.
    """
    branches = _numbers(db, WERE_DEMO)
    found = []
    for user in USERS if branches else ():
        row = db.execute(
            "SELECT id, branch, password FROM users "
            "WHERE login = ? AND name = ? AND role = ? AND active = 1",
            (user.login, user.name, user.role),
        ).fetchone()
        if row is not None and row[1] in branches and check_password(row[2], PASSWORD):
            found.append((row[0], user.login))
    return found


def left_by_demo(db: sqlite3.Connection) -> list[str]:
    """Return in words what of a demo would still work in this folder."""
    told = [f"{login} can log in with the demo's password" for _, login in demo_people(db)]
    told += [
        f"the demo's key '{name}' ({role}) still opens the door"
        for name, role in db.execute(*_keys(db, "name, role"))
    ]
    for (branch,) in _over(db):
        for table, what in (("printers", "printer"), ("webhooks", "webhook")):
            (count,) = db.execute(
                f"SELECT COUNT(*) FROM {table} WHERE branch = ?",  # noqa: S608 - names from above
                (branch,),
            ).fetchone()
            if count:
                told.append(f"the demo's office still has {count} {what}(s)")
    return told


def end_demo(db: sqlite3.Connection, now: Millis) -> int:
    """End the demo's people, keys, codes, printers and webhooks; return how many.

    People and keys end in any folder. Where another office is beside the demo's, everything of
    the demo's ends. The log keeps what was done. Run it in a transaction of its own.
    """
    ended = 0
    for key, login in demo_people(db):
        db.execute("DELETE FROM sessions WHERE user = ?", (key,))
        # the login is free again for a colleague of that name
        db.execute("UPDATE users SET active = 0, login = ? WHERE id = ?", (f"{login}#{key}", key))
        ended += 1
    for (key,) in db.execute(*_keys(db, "id")).fetchall():
        db.execute("UPDATE tokens SET revoked_at = ? WHERE id = ?", (now, key))
        ended += 1
    for (branch,) in _over(db):
        db.execute("DELETE FROM pairing_codes WHERE branch = ?", (branch,))
        ended += db.execute("DELETE FROM webhooks WHERE branch = ?", (branch,)).rowcount
        ended += db.execute("DELETE FROM printers WHERE branch = ?", (branch,)).rowcount
        db.execute(
            "UPDATE print_jobs SET state = 'failed', error = 'the demo is over' "
            "WHERE branch = ? AND state IN ('queued', 'printing')",
            (branch,),
        )
    return ended


def _keys(db: sqlite3.Connection, columns: str) -> tuple[str, tuple[object, ...]]:
    """Return the query of the demo's keys: the named ones, all where the demo's office is over."""
    were, over = _numbers(db, WERE_DEMO), {row[0] for row in _over(db)}
    named = ", ".join("?" * len(DEVICES))
    sql = (
        f"SELECT {columns} FROM tokens WHERE revoked_at IS NULL AND ("  # noqa: S608 - numbers
        f"branch IN ({_list(were)}) AND name IN ({named}) OR branch IN ({_list(over)}))"
    )
    return sql, DEVICES


def _over(db: sqlite3.Connection) -> list[tuple[int]]:
    """Return the demo's branch where another office is beside it."""
    return [] if only_demo(db) else [(branch,) for branch in _numbers(db, STILL_DEMO)]


def _numbers(db: sqlite3.Connection, sql: str) -> set[int]:
    return {int(row[0]) for row in db.execute(sql, (BRANCH, OFFICE))}


def _list(numbers: set[int]) -> str:
    return ", ".join(map(str, sorted(numbers))) or "NULL"
