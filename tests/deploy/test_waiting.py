"""A screen opens its page when the server is there, however late that is."""

from __future__ import annotations

import asyncio
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.deploy.units import DEPLOY, settings
from tests.server.process import Server, office_toml
from tests.server.waiting import soon, until

SCREENS = [DEPLOY / "kiosk-browser.service", DEPLOY / "display-browser.service"]


def waiting_words(unit: Path, page: str) -> list[str]:
    """Return what a unit runs before its browser, with this page and the program of the folder."""
    (line,) = settings(unit)["ExecStartPre"]
    program, *words = shlex.split(line.replace("${RAMAH_PAGE}", page))
    assert program == "/usr/local/bin/ramah-wait"
    return [sys.executable, str(DEPLOY / "ramah-wait"), *words]


@contextmanager
def waits(words: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as err:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=err)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.mark.parametrize("unit", SCREENS, ids=lambda unit: unit.stem)
def test_the_browser_is_not_opened_before_a_late_server_answers(unit: Path, tmp_path: Path) -> None:
    log = tmp_path / "waited"
    page = settings(unit)["Environment"][0].rpartition("/")[2]
    with (
        Server(tmp_path / "data") as server,
        waits(waiting_words(unit, f"{server.url}/{page}"), log) as process,
    ):
        until(lambda: "is not there yet" in log.read_text(), "it says what it waits for")
        assert process.poll() is None
        server.add_branch(office_toml("hall"))
        server.start()
        assert process.wait(60) == 0
        assert server.url in log.read_text()


@pytest.mark.parametrize("unit", SCREENS, ids=lambda unit: unit.stem)
def test_systemd_lets_it_wait_for_ever(unit: Path) -> None:
    told = settings(unit)
    assert told["TimeoutStartSec"] == ["infinity"]
    assert told["Restart"] == ["always"]
    assert told["StartLimitIntervalSec"] == ["0"]


@asynccontextmanager
async def answering(
    handler: Callable[[web.Request], object],
) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/healthz", handler)  # type: ignore[arg-type]
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site.name
    finally:
        await runner.cleanup()


async def test_a_proxy_without_its_server_is_waited_for(tmp_path: Path) -> None:
    answers = iter([502, 503, 504, 200])

    async def proxy(_: web.Request) -> web.Response:
        return web.Response(status=next(answers))

    async with answering(proxy) as url:
        with waits(waiting_words(SCREENS[0], f"{url}/kiosk"), tmp_path / "log") as process:
            await soon(lambda: process.poll() is not None, "it ends")
            assert process.returncode == 0
    assert next(answers, None) is None


async def test_a_server_that_takes_the_question_and_says_nothing_is_asked_again(
    tmp_path: Path,
) -> None:
    asked = 0

    async def stuck_once(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        if asked == 1:
            await asyncio.sleep(3600)
        return web.Response()

    async with answering(stuck_once) as url:
        words = [*waiting_words(SCREENS[0], f"{url}/kiosk"), "--patience", "0.3"]
        with waits(words, tmp_path / "log") as process:
            await soon(lambda: process.poll() is not None, "it ends")
            assert process.returncode == 0
    assert asked == 2


@pytest.mark.parametrize("page", ["", "kiosk", "file:///etc/passwd", "192.168.1.10:8080/kiosk"])
def test_an_address_that_is_none_is_refused_in_words(page: str) -> None:
    told = subprocess.run(
        [sys.executable, str(DEPLOY / "ramah-wait"), page],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert told.returncode == 2
    assert "no address of a page" in told.stderr


def test_the_server_starts_after_the_clock_was_set() -> None:
    told = settings(DEPLOY / "ramah.service")
    assert "time-sync.target" in " ".join(told["After"]).split()
    assert "time-sync.target" in " ".join(told["Wants"]).split()
    assert "Requires" not in told  # an office without internet opens too
