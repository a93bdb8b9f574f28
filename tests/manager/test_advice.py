"""Advice to open one more counter: told to those who direct, answered, and looked back on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import events, staff_page, take_seat
from tests.counter.test_more import axe
from tests.server.advised import advised, looked_back
from tests.server.process import Hall, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")
PICTURES = os.environ.get("RAMAH_PICTURES")


async def small(page: Page, name: str) -> list[str]:
    """Look at a page on a phone; there it is well too."""
    found = []
    for width, height in ((360, 740), (1366, 768)):
        await page.set_viewport_size({"width": width, "height": height})
        found += await axe(page)
        if PICTURES:
            path = Path(PICTURES) / f"{name}-{width}.png"
            await page.screenshot(path=path, full_page=True)
    return found


async def test_a_manager_takes_an_advice_the_counters_hear_thanks_and_hindsight_judges_it(
    hall: Hall, browser: Browser
) -> None:
    # the server's own look at this empty hall would let an advice go
    hall.server.add_branch(office_toml(hall.code) + "[waits]\nadvice = false\n")
    for name, role in (("sari", "staff"), ("dewi", "manager"), ("rina", "supervisor")):
        hall.person(name, role)
    async with (
        staff_page(browser, hall, who="sari") as officer,
        staff_page(browser, hall, "/manager", who="dewi") as manager,
        staff_page(browser, hall, "/counter/supervisor", who="rina") as supervisor,
    ):
        await take_seat(officer, 3)
        first = advised(hall)
        for page in (manager, supervisor):
            card = page.locator(".advice")
            await expect(card).to_contain_text("Satu loket lagi akan membantu: Loket 2, sampai")
            await expect(card).to_contain_text("dalam 19 menit, bukan 42 menit")
            await expect(card).to_contain_text("19 orang lagi dipanggil sesuai janji")
        found = await small(manager, "advice-manager")
        found += await small(supervisor, "advice-supervisor")
        await manager.get_by_role("button", name="Kami lakukan").click()
        await expect(manager.locator("staff-advice")).to_contain_text("Terima kasih.")
        await expect(supervisor.locator("staff-advice")).to_be_hidden()
        await expect(officer.locator(".notices")).to_contain_text("Loket 2 membantu sampai")
        second = advised(hall, "4")
        await supervisor.get_by_role("button", name="Kali ini tidak").press("Enter")
        await expect(manager.locator(".advice")).to_have_count(0)
        looked_back(hall, first, opened=True, without=600, with_it=150)
        looked_back(hall, second, opened=False, without=300, with_it=180)
        await manager.locator("[data-view=advice]").click()
        await expect(manager.locator(".hits")).to_contain_text("menghemat 450 menit")
        await expect(manager.locator(".hits")).to_contain_text("menghemat 120 menit")
        rows = manager.locator("tbody tr")
        await expect(rows).to_have_count(2)
        await expect(rows.nth(0)).to_contain_text("Tidak diambil")
        await expect(rows.nth(1)).to_contain_text("Diambil")
        found += await axe(officer) + await small(manager, "advice-log")
    assert (events(hall, "advised"), events(hall, "advice_answered")) == (2, 2)
    assert found == []
