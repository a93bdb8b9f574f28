"""A server starts before its office is described, says so, and goes on once there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.server.process import Server, office_toml
from tests.server.waiting import soon

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = ["/", "/kiosk", "/kiosk/paper", "/display", "/display/setup", "/display/voices",
         "/counter", "/counter/supervisor", "/manager", "/t/Zk3vQ0m9Yw8sT1bA"]  # fmt: skip


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Server]:
    """A running server on an empty folder, as the unit starts it on a new box."""
    with Server(tmp_path / "data") as server:
        server.start()
        yield server
        assert "Traceback" not in server.stderr()


def describe(server: Server) -> None:
    """Do what the page says."""
    file = server.data.with_name("office.toml")
    file.write_text(office_toml("hall"), "utf-8")
    added = server.ramah("branch", "add", str(file))
    assert (added.returncode, added.stderr) == (0, "")


async def test_every_page_says_what_to_do_first_in_both_languages(bare: Server) -> None:
    async with bare.client() as visitor:
        for page in PAGES:
            told = await visitor.get(page)
            assert told.status == 200, page
            assert "Belum ada kantor di sini" in told.text, page
            assert "ramah branch add office.toml" in told.text, page
        english = (await visitor.get("/kiosk?lang=en")).text
        assert "There is no office here yet" in english
        assert "Content-Security-Policy" in (await visitor.get("/manager")).headers


async def test_it_lives_but_is_not_ready_and_says_why(bare: Server) -> None:
    async with bare.client() as watcher:
        assert (await watcher.get("/healthz")).status == 200
        told = await watcher.get("/readyz", check=False)
        assert (told.status, told.problem) == (503, "no-office")
        assert "ramah branch add office.toml" in told.text
        assert (await watcher.get("/metrics")).status == 200
        body = {"login": "sari", "password": "tiga-kucing-oranye"}
        assert (await watcher.post("/api/session", body)).status == 401
    told_at_start = bare.out.read_text("utf-8")
    assert "THERE IS NO OFFICE" in told_at_start
    assert f"ramah branch add office.toml --data {bare.data}" in told_at_start
    assert bare.stop() == 0


async def test_the_office_is_taken_over_without_a_restart(bare: Server) -> None:
    describe(bare)

    async def ready() -> bool:
        async with bare.client() as watcher:
            return (await watcher.get("/readyz", check=False)).status == 200

    await soon(ready, "the running server serves the office")
    async with bare.client("kiosk") as kiosk, bare.client("staff") as staff:
        assert "ramah branch add" not in (await kiosk.get("/kiosk")).text
        assert (await kiosk.take())["label"] == "A001"
        await staff.do(1, "open")
        assert "A001" in str(await staff.do(1, "call-next"))
    bare.stop()
    bare.start()
    async with bare.client() as watcher:
        assert (await watcher.get("/readyz")).status == 200
    assert bare.out.read_text("utf-8").count("THERE IS NO OFFICE") == 1


async def test_a_screen_that_waits_goes_on_by_itself(bare: Server, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(f"{bare.url}/display")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Belum ada kantor di sini")
    describe(bare)
    await expect(page.locator("html")).to_have_attribute("data-role", "display")
    await page.close()


async def test_a_code_without_settings_is_no_office_yet(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        assert server.ramah("doctor").returncode == 1  # there is nothing at all
        server.start()
        with server.database() as db:
            db.execute("INSERT INTO branches (code) VALUES ('half')")
        async with server.client() as watcher:
            assert (await watcher.get("/readyz", check=False)).problem == "no-office"
