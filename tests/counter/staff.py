"""What tests of the staff pages share: a person who logs in, sits down and looks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Locator, Page, expect

from tests.server.process import PASSWORD, Server
from tests.web.browser import chromium

SETTLE_MS = 700
"""A press this soon after an action belongs to the button that stood there before."""


@asynccontextmanager
async def staff_page(server: Server, path: str = "/counter") -> AsyncIterator[Page]:
    """Open a page of the server; what goes wrong in its scripts fails the test."""
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        await page.goto(server.url + path)
        yield page
        assert wrong == []


async def log_in(page: Page, login: str, password: str = PASSWORD) -> None:
    await page.get_by_label("Nama pengguna").fill(login)
    await page.get_by_label("Kata sandi").fill(password)
    await page.get_by_role("button", name="Masuk").click()


async def sit_down(page: Page, login: str, number: int = 1) -> None:
    await log_in(page, login)
    await seat(page, number).click()
    await expect(page.locator("ramah-current")).to_be_visible()
    await settle(page)


def seat(page: Page, number: int) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^Loket {number}\b"))


async def settle(page: Page) -> None:
    await page.wait_for_timeout(SETTLE_MS)


async def press(page: Page, key: str) -> None:
    """Press a shortcut, as a person does: after looking."""
    await settle(page)
    await page.keyboard.press(key)
