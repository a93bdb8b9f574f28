"""A screen that stands open for ever keeps its key: the browser's own, not only our word."""

from __future__ import annotations

import asyncio
import time

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from server.auth.cookies import DEVICE_COOKIES
from server.domain.roles import DISPLAY, KIOSK
from tests.server.process import Server
from tests.server.waiting import soon

pytestmark = pytest.mark.asyncio(loop_scope="session")
DAY_S = 86_400
LEFT_S = 3600
ASK = """(role) => fetch('/api/services', { headers: { 'Ramah-As': role } })
  .then((answer) => answer.status, () => 0)"""


async def ends_in(window: BrowserContext, role: str) -> float:
    """Return after how many seconds the browser forgets the key."""
    kept = {each["name"]: each for each in await window.cookies()}
    return float(kept[DEVICE_COOKIES[role]]["expires"]) - time.time()


async def old_key(window: BrowserContext, server: Server, role: str, token: str) -> None:
    """Give the browser the key as it has it after 399 days and 23 hours."""
    name = DEVICE_COOKIES[role]
    ends = time.time() + LEFT_S
    await window.add_cookies(
        [{"name": name, "value": token, "url": server.url, "expires": ends, "httpOnly": True}]
    )


async def test_pages_that_stay_open_for_ever_keep_their_keys_by_what_they_ask(
    server: Server, browser: Browser
) -> None:
    keys = {role: server.token(role, name=role) for role in (DISPLAY, KIOSK)}
    window = await browser.new_context()
    for role, token in keys.items():
        await old_key(window, server, role, token)
    display, kiosk = await window.new_page(), await window.new_page()
    await display.goto(server.url + "/display")
    await kiosk.goto(server.url + "/kiosk")
    await expect(kiosk.locator("[data-code=A] button")).to_be_visible()
    for role, token in keys.items():
        assert await ends_in(window, role) > 399 * DAY_S, "opening the page renews it"
        await old_key(window, server, role, token)  # nobody opened it for 400 days
    await asyncio.to_thread(server.kill)  # it forgets that the keys were renewed this day
    await asyncio.to_thread(server.start)

    for role, page in ((DISPLAY, display), (KIOSK, kiosk)):

        async def lasts(role: str = role, page: Page = page) -> bool:
            await page.evaluate(ASK, role)
            return await ends_in(window, role) > 399 * DAY_S

        await soon(lasts, f"what the {role} asks renewed its key")
    await window.close()
