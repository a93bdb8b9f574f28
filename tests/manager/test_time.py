"""The end of a day that came by mistake is taken back on the manager's page."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, expect

from server.auth.cookies import SESSION_COOKIE
from server.domain import desks, issuing
from server.domain.issuing import NewTicket
from tests.server.process import Server
from tests.server.rehearsal import KIOSK, Rehearsal, office, on

pytestmark = pytest.mark.asyncio(loop_scope="session")
ZONE = "Asia/Makassar"


def an_evening(data: Path) -> None:
    """Two people wait in a hall whose business day ended two minutes ago."""
    began = datetime.now(ZoneInfo(ZONE)) - timedelta(minutes=2)
    before = f"{began - timedelta(minutes=30):%Y-%m-%d %H:%M}"
    rules = {"day_start": f"{began:%H:%M}"}
    with Rehearsal(office(rules=rules), at=before, data=data) as hall:
        hall.do(on(desks.open_counter, "1"))
        for _ in range(2):
            hall.do(on(issuing.issue, NewTicket("A")), KIOSK)


async def test_who_waited_at_a_mistaken_end_of_the_day_waits_on_by_one_touch(
    tmp_path: Path, browser: Browser
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    await asyncio.to_thread(an_evening, data)
    with Server(data) as server:
        server.start()
        server.person("dewi", "manager", "hall")
        window = await browser.new_context(viewport={"width": 1280, "height": 800})
        secret = server.session("dewi")
        await window.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": server.url}])
        page = await window.new_page()
        await page.goto(server.url + "/manager")
        alarm = page.locator("[data-rule=day_end]")
        await expect(alarm).to_contain_text("2", timeout=60_000)
        button = alarm.get_by_role("button")
        await expect(button).to_be_visible()
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 44  # a finger's width, as every button here
        await button.focus()
        await page.keyboard.press("Enter")
        await expect(alarm).to_have_count(0)
        await expect(page.locator(".service-now").first).to_contain_text("2 menunggu")
        assert server.query("SELECT label, state FROM turns ORDER BY label") == [
            ("A001", "waiting"), ("A002", "waiting"),
        ]  # fmt: skip
