"""The city prepares settings on its page, and an office takes them, in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from tests.counter.staff import staff_page
from tests.counter.test_more import axe
from tests.manager.test_city import city as city  # noqa: PLC0414 - a fixture
from tests.server.city.test_prepared import voice
from tests.server.process import Hall

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def a_holiday_is_typed(page: Page) -> None:
    """Add a day without service by keys and the form."""
    days = page.get_by_role("button", name="Tambah ke Hari khusus")
    await days.click()
    await page.get_by_label("Hari pertama").last.fill("2027-05-01")
    await page.locator(".setting-entry").last.get_by_label("Indonesia").fill("Hari Buruh")


async def a_voice_comes_and_goes(page: Page) -> None:
    """Put a voice up for a hall, and delete it."""
    dialog = page.get_by_role("dialog")
    await page.get_by_role("button", name="Siapkan suara: Kelurahan Melati").click()
    await dialog.get_by_label("Berkas suara (.zip)").set_input_files(
        FilePayload(name="sari.zip", mimeType="application/zip", buffer=voice("Ibu Sari"))
    )
    await dialog.get_by_role("button", name="Siapkan").click()
    await expect(dialog).to_have_count(0)
    await page.get_by_role("button", name="Siapkan suara: Kelurahan Melati").click()
    await expect(dialog).to_contain_text("Sudah disiapkan: Ibu Sari")
    assert await axe(page) == []
    await dialog.get_by_role("button", name="Hapus suara Ibu Sari").click()
    await expect(dialog).not_to_contain_text("Ibu Sari")


async def test_a_holiday_is_prepared_for_all_halls_and_taken_by_one(
    city: Hall, browser: Browser
) -> None:
    city.person("ratna", "city")
    city.person("joko", "manager")
    async with staff_page(browser, city, "/city", who="ratna") as page:
        rows = page.locator("ramah-city-prepared .care-item")
        await expect(rows).to_have_count(3)
        await expect(rows.filter(has_text="mawar")).to_contain_text("Pengaturannya belum diterima")
        await page.get_by_role("button", name="Siapkan pengaturan: Kelurahan Melati").click()
        form = page.locator("ramah-prepare")
        await a_holiday_is_typed(page)
        await form.get_by_role("button", name="Semua kantor").click()
        save = form.locator("[data-part=save]")
        await expect(save).to_contain_text("Untuk 2 kantor")
        # both halls get the same: it is read once, and the button stands above it
        await expect(save.locator(".told-list li")).to_have_text(
            ["Baru: Hari khusus Hari Buruh (2027-05-01)"]
        )
        await expect(save.get_by_role("button", name="Siapkan")).to_be_in_viewport(ratio=1)
        await expect(save).to_contain_text(f"Kantor {city.code}, Kelurahan Melati")
        boxes = form.locator(".prepare-list label")
        await boxes.first.locator("span").evaluate(
            "e => { e.textContent += ' panjang'.repeat(40); }"
        )
        widths = await boxes.locator("input").evaluate_all(
            "all => all.map((each) => each.getBoundingClientRect().width)"
        )
        assert len(set(widths)) == 1, "a long name takes nothing of its box"
        assert await axe(page) == []
        await save.get_by_role("button", name="Siapkan").click()
        await expect(form).to_have_count(0)
        melati = rows.filter(has_text="Melati")
        await expect(melati).to_contain_text("Belum sampai di kantor")
        await page.get_by_role("button", name=f"Siapkan petugas: Kantor {city.code}").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Nama, seperti dibaca rekan").fill("Ibu Sari")
        await dialog.get_by_role("button", name="Siapkan").click()
        own = rows.filter(has_text=f"Kantor {city.code}")
        await expect(own).to_contain_text("Akan diundang: Ibu Sari")
        await a_voice_comes_and_goes(page)
    async with staff_page(browser, city, "/manager#settings", who="joko") as page:
        offered = page.locator("ramah-settings-offered")
        await expect(offered).to_contain_text("Disiapkan oleh kota")
        await expect(offered).to_contain_text("Baru: Hari khusus Hari Buruh (2027-05-01)")
        assert await axe(page) == []
        await offered.get_by_role("button", name="Undang Ibu Sari").click()
        await page.get_by_role("button", name="Sudah saya serahkan").click()
        await expect(offered.get_by_role("button", name="Undang Ibu Sari")).to_have_count(0)
        await offered.get_by_role("button", name="Masukkan ke formulir").click()
        await page.get_by_role("button", name="Simpan, berlaku").click()
        await expect(offered).to_be_hidden()
    async with staff_page(browser, city, "/city", who="ratna") as page:
        own = page.locator("ramah-city-prepared .care-item").filter(has_text=f"Kantor {city.code}")
        await expect(own).to_contain_text("Kantor")
        await expect(own).not_to_contain_text("Ibu Sari")
    assert [each["names"]["id"] for each in _days(city)] == ["Hari Buruh"]


def _days(hall: Hall) -> list[dict[str, dict[str, str]]]:
    offices = [event["office"] for _, event in hall.events() if "office" in event]
    days: list[dict[str, dict[str, str]]] = offices[-1]["special_days"]
    return days
