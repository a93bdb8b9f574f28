"""What tests of the lobby's page share: a screen that is up and waits for calls."""

from __future__ import annotations

from typing import Literal

from playwright.async_api import Browser, Page, expect

from tests.web.stub_hall import StubHall

Motion = Literal["no-preference", "reduce"]


async def waiting_screen(
    browser: Browser, hall: StubHall, *, script: str = "", motion: Motion = "no-preference"
) -> Page:
    """Open a screen and wait until it welcomes people; ``script`` runs before the page's own."""
    page = await browser.new_page(reduced_motion=motion)
    if script:
        await page.add_init_script(script)
    await page.goto(hall.url("/display"))
    await expect(page.locator(".welcome-line")).to_have_text("Selamat datang")
    return page
