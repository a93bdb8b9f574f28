"""Owns a hall to rehearse in: the real store and rules, with a clock that the test sets."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self, TypeVar, cast
from zoneinfo import ZoneInfo

import msgspec

from server.branches import configure
from server.domain.checks import completed
from server.domain.closing import close_past_days
from server.domain.day import millis
from server.domain.office import Office
from server.domain.tx import Actor
from server.storage.database import connect, migrate
from server.storage.dialect import prepare
from server.storage.history import envelopes
from server.storage.replay import replay
from server.storage.store import Store
from server.storage.transaction import SqliteTx

T = TypeVar("T")
Command = Callable[[SqliteTx], Any]

TOKEN = Actor("token:t1", "staff", "script")
KIOSK = Actor("token:k1", "kiosk", "kiosk-1")
SARI = Actor("user:sari", "staff", "Ibu Sari", person=True)
BUDI = Actor("user:budi", "staff", "Bapak Budi", person=True)
CLOCK = Actor("clock", "system")

PROJECTED = (
    "tickets", "turns", "days", "calls", "counters", "counter_sessions",
    "paused_services", "print_jobs", "settings", "notices", "equipment", "numbers_elsewhere",
    "comfort_checks", "comfort_faults", "quiet_calls", "advices",
)  # fmt: skip
"""Every table that follows from the log."""


def on(act: Callable[..., T], *details: Any, **named: Any) -> Callable[[SqliteTx], T]:  # noqa: ANN401
    """Return the command that does ``act`` with these details, to be fired later."""
    return lambda tx: act(tx, *details, **named)


def office(**changes: Any) -> Office:  # noqa: ANN401
    """Return a small office; ``changes`` are settings as in the TOML file."""
    settings: dict[str, Any] = {
        "code": "hall",
        "name": "Kantor",
        "zone": "Asia/Makassar",
        "services": [
            {"code": "A", "names": {"id": "Kependudukan", "en": "Civil registration"}},
            {"code": "B", "names": {"id": "Perizinan", "en": "Permits"}},
            {"code": "C", "names": {"id": "Bank", "en": "Bank"}},
        ],
        "counters": [
            {"number": 1, "services": ["A"]},
            {"number": 2, "services": ["A", "B"]},
            {"number": 3, "services": ["B", "C"]},
            {"number": 4, "services": ["A", "B", "C"]},
        ],
    }
    return completed(msgspec.convert(settings | changes, Office))


def wall(text: str, zone: str = "Asia/Makassar") -> int:
    """Return ``2026-03-02 08:00`` on the office's wall clock as a moment."""
    return millis(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


class Rehearsal:
    """A hall whose clock the test sets: the real store and rules, without HTTP around them.

    Args:
        offices: settings of its branches; one small office when none is given.
        at: the moment at which it begins, on the wall clock of Balikpapan.
        data: folder of the database; a temporary one when none is given.
    """

    def __init__(
        self, *offices: Office, at: str = "2026-03-02 08:00", data: Path | None = None
    ) -> None:
        self.now = wall(at)
        self._stack = ExitStack()
        with self._stack as stack:
            memory = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112
            temporary = stack.enter_context(TemporaryDirectory(dir=memory))
            self.data = data or Path(temporary)
            self.db = stack.enter_context(closing(connect(self.data)))
            self.branches = [configure(self.db, each)[0] for each in offices or (office(),)]
            self._runner = stack.enter_context(asyncio.Runner())
            self.store = self._runner.run(Store.open(self.data, readers=1, clock=lambda: self.now))
            stack.callback(lambda: self._runner.run(self.store.close()))
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store and forget a temporary folder."""
        self._stack.close()

    def do(
        self, command: Callable[[SqliteTx], T], actor: Actor = TOKEN, branch: int | None = None
    ) -> T:
        """Fire one command; what it raises is raised here."""
        (result,) = self.batch([(self.branches[0] if branch is None else branch, actor, command)])
        if isinstance(result, Exception):
            raise result
        return cast("T", result)

    def batch(self, commands: Sequence[tuple[int, Actor, Command]]) -> list[Any]:
        """Fire commands at once; return what each gave, errors as values."""

        async def fire() -> list[Any]:
            given = await asyncio.gather(
                *(self.store.transact(*each) for each in commands), return_exceptions=True
            )
            await self.store.read(lambda _db: None)  # who reads finds all rows, after a rush too
            return given

        return self._runner.run(fire())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let something that works beside the hall do one round."""
        return self._runner.run(work)

    def minutes(self, minutes: float) -> None:
        """Let time pass."""
        self.now += round(minutes * 60_000)

    def seconds(self, seconds: float) -> None:
        """Let time pass."""
        self.now += round(seconds * 1000)

    def end_day(self) -> None:
        """Do what the clock does at night, in every branch."""
        for branch in self.branches:
            self.do(close_past_days, CLOCK, branch)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.db.execute(sql, values).fetchall()

    def dump(self) -> str:
        """Return every row of every table as text, to compare before and after."""
        tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return repr([self.rows(f"SELECT * FROM {name}") for (name,) in tables])  # noqa: S608

    def kinds(self, branch: int | None = None) -> list[str]:
        """Return the kinds of the branch's events, in order."""
        number = self.branches[0] if branch is None else branch
        return [each.event.kind for each in envelopes(self.db, number, 0, 2**60)]


def table(db: sqlite3.Connection, name: str, branch: int) -> list[tuple[Any, ...]]:
    """Return the rows of one branch in a table, sorted, without the branch's number."""
    cursor = db.execute(f"SELECT * FROM {name} WHERE branch = ?", (branch,))  # noqa: S608
    names = [each[0] for each in cursor.description]
    keep = [place for place, column in enumerate(names) if column != "branch"]
    return sorted((tuple(row[place] for place in keep) for row in cursor), key=repr)


def replayed(db: sqlite3.Connection, branch: int) -> sqlite3.Connection:
    """Return a new database that was built from the branch's log alone (as branch 1)."""
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    prepare(fresh, readonly=False)
    migrate(fresh)
    fresh.execute("INSERT INTO branches (id, code) VALUES (1, 'again')")
    replay(fresh, 1, envelopes(db, branch, 0, 2**60))
    return fresh


def assert_replay_is_identical(db: sqlite3.Connection, branch: int) -> None:
    """Fail when the log alone does not give the same rows in every table."""
    fresh = replayed(db, branch)
    try:
        for name in PROJECTED:
            assert table(fresh, name, 1) == table(db, name, branch), name
    finally:
        fresh.close()
