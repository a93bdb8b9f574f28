"""The QR on the wall: a visitor tells, a colleague's phone mends, lobby and manager know."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.counter.staff import staff_page
from tests.counter.test_more import axe
from tests.kiosk.test_track import phone
from tests.server.api.test_comfort import doors
from tests.server.comfort.places import TOML
from tests.server.process import Hall, office_toml
from tests.web.browser import intercept

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def narrow(page: Page) -> bool:
    wide: int = await page.evaluate("document.documentElement.scrollWidth")
    return wide <= 360


async def told_by_a_visitor(visitor: Page) -> list[str]:
    """One touch tells it, by the keyboard as well; a sentence may follow."""
    await visitor.get_by_role("button", name="Sabun habis").press("Enter")
    await expect(visitor.locator(".comfort-thanks h2")).to_be_focused()
    found = await axe(visitor)
    await visitor.get_by_label("Ada yang ingin ditambahkan?").fill("Sejak pagi,\nkiri.")
    await visitor.get_by_role("button", name="Kirim").click()
    await expect(visitor.locator(".comfort-ask")).to_contain_text("Terima kasih")
    assert await narrow(visitor)
    return found


async def code_for_a_phone(body: Locator) -> str:
    await body.get_by_label("Ponsel siapa?").fill("Pak Joko")
    await body.get_by_role("button", name="Buat kode").click()
    return await body.locator(".pair-code").inner_text()


async def paired(mine: Page, code: str) -> list[str]:
    await mine.get_by_text("Saya petugas di sini").click()
    await mine.get_by_label("Kode dari pimpinan").fill(code.lower())
    await mine.get_by_role("button", name="Sambungkan").click()
    await expect(mine.locator("#place")).to_contain_text("Pak Joko")
    return await axe(mine)


async def checked_with_a_photo(mine: Page) -> None:
    """Three touches: what is wrong, a photo, sent."""
    await mine.get_by_role("button", name="Lantai basah").click()
    made = io.BytesIO()
    Image.new("RGB", (3000, 2000), "teal").save(made, "JPEG")
    await mine.locator("#photo").set_input_files(
        {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}
    )
    await mine.locator("[data-part=send]").click()
    await expect(mine.locator("[data-part=done]")).to_have_text(
        "Terkirim. Terima kasih sudah memeriksa."
    )
    assert await narrow(mine)


async def test_a_visitor_tells_a_paired_phone_mends_and_lobby_and_manager_follow(
    hall: Hall, browser: Browser
) -> None:
    hall.server.add_branch(office_toml(hall.code) + TOML)
    hall.person("dewi", "manager")
    wall = f"/c/{(await doors(hall))['toilet']}"
    async with (
        lobby(browser, hall) as line,
        phone(browser, hall, wall) as visitor,
        staff_page(browser, hall, "/manager#comfort", who="dewi") as manager,
    ):
        found = await told_by_a_visitor(visitor)
        body = manager.locator("ramah-comfort")
        await expect(body.locator(".fault")).to_contain_text("Sejak pagi, kiri.")
        await expect(body.get_by_text("Belum ada ponsel yang bisa membuka")).to_be_visible()
        code = await code_for_a_phone(body)
        found += await axe(manager)
        async with phone(browser, hall, wall) as mine:
            found += await paired(mine, code)
            await mine.get_by_role("button", name="Saya tangani").click()
            await expect(line).to_have_text("Toilet sedang kami benahi. Terima kasih sudah sabar.")
            await expect(body.locator(".fault")).to_contain_text("Ditangani Pak Joko")
            await checked_with_a_photo(mine)
            picture = body.locator(".fault-photos img")
            await expect(picture).to_have_count(1)
            wide = await picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)")
            assert wide == 1280
            read = asyncio.Event()

            async def slowly(route: Route) -> None:
                await read.wait()
                await route.continue_()

            await intercept(mine, "**/checker", slowly, times=1)
            await mine.get_by_role("button", name="Semua baik").press("Enter")
            await expect(mine.locator("[data-part=done]")).to_contain_text("semua baik")
            soap = mine.locator("[data-fault=soap]")
            await soap.get_by_role("button", name="Sudah beres").click()
            read.set()
            await expect(soap).to_have_count(0)
        await expect(line).not_to_contain_text("Toilet")
        await expect(body.locator("#mended-title")).to_be_visible()
        await expect(body.locator('.slot[data-state="done"]')).to_have_count(1)

        await manager.get_by_role("link", name="Bacaan pagi").click()
        fault = manager.locator("ramah-morning .fault")
        await expect(fault).to_contain_text("Toilet: Lantai basah")
        await fault.get_by_text("Tulis tindak lanjut").click()
        await fault.get_by_role("textbox").fill("Dipel.")
        await fault.get_by_role("button", name="Simpan").click()
        await expect(fault).to_contain_text("beres setelah")
        found += await axe(manager)
    assert found == []


@asynccontextmanager
async def lobby(browser: Browser, hall: Hall) -> AsyncIterator[Locator]:
    """Open a lobby display; give its quiet line."""
    window = await browser.new_context(viewport={"width": 1366, "height": 768})
    await window.add_cookies(
        [{"name": "ramah_display", "value": hall.token("display"), "url": hall.server.url}]
    )
    screen = await window.new_page()
    await screen.goto(f"{hall.server.url}/display")
    yield screen.locator("display-notes")
    await window.close()
