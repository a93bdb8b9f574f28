"""The manager's page for everybody: axe finds nothing in any state, and keys alone suffice."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import numbers, staff_page
from tests.counter.test_more import axe
from tests.manager.desk import dark_display
from tests.server.process import Hall, free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_axe_finds_nothing_in_any_state_of_the_page(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    hall.person("sari")
    hall.server.ramah(
        "printer", "add", "lobi", f"tcp://127.0.0.1:{free_port()}", "--branch", hall.code
    )
    await numbers(hall, "A", "B", "A")
    dark_display(hall, "Lantai 2", days=5)
    async with (
        hall.client("kiosk") as kiosk,
        staff_page(browser, hall, "/manager", who="dewi") as page,
    ):
        await kiosk.post("/api/help", {})
        await expect(page.locator("[data-part=help] .care-item")).to_have_count(1)
        await expect(page.locator("[data-rule=printer]")).to_be_visible()
        await page.locator(".what").first.click()
        await page.locator(".put-away summary").click()
        found = await axe(page)
        await view(page, "Laporan")
        await page.get_by_role("button", name="365 hari", exact=True).click()
        await expect(page.locator("svg.chart")).to_have_count(6)
        for each in await page.locator("summary:visible").all():
            await each.click()
        found += await axe(page)
        await page.set_viewport_size({"width": 360, "height": 740})  # charts and tables scroll
        found += await axe(page)
        await page.set_viewport_size({"width": 1366, "height": 768})
        await view(page, "Catatan")
        await expect(page.locator("ramah-log tbody tr")).to_have_count(3)
        await page.get_by_text("Arti setiap kolom").click()
        await page.get_by_role("link", name="CSV untuk program").click()
        await expect(page.locator(".progress")).to_contain_text("Selesai")
        found += await axe(page)
        await page.get_by_role("searchbox", name="Nomor").fill("zz")
        await expect(page.locator("ramah-log .nothing")).to_be_visible()
        found += await axe(page)
        await view(page, "Satu petugas")
        await page.get_by_role("combobox", name="Petugas").select_option(f"Sari.{hall.code}")
        await page.get_by_role("button", name="Tampilkan angkanya").click()
        await expect(page.locator("ramah-person .trouble")).to_be_visible()
        found += await axe(page)
        await view(page, "Jejak kegiatan")
        await expect(page.locator("ramah-deeds tbody tr").first).to_contain_text("Melihat angka")
        found += await axe(page)
        await view(page, "Data pribadi")
        await page.get_by_text("Letaknya di basis data").first.click()
        found += await axe(page)
        await view(page, "Cadangan")
        await expect(page.get_by_text("Belum ada cadangan yang direncanakan")).to_be_visible()
        found += await axe(page)
        await view(page, "Akun petugas")
        await page.get_by_role("button", name="Kata sandi baru untuk").click()
        found += await axe(page)
        await page.get_by_role("button", name="Buatkan").click()
        await expect(page.locator("[data-part=password]")).to_be_visible()
        found += await axe(page)
    assert found == []


async def test_a_report_is_read_with_keys_alone(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A", "B")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        await tab_to(page, "[data-view=reports]")
        await page.keyboard.press("Enter")
        await tab_to(page, "[data-kind=month]")
        await page.keyboard.press("Space")
        await expect(page.locator("[data-kind=month]")).to_have_attribute("aria-pressed", "true")
        await tab_to(page, "[data-step=back]")
        await page.keyboard.press("Enter")
        await expect(page.locator(".report-body .trouble")).to_be_visible()
        await expect(page.locator("[data-step=back]")).to_be_focused()
        await tab_to(page, "[data-step=on]")
        await page.keyboard.press("Enter")
        await tab_to(page, "[data-kpi=service_level] .what")
        await page.keyboard.press("Enter")
        await expect(page.locator("#figure-service_level")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#figure-service_level")).to_be_hidden()
        await tab_to(page, ".chart-card summary")
        await page.keyboard.press("Enter")
        await expect(page.locator(".chart-card table").first).to_be_visible()


async def test_a_filter_that_is_typed_is_kept_when_another_is_touched_at_once(
    hall: Hall,
    browser: Browser,
) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A", "B")
    async with staff_page(browser, hall, "/manager#log", who="dewi") as page:
        rows = page.locator("ramah-log tbody tr")
        await expect(rows).to_have_count(2)
        await page.get_by_role("searchbox", name="Nomor").fill("B")
        await page.get_by_role("combobox", name="Golongan").select_option("regular")
        await expect(rows).to_have_count(1)
        await expect(rows).to_contain_text("B001")


async def test_a_phone_shows_the_day_first_and_the_menu_when_it_is_asked_for(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        menu = page.locator(".views-button")
        links = page.get_by_role("navigation", name="Bagian halaman ini").get_by_role("link")
        await expect(links.first).to_be_visible()
        await expect(menu).to_be_hidden()
        await page.set_viewport_size({"width": 360, "height": 740})
        await expect(menu).to_have_accessible_name("Menu Hari per hari")
        await expect(links).to_have_count(0)
        await expect(page.locator("[data-part=day-name]")).to_be_in_viewport()
        await tab_to(page, ".views-button")
        await page.keyboard.press("Enter")
        await expect(menu).to_have_attribute("aria-expanded", "true")
        await expect(links).to_have_count(21)
        found = await axe(page)
        await page.keyboard.press("Escape")
        await expect(links).to_have_count(0)
        await expect(menu).to_be_focused()
        await page.keyboard.press("Enter")
        await tab_to(page, "[data-view=reports]")
        await page.keyboard.press("Enter")
        await expect(menu).to_have_accessible_name("Menu Laporan")
        await expect(menu).to_have_attribute("aria-expanded", "false")
        await expect(menu).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-view][aria-current=page]")).to_have_text("Laporan")
        found += await axe(page)
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360
        await page.set_viewport_size({"width": 320, "height": 640})
        await page.locator(".tongue[lang=en]").click()  # where the name is longest
        await expect(page.locator(".place b")).to_have_text("Manager")
        beside = "it => it.scrollWidth - it.clientWidth"
        assert await page.locator(".place").evaluate(beside) <= 0
    assert found == []


async def view(page: Page, name: str) -> None:
    await page.get_by_role("link", name=name, exact=True).click()


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the first such thing has the focus; fail when it never gets it."""
    await expect(page.locator(selector).first).to_be_visible()
    for _ in range(60):
        if await page.evaluate(
            "place => document.activeElement === document.querySelector(place)", selector
        ):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"no way to {selector} by keyboard")
