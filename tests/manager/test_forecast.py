"""The manager's page tells how many people will come, and how wrong such forecasts were."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import staff_page
from tests.counter.test_more import axe
from tests.server.process import Hall, some_noon

pytestmark = pytest.mark.asyncio(loop_scope="session")
PICTURES = os.environ.get("RAMAH_PICTURES")


async def test_who_is_expected_stands_by_service_and_half_hour(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    with hall.server.database() as db:
        db.executemany(
            "INSERT INTO turns (ticket, leg, branch, day, label, service, priority, state, "
            "arrival, eligible_at) VALUES (?, 1, ?, ?, 'A001', ?, 'regular', 'done', 0, ?)",
            [
                (f"{hall.number}/{back}/{code}/{n}", hall.number,
                 (date.today() - timedelta(days=back)).isoformat(), code,  # noqa: DTZ011
                 some_noon() + n % 6 * 1_800_000)
                for back in range(2, 42) for code in "AB" for n in range(12)
            ],
        )  # fmt: skip
    async with staff_page(browser, hall, "/manager#forecast", who="dewi") as page:
        await expect(page.locator(".forecast .hits")).to_contain_text("Kira-kira")
        await expect(page.locator(".forecast .soft").first).to_contain_text("20 hari terakhir")
        await expect(page.locator(".forecast h2").first).to_have_text(re.compile("^[A-Z][a-z]+, "))
        assert await page.locator(".forecast tbody tr").count() >= 6
        await expect(page.locator(".forecast tbody td").nth(1)).to_have_text("2 0–4")
        assert await axe(page) == []
        await a_season_is_entered(page)
        await page.goto(f"{hall.server.url}/manager#forecast")
        await expect(page.locator(".forecast .report-body")).to_contain_text("Tahun ajaran: 150%")
        await page.set_viewport_size({"width": 360, "height": 740})
        assert await axe(page) == []
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / "forecast-small.png", full_page=True)
            await page.set_viewport_size({"width": 1366, "height": 768})
            await page.screenshot(path=Path(PICTURES) / "forecast-id.png", full_page=True)


async def a_season_is_entered(page: Page) -> None:
    """Say in the calendar that half as many more come from tomorrow on."""
    await page.evaluate("() => { location.hash = 'settings'; }")
    await page.locator("[data-section=calendar]").click()
    seasons = page.locator("[data-path=seasons]")
    await seasons.get_by_role("button", name="Musim ramai dan sepi").press("Enter")
    today = date.today()  # noqa: DTZ011
    await seasons.get_by_label("Hari pertama").fill(today.isoformat())
    await seasons.get_by_label("Hari terakhir").fill((today + timedelta(days=9)).isoformat())
    await seasons.get_by_label("Bahasa Indonesia").fill("Tahun ajaran")
    await seasons.get_by_label("persen").fill("150")
    assert await axe(page) == []
    save = page.locator("[data-part=save]")
    await expect(save).to_contain_text("Tahun ajaran")
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / "season.png", full_page=True)
    await save.get_by_role("button", name="Simpan, berlaku sekarang").click()
    await expect(save).to_be_hidden()
