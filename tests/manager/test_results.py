"""Publishing a result, and the page that a poster's QR leads to."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.counter.staff import staff_page
from tests.counter.test_accessible import Look
from tests.server.api.test_results import answered
from tests.server.process import Hall

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_published_result_is_read_on_any_phone_in_both_languages(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    async with hall.client("manager") as manager:
        day = await answered(manager, 2)
        plan = {"element": "waktu", "plan": "Membuka loket kedua.", "due": day}
        await manager.post("/api/survey/plans", plan)
    async with staff_page(browser, hall, "/manager#satisfaction", who="dewi") as page:
        card = page.locator("ramah-published")
        await expect(card).to_contain_text("poster belum memuat kode QR")
        look = Look(page)
        await card.get_by_role("button", name="Publikasikan").press("Enter")
        await expect(card).to_contain_text(f"/results/{hall.code}")
        await look.at("published")
        assert look.found == []
    page = await browser.new_page(viewport={"width": 360, "height": 740})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(f"{hall.server.url}/results/{hall.code}")
    result = page.locator(".result")
    await expect(result).to_contain_text("75,00 Kurang baik")
    await expect(result.locator(".result-few")).to_have_text(
        "Hanya 2 orang menjawab: indeks ini belum banyak berarti."
    )
    look = Look(page)
    await page.keyboard.press("Tab")
    for summary in await result.locator("summary").all():
        await summary.press("Enter")
    await expect(result).to_contain_text("Membuka loket kedua.")
    await look.at("opened")
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360
    await page.get_by_role("button", name="English").click()
    await expect(result).to_contain_text("75.00")
    await look.at("in English")
    assert look.found == []
    assert wrong == []
    await page.close()
