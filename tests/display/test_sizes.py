"""Readable from the last row: computed sizes of what people look for, in every size of screen."""

from __future__ import annotations

from playwright.async_api import expect

from tests.web.browser import chromium
from tests.web.stub_hall import StubHall

DISTANCE_MM = 8000
READABLE = 300
"""A capital letter is read without effort from about 300 times its height (20/40 sight)."""
CAPITAL = 0.7
"""Height of a capital letter, in the font's size."""
SCREEN_MM = {"wide": 685, "tall": 1218}
"""Height of a 55-inch screen, lying and standing."""
SIZES = [(1280, 720), (1920, 1080), (3840, 2160), (720, 1280), (1080, 1920), (2160, 3840)]


async def test_calls_are_readable_at_eight_metres(stub_hall: StubHall) -> None:
    async with chromium() as browser:
        page = await browser.new_page()
        await page.goto(stub_hall.url("/display"))
        await expect(page.locator(".welcome-line")).to_have_text("Selamat datang")
        await stub_hall.call("A001", 1)
        await stub_hall.call("B002", 2)
        await expect(page.locator("display-call .label")).to_have_text("B002", timeout=30_000)
        for width, height in SIZES:
            await page.set_viewport_size({"width": width, "height": height})
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
