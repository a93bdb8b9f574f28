"""Readable from the last row: computed sizes of what people look for, in every size of screen."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.display.screen import untouched_screen, waiting_screen
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")

DISTANCE_MM = 8000
READABLE = 300
"""A capital letter is read without effort from about 300 times its height (20/40 sight)."""
CAPITAL = 0.7
"""Height of a capital letter, in the font's size."""
SCREEN_MM = {"wide": 685, "tall": 1218}
"""Height of a 55-inch screen, lying and standing."""
SIZES = [(1280, 720), (1920, 1080), (3840, 2160), (720, 1280), (1080, 1920), (2160, 3840)]


async def test_calls_are_readable_at_eight_metres(stub_hall: StubHall, browser: Browser) -> None:
    page = await waiting_screen(browser, stub_hall)
    await stub_hall.call("A001", 1)
    await stub_hall.call("B002", 2)
    await expect(page.locator("display-call .label")).to_have_text("B002", timeout=30_000)
    for width, height in SIZES:
        await resized(page, width, height)
        found = await page.evaluate("""() => {
          const style = (selector) => getComputedStyle(document.querySelector(selector));
          const size = (selector) => parseFloat(style(selector).fontSize);
          const box = document.querySelector('.hall').getBoundingClientRect();
          const label = document.querySelector('display-call .label').getBoundingClientRect();
          return { label: size('display-call .label'), where: size('display-call .where'),
            before: size('display-calls .label'), place: size('display-calls .place'),
            inside: label.left >= 0 && label.right <= innerWidth &&
              box.bottom <= innerHeight + 1 };
        }""")
        mm = SCREEN_MM["wide" if width > height else "tall"] / height
        assert found["inside"], (width, height)
        for part in ("label", "where", "before", "place"):
            capital = found[part] * CAPITAL * mm
            assert capital >= DISTANCE_MM / READABLE, (part, width, height, capital)
        assert found["label"] * CAPITAL * mm > 90  # the call itself from across the hall


LONGEST = "Ruang tunggu lantai dua dibuka. " * 6 + "Terima kasih."
SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
FRAME = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const line = box('display-notice p');
  const frame = box('display-notice');
  return { size: document.querySelector('display-notice').dataset.size,
    inside: line.height <= frame.height && line.right <= innerWidth,
    call: box('display-call').height, foot: box('display-notes').bottom - innerHeight };
}"""


async def resized(page: Page, width: int, height: int) -> None:
    """Give the screen another size and wait until it is drawn."""
    await page.set_viewport_size({"width": width, "height": height})
    await page.evaluate(SETTLED)


async def test_a_long_line_of_the_manager_is_whole_and_leaves_the_calls_their_place(
    stub_hall: StubHall, browser: Browser
) -> None:
    assert len(LONGEST) > 200
    page = await waiting_screen(browser, stub_hall)
    await stub_hall.call("A001", 1)
    await stub_hall.emit("notice_changed", notice=LONGEST, until=None)
    await expect(page.locator("display-notice")).to_have_text(LONGEST)
    for width, height in SIZES:
        await resized(page, width, height)
        found = await page.evaluate(FRAME)
        assert (found["size"], found["inside"]) == ("very-long", True), (width, height)
        assert found["foot"] <= 1, (width, height)
        assert found["call"] > height * 0.15, (width, height)


async def test_services_are_spread_evenly_over_the_pages(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.goto(stub_hall.url("/display"))
    spread = await page.evaluate("""async () => {
      const { files } = document.documentElement.dataset;
      const { evenly } = await import(files + 'display/waiting.js');
      return [0, 1, 4, 5, 6, 8, 11, 16].map((count) => evenly(count, 5));
    }""")
    assert spread == [0, 1, 4, 5, 3, 4, 4, 4]


async def test_out_of_touch_and_silent_everything_of_a_call_still_fits(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await untouched_screen(browser, stub_hall)
    await expect(page.locator("display-sound .silent")).to_be_visible()
    await stub_hall.call("B002", 2)
    await expect(page.locator("display-call .label")).to_have_text("B002", timeout=30_000)
    await stub_hall.cut()
    await expect(page.locator("ramah-link")).to_be_visible()
    for width, height in SIZES:
        await resized(page, width, height)
        room = await page.evaluate("""() => {
          const box = (one) => document.querySelector(one).getBoundingClientRect();
          const call = box('display-call');
          return Math.min(call.bottom - box('display-call .service-name').bottom,
            box('display-call .top').top - call.top);
        }""")
        assert room >= 0, (width, height)
