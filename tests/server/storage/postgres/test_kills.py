"""Power cuts under load: what was acknowledged is there, once, and everything goes on by itself."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from server.branches import configure
from server.storage.address import ADDRESS, keep_address
from server.storage.database import connect
from tests.postgres import PostgresServer
from tests.server.process import Server, office_toml
from tests.server.rehearsal import office
from tests.server.storage.postgres.racer import Race
from tests.server.storage.postgres.racing import Racers
from tests.server.storage.postgres.test_writing import right
from tests.server.storage.postgres.visitors import TIMES, lobby, nothing_lost

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.fixture
def durable() -> Iterator[PostgresServer]:
    """A PostgreSQL server on the disk, that may be killed."""
    with PostgresServer(durable=True) as server:
        yield server


def test_postgresql_is_killed_again_and_again_amid_commits(
    durable: PostgresServer, tmp_path: Path
) -> None:
    durable.give(tmp_path)
    with closing(connect(tmp_path)) as db:
        configure(db, office())
    dice = random.Random(7)
    with Racers(tmp_path, *[Race(150 * TIMES, 16, [1])] * 2) as racers:
        for _ in range(TIMES):
            time.sleep(dice.uniform(0.2, 0.8))
            durable.kill()
            durable.start()
        given = Counter(label for _branch, _id, label in racers.acknowledged())
    assert set(given.values()) == {1}, "none was given twice"
    kept = right(tmp_path)
    assert set(given) <= set(kept), "none that was acknowledged is lost"
    assert len(kept) == len(set(kept))


async def test_postgresql_is_killed_again_and_again_under_a_server(
    durable: PostgresServer, tmp_path: Path
) -> None:
    dice = random.Random(8)
    with Server(durable.give(tmp_path / "data")) as server:
        server.add_branch(office_toml("hall"))
        server.start()
        async with lobby([server.url], server.token("staff")) as hall:
            for _ in range(TIMES):
                await hall.are_served()
                await asyncio.to_thread(durable.kill)
                await asyncio.sleep(dice.choice((0, 0.5, 3)))
                await asyncio.to_thread(durable.start)
                await hall.right_again(time.monotonic())
        print(hall.told("PostgreSQL killed"))  # noqa: T201 - for the closing figures
        nothing_lost(tmp_path / "data", hall)
        assert server.stop() == 0


async def test_servers_are_killed_in_turns_and_visitors_and_screens_go_on(
    durable: PostgresServer, tmp_path: Path
) -> None:
    with Server(durable.give(tmp_path / "one")) as one:
        one.add_branch(office_toml("hall"))
        one.start()
        address = (one.data / ADDRESS).read_text("utf-8").strip()
        with Server(tmp_path / "two", "--store", address) as two:
            two.start()
            async with lobby([one.url, two.url], one.token("staff")) as hall:
                for number in range(TIMES):
                    dies = (one, two)[number % 2]
                    await hall.are_served()
                    # the next one dies while this one is starting, or has just its part, or all
                    await asyncio.sleep(number % 7)
                    dies.kill()
                    await hall.right_again(time.monotonic())
                    await asyncio.to_thread(dies.start)
            print(hall.told("server killed"))  # noqa: T201 - for the closing figures
            nothing_lost(tmp_path / "one", hall)


async def test_a_promoted_standby_has_every_number_and_the_server_goes_on_with_it(
    durable: PostgresServer, tmp_path: Path
) -> None:
    """The primary's machine is lost; its synchronous standby takes its place."""
    with PostgresServer(durable=True, follows=durable) as standby:
        made = durable.store()
        both = f"{durable.folder},{standby.folder}&target_session_attrs=read-write"
        keep_address(tmp_path / "data", made.replace(str(durable.folder), both))
        with Server(tmp_path / "data") as server:
            server.add_branch(office_toml("hall"))
            server.start()
            async with lobby([server.url], server.token("staff")) as hall:
                await hall.are_served()
                await asyncio.to_thread(durable.kill)
                gone_at = time.monotonic()
                await asyncio.to_thread(standby.promote)
                await hall.right_again(gone_at)
            print(hall.told("primary lost"))  # noqa: T201 - for the closing figures
            nothing_lost(tmp_path / "data", hall)
            assert server.stop() == 0
