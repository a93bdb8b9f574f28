"""Two servers of one store behind nginx, as the example says: one is killed, the hall goes on."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from server.storage.address import ADDRESS
from tests.deploy.test_proxies import NAME, browser, nginx_of, no_check, running
from tests.deploy.units import DEPLOY
from tests.postgres import PostgresServer
from tests.server.process import PASSWORD, Server, office_toml
from tests.server.waiting import soon

NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed here")
SILENT_S = 5.0
"""What a screen waits for a word of the server, before it tries anew (web/static/hall.js)."""


@dataclass
class City:
    """Two servers of one store, and where nginx stands before them."""

    servers: list[Server]
    port: int

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"


@pytest.fixture
def city(tmp_path: Path, postgres: PostgresServer) -> Iterator[City]:
    """Two servers, started as the example says, behind nginx with the example."""
    words = ["--trusted-proxy", "127.0.0.1", "--public-url", f"https://{NAME}"]
    one = Server(postgres.give(tmp_path / "one"), *words)
    store = (one.data / ADDRESS).read_text("utf-8").strip()
    folder = Path(tempfile.mkdtemp(prefix="ramah-balancer-"))
    with one, Server(tmp_path / "two", "--store", store, *words) as two:
        one.add_branch(office_toml("hall"))
        one.person("sari")
        one.start()
        two.start()
        site = (DEPLOY / "nginx-city.conf").read_text("utf-8")
        for number, each in enumerate((one, two), 11):
            site = site.replace(f"10.20.0.{number}:8080", f"127.0.0.1:{each.port}")
        command, port = nginx_of(folder, site)
        with running([str(NGINX), *command[1:]], folder, port):
            yield City([one, two], port)
    shutil.rmtree(folder)


@dataclass
class Screen:
    """A screen that comes back by itself, as the pages do."""

    labels: list[str] = field(default_factory=list)
    silent_s: float = 0.0
    live: bool = False


@asynccontextmanager
async def screens(city: City, key: str, count: int) -> AsyncIterator[list[Screen]]:
    """Show the hall on some screens."""
    made = [Screen() for _ in range(count)]
    async with asyncio.TaskGroup() as group:
        shown = [group.create_task(_show(each, city, key)) for each in made]
        yield made
        for each in shown:
            each.cancel()


async def _show(screen: Screen, city: City, key: str) -> None:
    seq, heard_at = 0, time.monotonic()
    while True:
        with suppress(OSError, TimeoutError, WebSocketException, InvalidHandshake):
            async with connect(
                f"wss://{NAME}:{city.port}/api/events?since={seq}" if seq
                else f"wss://{NAME}:{city.port}/api/events",
                host="127.0.0.1", ssl=no_check(), open_timeout=SILENT_S,
                additional_headers={"Authorization": f"Bearer {key}"},
            ) as feed:  # fmt: skip
                while True:
                    async with asyncio.timeout(SILENT_S):
                        told = json.loads(await feed.recv())
                    screen.live = True
                    screen.silent_s = max(screen.silent_s, time.monotonic() - heard_at)
                    heard_at = time.monotonic()
                    if told["type"] in {"event", "snapshot"}:
                        seq = told["seq"]
                    if told.get("kind") == "issued":
                        screen.labels.append(told["label"])
        screen.live = False
        await asyncio.sleep(0.5)


async def take(city: City, session: aiohttp.ClientSession, key: str, once: str) -> str:
    """Take a number as a kiosk does: again and again, under one key."""
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": once}
    while True:
        with suppress(aiohttp.ClientError, TimeoutError):
            async with session.post(
                f"{city.url}/api/tickets", json={"service": "A"}, headers=headers,
                timeout=aiohttp.ClientTimeout(8),
            ) as answer:  # fmt: skip
                if answer.status == 201:
                    return str((await answer.json())["label"])
                assert answer.status in {502, 503, 504}, await answer.text()
        await asyncio.sleep(0.2)


async def test_screens_and_kiosks_go_on_when_the_server_that_works_is_killed(city: City) -> None:
    works = city.servers[0]
    kiosk, display = works.token("kiosk"), works.token("display")
    async with browser() as session, screens(city, display, 4) as shown:
        await soon(lambda: all(each.live for each in shown), "the screens show the hall")
        given = [await take(city, session, kiosk, f"before-{n}") for n in range(4)]
        works.kill()
        given += [await take(city, session, kiosk, f"after-{n}") for n in range(4)]
        assert given == [f"A{n:03d}" for n in range(1, 9)]
        assert await take(city, session, kiosk, "before-3") == "A004", "a repeat finds it"
        await soon(lambda: all(each.labels == given for each in shown), "all is on every screen")
        print(f"longest silence of a screen: {max(each.silent_s for each in shown):.1f} s")  # noqa: T201 - for the closing figures
        counted = Counter(label for (label,) in city.servers[1].query("SELECT label FROM tickets"))
        assert counted == Counter(given)


async def test_who_is_behind_nginx_is_known_by_either_server(city: City) -> None:
    """Else all visitors would share one address's limits."""
    async with browser(local="127.0.0.7") as session:
        for _ in range(4):  # by turns at either server
            body = {"login": "sari", "password": PASSWORD}
            forged = {"X-Forwarded-For": "192.0.2.7"}
            async with session.post(f"{city.url}/api/session", json=body, headers=forged) as answer:
                assert answer.status == 200
                assert answer.cookies["ramah_session"]["secure"]
    assert set(city.servers[0].query("SELECT place FROM sessions")) == {("127.0.0.7",)}
