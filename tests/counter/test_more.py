"""Undo, one more service, the supervisor, the strip: by keyboard, and axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import (
    at_work,
    numbers,
    outcomes,
    press,
    settle,
    staff_page,
    take_seat,
)
from tests.kiosk.test_accessible import AXE, CHECK, RULES
from tests.server.process import Hall, Server, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def axe(page: Page) -> list[str]:
    await page.wait_for_timeout(400)  # what fades in has its colours only afterwards
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = await page.evaluate(CHECK, RULES)
    return found


async def test_a_finish_by_mistake_is_taken_back_with_one_key(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A") as page:
        found = await axe(page)
        for key, label in (("n", "A001"), ("m", "A001"), ("s", "A001 selesai"), ("z", "A001")):
            await press(page, key)
            await expect(page.locator("#slip-label")).to_have_text(label)
            found += await axe(page)
        await press(page, "s")
        await expect(page.locator("#slip-label")).to_have_text("A001 selesai")
    assert outcomes(hall) == ["served"]
    assert found == []


async def test_the_same_visit_goes_on_with_another_service_here(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page:
        await press(page, "n", "m", "l")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Layanan B").check()
        assert await axe(page) == []
        await dialog.get_by_role("button", name="Selesai dan lanjutkan").click()
        await settle(page)
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await expect(page.locator(".facts")).to_contain_text("rekan")
    assert hall.query("SELECT leg, service, state FROM turns WHERE branch = ? ORDER BY leg") == [
        (1, "A", "done"), (2, "B", "called"),
    ]  # fmt: skip


async def test_a_supervisor_frees_a_stuck_ticket_and_tells_the_hall(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A")
    async with hall.client("staff") as staff:
        await staff.at(2, "open")
        await staff.at(2, "call-next")
    async with staff_page(browser, hall, "/counter/supervisor", who="dewi") as page:
        await page.get_by_role("button", name="Bebaskan A001").click()
        await page.get_by_role("dialog").get_by_role("button", name="Bebaskan").click()
        await expect(page.locator(".hall-said")).to_contain_text("A001 sudah dibebaskan")
        await page.get_by_role("button", name="Tulis teks").click()
        await page.get_by_role("dialog").get_by_role("textbox").fill("Mohon maaf, sistem lambat.")
        await page.get_by_role("button", name="Tampilkan").click()
        await expect(page.locator(".hall-notice")).to_contain_text("sistem lambat")
        assert await axe(page) == []
    assert hall.query("SELECT state FROM turns WHERE branch = ?") == [("waiting",)]


async def test_the_strip_fits_beside_other_programs(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A") as page:
        await page.set_viewport_size({"width": 320, "height": 760})
        await page.goto(hall.server.url + "/counter?strip")
        await expect(page.locator("ramah-current")).to_be_visible()
        await settle(page)
        await press(page, "n")
        await expect(page.locator("[data-action=start]")).to_be_in_viewport(ratio=0.95)
        await expect(page.locator(".prompts")).to_contain_text("Berdiri, senyum, sapa")
        await expect(page.locator(".prompts")).to_be_in_viewport(ratio=0.95)
        wide = """() => [...document.querySelectorAll('body *')]
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
            .map((each) => each.outerHTML.slice(0, 90))"""
        assert await page.evaluate(wide) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


AUTO = """localStorage.setItem('ramah_counter_keys', JSON.stringify({ auto: true }))"""


async def test_who_wants_it_has_the_next_visitor_called_after_a_finish(
    server: Server, browser: Browser
) -> None:
    hall = Hall(server, "auto", office_toml("auto", more="[desk]\nauto_call_seconds = 2\n"))
    hall.person("sari")
    await numbers(hall, "A", "A", "A")
    async with staff_page(browser, hall, who="sari") as page:
        await page.evaluate(AUTO)
        await page.reload()
        await take_seat(page)
        for key in "nms":
            await press(page, key)
        await expect(page.locator(".notice")).to_contain_text("2 detik")
        await expect(page.locator("#slip-label")).to_have_text("A002")
        await press(page, "m", "s")
        await page.locator("[data-part=break]").click()
        await page.wait_for_timeout(2500)
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator(".notice")).to_have_count(0)  # it promises no call any more
    ends = "SELECT label, state FROM turns WHERE branch = ? ORDER BY label"
    assert hall.query(ends) == [("A001", "done"), ("A002", "done"), ("A003", "waiting")]


async def test_a_number_for_an_appointment_waits_for_its_time(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall) as page:
        await page.get_by_role("button", name="Beri nomor").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Janji temu, bila ada").fill("23:30")
        await dialog.get_by_role("button", name="Beri nomor").click()
        await expect(dialog).to_contain_text("Janji temu 23.30")
        await page.keyboard.press("Escape")
        await expect(page.locator(".line-words")).to_contain_text("Janji 23.30")
        await numbers(hall, "A")
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("A002")


async def test_a_repeat_waits_for_its_gap_and_ends_with_the_limit(
    server: Server, browser: Browser
) -> None:
    rules = "[rules]\nmax_recalls = 2\nrecall_gap_seconds = 3\n"
    hall = Hall(server, "gap", office_toml("gap", more=rules))
    async with at_work(browser, hall, "A") as page:
        await press(page, "n")
        recall = page.locator("[data-action=recall]")
        await page.keyboard.press("r")
        await expect(page.locator(".notice")).to_contain_text("dipanggil ulang")
        await expect(recall).to_have_attribute("aria-disabled", "true")
        await expect(recall).to_contain_text("dtk")
        await page.wait_for_timeout(700)
        await page.keyboard.press("r")
        await expect(page.locator(".press-note")).to_contain_text("Panggilan tadi masih terdengar")
        await expect(recall).to_have_attribute("aria-disabled", "false")
        await expect(recall).to_have_text("Panggil ulangR")
        await page.keyboard.press("r")
        await expect(recall).to_be_hidden()
    assert hall.query("SELECT recalls FROM turns WHERE branch = ?") == [(2,)]


async def test_what_was_said_at_the_door_stands_on_the_slip(hall: Hall, browser: Browser) -> None:
    said = "Kursi roda <b>depan</b>, tolong jemput"
    async with at_work(browser, hall) as page:
        async with hall.client("kiosk") as kiosk:
            await kiosk.take("A", note_for_counter=said)
        await press(page, "n")
        await expect(page.locator(".for-counter")).to_have_text(
            f"Dititipkan saat nomor diambil {said}"
        )
        assert await axe(page) == []
