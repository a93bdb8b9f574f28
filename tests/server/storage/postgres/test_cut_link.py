"""The link to PostgreSQL is cut under load and mended: nothing is lost, it goes on by itself."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.server.process import Server, office_toml
from tests.server.storage.postgres.visitors import TIMES, lobby, nothing_lost
from tests.server.storage.postgres.wire import Wire, needs_wires

pytestmark = [pytest.mark.soak, needs_wires, pytest.mark.timeout(3600)]


@pytest.fixture
def wire() -> Iterator[Wire]:
    """The link to the database's machine."""
    with Wire() as made:
        yield made


@pytest.fixture
def far(wire: Wire) -> Iterator[PostgresServer]:
    """A PostgreSQL server at the other end of the link."""
    with PostgresServer(behind=wire) as server:
        yield server


@pytest.mark.parametrize("silent", [True, False], ids=["silently", "told to be gone"])
async def test_the_link_is_cut_again_and_again_under_load(
    wire: Wire, far: PostgresServer, tmp_path: Path, *, silent: bool
) -> None:
    dice = random.Random(11)
    with Server(far.give(tmp_path / "data")) as server:
        server.add_branch(office_toml("hall"))
        server.start()
        async with lobby([server.url], server.token("staff")) as hall:
            for _ in range(TIMES):
                await hall.are_served()
                await asyncio.sleep(dice.uniform(0, 0.3))
                wire.cut(silent=silent)
                await asyncio.sleep(dice.choice((0.3, 2, 7, 14)) * dice.uniform(0.5, 1.5))
                wire.mend()
                await hall.right_again(time.monotonic())
        print(hall.told("link cut"))  # noqa: T201 - for the closing figures
        nothing_lost(tmp_path / "data", hall)
        assert server.stop() == 0
        assert "Traceback" not in server.stderr()
