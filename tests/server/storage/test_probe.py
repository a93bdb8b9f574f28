"""Whether the store can be written, asked by many at once: told truly, for one commit."""

from __future__ import annotations

import asyncio
import gc
from contextlib import AsyncExitStack
from pathlib import Path
from threading import Event

import pytest

from server.storage.probing import Probe
from server.storage.thread import Thread
from server.storage.writer import Unavailable
from tests.server.waiting import soon

ASKING = 50


async def test_a_burst_of_probes_is_one_commit_and_the_next_one_sees_what_changed(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    async with AsyncExitStack() as ends:
        writer = await Thread.open(tmp_path / "hall.db", readonly=False)
        ends.push_async_callback(writer.close)
        await writer.run(lambda db: db.set_trace_callback(said.append))
        probe, busy = Probe(writer), Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(writer.run(lambda _db: busy.wait()))
            for _ in range(ASKING):
                tasks.create_task(probe.ask())
            await asyncio.sleep(0)
            busy.set()
        assert said.count("COMMIT") == 1, said
        await writer.run(lambda db: db.execute("PRAGMA query_only = 1"))

        await soon(lambda: _refused(probe), "a database that cannot be written is told")
        await writer.run(lambda db: db.execute("PRAGMA query_only = 0"))

        async def well() -> bool:
            return not await _refused(probe)

        await soon(well, "and one that can again")


async def _refused(probe: Probe) -> bool:
    try:
        await probe.ask()
    except Unavailable:
        return True
    return False


async def test_a_disk_that_breaks_after_all_have_gone_is_no_error_of_the_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.storage.probing.PROBE_S", 0.0)
    unseen: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, told: unseen.append(told["message"]))
    async with AsyncExitStack() as ends:
        writer = await Thread.open(tmp_path / "hall.db", readonly=False)
        ends.push_async_callback(writer.close)
        await writer.run(lambda db: db.execute("PRAGMA query_only = 1"))
        probe, busy = Probe(writer), Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(writer.run(lambda _db: busy.wait()))
            await asyncio.sleep(0)
            assert await _refused(probe), "nobody waits longer than that"
            busy.set()
        await writer.run(lambda _db: None)  # what was asked before it has come to its end
        del probe
        gc.collect()
    assert unseen == []
