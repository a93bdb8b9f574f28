"""A display comes in by the code on its screen, by keys alone, and is looked after from afar."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import staff_page
from tests.counter.test_more import axe
from tests.server.process import Hall

pytestmark = pytest.mark.asyncio(loop_scope="session")
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def shown_code(page: Page) -> str:
    await expect(page.locator("#asking-code")).to_have_text(
        re.compile(r"^[A-Z2-9]{3} [A-Z2-9]{3}$")
    )
    return await page.locator("#asking-code").inner_text()


async def test_a_display_shows_a_code_is_let_in_by_keys_alone_and_is_looked_after(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    lobby = await browser.new_page(viewport={"width": 1920, "height": 1080})
    await lobby.goto(f"{hall.server.url}/display")
    code = await shown_code(lobby)
    assert await axe(lobby) == []
    async with staff_page(browser, hall, "/manager#devices", who="dewi") as page:
        field = page.get_by_label("Kode di layarnya")
        await field.press_sequentially("abc")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert").filter(has_text="enam huruf")).to_be_visible()
        await field.fill("")
        await field.press_sequentially(code.lower())
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Perangkat apa ini?")).to_be_focused()
        assert await axe(page) == []
        name = page.get_by_label("Nama", exact=True)
        await expect(name).to_have_value("Layar antrean")
        await name.press("Control+A")
        await name.press_sequentially("Lobi")
        await page.keyboard.press("Enter")
        await expect(lobby.locator("ramah-pairing")).to_be_hidden()
        await expect(lobby.locator("#office")).to_have_text(f"Kantor {hall.code}")
        device = page.locator(".device", has_text="Lobi")
        await expect(device).to_contain_text("Terhubung")
        await lobby.evaluate("setTimeout(() => { throw new Error('kaca pecah') })")
        await expect(device).to_contain_text("kaca pecah")
        await expect(device).to_contain_text("versi 0.1.0")
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.get_by_role("button", name="EN English").click()
        await expect(page.get_by_label("Code on its screen")).to_be_visible()
        await expect(device).to_contain_text("In touch")
        assert await axe(page) == []
        assert await page.evaluate(WIDE) <= 0
        await device.get_by_role("button", name="Rename").press("Enter")
        await page.get_by_role("dialog").get_by_label("Name").fill("Front display")
        await page.keyboard.press("Enter")
        renamed = page.locator(".device", has_text="Front display")
        async with lobby.expect_navigation():
            await lobby.evaluate("sessionStorage.removeItem('ramah-reloaded')")
            await renamed.get_by_role("button", name="Load again").press("Enter")
        await renamed.get_by_role("button", name="Disconnect").press("Enter")
        await page.get_by_role("dialog").get_by_role("button", name="Disconnect").press("Enter")
        await expect(renamed).to_have_count(0)
        assert await shown_code(lobby) != code
    await lobby.close()
