"""The manager's pages of who did what, and of the people who log in, in a real browser."""

from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import Browser, expect

from tests.counter.staff import log_in, staff_page
from tests.counter.test_page import small_targets
from tests.server.process import Hall

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_manager_reads_who_did_what_by_person_and_takes_it_as_a_file(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    async with hall.client("manager") as script:
        await script.post("/api/notice", {"notice": "Parkir lewat timur"})
    async with staff_page(browser, hall, "/manager#deeds", who="dewi") as page:
        rows = page.locator("ramah-deeds tbody tr")
        await expect(rows.first).to_contain_text(
            "Menampilkan kalimat di semua layar: Parkir lewat timur"
        )
        await expect(rows.first).to_contain_text("127.0.0.1")
        await expect(rows.last).to_contain_text("Mengubah pengaturan (versi 1)")
        await expect(rows.last).to_contain_text("baris perintah")
        await expect(page.locator("ramah-deeds .pages")).to_be_hidden()
        await page.locator("[data-ask=person]").select_option(label="manager (pimpinan)")
        await expect(rows).to_have_count(1)
        async with page.expect_download() as taking:
            await page.get_by_role("link", name="CSV").click()
        path = await (await taking.value).path()
        told = path.read_text("utf-8-sig").splitlines()
        assert told[0].startswith("Waktu;Siapa;Peran;Apa;Dari mana;")
        assert len(told) == 2
        await page.locator("[data-ask=person]").select_option("")
        await expect(rows.first).to_contain_text("Mengunduh daftar ini")
        head = page.locator("ramah-deed-head")
        ((seq, seal),) = hall.query("SELECT seq, hash FROM deed_chains WHERE branch = ?")
        await expect(head.locator("dd").first).to_have_text(str(seq))
        shown = await head.locator(".seal-digits span").all_inner_texts()
        assert "".join(shown) == seal
        await page.evaluate("() => { window.print = () => { document.title = 'printed'; }; }")
        await head.get_by_role("button", name="Cetak segel").click()
        await expect(page).to_have_title("printed")
        await page.emulate_media(media="print")
        await expect(head.get_by_text("ramah doctor --head")).to_be_visible()
        await expect(rows.first).to_be_hidden()
        await page.emulate_media(media="screen")
        await page.get_by_role("button", name="EN English").click()
        await expect(rows.nth(1)).to_contain_text("Put a line on all displays")
        await page.get_by_label("From", exact=True).fill("2020-01-01")
        await page.get_by_label("To", exact=True).fill("2020-01-02")
        await expect(page.get_by_text("Nothing in these days.")).to_be_visible()


async def test_a_long_list_is_read_page_by_page(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    async with hall.client("manager") as script:
        for number in range(101):
            await script.post("/api/notice", {"notice": f"Kalimat {number}"})
    async with staff_page(browser, hall, "/manager#deeds", who="dewi") as page:
        rows = page.locator("ramah-deeds tbody tr")
        await expect(rows).to_have_count(100)
        await page.get_by_role("button", name="Lebih lama").click()
        await expect(rows).to_have_count(2)
        await expect(page.get_by_role("button", name="Lebih lama")).to_be_disabled()
        await page.get_by_role("button", name="Lebih baru").click()
        await expect(rows).to_have_count(100)


async def test_a_manager_makes_a_password_and_the_colleague_chooses_an_own_one(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    hall.person("rina", "manager")
    sari = hall.person("sari")
    async with (
        staff_page(browser, hall, "/counter", who="sari") as desk,
        staff_page(browser, hall, "/manager#people", who="dewi") as page,
    ):
        buttons = page.get_by_role("button", name=re.compile("^Kata sandi baru untuk"))
        await expect(buttons).to_have_count(1)  # not for herself, nor for the other manager
        await buttons.click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Buatkan").click()
        shown = dialog.locator("[data-part=password]")
        await expect(shown).to_have_text(re.compile(r"^\w{4}-\w{4}-\w{4}$"))
        told = await shown.inner_text()
        await dialog.get_by_role("button", name="Sudah saya sampaikan").click()
        await expect(page.locator("dialog")).to_have_count(
            0
        )  # gone from the page, not only from sight
        assert told not in await page.content()
        person = page.locator(f"[data-login='{sari}']")
        await expect(person).to_contain_text("menunggu dipakai masuk")
        await expect(desk.get_by_label("Nama pengguna")).to_be_visible()  # she is logged out
        await log_in(desk, hall, "sari", told)
        fresh = desk.get_by_label("Kata sandi baru", exact=True)
        await expect(fresh).to_be_focused()
        await fresh.fill("kursi biru di teras")
        again = desk.get_by_label("Ulangi kata sandi baru")
        await again.fill("kursi biru")
        await desk.get_by_role("button", name="Simpan dan masuk").click()
        await expect(desk.get_by_text("Kedua kata sandi baru belum sama.")).to_be_visible()
        await again.fill("kursi biru di teras")
        await desk.get_by_role("button", name="Simpan dan masuk").click()
        await expect(desk.get_by_text("Sari", exact=False).first).to_be_visible()
        await expect(desk.get_by_label("Nama pengguna")).to_have_count(0)
        await page.reload()
        await expect(person).to_be_visible()
        await expect(person).not_to_contain_text("menunggu dipakai masuk")


@pytest.mark.parametrize("width", [360, 1366])
async def test_both_pages_fit_every_width_and_finger(
    hall: Hall, browser: Browser, width: int
) -> None:
    hall.person("dewi", "manager")
    hall.person("sari")
    async with staff_page(browser, hall, "/manager#deeds", who="dewi") as page:
        await page.set_viewport_size({"width": width, "height": 800})
        for place, thing in (
            ("deeds", "ramah-deeds tbody tr"),
            ("people", ".care-item[data-login]"),
            ("privacy", ".data-kind"),
            ("backups", ".backups .banner"),
        ):
            await page.goto(f"{hall.server.url}/manager#{place}")
            await expect(page.locator(thing).first).to_be_visible()
            wide = await page.evaluate("() => document.documentElement.scrollWidth")
            assert wide <= width, place
            assert await small_targets(page) == []


async def test_a_visits_data_is_handed_over_and_its_words_are_erased_on_the_page(
    hall: Hall, browser: Browser
) -> None:
    async with hall.client("kiosk") as kiosk:
        ticket = await kiosk.take()
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager#privacy", who="dewi") as page:
        notes = page.locator("[data-kind=notes]")
        await expect(notes).to_contain_text("92 hari, lalu dihapus pada malam hari")
        await notes.get_by_text("Letaknya di basis data").click()
        await expect(notes).to_contain_text("tickets.note_for_counter, turns.note")
        today = await page.locator("#visit-day").get_attribute("max")
        await page.locator("#visit-day").fill(str(today))
        await page.locator("#visit-label").fill(ticket["label"].lower())
        async with page.expect_download() as taking:
            await page.get_by_role("button", name="Unduh semuanya").click()
        file = json.loads((await (await taking.value).path()).read_text("utf-8"))
        assert file["rows"]["tickets"][0]["id"] == ticket["id"]
        await page.get_by_role("button", name="Hapus kata-kata dan catatannya").click()
        await page.get_by_role("dialog").get_by_role("button", name="Hapus").click()
        await expect(page.get_by_text("Hari ini belum selesai")).to_be_visible()
        with hall.server.database() as db:  # as if that was a day of long ago
            for table in ("tickets", "turns"):
                sql = f"UPDATE {table} SET day = '2020-01-02' WHERE branch = ?"  # noqa: S608
                db.execute(sql, (hall.number,))
            closed = "INSERT INTO days (branch, day, closed_at) VALUES (?, '2020-01-02', 1)"
            db.execute(closed, (hall.number,))
        await page.locator("#visit-day").fill("2020-01-02")
        await page.get_by_role("button", name="Hapus kata-kata dan catatannya").click()
        await page.get_by_role("dialog").get_by_role("button", name="Hapus").click()
        await expect(page.get_by_text("Terhapus: 0 kesan pengunjung, 0 catatan")).to_be_visible()
