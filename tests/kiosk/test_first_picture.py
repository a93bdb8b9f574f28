"""The services stand before the rest of the page has come, and can be touched already."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Browser, Route, expect

from tests.web.stub_hall import StubHall
from web.files import Files
from web.pages import _ROOT, ROOMS

pytestmark = pytest.mark.asyncio(loop_scope="session")
REST = re.compile(r"/kiosk/visit\.js$")


async def test_a_touch_before_the_rest_has_come_gets_its_number(
    stub_hall: StubHall, browser: Browser
) -> None:
    let_go = asyncio.Event()

    async def hold(route: Route) -> None:
        await let_go.wait()
        await route.continue_()

    page = await browser.new_page()
    await page.route(REST, hold)
    await page.goto(stub_hall.url("/kiosk"))
    await page.locator("[data-code=A] button").click()
    assert stub_hall.wishes == []
    let_go.set()
    await expect(page.locator("kiosk-ticket .label")).to_have_text("A001")
    assert len(stub_hall.tickets) == 1


async def test_a_rest_that_did_not_come_is_fetched_again(
    stub_hall: StubHall, browser: Browser
) -> None:
    failed: list[str] = []

    async def fail(route: Route) -> None:
        failed.append(route.request.url)
        await route.abort()

    page = await browser.new_page()
    await page.route(REST, fail, times=1)
    await page.goto(stub_hall.url("/kiosk"))
    await expect(page.locator("#kiosk[data-screen=start]")).to_be_visible()
    await page.locator("[data-code=A] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_have_text("A001")
    assert len(failed) == 1


async def test_what_the_first_picture_does_not_show_is_not_asked_for_before_it() -> None:
    tree = Files({room: _ROOT / room / "static" for room in ROOMS}).tree
    kiosk, lobby = tree.modules("kiosk/page.js"), tree.modules("display/page.js")
    for late in ("kiosk/ticket.js", "kiosk/ask.js", "kiosk/speech.js", "kiosk/search.js"):
        assert late not in kiosk
    for late in ("display/voice.js", "display/chime.js", "display/media.js", "display/screen.js"):
        assert late not in lobby
    # their words are in the page's catalog all the same
    assert "Please take your paper ticket." in tree.words("kiosk/page.js")
