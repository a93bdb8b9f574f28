"""Background tasks: one that dies again and again is known, one that died once is not."""

from __future__ import annotations

import asyncio

import pytest

from server import tasks
from server.tasks import Supervisor
from tests.server.waiting import soon


async def test_a_task_that_dies_again_and_again_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "FIRST_PAUSE", 0.01)
    supervisor = Supervisor()
    deaths = once = 0

    async def dies() -> None:
        nonlocal deaths
        deaths += 1
        raise OSError("again")

    async def dies_once() -> None:
        nonlocal once
        once += 1
        if once == 1:
            raise OSError("once")
        await asyncio.sleep(3600)

    supervisor.start("sick", dies)
    supervisor.start("well", dies_once)
    await soon(lambda: deaths >= tasks.OFTEN and once == 2, "the tasks died")
    await soon(lambda: supervisor.failing() == ["sick"], "the one that keeps dying is named")
    await supervisor.stop()


async def test_a_task_that_lived_for_long_is_well_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "FIRST_PAUSE", 0.01)
    supervisor = Supervisor()
    deaths = 0

    async def recovers() -> None:
        nonlocal deaths
        deaths += 1
        if deaths <= tasks.OFTEN:
            raise OSError("again")
        await asyncio.sleep(3600)

    supervisor.start("spool", recovers)
    await soon(lambda: supervisor.failing() == ["spool"], "it is named")
    await soon(lambda: deaths > tasks.OFTEN, "it lives")
    monkeypatch.setattr(tasks, "SOUND_S", 0.0)
    assert supervisor.failing() == []
    await supervisor.stop()
