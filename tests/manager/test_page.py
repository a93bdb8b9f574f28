"""The manager's page in a real browser: figures that follow the hall, and a table of the turns."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import pytest
from playwright.async_api import Browser, WebSocketRoute, expect

from tests.counter.staff import numbers, press, staff_page, take_seat
from tests.counter.test_page import small_targets
from tests.manager.desk import dark_display
from tests.printer.decoder import decode
from tests.printer.fake_printer import FakePrinter, well
from tests.server.process import Hall, free_port, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOOKS = "SELECT 1 FROM events WHERE branch = ? AND data LIKE '%figures_seen%'"


async def test_the_figures_follow_the_hall_without_a_reload(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        waiting = page.locator("[data-figure=waiting] .figure-value")
        await expect(waiting).to_have_text("1")
        await numbers(hall, "A", "B")
        await expect(waiting).to_have_text("3")
        await expect(page.locator("ramah-turns tbody tr")).to_have_count(3)
        await expect(page.locator("ramah-turns tbody tr").first).to_contain_text("B001")


async def test_the_names_in_the_table_follow_the_language(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A", "B")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        rows = page.locator("ramah-turns tbody tr")
        await expect(rows.first).to_contain_text("Layanan B")
        await page.get_by_role("button", name="EN English").click()
        await expect(rows.first).to_contain_text("Service B")
        await numbers(hall, "C")
        await expect(rows).to_have_count(3)
        await expect(rows.last).to_contain_text("Service A")


async def test_each_figure_tells_its_meaning_at_one_touch(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        buttons = page.locator(".what")
        await expect(buttons).to_have_count(13)
        name = 'Apa arti "Separuh menunggu tidak lebih dari"?'
        await page.get_by_role("button", name=name).click()
        await expect(page.locator("#meaning-median")).to_contain_text("Nilai tengah")
        await page.keyboard.press("Escape")
        await expect(page.locator("#meaning-median")).to_be_hidden()


async def test_a_service_is_paused_with_words_for_visitors_and_resumed(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        await page.get_by_role("button", name="Jeda Layanan A").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("textbox").fill("Listrik padam sebentar")
        await dialog.get_by_role("button", name="Jeda").click()
        row = page.locator(".service-now").first
        await expect(row).to_contain_text("Listrik padam sebentar")
        await page.get_by_role("button", name="Lanjutkan Layanan A").click()
        await expect(row).to_contain_text("Buka")


async def test_turns_are_filtered_sorted_and_downloaded(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A", "B", "A")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        rows = page.locator("ramah-turns tbody tr")
        await expect(rows).to_have_count(3)
        await page.get_by_role("combobox", name="Layanan").select_option("A")
        await expect(rows).to_have_count(2)
        await page.get_by_role("button", name="Nomor", exact=True).click()
        await expect(rows.first).to_contain_text("A001")
        await expect(page.locator("[data-column=label]")).to_have_attribute(
            "aria-sort", "ascending"
        )
        await page.get_by_label("Cari").fill("A002")
        await expect(rows).to_have_count(1)
        links = page.locator("ramah-turns .downloads a")
        await expect(links).to_have_text(["XLSX", "CSV"])  # what opens everywhere comes first
        async with page.expect_download() as download:
            await links.nth(1).click()
        path = await (await download.value).path()
        found = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))
        assert [row["label"] for row in found] == ["A001", "B001", "A002"]
        # in the page's language, whatever the browser speaks
        assert found[1]["service_name"] == "Layanan B"


async def test_another_day_is_looked_at_and_left_again(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        await expect(page.locator("[data-part=day-name]")).to_contain_text("Hari ini")
        await page.get_by_role("button", name="Hari sebelumnya").click()
        await expect(page.locator("ramah-hall-now")).to_be_hidden()
        await expect(page.locator("ramah-turns .nothing")).to_contain_text("Tidak ada nomor")
        await page.get_by_role("button", name="Hari ini").click()
        await expect(page.locator("ramah-turns tbody tr")).to_have_count(1)


async def test_no_day_can_be_chosen_before_the_hall_has_told_which_it_is(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        await expect(page.locator("[data-part=date]")).not_to_have_text("–")
        told = asyncio.Event()

        async def hold(socket: WebSocketRoute) -> None:
            await told.wait()
            socket.connect_to_server()

        await page.route_web_socket("**/api/events*", hold)
        await page.reload()
        earlier = page.get_by_role("button", name="Hari sebelumnya")
        await expect(earlier).to_be_disabled()
        told.set()
        await earlier.click()
        await expect(page.locator("ramah-hall-now")).to_be_hidden()


async def test_staff_see_their_own_figures_and_the_look_is_written_down(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    async with staff_page(browser, hall, "/manager", who="sari") as page:
        await expect(page.get_by_role("heading", name="Angka saya")).to_be_visible()
        await expect(page.locator("ramah-person .trouble")).to_contain_text("Belum ada pengunjung")
        await expect(page.get_by_role("link", name="Ke halaman loket")).to_be_visible()
        await expect(page.locator("[data-filter=person]")).to_have_count(0)
        await expect(page.locator(".views")).to_have_count(0)
    looks = hall.query(
        "SELECT json_extract(data, '$.person') FROM events "
        "WHERE branch = ? AND json_extract(data, '$.kind') = 'figures_seen'"
    )
    assert looks == hall.query("SELECT id FROM users WHERE branch = ?")


async def test_the_manager_looks_at_one_person_after_choosing_and_never_at_a_list(
    hall: Hall,
    browser: Browser,
) -> None:
    hall.person("dewi", "manager")
    hall.person("sari")
    await numbers(hall, "A")
    async with (
        staff_page(browser, hall, "/counter", who="sari") as counter,
        staff_page(browser, hall, "/manager", who="dewi") as page,
    ):
        await take_seat(counter)
        for key, told in (("n", "A001"), ("m", "A001"), ("s", "A001 selesai")):
            await press(counter, key)
            await expect(counter.locator("#slip-label")).to_have_text(told)
        await page.get_by_role("link", name="Satu petugas").click()
        show = page.get_by_role("button", name="Tampilkan angkanya")
        await expect(show).to_be_disabled()
        assert hall.query(LOOKS) == []
        await page.get_by_role("combobox", name="Petugas").select_option(f"Sari.{hall.code}")
        await show.click()
        await expect(page.get_by_role("heading", name=f"Sari.{hall.code},")).to_be_visible()
        await expect(page.locator("[data-kpi=served] .figure-value")).to_have_text("1")
        await expect(page.locator("[data-kpi=service_mean_s]")).to_contain_text("semua bersama")
        await page.get_by_role("combobox", name="Petugas").select_option(f"Dewi.{hall.code}")
        await expect(page.locator("[data-kpi=served]")).to_have_count(0)
        assert len(hall.query(LOOKS)) == 1


async def test_a_manager_prints_a_test_page_at_a_printer(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    async with FakePrinter(answers=well()).listening() as printer:
        added = await asyncio.to_thread(
            hall.server.ramah, "printer", "add", "lobi", printer.url, "--branch", hall.code
        )
        assert added.returncode == 0, added.stderr
        async with staff_page(browser, hall, "/manager", who="dewi") as page:
            item = page.locator(".care-item", has_text="lobi")
            await expect(item).to_contain_text("Baik", timeout=30_000)
            await item.get_by_role("button", name="Halaman uji lobi").click()
            await expect(page.locator("body")).to_contain_text("lobi: Halaman uji sudah tercetak.")
        [paper] = printer.papers
        assert "Halaman uji" in decode(paper).text


async def test_the_page_hears_of_a_call_for_a_person_and_of_a_printer_without_asking(
    hall: Hall,
    browser: Browser,
) -> None:
    hall.person("dewi", "manager")
    added = hall.server.ramah(
        "printer", "add", "lobi", f"tcp://127.0.0.1:{free_port()}", "--branch", hall.code
    )
    assert added.returncode == 0, added.stderr
    async with (
        hall.client("kiosk") as kiosk,
        staff_page(browser, hall, "/manager", who="dewi") as page,
    ):
        care = page.locator("ramah-care")
        await expect(care).to_contain_text("Saat ini tidak ada yang meminta petugas.")
        printer = care.locator(".care-item", has_text="lobi")
        # nobody listens at its address, which is found out before the first paper
        await expect(printer).to_contain_text("Perlu dibantu", timeout=30_000)
        await kiosk.post("/api/help", {})
        asking = care.locator("[data-part=help] .care-item")
        await expect(asking).to_contain_text("kiosk")
        await asking.get_by_role("button").click()
        await expect(asking).to_have_count(0)
        await kiosk.take("A")
        await expect(printer).to_contain_text("Cetakan yang menunggu: 1", timeout=30_000)
        await expect(page.locator("[data-rule=printer]")).to_contain_text("lobi", timeout=30_000)


async def test_nothing_is_cut_off_at_any_width(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        await expect(page.locator(".counter-now")).to_have_count(12)
        for width in (1920, 1366, 1024, 360):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
            assert await small_targets(page) == [], width


async def test_a_report_shows_figures_pictures_and_the_table_behind_each(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A", "B", "A")
    async with staff_page(browser, hall, "/manager#reports", who="dewi") as page:
        await expect(page.locator("[data-kpi=tickets] .figure-value")).to_have_text("3")
        await page.get_by_role("button", name="Hari", exact=True).click()
        await expect(page.get_by_role("button", name="Hari", exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        pictures = page.locator("svg.chart[role=img]")
        await expect(pictures).to_have_count(3)
        await page.get_by_role("button", name="365 hari", exact=True).click()
        await expect(pictures).to_have_count(6)
        assert all([await each.get_attribute("aria-label") for each in await pictures.all()])
        behind = page.locator(".chart-card details")
        await expect(behind).to_have_count(6)
        await behind.nth(3).locator("summary").click()
        await expect(behind.nth(3).locator("tbody tr")).to_have_count(1)
        await page.get_by_role("button", name='Apa arti "Tingkat layanan"?').click()
        await expect(page.locator("#figure-service_level")).to_contain_text("belum tercapai")
        await page.get_by_role("combobox", name="Layanan").select_option("B")
        await expect(page.locator("[data-kpi=tickets] .figure-value")).to_have_text("1")
        paper = await page.get_by_role("link", name="Satu halaman siap cetak").get_attribute("href")
        assert paper is not None
        assert "service=B" in paper
        for width in (1366, 390):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert await small_targets(page) == []


async def test_the_log_over_any_days_is_filtered_on_the_server_and_explained(
    hall: Hall,
    browser: Browser,
) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A", "B", "A")
    async with staff_page(browser, hall, "/manager#log", who="dewi") as page:
        rows = page.locator("ramah-log tbody tr")
        await expect(rows).to_have_count(3)
        await page.get_by_role("combobox", name="Layanan").select_option("A")
        await expect(rows).to_have_count(2)
        await page.get_by_role("button", name="Nomor", exact=True).click()
        await expect(rows.first).to_contain_text("A002")
        await page.get_by_role("searchbox", name="Nomor").fill("a001")
        await expect(rows).to_have_count(1)
        await page.get_by_text("Arti setiap kolom").click()
        await expect(page.locator("ramah-log dl")).to_contain_text("Panggilan pertama")
        async with page.expect_download() as download:
            await page.get_by_role("link", name="CSV untuk program").click()
        path = await (await download.value).path()
        found = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
        assert [(row["label"], row["service_name"]) for row in found] == [("A001", "Layanan A")]
        progress = page.locator("ramah-download .progress")
        await expect(progress).to_contain_text("Selesai: 1 baris")
        for form in ("JSON", "XLSX"):
            async with page.expect_download() as download:
                await page.get_by_role("link", name=form).click()
            assert (await download.value).suggested_filename.endswith(form.lower())
            await expect(progress).to_contain_text("Selesai: 1 baris")


async def test_a_service_that_was_taken_out_can_still_be_asked_for_in_the_log(
    hall: Hall,
    browser: Browser,
) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A", "C")
    hall.server.add_branch(office_toml(hall.code, services="AB", counters=2))
    async with staff_page(browser, hall, "/manager#log", who="dewi") as page:
        rows = page.locator("ramah-log tbody tr")
        await expect(rows).to_have_count(2)
        service = page.get_by_role("combobox", name="Layanan")
        await expect(service.locator("option")).to_have_text([
            "Semua", "A · Layanan A", "B · Layanan B", "C · Layanan C (sudah tidak ada)",
        ])  # fmt: skip
        await service.select_option("C")
        await expect(rows).to_have_count(1)
        await expect(rows.first).to_contain_text("C001")
        counter = page.get_by_role("combobox", name="Loket")
        await expect(counter.locator("option")).to_have_count(13)
        await expect(counter.locator("option").last).to_have_text("12 (sudah tidak ada)")
        await expect(page.get_by_role("combobox", name="Instansi")).to_be_hidden()


async def test_waits_stand_beside_their_promise_and_say_when_it_is_not_kept(
    hall: Hall,
    browser: Browser,
) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A", "A", "B")
    hall.issued_earlier(25, "A%")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        rows = page.locator(".service-now")
        await expect(rows.nth(0)).to_contain_text("terlama 25 menit, janji 15 menit")
        await expect(rows.nth(0)).to_contain_text("2 orang menunggu lebih lama")
        await expect(rows.nth(0).locator(".chip.warn")).to_be_visible()
        await expect(rows.nth(1).locator(".chip.warn")).to_have_count(0)
        await expect(rows.nth(2)).not_to_contain_text("terlama")


async def test_an_alarm_comes_to_the_page_by_itself_and_goes_again(
    hall: Hall, browser: Browser
) -> None:
    hall.server.add_branch(
        office_toml(hall.code, more="[alarms]\nnobody_minutes = 0\nwait_minutes = 1\n")
    )
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        await expect(page.locator(".totals")).to_be_visible()
        await numbers(hall, "A")
        hall.issued_earlier(2)
        alarm = page.locator("[data-rule=long_wait]")
        await expect(alarm).to_contain_text("Layanan A", timeout=30_000)
        async with hall.client("staff") as staff:
            await staff.do(1, "open")
            await staff.do(1, "call-next")
        await expect(alarm).to_have_count(0)
        # a bad day does not push the page away: the newest stand there, the others a touch away
        await page.evaluate("""() => {
            const shown = document.querySelector('ramah-alarms');
            const alarms = [1, 2, 3, 4, 5].map((each) => ({
                rule: 'long_wait', subject: `s${each}`, words: `Kendala ${each}`,
                since: new Date(each * 6e4).toISOString(),
            }));
            shown.hall = { care: { alarms }, now: () => Date.now() };
            shown.render();
        }""")
        seen = page.locator(".alarms .banner:visible b")
        assert await seen.all_inner_texts() == ["Kendala 5", "Kendala 4", "Kendala 3"]
        await page.get_by_role("button", name="2 peringatan lagi").click()
        await expect(seen).to_have_count(5)
        await page.get_by_role("button", name="Ringkas").click()
        await expect(seen).to_have_count(3)


async def test_displays_put_away_are_folded_and_removed_and_raise_no_alarm(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    dark_display(hall, "Lantai 2", days=5)
    dark_display(hall, "Pintu masuk", days=0.01)
    async with staff_page(browser, hall, "/manager", who="dewi") as page:
        shown = page.locator("[data-part=equipment] .care-item")
        await expect(shown).to_have_count(1)
        await expect(shown).to_contain_text("Pintu masuk")
        folded = page.locator("[data-part=away-list] .care-item")
        await page.get_by_text("1 layar sudah berhari-hari tidak terlihat").click()
        await folded.get_by_role("button", name="Hapus Lantai 2").click()
        await expect(folded).to_have_count(0)
        await shown.get_by_role("button", name="Hapus Pintu masuk").click()
        await expect(shown.get_by_role("button", name="Yakin dihapus? Pintu masuk")).to_be_visible()
        assert _paired(hall) == [("Pintu masuk",)], "one touch does not remove a screen of today"
        await shown.get_by_role("button", name="Yakin dihapus? Pintu masuk").click()
        await expect(shown).to_have_count(0)
        assert _paired(hall) == []
        await expect(page.locator("[data-rule=display]")).to_have_count(0)


def _paired(hall: Hall) -> list[Any]:
    return hall.query(
        "SELECT name FROM tokens WHERE branch = ? AND role = 'display' AND revoked_at IS NULL"
    )
