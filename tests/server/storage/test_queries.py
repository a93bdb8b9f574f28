"""What the server asks the database: an index for everything, however many years are stored."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from server.api.hall import HALL
from server.app import Config, build
from server.auth import registry
from server.branches import configure
from server.clock import wall_clock
from server.storage import loading
from server.storage.database import DATABASE, connect
from server.storage.ids import Ids
from tests.server.api.client import Client
from tests.server.rehearsal import TOKEN, office
from tests.server.waiting import soon

GROWING = {"tickets", "turns", "events", "calls", "print_jobs", "requests", "display_acks",
           "counter_sessions"}  # fmt: skip
"""Tables that hold years of rows: none may be read from end to end."""


class Watched:
    """A server in this process that notes every statement it runs."""

    def __init__(self, folder: Path, client: Client) -> None:
        self.folder = folder
        self.client = client
        self.statements: set[str] = set()

    def plans(self) -> dict[str, list[str]]:
        """Return the query plan of every statement that reads."""
        found = {}
        with closing(sqlite3.connect(self.folder / DATABASE)) as db:
            for statement in sorted(self.statements):
                if statement.lstrip()[:6].upper() in {"SELECT", "UPDATE", "DELETE", "INSERT"}:
                    rows = db.execute("EXPLAIN QUERY PLAN " + statement).fetchall()
                    found[statement] = [row[3] for row in rows]
        return found


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    """A small hall whose reading and writing connections are both watched."""
    with closing(connect(tmp_path)) as db:
        branch, _ = configure(db, office())
        token = registry.create_token(db, branch, "admin", "admin", Ids().new(1), wall_clock())
        registry.put_printer(db, branch, "p", "file:/dev/null", None, "p1", 1)
    app = build(Config(tmp_path))
    async with TestServer(app) as server, Client(str(server.make_url("")).rstrip("/"), token) as c:
        seen = Watched(tmp_path, c)
        store = app[HALL].store

        def watch(db: sqlite3.Connection) -> None:
            db.set_trace_callback(seen.statements.add)

        await store.transact(branch, TOKEN, lambda tx: watch(tx.db))
        await store.read(watch)  # the readers are taken last in, first out
        yield seen
        await store.transact(branch, TOKEN, lambda tx: tx.db.set_trace_callback(None))
        await store.read(lambda db: db.set_trace_callback(None))


async def a_day(client: Client) -> None:
    """Use every call."""
    for number in (1, 2):
        await client.do(number, "open")
    first = await client.take()
    await client.post("/api/tickets", {"service": "A"}, key="again")
    await client.post("/api/tickets", {"service": "A"}, key="again")
    for _ in range(3):
        await client.take("A", priority="priority")
    await client.do(1, "call-next")
    await client.do(1, "recall")
    await client.do(1, "start")
    await client.do(1, "transfer", {"counter": "2"})
    await client.do(2, "call-next")
    await client.do(2, "start")
    await client.do(2, "hold")
    await client.do(1, "call", {"ticket": first["id"], "reason": "coba"})
    await client.do(1, "no-show")
    await client.post(f"/api/tickets/{first['id']}/return")
    await client.post(f"/api/tickets/{first['id']}/reprint")
    await client.get(f"/api/tickets/{first['id']}")
    await client.get("/api/track/" + first["tracking_url"].rpartition("/")[2])
    await client.delete(f"/api/tickets/{first['id']}")
    for path in (
        "queue", "services", "counters", "tickets", "tickets?state=held", "tickets?state=no_show",
        "log", "log?from=2026-01-01&to=2026-12-31", "totals",
        "log?from=2026-01-01T08:00:00Z&to=2026-12-31T08:00:00Z",
    ):  # fmt: skip
        await client.get(f"/api/{path}")
    async with client.socket(since=1) as socket:
        await socket.recv()


async def test_no_call_reads_a_growing_table_from_end_to_end(watched: Watched) -> None:
    await a_day(watched.client)
    plans = watched.plans()
    assert len(plans) > 25, "the statements were seen"
    scans = {
        statement: step
        for statement, steps in plans.items()
        for step in steps
        if step.startswith("SCAN") and step.split()[1] in GROWING
    }
    assert scans == {}


A_MONTH = (
    ("turns", "turns_label", "30000 30000 29 1 1"),
    ("turns", "turns_day", "30000 30000 1000 1"),
    ("turns", "turns_resting", "1491 1491 50 50"),
    ("turns", "sqlite_autoindex_turns_1", "30000 1 1"),
    ("tickets", "sqlite_autoindex_tickets_3", "30000 30000 1000 4 1"),
    ("tickets", "sqlite_autoindex_tickets_2", "30000 1"),
    ("tickets", "sqlite_autoindex_tickets_1", "30000 1"),
)
"""What SQLite notes of an office after a month when a server stops, and of its events nothing."""


async def test_what_sqlite_notes_of_a_month_leads_no_call_through_the_whole_log(
    watched: Watched,
) -> None:
    await a_day(watched.client)
    watched.statements.add(loading.SELECT_TAKEN.replace("?", "1"))
    with closing(sqlite3.connect(watched.folder / DATABASE)) as db, db:
        db.execute("ANALYZE settings")
        db.execute("DELETE FROM sqlite_stat1")
        db.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", A_MONTH)
    through = {
        statement: step
        for statement, steps in watched.plans().items()
        for step in steps
        if step.split()[1] in {"events", "tickets", "turns"} and step.endswith("(branch=?)")
    }
    assert through == {}


def no_paper_waits(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        sql = "SELECT 1 FROM print_jobs WHERE state IN ('queued', 'printing')"
        return db.execute(sql).fetchone() is None


async def spool_rests(watched: Watched) -> bool:
    """Whether it read nothing for a while: after the last paper it looks once for another."""
    watched.statements.clear()
    await asyncio.sleep(0.2)
    return not any("print_jobs" in each for each in watched.statements)


async def test_calling_next_reads_no_table_that_grows(watched: Watched) -> None:
    """Who waits stands in memory: a call costs the same however long the line is."""
    for number in (1, 2):
        await watched.client.do(number, "open")
    for priority in ("regular", "priority") * 3:
        await watched.client.take("A", priority=priority)
    await soon(lambda: no_paper_waits(watched.folder), "every paper left")
    await soon(lambda: spool_rests(watched), "the spool asks for no further paper")
    watched.statements.clear()
    await watched.client.do(2, "call-next")
    reads = {each for each in watched.statements if each.lstrip().upper().startswith("SELECT")}
    assert {each for each in reads if any(f" {table}" in each for table in GROWING)} == set()
