"""A hall of every earlier schema opens with this program, and goes on where it stood.

``before/schemas.tar.xz`` has one dump for each schema that main ever had: the programs of those
days made them themselves, over HTTP, in the two days of ``keep_schema.py``. Yesterday five were
called of eight and three never; today A004 is served (sent on from another counter), A006 is
called, two wait for B.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest

from server.domain import calling, issuing, serving
from server.domain.closing import close_past_days
from server.domain.issuing import NewTicket
from server.domain.states import TurnState
from server.domain.tx import Actor
from server.reports.rollups import differences, due, write_at_once
from server.reports.totals import totals
from server.storage.database import DATABASE, connect, migrate, migrations
from server.storage.dialect import prepare
from server.storage.store import Store
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import CLOCK, KIOSK, TOKEN, replayed, table
from tests.server.storage.keep_schema import dumps, present

T = TypeVar("T")
FROM_THE_LOG = (
    "tickets",
    "turns",
    "calls",
    "counters",
    "counter_sessions",
    "print_jobs",
    "notices",
)
STEPS = {1, 2, 3, 4, 12, 14, 18, 19, 21, 23, 35, 43, 44, 45, 52, 54}
"""Numbers that no program of main ended with as they are: they came together with next ones."""


KNOWN = dumps()


def write(folder: Path, version: int, dump: str) -> int:
    """Write a database as it was then; return the moment of its last event."""
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        db.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; {dump}")
        assert db.execute("PRAGMA user_version").fetchone() == (version,)
        return int(db.execute("SELECT at FROM events ORDER BY seq DESC").fetchone()[0])


class Upgraded:
    """A hall of an earlier schema, opened by this program a minute after its last event."""

    def __init__(self, folder: Path, version: int, dump: str, runner: asyncio.Runner) -> None:
        self.now = write(folder, version, dump) + 60_000
        self._runner = runner
        self.db = connect(folder)
        self.store = runner.run(Store.open(folder, readers=1, clock=lambda: self.now))
        (self.branch,) = runner.run(self.store.configured())

    def close(self) -> None:
        """Close it."""
        self._runner.run(self.store.close())
        self.db.close()

    def do(self, command: Callable[[SqliteTx], T], actor: Actor = TOKEN) -> T:
        """Fire a command."""
        return self._runner.run(self.store.transact(self.branch, actor, command))


def at_counters(tx: SqliteTx) -> dict[int, tuple[str, TurnState]]:
    """Return who is at which counter."""
    found = {}
    for counter in tx.office.counters:
        turn = tx.turn_at(counter.id)
        if turn is not None:
            found[counter.number] = (turn.label, turn.state)
    return found


def figures(tx: SqliteTx, day: str) -> tuple[int, ...]:
    """Return a day as a report counts it."""
    it = totals(tx, day)
    return it.tickets, it.served, it.no_show, it.transferred, it.cancelled, it.expired, it.waiting


def rolled(tx: SqliteTx) -> list[str]:
    """Roll up what is closed and not yet rolled up; return where roll-ups and log differ."""
    for day in due(tx):
        write_at_once(tx, day)
    days = [each for (each,) in tx.db.execute("SELECT day FROM rollup_days ORDER BY day")]
    assert days
    return [str(line) for day in days for line in differences(tx, day)]


@pytest.mark.parametrize("version", sorted(KNOWN))
def test_a_hall_of_an_earlier_schema_goes_on(version: int) -> None:
    goes_on(version, KNOWN[version])


def test_a_hall_of_the_present_one_does_as_well() -> None:
    goes_on(*present())


def tables_of(db: sqlite3.Connection) -> set[tuple[object, ...]]:
    """Return every column and index of a database, wherever in its table it stands."""
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [each for (each,) in tables if not each.startswith("sqlite_")]
    columns = {
        (name, *row[1:]) for name in names for row in db.execute(f"PRAGMA table_info({name})")
    }
    return columns | {*db.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'")}


def fresh() -> set[tuple[object, ...]]:
    """Return what this program makes of nothing."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        prepare(db, readonly=False)
        migrate(db)
        return tables_of(db)


FRESH = fresh()


def goes_on(version: int, dump: str) -> None:
    """Open a dump with this program, and fail unless all is as it was and goes on."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112
    with TemporaryDirectory(dir=memory) as name, asyncio.Runner() as runner:
        hall = Upgraded(Path(name), version, dump, runner)
        with closing(hall):
            play_on(hall)


def play_on(hall: Upgraded) -> None:
    """Fail unless the hall stands where it stood, works, and reports both days."""
    assert tables_of(hall.db) == FRESH
    yesterday, today = [
        each for (each,) in hall.db.execute("SELECT DISTINCT day FROM tickets ORDER BY day")
    ]
    assert hall.do(at_counters) == {1: ("A004", TurnState.SERVING), 2: ("A006", TurnState.CALLED)}
    assert hall.do(lambda tx: [issuing.waiting_now(tx, each) for each in "AB"]) == [0, 2]
    assert hall.do(lambda tx: figures(tx, yesterday)) == (8, 3, 1, 1, 1, 3, 0)
    assert hall.do(lambda tx: figures(tx, today)) == (8, 2, 1, 1, 1, 0, 2)

    assert hall.do(lambda tx: serving.finish(tx, "1"))[1].state is TurnState.DONE
    placed = hall.do(lambda tx: issuing.issue(tx, NewTicket("A")), KIOSK)
    assert (placed.ticket.label, placed.ahead) == ("A007", 0)
    called = hall.do(lambda tx: calling.call_next(tx, "1"))
    assert called is not None
    assert called[0].label == "B001"
    hall.now += 24 * 3_600_000
    hall.do(close_past_days, CLOCK)
    assert hall.do(rolled) == []
    assert hall.do(lambda tx: figures(tx, today)) == (9, 3, 1, 1, 1, 4, 0)
    with closing(replayed(hall.db, hall.branch)) as fresh:
        for name in FROM_THE_LOG:
            assert table(fresh, name, 1) == table(hall.db, name, hall.branch), name


def test_every_number_is_kept_or_never_stood_alone() -> None:
    numbers = {number for number, _ in migrations() if number <= max(KNOWN)}
    assert numbers == {*KNOWN} | STEPS
    assert not {*KNOWN} & STEPS
