"""Owns filling an empty data folder with the demo office, its people and open counters."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from server.auth.registry import create_user
from server.branches import TECHNICIAN, configure, read_office
from server.domain.desks import now_at, open_counter, pause_service
from server.domain.states import CounterState
from server.storage.ids import Ids
from server.storage.store import run_alone, wall_clock
from server.storage.transaction import SqliteTx

OFFICE = Path(__file__).with_name("office.toml")
PASSWORD = "senyum-dulu"  # noqa: S105 - printed at start, demo only


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
CLOSED_SERVICE = "L"
CLOSED_NOTICE = "Petugas Imigrasi hadir setiap Selasa dan Kamis, 09.00-14.00 WITA."


def seed(db: sqlite3.Connection) -> bool:
    """Fill an empty database; return whether the demo office is what the folder holds.

    A folder with other branches is left alone.
    """
    office = read_office(OFFICE)
    codes = [row[0] for row in db.execute("SELECT code FROM branches")]
    if codes and office.code not in codes:
        return False
    fresh = not codes
    branch, _ = configure(db, office)
    ids = Ids()
    if fresh:
        for user in USERS:
            create_user(
                db, branch, user.login, user.name, user.role, PASSWORD, ids.new(wall_clock()),
                wall_clock(),
            )  # fmt: skip
        run_alone(
            db, branch, TECHNICIAN, ids, lambda tx: pause_service(tx, CLOSED_SERVICE, CLOSED_NOTICE)
        )
    run_alone(db, branch, TECHNICIAN, ids, _open_all)
    return True


def _open_all(tx: SqliteTx) -> None:
    """Open every counter that is closed, at any hour: a demo is for trying things."""
    for counter in tx.office.counters:
        if now_at(tx, counter).state is CounterState.CLOSED:
            open_counter(tx, counter.id)
