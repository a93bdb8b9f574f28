"""A printer's blocking work: in a thread that leaves the hall's core to the hall."""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from unittest.mock import patch

import pytest

from printer.pace import Apart, Pace
from server.cores import Core


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells and keeps cores")
def test_a_printer_s_work_runs_on_every_core_though_the_loop_keeps_to_one() -> None:
    async def printed() -> tuple[set[int], set[int]]:
        core = Core()
        aside = ThreadPoolExecutor(initializer=core.leave)  # as the server has it
        asyncio.get_running_loop().set_default_executor(aside)
        core.keep()
        try:
            there = await Apart().run(Pace(5), lambda: os.sched_getaffinity(0))
            return os.sched_getaffinity(0), there
        finally:
            core.leave()

    here, there = asyncio.run(printed())
    assert len(here) == 1
    assert there == os.sched_getaffinity(0)


async def test_a_printer_goes_on_after_the_system_had_no_room_for_its_thread() -> None:
    apart = Apart()
    executor = ThreadPoolExecutor(1)
    executor.submit(int).result()  # its own thread is there
    asyncio.get_running_loop().set_default_executor(executor)
    with (
        patch.object(Thread, "start", side_effect=RuntimeError("can't start new thread")),
        pytest.raises(OSError, match="new thread"),
    ):
        await apart.run(Pace(5), lambda: 1)
    assert await apart.run(Pace(5), lambda: 2) == 2
