"""Killed at many moments, with a paper in the printer: no gap in the log, nor in the feed."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from server.auth import registry
from server.domain.event_base import Audience
from server.storage.database import connect
from server.storage.history import events_after
from tests.server.api.client import Client
from tests.server.process import Server, office_toml
from tests.server.rehearsal import assert_replay_is_identical

pytestmark = pytest.mark.e2e

ROUNDS = range(10) if os.environ.get("RAMAH_SOAK") else range(0, 10, 3)
KIOSKS, COUNTERS = 4, 3
GONE = (aiohttp.ClientError, OSError, asyncio.IncompleteReadError)


@contextmanager
def stuck_printer() -> Iterator[str]:
    """Return the address of a printer that takes papers in and never says how it went."""
    with socket.create_server(("127.0.0.1", 0)) as printer:
        yield f"tcp://127.0.0.1:{printer.getsockname()[1]}"


async def touch(kiosk: Client, given: dict[str, str]) -> None:
    """Take numbers until the server is gone; keep those that were answered."""
    with suppress(*GONE):
        while True:
            ticket = await kiosk.take()
            given[ticket["id"]] = ticket["label"]


async def work(desk: Client, counter: int) -> None:
    """Call and serve until the server is gone; a step that was done already is refused."""
    with suppress(*GONE):
        await desk.at(counter, "open", check=False)
        while True:
            for step in ("start", "finish", "call-next"):
                await desk.at(counter, step, check=False)


async def listen(screen: Client, heard: list[dict[str, Any]]) -> None:
    """Go on behind the last event heard until the server is gone."""
    with suppress(ConnectionClosed, InvalidHandshake, *GONE):
        async with screen.socket(since=heard[-1]["seq"]) as feed:
            async for message in feed:
                told = json.loads(message)
                assert told["type"] != "snapshot", "nothing may be left out"
                if told["type"] == "event":
                    heard.append(told)


async def cut(server: Server, given: dict[str, str], enough: int) -> None:
    while len(given) < enough:  # noqa: ASYNC110 - what is counted is ours
        await asyncio.sleep(0)
    await asyncio.to_thread(server.kill)


def stored(server: Server, after: int) -> list[int]:
    return [seq for (seq,) in server.query(
        "SELECT seq FROM events WHERE branch = 1 AND seq > ? ORDER BY seq", after)]  # fmt: skip


async def together(*jobs: Coroutine[None, None, None]) -> None:
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(job)


async def test_a_server_killed_again_and_again_loses_no_number_and_no_event(tmp_path: Path) -> None:
    given: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        printer = stack.enter_context(stuck_printer())
        server = stack.enter_context(Server(tmp_path / "data"))
        server.add_branch(office_toml("hall", services="A", counters=COUNTERS))
        with closing(connect(server.data)) as db:
            registry.put_printer(db, 1, "depan", printer, None, "p1", 1)
        heard: list[dict[str, Any]] = [{"seq": server.last_event()}]
        roles = ["kiosk"] * KIOSKS + ["staff"] * COUNTERS + ["kiosk"]
        clients = [await stack.enter_async_context(server.client(each)) for each in roles]
        kiosks, desks, screen = clients[:KIOSKS], clients[KIOSKS:-1], clients[-1]
        for number in ROUNDS:
            await asyncio.to_thread(server.start)
            await together(
                *(touch(each, given) for each in kiosks),
                *(work(desk, counter) for counter, desk in enumerate(desks, start=1)),
                listen(screen, heard),
                cut(server, given, len(given) + 2 + 7 * number),
            )
        await asyncio.to_thread(server.start)
        await kiosks[0].take()
        (last,) = server.query("SELECT MAX(seq) FROM events WHERE data LIKE '%\"issued\"%'")[0]
        async with screen.socket(since=heard[-1]["seq"]) as feed:
            while heard[-1]["seq"] < last:
                told = json.loads(await feed.recv())
                assert told["type"] != "snapshot"
                if told["type"] == "event":
                    heard.append(told)
        assert await asyncio.to_thread(server.stop) == 0
        assert stored(server, 0)[:last] == list(range(1, last + 1)), "no gap in the log"
        with server.database() as db:
            log = events_after(db, 1, heard[0]["seq"], last)
        assert [each["seq"] for each in heard[1:]] == [
            each.seq for each in log if each.heard_by(Audience.KIOSK)
        ], "nor in the feed"
        failed = "SELECT 1 FROM events WHERE data LIKE '%\"print_failed\"%'"
        assert server.query(failed), "a paper was under way"
        papers = dict(server.query("SELECT id, label FROM tickets"))
        assert given.items() <= papers.items(), "a number that was answered is there"
        assert len(set(papers.values())) == len(papers), "no number twice"
        with server.database() as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            # that a paper is in the printer's hands stands in no event; the next start asks the row
            db.execute("UPDATE print_jobs SET state = 'queued' WHERE state = 'printing'")
            assert_replay_is_identical(db, 1)
        assert "Traceback" not in server.stderr()
