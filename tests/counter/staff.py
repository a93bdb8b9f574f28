"""What tests of the staff pages share: a person who logs in, sits down and looks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Locator, Page, expect

from server.auth.cookies import SESSION_COOKIE
from tests.server.process import PASSWORD, Hall

SETTLED = """() => !document.querySelector('ramah-current')
    || !document.querySelector('ramah-current button[aria-disabled=true]:not([hidden])')"""
"""While a step is under way, or a repeat keeps its gap, a click on a button is not taken."""
WAITS = """async ([same, ahead]) => {
    const { files } = document.documentElement.dataset;
    (await import(files + 'counter/presses.js')).presses.sameMs = same;
    document.querySelector('ramah-current').aheadMs = ahead;
}"""
"""How long the same finger means the first press, and a key may be ahead of its turn."""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@asynccontextmanager
async def staff_page(
    browser: Browser, hall: Hall, path: str = "/counter", *, who: str = ""
) -> AsyncIterator[Page]:
    """Open a page of the hall's server; what goes wrong in its scripts fails the test.

    ``who`` has logged in before: most tests are about what comes after.
    """
    window = await browser.new_context(viewport={"width": 1366, "height": 768})
    try:
        if who:
            secret = hall.server.session(f"{who}.{hall.code}")
            url = hall.server.url
            await window.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": url}])
        page = await window.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        await page.goto(hall.server.url + path)
        yield page
        assert wrong == []
    finally:
        await window.close()


async def log_in(page: Page, hall: Hall, name: str, password: str = PASSWORD) -> None:
    await page.get_by_label("Nama pengguna").fill(f"{name}.{hall.code}")
    await page.get_by_label("Kata sandi").fill(password)
    await page.get_by_role("button", name="Masuk").click()


async def take_seat(page: Page, number: int = 1) -> None:
    await seat(page, number).click()
    await expect(page.locator("ramah-current")).to_be_visible()
    await settle(page)


def seat(page: Page, number: int) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^Loket {number}\b"))


async def settle(page: Page) -> None:
    """Wait until the page takes presses again; what was pressed before has been drawn by then."""
    await page.evaluate(DRAWN)
    await page.wait_for_function(SETTLED)


async def press(page: Page, *keys: str) -> None:
    """Press shortcuts one after the other, as a person does: each after looking."""
    for key in keys:
        await settle(page)
        await page.keyboard.press(key)


async def in_slow_motion(page: Page) -> None:
    """Let twice be twice and ahead be ahead for a minute: a busy machine has no fast hands."""
    await page.evaluate(WAITS, [60_000, 60_000])


@asynccontextmanager
async def at_work(browser: Browser, hall: Hall, *services: str) -> AsyncIterator[Page]:
    """Sari sits down at counter 1, where numbers of these services wait already."""
    hall.person("sari")
    await numbers(hall, *services)
    async with staff_page(browser, hall, who="sari") as page:
        await take_seat(page)
        yield page


async def numbers(hall: Hall, *services: str, language: str = "id") -> list[str]:
    labels = []
    async with hall.client("kiosk") as kiosk:
        for service in services:
            answer = await kiosk.post("/api/tickets", {"service": service, "language": language})
            labels.append(answer.json["label"])
    return labels


def outcomes(hall: Hall) -> list[str]:
    return [
        row[0]
        for row in hall.query("SELECT outcome FROM turns WHERE branch = ? AND outcome IS NOT NULL")
    ]


def events(hall: Hall, kind: str) -> int:
    return sum(event["kind"] == kind for _, event in hall.events())
