"""The tablet at a counter: it wakes, asks, thanks and rests; nobody sees another's answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.test_accessible import Look
from tests.server.api.test_feedback import served
from tests.server.process import Hall
from tests.server.waiting import soon

pytestmark = pytest.mark.asyncio(loop_scope="session")

FACES = ("Sangat baik", "Baik", "Kurang", "Buruk")


@asynccontextmanager
async def tablet_page(browser: Browser, hall: Hall, counter: int = 1) -> AsyncIterator[Page]:
    """Open the page of counter 1's tablet; what goes wrong in its scripts fails the test."""
    window = await browser.new_context(viewport={"width": 800, "height": 600})
    token, url = hall.token("tablet"), hall.server.url
    await window.add_cookies([{"name": "ramah_tablet", "value": token, "url": url}])
    page = await window.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(f"{hall.server.url}/counter/{counter}/word")
    await expect(page.locator("#tablet")).to_have_attribute("data-screen", "rest")
    await expect(page.get_by_role("heading", level=2)).to_have_text(f"Loket {counter}")
    yield page
    assert wrong == []
    await window.close()


async def test_the_tablet_asks_thanks_and_shows_the_next_visitor_nothing_of_it(
    hall: Hall, browser: Browser
) -> None:
    async with tablet_page(browser, hall) as page:
        look = Look(page)
        await look.at("rest")
        await served(hall)
        await expect(page.get_by_role("heading", level=2)).to_have_text(
            "Bagaimana layanan kami hari ini?"
        )
        buttons = page.locator(".face-button")
        assert [text.strip() for text in await buttons.all_inner_texts()] == [*FACES]
        await look.at("asking")
        await page.set_viewport_size({"width": 360, "height": 640})
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(buttons.first).to_have_attribute("aria-pressed", "true")
        await page.get_by_label("Ada yang ingin disampaikan?").fill("Ramah sekali.")
        await look.at("a face is chosen, on a narrow screen")
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360
        await page.get_by_role("button", name="Kirim").press("Enter")
        await expect(page.locator("#tablet")).to_have_attribute("data-screen", "thanks")
        await look.at("thanks")
        await served(hall)
        await expect(page.locator("#tablet")).to_have_attribute("data-screen", "ask")
        await expect(page.locator("[aria-pressed=true].face-button")).to_have_count(0)
        await expect(page.get_by_label("Ada yang ingin disampaikan?")).to_have_value("")
        assert "Ramah sekali" not in await page.content()
    assert look.found == []
    kept = "SELECT face, said, channel FROM feedback WHERE branch = ?"
    assert hall.query(kept) == [(4, "Ramah sekali.", "tablet")]


async def test_who_touches_a_face_and_goes_is_counted_when_the_next_one_sits_down(
    hall: Hall, browser: Browser
) -> None:
    async with tablet_page(browser, hall) as page, hall.client("staff") as staff:
        await served(hall)
        await page.get_by_role("button", name="Kurang", exact=True).click()
        await page.get_by_label("Ada yang ingin disampaikan?").fill("belum selesai saya tu")
        async with hall.client("kiosk") as kiosk:
            await kiosk.take("A")
        await staff.do(1, "call-next")
        await expect(page.locator("#tablet")).to_have_attribute("data-screen", "ask")
        await staff.do(1, "start")
        await expect(page.locator("#tablet")).to_have_attribute("data-screen", "rest")
        kept = "SELECT face, said FROM feedback WHERE branch = ?"
        await soon(lambda: hall.query(kept) == [(2, "")], "the face counts, the sentence does not")


async def test_an_undone_finish_and_a_tablet_of_another_counter(
    hall: Hall, browser: Browser
) -> None:
    async with tablet_page(browser, hall) as page, hall.client("staff") as staff:
        await served(hall)
        await expect(page.locator("#tablet")).to_have_attribute("data-screen", "ask")
        await staff.do(1, "undo")
        await expect(page.locator("#tablet")).to_have_attribute("data-screen", "rest")
        await page.goto(f"{hall.server.url}/counter/7/word")
        await page.wait_for_url("**/counter/1/word")
    assert hall.query("SELECT COUNT(*) FROM feedback WHERE branch = ?") == [(0,)]
