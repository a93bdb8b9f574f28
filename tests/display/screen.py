"""What tests of the lobby's page share: a screen that is up and waits for calls."""

from __future__ import annotations

import re
from typing import Literal

from playwright.async_api import Browser, Page, expect

from tests.web.stub_hall import StubHall

SAYS_ITS_SOUND = """
new MutationObserver(() => {
  if (document.documentElement.dataset.sound) console.log('the sound is known');
}).observe(document, { attributes: true, subtree: true, attributeFilter: ['data-sound'] });
"""
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
    # what follows the first picture has come: the screen rings and speaks from here on
    await expect(page.locator("html")).to_have_attribute("data-sound", re.compile("."))
    return page


async def untouched_screen(browser: Browser, hall: StubHall) -> Page:
    """Open a screen and ask it nothing until its sound device is there.

    What a test asks a page counts as a touch in Chromium, and a touched page may sound.
    """
    page = await browser.new_page()
    await page.add_init_script(SAYS_ITS_SOUND)
    async with page.expect_console_message(lambda said: said.text == "the sound is known"):
        await page.goto(hall.url("/display"))
    return page
