"""The lobby screen in a real browser: calls one after the other, seen, heard and acknowledged."""

from __future__ import annotations

import time

from playwright.async_api import expect

from tests.web.browser import WITH_SOUND, chromium, until
from tests.web.stub_hall import StubHall


async def test_three_quick_calls_are_each_shown_and_chimed_in_order(stub_hall: StubHall) -> None:
    async with chromium(WITH_SOUND) as browser:
        page = await browser.new_page()
        await page.goto(stub_hall.url("/display"))
        await expect(page.locator(".welcome-line")).to_have_text("Selamat datang")
        for number, label in enumerate(("A001", "B001", "A002"), start=1):
            await stub_hall.call(label, min(number, 2))
        for label in ("A001", "B001", "A002"):
            await expect(page.locator("display-call .label")).to_have_text(label)
        await until(lambda: len(stub_hall.heard) >= 6, 60)
        acknowledged = [(each["type"], each["seq"]) for each in stub_hall.heard]
        assert acknowledged == [(kind, seq) for seq in (1, 2, 3) for kind in ("shown", "voiced")]
        await expect(page.locator("display-calls li:visible")).to_have_count(2)


async def test_a_repeat_is_marked(stub_hall: StubHall) -> None:
    async with chromium() as browser:
        page = await browser.new_page()
        await page.goto(stub_hall.url("/display"))
        await expect(page.locator(".welcome-line")).to_have_text("Selamat datang")
        await stub_hall.call("A001", 1, recall=True)
        await expect(page.locator("display-call .again")).to_have_text("Panggilan ulang")
        await expect(page.locator("display-call .where")).to_contain_text("Loket 1")


async def test_a_silent_screen_says_so_and_a_touch_switches_sound_on(stub_hall: StubHall) -> None:
    async with chromium() as browser:
        page = await browser.new_page()
        await page.goto(stub_hall.url("/display"))
        await expect(page.locator("display-sound .silent")).to_have_text("Suara mati")
        await page.get_by_role("button", name="Aktifkan suara").click()
        await expect(page.locator("display-sound")).to_be_hidden()


async def test_a_lost_link_is_said_and_missed_calls_come_after(stub_hall: StubHall) -> None:
    async with chromium() as browser:
        page = await browser.new_page()
        await page.goto(stub_hall.url("/display"))
        await expect(page.locator(".welcome-line")).to_have_text("Selamat datang")
        await stub_hall.call("A001", 1)
        await expect(page.locator("display-call .label")).to_have_text("A001")
        lost = time.monotonic()
        await stub_hall.cut()
        await expect(page.locator("ramah-link")).to_be_visible()
        assert time.monotonic() - lost < 5
        await expect(page.locator("display-call .label")).to_have_text("A001")
        await stub_hall.call("B007", 2)
        stub_hall.online = True
        await expect(page.locator("display-call .label")).to_have_text("B007")
        await expect(page.locator("ramah-link")).to_be_hidden()
