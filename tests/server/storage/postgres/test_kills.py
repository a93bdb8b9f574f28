"""Power cuts under load: what was acknowledged is there, once, and everything goes on by itself."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from itertools import cycle
from pathlib import Path

import aiohttp
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
from tests.server.waiting import soon

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]
KILLS = 50


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
    with Racers(tmp_path, *[Race(1500, 16, [1])] * 2) as racers:
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.2, 0.8))
            durable.kill()
            durable.start()
        given = Counter(label for _branch, _id, label in racers.acknowledged())
    assert set(given.values()) == {1}, "none was given twice"
    kept = right(tmp_path)
    assert set(given) <= set(kept), "none that was acknowledged is lost"
    assert len(kept) == len(set(kept))


async def _visitor(urls: list[str], token: str, given: list[str], ends: asyncio.Event) -> None:
    """Take numbers, each with a key of its own, at one server after the other until one answers."""
    at = cycle(urls)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        for number in range(10_000):
            key = f"{id(session)}-{number}"
            while not ends.is_set():
                with suppress(aiohttp.ClientError, TimeoutError, OSError):
                    async with session.post(
                        f"{next(at)}/api/tickets", json={"service": "A"},
                        headers={"Idempotency-Key": key}, timeout=aiohttp.ClientTimeout(5),
                    ) as answer:  # fmt: skip
                        if answer.status == 201:
                            given.append((await answer.json())["label"])
                            break
                await asyncio.sleep(0.02)
            if ends.is_set():
                return


async def _screen(urls: list[str], token: str, seen: list[str], ends: asyncio.Event) -> None:
    """Show the numbers that are given, at one server after the other as each sends it away."""
    at = cycle(urls)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        while not ends.is_set():
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with session.ws_connect(f"{next(at)}/api/events") as socket:
                    async for message in socket:
                        if ends.is_set():
                            return
                        told = message.json()
                        if told.get("kind") == "issued":
                            seen.append(told["label"])
            await asyncio.sleep(0.1)


def _grows(numbers: list[str], most: int) -> bool:
    return len(numbers) > most


async def test_servers_are_killed_in_turns_and_visitors_and_screens_go_on(
    durable: PostgresServer, tmp_path: Path
) -> None:
    with Server(durable.give(tmp_path / "one")) as one:
        one.add_branch(office_toml("hall"))
        one.start()
        token = one.token("staff")
        address = (one.data / ADDRESS).read_text("utf-8").strip()
        with Server(tmp_path / "two", "--store", address) as two:
            two.start()
            given, seen, right_again = list[str](), list[str](), list[float]()
            ends, urls = asyncio.Event(), [one.url, two.url]
            async with asyncio.TaskGroup() as group:
                for _ in range(4):
                    group.create_task(_visitor(urls, token, given, ends))
                group.create_task(_screen(urls, token, seen, ends))
                await soon(lambda: len(seen) > 4, "visitors are served, and a screen shows it")
                for number in range(KILLS):
                    dies = (one, two)[number % 2]
                    # the next one dies while this one is starting, or has just its part, or all
                    await asyncio.sleep(number % 7)
                    dies.kill()
                    gone_at = time.monotonic()
                    for what in (given, seen):
                        await soon(
                            partial(_grows, what, len(what) + 4), "visitors and screen go on"
                        )
                    right_again.append(time.monotonic() - gone_at)
                    await asyncio.to_thread(dies.start)
                ends.set()
                await asyncio.sleep(0)
                one.stop()
                two.stop()
            print(f"right again after {max(right_again):.1f} s at most")  # noqa: T201 - for the closing figures
    _nothing_lost(tmp_path / "one", given)


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
            token = server.token("staff")
            given: list[str] = []
            ends = asyncio.Event()
            async with asyncio.TaskGroup() as visitors:
                for _ in range(4):
                    visitors.create_task(_visitor([server.url], token, given, ends))
                await soon(lambda: len(given) > 50, "visitors are served")
                await asyncio.to_thread(durable.kill)
                known, gone_at = len(given), time.monotonic()
                await asyncio.to_thread(standby.promote)
                await soon(lambda: len(given) > known + 8, "visitors are served again")
                took = time.monotonic() - gone_at
                ends.set()
            print(f"served again {took:.1f} s after the primary was lost")  # noqa: T201 - for the closing figures
            _nothing_lost(tmp_path / "data", given)
            assert server.stop() == 0


def _nothing_lost(data: Path, given: list[str]) -> None:
    with closing(connect(data)) as db:
        kept = [label for (label,) in db.execute("SELECT label FROM tickets").fetchall()]
        count, last = db.execute("SELECT COUNT(*), MAX(seq) FROM events").fetchone()
    assert count == last, "no gap"
    assert max(Counter(given).values()) == 1
    assert set(given) <= set(kept)
    assert len(kept) - len(given) <= 4, "a repeat with its key took no second number"
