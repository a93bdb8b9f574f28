"""A hall with a paper roll: staff just call the next number, no kiosk gave any."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.counter.staff import settle, staff_page, take_seat
from tests.counter.test_more import axe
from tests.server.process import Hall, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_staff_say_which_number_hangs_on_the_roll_and_call_from_there(
    hall: Hall, browser: Browser
) -> None:
    toml = office_toml(hall.code, services="A", counters=2) + '[rules]\nnumbers = "roll"\n'
    hall.server.add_branch(toml)
    hall.person("sari")
    async with staff_page(browser, hall, who="sari") as page:
        await take_seat(page)
        await expect(page.get_by_text("Setiap panggilan memakai nomor berikutnya")).to_be_visible()
        await page.get_by_role("button", name="Nomor pada gulungan…").press("Enter")
        await page.get_by_label("Nomor", exact=True).fill("45")
        wrong = await axe(page)
        await page.get_by_role("button", name="Lanjut dari sini").press("Enter")
        await expect(page.get_by_text("Panggilan berikutnya memakai nomor 45.")).to_be_visible()
        for label in ("A045", "A046"):
            await settle(page)
            await page.keyboard.press("n")
            await expect(page.locator("#slip-label")).to_have_text(label)
            await settle(page)
            await page.keyboard.press("m")
            await settle(page)
            await page.keyboard.press("s")
            await expect(page.locator("#slip-label")).to_have_text(f"{label} selesai")
        assert wrong == []
    async with hall.client("kiosk") as kiosk:
        refused = await kiosk.post("/api/tickets", {"service": "A"})
        assert (refused.status, refused.problem) == (409, "paper-roll")
