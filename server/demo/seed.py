"""Owns filling an empty data folder with the demo office, its people and open counters."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from server.auth.demo_people import PASSWORD, USERS, demo_branches, only_demo
from server.auth.registry import NewPerson, create_known
from server.branches import TECHNICIAN, configure, read_office
from server.clock import wall_clock
from server.demo.history import Plan
from server.domain.desks import now_at, open_counter, pause_service
from server.domain.office import Office
from server.domain.states import CounterState
from server.domain.tx import Actor
from server.storage.ids import Ids
from server.storage.queries import offices, people, setup
from server.storage.transaction import SqliteTx
from server.storage.writer import run_alone

OFFICE = Path(__file__).with_name("office.toml")
CLOSED_SERVICE = "L"
CLOSED_NOTICE = "Petugas Imigrasi hadir setiap Selasa dan Kamis, 09.00-14.00 WITA."
CLOSED_NOTICES = {
    "id": CLOSED_NOTICE,
    "en": "Immigration officers are here on Tuesdays and Thursdays, 09:00 to 14:00 WITA.",
}


def seed(db: sqlite3.Connection) -> bool:
    """Fill an empty database; return whether the demo's office is what the folder holds.

    A folder with another office, also beside the demo's, is left alone, but for one that was set
    up on the demo's own start page: both go on beside each other until the demo is over. People who
    ended with an earlier demo come back.
    """
    fresh = not offices.branches(db)
    if not fresh and not (only_demo(db) or _set_up_beside(db)):
        return False
    branch = _branch(db, demo_office())
    add_people(db, branch)
    if fresh:
        rest_one_service(db, branch)
    run_alone(db, branch, TECHNICIAN, Ids(), _open_all)
    return True


def demo_office() -> Office:
    """Return the settings of the demo."""
    return read_office(OFFICE)


def _branch(db: sqlite3.Connection, office: Office) -> int:
    """Return the demo's branch; one that ``ramah demo`` enlarged keeps its settings."""
    known = sorted(demo_branches(db))
    return known[0] if known else configure(db, office)[0]


def _set_up_beside(db: sqlite3.Connection) -> bool:
    """Whether the other office here was set up on the demo's own start page, to be tried."""
    return bool(demo_branches(db)) and setup.state(db).beside_demo


def add_people(db: sqlite3.Connection, branch: int) -> list[Actor]:
    """Add the demo's people who are not there; return those of them who serve, as actors."""
    ids = Ids()
    staff = []
    for user in USERS:
        if people.person(db, user.login, locked_out=True) is not None:
            continue
        id_ = ids.new(wall_clock())
        who = NewPerson(user.login, user.name, user.role)
        create_known(db, branch, who, PASSWORD, id_, wall_clock())
        if user.role == "staff":
            staff.append(Actor(f"user:{id_}", user.role, user.name, person=True))
    return staff


def rest_one_service(db: sqlite3.Connection, branch: int) -> None:
    """Pause the tenant that comes on some weekdays only, so that a pause can be seen."""
    run_alone(
        db, branch, TECHNICIAN, Ids(),
        lambda tx: pause_service(tx, CLOSED_SERVICE, CLOSED_NOTICE, CLOSED_NOTICES),
    )  # fmt: skip


def history_plan(office: Office, staff: list[Actor], seed: int) -> Plan:
    """Return who sat where in the made-up past: the demo's people, and colleagues who left."""
    seats = {
        counter.number: Actor(f"user:demo-{counter.number}", "staff",
                              f"Petugas {counter.number}", person=True)
        for counter in office.counters
    }  # fmt: skip
    seats |= {counter.number: who for counter, who in zip(office.counters, staff, strict=False)}
    return Plan(office, seed, seats)


def _open_all(tx: SqliteTx) -> None:
    """Open every counter that is closed, at any hour: a demo is for trying things."""
    for counter in tx.office.counters:
        if now_at(tx, counter).state is CounterState.CLOSED:
            open_counter(tx, counter.id)
