"""After the service: from the visitor's phone to the morning read, and back to the phone."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.counter.staff import staff_page
from tests.counter.test_more import axe
from tests.kiosk.test_track import phone
from tests.server.api.test_feedback import served, token_of
from tests.server.process import Hall
from tests.web.browser import intercept

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def held(page: Page, pattern: str) -> asyncio.Event:
    """Hold what the page asks for until the event is set, as a slow line does."""
    answered = asyncio.Event()

    async def hold(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await intercept(page, pattern, hold)
    return answered


async def test_a_low_word_is_answered_and_the_visitor_reads_what_was_done(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    token = token_of(await served(hall))
    async with phone(browser, hall, f"/t/{token}") as page:
        after = page.locator("#after")
        await expect(after.get_by_role("heading")).to_have_text("Bagaimana layanan kami hari ini?")
        found = await axe(page)
        await page.get_by_role("button", name="Kurang", exact=True).press("Enter")
        await page.get_by_label("Ada yang ingin disampaikan?").fill("Kursi kurang,\nsaya berdiri.")
        found += await axe(page)
        await page.get_by_role("button", name="Kirim").press("Enter")
        await expect(after).to_contain_text("Masukan Anda dibaca setiap pagi oleh pimpinan.")
        await page.get_by_role("button", name="Tidak, terima kasih").click()
        await expect(page.get_by_role("button", name="Baik, saya isi")).to_have_count(0)

        async with staff_page(browser, hall, "/manager", who="dewi") as manager:
            await manager.get_by_role("link", name="Bacaan pagi").click()
            word = manager.locator(".word")
            await expect(word).to_contain_text("Kursi kurang, saya berdiri.")
            answered = await held(manager, "**/read")
            await word.get_by_role("button", name="Sudah dibaca").click()
            await word.get_by_text("Tulis tindak lanjut").click()
            text = word.get_by_role("textbox")
            await text.fill("Dua belas kursi")
            answered.set()  # what was begun meanwhile stays
            await expect(word.get_by_role("button", name="Sudah dibaca")).to_have_count(0)
            await expect(text).to_have_value("Dua belas kursi")
            await expect(text).to_be_focused()
            await manager.keyboard.type(" ditambah.")
            found += await axe(manager)
            await word.get_by_role("button", name="Simpan").click()
            await expect(word).to_contain_text("Selesai")

        await page.reload()
        await expect(after).to_contain_text("Dua belas kursi ditambah.")
        found += await axe(page)
        await page.get_by_role("button", name="Belum").click()
        await expect(after).to_contain_text("Kami periksa sekali lagi.")
    assert found == []


async def test_the_survey_is_answered_on_a_phone_and_stands_in_the_report(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    token = token_of(await served(hall))
    async with phone(browser, hall, f"/t/{token}") as page:
        await page.get_by_role("button", name="Sangat baik").click()
        await page.get_by_label("Sampaikan terima kasih saya kepada petugas").check()
        await page.get_by_role("button", name="Kirim").click()
        await page.get_by_role("button", name="Baik, saya isi").click()
        after = page.locator("#after")
        await expect(after).to_contain_text("Pertanyaan 1 dari 9")
        found = await axe(page)
        await page.locator(".survey-answers button").first.click()
        await expect(after).to_contain_text("Pertanyaan 2 dari 9")
        await page.get_by_role("button", name="Kembali").click()
        await expect(page.locator(".survey-answers [aria-pressed=true]")).to_have_count(1)
        for number in range(1, 10):
            await expect(after).to_contain_text(f"Pertanyaan {number} dari 9")
            await page.locator(".survey-answers button").nth(1).press("Enter")
        await page.get_by_label("Pekerjaan").select_option("SWASTA")
        found += await axe(page)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360
        await page.get_by_role("button", name="Kirim jawaban saya").click()
        await expect(after).to_contain_text("Jawaban Anda membantu kami melayani lebih baik.")
    async with staff_page(browser, hall, "/manager#satisfaction", who="dewi") as manager:
        body = manager.locator(".satisfaction")
        await expect(body).to_contain_text("75,00 Kurang baik")
        await expect(body.locator(".index-few")).to_contain_text("Hanya 1 orang menjawab")
        await body.get_by_text("Kuesioner kertas").click()
        await body.get_by_label("U3 Cepatkah layanannya?").select_option("1")
        for summary in await body.locator("summary:visible").all():
            if await summary.evaluate("(one) => !one.parentElement.open"):
                await summary.click()
        found += await axe(manager)
        await body.get_by_role("button", name="Simpan kuesioner ini").click()
        await expect(body.get_by_role("row", name="U3 Waktu penyelesaian")).to_contain_text(
            "2,0000"
        )
    assert found == []
