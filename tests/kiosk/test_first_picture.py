"""The services stand before the rest of the page has come, and can be touched already."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.web.stub_hall import StubHall, service
from web.files import Files
from web.pages import _ROOT, ROOMS

pytestmark = pytest.mark.asyncio(loop_scope="session")
REST = re.compile(r"/kiosk/visit\.js$")
SCRIPT = re.compile(r"/kiosk/page\.js$")
DRAWN = """() => {
  const there = Array.from(document.querySelectorAll('main button'))
    .filter((each) => each.getClientRects().length)
    .map((each) => {
      const { left, top, width, height } = each.getBoundingClientRect();
      return [each, left + width / 2, top + height / 2];
    });
  window.under = there.filter(([button, x, y]) => button.contains(document.elementFromPoint(x, y)));
  return there.length;
}"""
"""Notes what a finger would be on, without a scroll; returns how many buttons there are."""
WORDS = """() => Array.from(document.querySelectorAll('#greeting, #lead, main .name, main .letter'))
  .filter((each) => each.getClientRects().length).map((each) => each.textContent.trim())"""
STAYED = """() => window.under.every(([button, x, y]) => {
  const now = document.elementFromPoint(x, y).closest('main button:not(.quiet)');
  return now === null || now === button;
})"""
"""Whether a finger on a button is on none but it (a full list is followed by one for more)."""


@asynccontextmanager
async def _held(page: Page, what: re.Pattern[str]) -> AsyncIterator[asyncio.Event]:
    """Keep a script back until the event is set."""
    let_go = asyncio.Event()

    async def hold(route: Route) -> None:
        await let_go.wait()
        await route.continue_()

    await page.route(what, hold)
    yield let_go
    let_go.set()


@pytest.mark.parametrize("script", [SCRIPT, REST])
async def test_a_touch_before_the_rest_has_come_gets_its_number(
    stub_hall: StubHall, browser: Browser, script: re.Pattern[str]
) -> None:
    page = await browser.new_page()
    async with _held(page, script) as let_go:
        await page.goto(stub_hall.url("/kiosk"), wait_until="commit")
        await page.locator("[data-code=A] button").click()
        await expect(page.locator("[data-code=A] button")).to_have_attribute("aria-busy", "true")
        assert stub_hall.wishes == []
        let_go.set()
        await expect(page.locator("kiosk-ticket .label")).to_have_text("A001")
    assert len(stub_hall.tickets) == 1


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (800, 480)])
async def test_what_the_server_drew_stays_where_it_is_when_the_script_comes(
    stub_hall: StubHall, browser: Browser, size: tuple[int, int]
) -> None:
    stub_hall.agencies = [
        {"code": code, "name": name, "names": {"id": name, "en": f"Office {name}"}}
        for code, name in (("a", "Dukcapil"), ("b", "Pajak"))
    ]
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
    letters = "ABCDEFGHIJKLMNOPQ"
    for count in (1, 3, 6, 9, 12, len(letters)):
        stub_hall.services = [
            service(code, f"Layanan {code} & lain", 3, agency="ab"[at % 2], open=at != 1,
                    picture=("", "id-card", "house")[at % 3])
            for at, code in enumerate(letters[:count])
        ]  # fmt: skip
        stub_hall.services[0]["paused"] = count == 1
        async with _held(page, SCRIPT) as let_go:
            await page.goto(stub_hall.url("/kiosk?lang=en"), wait_until="commit")
            await page.wait_for_selector("footer", state="attached")
            buttons = await page.evaluate(DRAWN)
            words = await page.evaluate(WORDS)
            let_go.set()
            await expect(page.locator("#kiosk[data-screen=start]")).to_be_visible()
            assert await page.evaluate(STAYED), count
            assert await page.evaluate(WORDS) == words
            assert buttons == (count if count <= 12 else 3)
        await page.unroute(SCRIPT)


async def test_a_service_named_like_markup_stays_words(
    stub_hall: StubHall, browser: Browser
) -> None:
    name = "</script><b>KTP</b> <!-- & \u2028"
    stub_hall.services = [service("A", name, 2)]
    page = await browser.new_page()
    await page.goto(stub_hall.url("/kiosk"))
    await expect(page.locator("#kiosk[data-screen=start]")).to_be_visible()
    assert await page.locator("[data-code=A] .name").text_content() == name
    assert await page.locator("kiosk-services b").count() == 0


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


async def test_a_page_that_knows_nothing_of_the_hall_asks_for_it(
    stub_hall: StubHall, browser: Browser
) -> None:
    stub_hall.laid = False
    page = await browser.new_page()
    await page.goto(stub_hall.url("/kiosk"))
    await page.locator("[data-code=B] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_have_text("B001")


async def test_what_the_first_picture_does_not_show_is_not_asked_for_before_it() -> None:
    tree = Files({room: _ROOT / room / "static" for room in ROOMS}).tree
    kiosk, lobby = tree.modules("kiosk/page.js"), tree.modules("display/page.js")
    for late in ("kiosk/ticket.js", "kiosk/ask.js", "kiosk/speech.js", "kiosk/search.js"):
        assert late not in kiosk
    for late in ("display/voice.js", "display/chime.js", "display/media.js", "display/screen.js"):
        assert late not in lobby
    # their words are in the page's catalog all the same
    assert "Please take your paper ticket." in tree.words("kiosk/page.js")
