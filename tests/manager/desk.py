"""What tests of the manager's page share: a window on a server of its own, and who logs in."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, expect

from tests.counter.staff import press, settle
from tests.server.process import PASSWORD, Server
from tests.web.browser import chromium

__all__ = ["dark_display", "log_in", "numbers", "press", "sit_down", "staff_page"]


@asynccontextmanager
async def staff_page(server: Server, path: str) -> AsyncIterator[Page]:
    """Open a page of the server; what goes wrong in its scripts fails the test."""
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        await page.goto(server.url + path)
        yield page
        assert wrong == []


async def log_in(page: Page, login: str) -> None:
    await page.get_by_label("Nama pengguna").fill(login)
    await page.get_by_label("Kata sandi").fill(PASSWORD)
    await page.get_by_role("button", name="Masuk").click()


async def sit_down(page: Page, login: str) -> None:
    await log_in(page, login)
    await page.get_by_role("button", name=re.compile(r"^Loket 1\b")).click()
    await expect(page.locator("ramah-current")).to_be_visible()
    await settle(page)


async def numbers(server: Server, *services: str) -> None:
    async with server.client("kiosk") as kiosk:
        for service in services:
            await kiosk.take(service)


def dark_display(server: Server, name: str, days: float) -> None:
    """A display was paired, and has not been heard from for some days."""
    since = round((time.time() - days * 86_400) * 1000)
    with server.database() as db:
        (branch,) = db.execute("SELECT MIN(id) FROM branches").fetchone()
        db.execute(
            "INSERT INTO tokens (id, branch, role, name, hash, created_at) "
            "VALUES (?1, ?2, 'display', ?1, ?1, ?3)",
            (name, branch, since),
        )
        db.execute(
            "INSERT INTO equipment (branch, what, device, name, state, since) "
            "VALUES (?2, 'display', ?1, ?1, 'offline', ?3)",
            (name, branch, since),
        )
