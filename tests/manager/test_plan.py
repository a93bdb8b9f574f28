"""The manager's plan of a week, and the rota that each officer sees, from empty to a swap."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import staff_page
from tests.counter.test_more import axe
from tests.server.api.test_rota import fill
from tests.server.plan.rota.test_regret import planned_and_past
from tests.server.process import Hall, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")
PICTURES = os.environ.get("RAMAH_PICTURES")
SLOW = 60_000


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


async def test_a_week_is_planned_changed_saved_and_a_shift_changes_hands(
    hall: Hall, browser: Browser
) -> None:
    for name, role in (("dewi", "manager"), ("sari", "staff"), ("tono", "staff")):
        hall.person(name, role)
    fill(hall, (date.today() + timedelta(days=1)).isoformat())  # noqa: DTZ011
    async with staff_page(browser, hall, "/manager/plan", who="dewi") as page:
        await expect(page.locator(".plan [data-part=days]")).to_contain_text("Susun rencana")
        await page.locator(".plan-rules > details > summary").click()
        await page.locator("[data-officer] summary", has_text="Sari").click()
        sari = page.locator("[data-officer]", has_text="Sari")
        for date_ in ("2030-12-24", "2030-12-27"):
            await sari.get_by_label("Tidak masuk pada").fill(date_)
            await sari.get_by_role("button", name="Tambah hari").first.click()
        await sari.get_by_role("button", name="Keluarkan 27 Des 2030").click()
        await expect(sari.locator("summary")).to_contain_text("tidak masuk: 24 Des 2030")
        await page.get_by_label("Loket buka").fill("12:00")
        await page.get_by_label("Loket tutup").fill("17:00")
        assert await axe(page) == []
        await page.get_by_role("button", name="Simpan ini").click()
        await expect(page.locator(".plan-rules [data-part=officers]")).to_be_hidden()
        await page.get_by_role("button", name="Susun rencana").click()
        await expect(page.locator(".plan-making progress")).to_be_visible()
        await expect(page.locator(".plan-shift").first).to_be_visible(timeout=SLOW)
        stop = page.get_by_role("button", name="Hentikan, pakai")
        if await stop.is_visible():
            await stop.click()
        await expect(page.locator("[data-part=making] .banner")).to_be_visible(timeout=SLOW)
        day = page.locator(".plan-day", has_text="tepat waktu").first
        await day.click()
        first = page.locator(".plan-shift").first
        before = await page.locator(".plan-sum").inner_text()
        ends = first.locator("[data-field=end]")
        chosen = await ends.input_value()
        await ends.select_option(index=0 if chosen != "25" else 1)
        await expect(page.locator(".plan-sum")).not_to_have_text(before)
        await expect(ends).to_be_focused()
        await page.locator(".plan-what-if summary").click()
        await page.locator(".plan-what-if").get_by_label("Pengunjung").select_option("130")
        await page.get_by_role("button", name="Lihat akibatnya").click()
        await expect(page.locator(".plan-found")).to_contain_text("Tanpa ini")
        assert await axe(page) == []
        await page.get_by_role("button", name="Simpan rencana").click()
        await expect(page.locator("[data-part=saved]")).to_contain_text("versi 1", timeout=SLOW)
        await expect(page.get_by_role("link", name="Kertas (A4)")).to_be_visible()
        await page.set_viewport_size({"width": 360, "height": 740})
        wide = "document.documentElement.scrollWidth"
        assert await page.evaluate(wide) == 360
        await picture(page, "plan-small")


async def test_leave_after_the_plan_is_marked_and_what_is_typed_is_kept_before_making(
    hall: Hall, browser: Browser
) -> None:
    for name, role in (("dewi", "manager"), ("sari", "staff")):
        hall.person(name, role)
    week = date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011
    async with hall.client("manager") as manager:
        told = (await manager.get("/api/rota/rules")).json
        sari, other = told["rules"]["officers"][:2]
        at_one = {"counter": 1, "start": 16, "end": 24}
        shifts = [{"officer": each["key"], **at_one} for each in (sari, other)]
        body = {"week": week.isoformat(), "version": 0,
                "days": [{"day": week.isoformat(), "shifts": shifts}]}  # fmt: skip
        assert (await manager.post("/api/rota", body)).status == 200
    async with staff_page(browser, hall, "/manager#plan", who="dewi") as page:
        shift = page.locator(f".plan-shift[data-officer='{sari['key']}']")
        await expect(shift.locator(".plan-doubt")).to_contain_text("di loket 1 bersama")
        await page.locator(".plan-rules > details > summary").click()
        officer = page.locator(f".plan-officer[data-officer='{sari['key']}']")
        await officer.locator("summary").click()
        await officer.get_by_label("Tidak masuk pada").fill(week.isoformat())
        await officer.get_by_role("button", name="Tambah hari").first.click()
        await expect(page.locator("[data-part=unsaved]")).to_have_text(
            "Sudah diubah, belum disimpan."
        )
        await officer.get_by_label("Nama").fill("")
        await officer.locator("summary").click()
        await page.get_by_role("button", name="Simpan ini").click()
        await expect(officer.get_by_label("Nama")).to_be_focused()
        await officer.get_by_label("Nama").fill("Bu Sari")
        await page.get_by_role("button", name="Simpan ini").click()
        await expect(page.locator("[data-part=saved]")).to_contain_text("Target dan petugas sudah")
        await expect(shift.locator(".plan-doubt")).to_have_text("tidak masuk hari itu")
        assert await axe(page) == []
        await page.locator(".plan-rules > details > summary").click()
        await page.get_by_label("dalam, menit").fill("25")
        await page.get_by_role("button", name="Susun rencana").click()
        await page.get_by_role("button", name="Susun ulang").click()
        await expect(page.locator(".plan-rules > details > summary")).to_contain_text(
            "dalam 25 menit"
        )
        await expect(page.locator("[data-part=making] .warn")).to_contain_text("Belum cukup")
        for _ in range(2):
            await page.get_by_role("button", name="Minggu sebelumnya").click()
        await expect(page.locator("[data-part=days]")).to_contain_text("Minggu ini sudah lewat")
        await expect(page.get_by_role("button", name="Susun rencana")).to_be_disabled()


async def test_of_two_managers_the_second_is_shown_what_the_first_saved(
    hall: Hall, browser: Browser
) -> None:
    for name, role in (("dewi", "manager"), ("sari", "staff")):
        hall.person(name, role)
    week = (date.today() + timedelta(days=7 - date.today().weekday())).isoformat()  # noqa: DTZ011
    async with hall.client("manager") as manager:
        officer = (await manager.get("/api/rota/rules")).json["rules"]["officers"][0]["key"]

        async def saved(version: int, end: int) -> None:
            shift = {"officer": officer, "counter": 1, "start": 16, "end": end}
            days = [{"day": week, "shifts": [shift]}]
            body = {"week": week, "version": version, "days": days}
            assert (await manager.post("/api/rota", body)).status == 200

        await saved(0, 24)
        async with staff_page(browser, hall, "/manager#plan", who="dewi") as page:
            ends = page.locator(".plan-shift [data-field=end]")
            await ends.select_option("22")
            await expect(page.get_by_role("link", name="Kertas (A4)")).to_have_count(0)
            await saved(1, 20)
            await page.get_by_role("button", name="Simpan rencana").click()
            await expect(page.locator(".plan [data-part=problem]").first).to_contain_text(
                "Orang lain sudah menyimpan minggu ini"
            )
            await expect(ends).to_have_value("22")
            assert await axe(page) == []
            await page.get_by_role("button", name="Tampilkan yang tersimpan").click()
            await expect(ends).to_have_value("20")
            await expect(page.locator("[data-part=saved]")).to_contain_text("versi 2")


async def test_an_earlier_version_is_looked_at_and_taken_back(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    hall.person("sari", "staff")
    week = date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011
    monday, tuesday = week.isoformat(), (week + timedelta(days=1)).isoformat()
    hall.server.add_branch(office_toml(hall.code, more=f"""
closed_dates = ["{tuesday}"]
[[hours.periods]]
days = [1, 2, 3, 4, 5, 6, 7]
opens = "08:00"
closes = "16:00"
"""))  # fmt: skip
    async with hall.client("manager") as manager:
        key = (await manager.get("/api/rota/rules")).json["rules"]["officers"][0]["key"]
        for version, end in enumerate((24, 28)):
            shift = {"officer": key, "counter": 1, "start": 16, "end": end}
            days = [{"day": monday, "shifts": [shift]}]
            body = {"week": monday, "version": version, "days": days}
            assert (await manager.post("/api/rota", body)).status == 200
    async with staff_page(browser, hall, "/manager#plan", who="dewi") as page:
        await expect(page.locator(f"[data-day='{tuesday}']")).to_contain_text("kantor tutup")
        await expect(page.locator(".plan-day").nth(2)).to_contain_text("tanpa jadwal")
        ends = page.locator(".plan-shift [data-field=end]")
        await expect(ends).to_have_value("28")
        save = page.get_by_role("button", name="Simpan rencana")
        await page.get_by_text("Versi sebelumnya").click()
        first = page.get_by_role("button", name="Lihat versi 1")
        await first.click()
        await expect(ends).to_have_value("24")
        await expect(first).to_be_focused()
        await expect(first).to_have_attribute("aria-pressed", "true")
        await expect(page.locator("[data-part=saved]")).to_contain_text("yang berlaku versi 2")
        await expect(page.get_by_role("link", name="Kertas (A4)")).to_have_count(0)
        assert await axe(page) == []
        await page.get_by_role("button", name="Lihat versi 2").click()
        await expect(ends).to_have_value("28")
        await expect(save).to_be_disabled()
        await first.click()
        await save.click()
        await expect(page.locator("[data-part=saved]")).to_contain_text("versi 3", timeout=SLOW)
        await expect(ends).to_have_value("24")
        await page.locator(f"[data-day='{tuesday}']").click()
        await expect(page.locator(".plan-sum")).to_have_text("Kantor tutup pada tanggal ini.")
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.get_by_text("Versi sebelumnya").click()
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
        await picture(page, "plan-versions-small")


async def test_a_week_that_is_over_tells_what_became_of_its_plan(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    async with hall.client("manager") as manager:
        queue = (await manager.get("/api/queue")).json
    planned_and_past(hall, date.fromisoformat(queue["day"]), queue["branch"]["zone"])
    async with staff_page(browser, hall, "/manager/plan", who="dewi") as page:
        back = page.locator("ramah-plan-back")
        await expect(back.locator(".plan-back-week")).to_have_count(0)
        await back.locator("summary").first.click()
        day = back.locator(".plan-back-day")
        await expect(day).to_contain_text(
            "Rabu: 136 pengunjung lebih sedikit dari perkiraan, 1 dari 14 setengah jam meleset",
            timeout=SLOW,
        )
        await day.locator("summary").click()
        await expect(day.locator("tr[data-missed=true]")).to_contain_text("66%")
        await expect(back.get_by_role("link", name="Hari (CSV)")).to_be_visible()
        assert await axe(page) == []
        for _ in range(2):
            await page.get_by_role("button", name="Minggu sebelumnya").click()
        await expect(back.locator(".plan-back-week")).to_be_visible(timeout=SLOW)


async def test_an_officer_offers_a_shift_on_the_phone_and_the_manager_accepts(
    hall: Hall, browser: Browser
) -> None:
    for name, role in (("dewi", "manager"), ("sari", "staff"), ("tono", "staff")):
        hall.person(name, role)
    async with hall.client("manager") as manager:
        told = (await manager.get("/api/rota/rules")).json
        key = next(e["key"] for e in told["rules"]["officers"] if e["name"].startswith("Sari"))
        week = date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011
        shift = {"officer": key, "counter": 1, "start": 16, "end": 24}
        days = [{"day": week.isoformat(), "shifts": [shift]}]
        body = {"week": week.isoformat(), "version": 0, "days": days}
        assert (await manager.post("/api/rota", body)).status == 200
    async with staff_page(browser, hall, "/rota", who="sari") as page:
        await page.set_viewport_size({"width": 360, "height": 740})
        await expect(page.locator(".rota-time")).to_have_text("08.00–12.00 · Loket 1")
        await page.get_by_role("button", name="Tawarkan jadwal").click()
        await page.get_by_role("button", name="Tawarkan", exact=True).click()
        await expect(page.get_by_role("button", name="Tarik kembali")).to_be_visible()
        assert await axe(page) == []
        await picture(page, "rota-small")
    async with staff_page(browser, hall, "/rota", who="tono") as page:
        await page.get_by_role("button", name="Ambil jadwal").click()
        await expect(page.locator(".rota-list")).to_contain_text("Pimpinan yang memutuskan")
        assert await axe(page) == []
    async with staff_page(browser, hall, "/manager#plan", who="dewi") as page:
        await page.get_by_role("button", name="Setujui tukar jadwal").click()
        await expect(page.locator(".plan-swaps [data-part=list]")).to_be_empty()
    async with staff_page(browser, hall, "/rota", who="tono") as page:
        await expect(page.locator(".rota-time")).to_have_text("08.00–12.00 · Loket 1")
