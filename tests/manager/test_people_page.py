"""The manager's people: invited, looked after and locked out, as those see it who do it."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import staff_page
from tests.counter.test_more import axe
from tests.manager.test_accessible import tab_to
from tests.server.process import Hall

pytestmark = pytest.mark.asyncio(loop_scope="session")
OWN = "kursi biru di teras"


async def press_on(page: Page, selector: str, key: str = "Enter") -> None:
    await tab_to(page, selector)
    await page.keyboard.press(key)


async def test_somebody_is_invited_comes_in_and_is_locked_out_by_keys_alone(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    await hall.known_as("http://192.0.2.7:8080")
    async with staff_page(browser, hall, "/manager#people", who="dewi") as page:
        await press_on(page, "[data-part=invite]")
        await expect(page.locator("dialog input").first).to_be_focused()
        await page.keyboard.type("Ibu Rini")
        await expect(page.locator("#person-login")).to_have_value("rini")
        await page.locator("#person-login").fill(f"rini.{hall.code}")
        found = await axe(page)
        await press_on(page, "dialog button[type=submit]")
        code = await page.locator("[data-part=code]").inner_text()
        await expect(page.locator("dialog .qr")).to_be_visible()
        found += await axe(page)
        await page.emulate_media(media="print")
        await page.evaluate("window.print = () => undefined")
        await page.get_by_role("button", name="Cetak lembar undangan").click()
        await expect(page.locator(".slip")).to_contain_text(code)
        await expect(page.locator("dialog")).to_be_hidden()
        await page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        await page.emulate_media(media="screen")
        await press_on(page, "dialog button[type=submit]")
        row = page.locator(f"[data-login='rini.{hall.code}']")
        await expect(row).to_contain_text("belum memilih kata sandi")

        async with staff_page(browser, hall, f"/invite#{code}") as theirs:
            await theirs.set_viewport_size({"width": 360, "height": 740})
            password = theirs.get_by_label("Pilih kata sandi Anda")
            await expect(password).to_be_focused()
            assert code not in theirs.url
            await theirs.keyboard.type("rini12345")
            await theirs.keyboard.press("Enter")
            await expect(theirs.locator("small.error")).to_contain_text("paling dulu ditebak")
            found += await axe(theirs)
            assert await theirs.evaluate("document.documentElement.scrollWidth") == 360
            await password.fill(OWN)
            await theirs.keyboard.press("Enter")
            await expect(theirs.locator("ramah-topbar .person-name")).to_have_text("Ibu Rini")
            await page.reload()
            await press_on(page, f"[data-login='rini.{hall.code}'] [aria-expanded]")
            await expect(row.locator(".login-line")).to_contain_text("Linux")
            found += await axe(page)
            await press_on(page, f"[data-login='rini.{hall.code}'] .login-line button")
            await expect(theirs.get_by_label("Nama pengguna")).to_be_visible()
        await row.get_by_role("button", name="Tutup akses").click()
        await page.get_by_role("dialog").get_by_role("button", name="Tutup akses").click()
        await expect(row).to_have_count(0)
    assert found == []
