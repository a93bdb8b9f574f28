"""A disk that is slow, stuck or broken keeps nobody waiting who only looks, and it is told."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from server.contract import ROUTES
from server.storage.beside import BAD_S, BAD_TIMES, REMEMBERED_S, STUCK_S, TOLD_S, Pace
from tests.server.api.client import Client
from tests.server.process import ROOT, Server, free_port, office_toml
from tests.server.waiting import soon


class Disk:
    """The order that a server's disk obeys (``tests/server/disk.py``)."""

    def __init__(self, order: Path) -> None:
        self._order = order
        self.does("")

    def does(self, what: str) -> None:
        """Let the disk be so from now on."""
        new = self._order.with_suffix(".new")
        new.write_text(what, "ascii")
        new.replace(self._order)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data") as server:
        server.program = [sys.executable, "-m", "tests.server.disk"]
        server.environment = {"RAMAH_TEST_DISK": str(tmp_path / "order")}
        server.add_branch(office_toml("hall"))
        yield server


@pytest.fixture
def disk(server: Server) -> Disk:
    return Disk(Path(server.environment["RAMAH_TEST_DISK"]))


async def test_while_the_disk_is_stuck_every_screen_still_reads_and_the_number_comes_later(
    server: Server, disk: Disk
) -> None:
    server.start()
    async with (
        asyncio.TaskGroup() as tasks, server.client("kiosk") as kiosk,
        server.client("staff") as staff, server.client("display") as display,
        server.client("manager") as manager, server.client() as phone,
    ):  # fmt: skip
        first = await kiosk.take()
        page = "/api/track/" + first["tracking_url"].rpartition("/")[2]
        await staff.do(1, "open")
        disk.does("stuck")
        pressed = tasks.create_task(staff.do(1, "call-next"))
        await soon(lambda: _under_way(manager), "the press waits for the disk")
        for each in (
            await kiosk.get("/api/services"), await staff.get("/api/counters"),
            await manager.get("/api/queue"), await display.get("/api/services"),
            await phone.get(page), await manager.get("/api/log"),
        ):  # fmt: skip
            assert each.status == 200, each.text
        assert (await phone.get(page)).json["state"] == "waiting", "not called before it is kept"
        async with display.socket() as screen:
            assert '"type":"snapshot"' in str(await screen.recv())
        not_ready = await phone.get("/readyz")
        assert (not_ready.status, not_ready.problem) == (503, "unavailable")
        assert not pressed.done()
        disk.does("")
        assert (await pressed)["label"] == first["label"]
        assert (await phone.get(page)).json["state"] == "called"
        disk.does("stuck")  # and what looks on goes on where the log is
        tasks.create_task(_never_answered(staff))
        await soon(lambda: _under_way(manager), "the press waits for the disk")
        assert (await phone.get(page)).json["state"] == "called"
        assert (await manager.get("/api/alarms")).status == 200
        server.stop()  # ends, and the press with it


async def _never_answered(staff: Client) -> None:
    with contextlib.suppress(aiohttp.ClientError):
        await staff.do(1, "no-show")


async def _under_way(manager: Client) -> bool:
    told = (await manager.get("/metrics", check=False)).text
    line = next(each for each in told.splitlines() if each.startswith("ramah_commit_slowest"))
    return float(line.split()[-1]) > 0


def test_a_start_on_a_broken_disk_ends_with_words(server: Server, disk: Disk) -> None:
    disk.does("broken")
    told = subprocess.run(
        [*server.program, "serve", "--data", str(server.data), "--port", str(free_port())],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": "", "LC_ALL": "C.UTF-8", **server.environment},
    )  # fmt: skip
    assert told.returncode == 1
    assert "the disk does not answer; look at its cable" in told.stderr
    assert "Traceback" not in told.stderr


async def test_a_disk_that_breaks_is_said_and_does_not_keep_a_server_that_is_to_stop(
    server: Server, disk: Disk
) -> None:
    server.start()
    async with server.client("kiosk") as kiosk:
        await kiosk.take()
        disk.does("broken")
        refused = await kiosk.post("/api/tickets", {"service": "A"})
        assert (refused.status, refused.problem) == (503, "unavailable")
        assert (await kiosk.get("/api/services")).status == 200
    server.stop()
    assert "Traceback" not in server.stderr()
    disk.does("")
    server.start()
    async with server.client("kiosk") as kiosk:
        assert (await kiosk.take())["label"] == "A002"


LOOKS = sorted(route.path for route in ROUTES if route.method == "GET" and "{" not in route.path)


async def test_a_disk_that_cannot_be_read_is_told_in_words_on_every_call_and_page(
    server: Server, disk: Disk
) -> None:
    """A bad sector under the tables: what is in memory is still told, all else is 503."""
    server.start()
    async with server.client("manager") as manager, server.client("staff") as staff:
        await staff.do(1, "open")
        took = (await staff.post("/api/tickets", {"service": "A"})).json
        disk.does("unreadable")
        answered: dict[int, list[str]] = {}
        track = took["tracking_url"].partition("/t/")[2]
        pages = ["/", "/kiosk", "/display", "/counter", "/manager", f"/t/{track}"]
        for path in (*LOOKS, *pages, f"/api/track/{track}"):
            told = await manager.get(path, check=False)
            answered.setdefault(told.status, []).append(path)
        acts = [("POST", f"/api/counters/1/{act}") for act in ("call-next", "no-show", "close")]
        for method, path in acts:
            told = await staff.send(method, path, {}, check=False)
            answered.setdefault(told.status, []).append(path)
        assert 500 not in answered, answered[500]
        assert "/api/deeds" in answered[503]
        words = await manager.get("/api/deeds", check=False, headers={"Accept-Language": "id"})
        assert words.problem == "unavailable"
        disk.does("")
        for path in answered[503]:
            if path in LOOKS:
                again = (await manager.get(path, check=False)).status
                assert again != 503 or path == "/readyz", path
    server.stop()
    assert "Traceback" not in server.stderr()
    assert "disk_failed" in server.stderr()
    assert track not in server.stderr(), "a ticket's secret"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def commit(pace: Pace, clock: Clock, seconds: float) -> None:
    with pace.writing():
        clock.now += seconds


def test_a_slow_disk_is_told_while_it_is_slow_and_one_slow_write_is_no_trouble() -> None:
    clock = Clock()
    pace = Pace(clock)
    commit(pace, clock, 0.01)
    assert pace.slowest() == 0.0
    commit(pace, clock, TOLD_S + 1)
    assert pace.slowest() == pytest.approx(TOLD_S + 1)
    assert pace.trouble() == 0.0
    for _ in range(BAD_TIMES):
        commit(pace, clock, BAD_S + 0.1)
    assert pace.trouble() == pytest.approx(TOLD_S + 1)
    clock.now += REMEMBERED_S + 1
    assert (pace.slowest(), pace.trouble()) == (0.0, 0.0)
    with pace.writing():
        clock.now += STUCK_S
        assert pace.trouble() == pytest.approx(STUCK_S), "also one that has not come to its end"
