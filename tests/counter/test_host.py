"""The host's page on a phone: who needs somebody, numbers, counts, and the way from the door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import events, numbers, staff_page, take_seat
from tests.counter.test_accessible import Look
from tests.server.process import Hall
from tests.server.waiting import soon

pytestmark = pytest.mark.asyncio(loop_scope="session")

FAST_HANDS = """async () => {
    const { files } = document.documentElement.dataset;
    (await import(files + 'counter/presses.js')).presses.sameMs = 0;
}"""
"""A test presses the next button faster than a hand that means the first one twice."""


@asynccontextmanager
async def host_page(browser: Browser, hall: Hall) -> AsyncIterator[Page]:
    """Open the host's page on a phone; once it stands, it asks the server for nothing more."""
    hall.person("putri", "host")
    async with staff_page(browser, hall, "/host", who="putri") as page:
        await page.set_viewport_size({"width": 360, "height": 740})
        await expect(page.locator("host-door")).to_be_visible()
        await page.evaluate(FAST_HANDS)
        asked: list[str] = []
        page.on("request", lambda each: asked.append(f"{each.method} {each.url}"))
        yield page
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360
        assert [each for each in asked if each.startswith("GET") and "/api/" in each] == []


async def test_a_host_sees_who_needs_somebody_and_helps_them(hall: Hall, browser: Browser) -> None:
    async with hall.client("staff") as staff, hall.client("kiosk") as kiosk:
        await staff.do(1, "open")
        await numbers(hall, "A", "A", "B")
        hall.issued_earlier(100, "A002")
        async with host_page(browser, hall) as page:
            look = Look(page)
            lost, asking = page.locator("host-lost"), page.locator("host-asking")
            await expect(lost).to_contain_text("A002")
            await expect(lost).to_contain_text("perkiraan paling lama")
            await kiosk.post("/api/help", {})
            await expect(asking).to_be_visible()
            await look.at("somebody asks")
            await asking.get_by_role("button", name="Saya ke sana").press("Enter")
            await expect(asking).to_contain_text("sedang ke sana")
            await asking.get_by_role("button", name="Saya sudah di sini").press("Enter")
            await expect(asking).to_be_hidden()

            await staff.do(1, "call-next")
            await staff.do(1, "no-show")
            missed = lost.locator("li", has_text="belum datang")
            await missed.get_by_role("button", name="Kembalikan").click()
            await expect(missed).to_have_count(0)

            await page.get_by_label("Nomor berapa di kertasnya?").fill("b001")
            line = page.locator("host-lines li")
            await line.get_by_role("button", name="Layanan lain").click()
            await look.asked("where to")
            await line.get_by_role("button", name="Layanan lain").click()
            dialog = page.get_by_role("dialog")
            await dialog.locator(".choice", has_text="Loket 1").click()
            await dialog.get_by_role("button", name="Alihkan").click()
            await expect(page.locator(".notices")).to_contain_text("B001")
    assert look.found == []
    assert events(hall, "help_arrived") == 1
    sent = "SELECT COUNT(*) FROM turns WHERE branch = ? AND label = 'B001' AND for_counter <> ''"
    assert hall.query(sent) == [(1,)]


async def test_a_host_gives_numbers_counts_and_times_the_way_from_the_door(
    hall: Hall, browser: Browser
) -> None:
    async with host_page(browser, hall) as page:
        look = Look(page)
        await look.at("a calm moment")
        await page.get_by_role("button", name="Beri nomor").click()
        dialog = page.get_by_role("dialog")
        # all services in one scroll with the rest: no window in a window
        choices = dialog.locator(".choices").first
        assert await choices.evaluate("(it) => getComputedStyle(it).maxHeight") == "none"
        await look.at("a number is given")
        await dialog.get_by_text("Prioritas", exact=True).click()
        await dialog.get_by_role("button", name="Beri nomor").click()
        await expect(dialog).to_contain_text("A001")
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)

        keys = page.locator("counter-unnumbered")
        await page.keyboard.press("v")
        leaflet = keys.get_by_role("button", name="Ambil brosur")
        await leaflet.click()
        await leaflet.click()
        await expect(keys.locator("[data-kind=leaflet] b")).to_have_text("2")
        await keys.get_by_role("button", name="Urungkan").click()
        await expect(keys.locator("[data-kind=leaflet] b")).to_have_text("1")
        await expect(keys.locator("[data-kind=question] b")).to_have_text("1")

        door = page.locator("host-door")
        await door.get_by_role("button", name="Tambah satu").click()
        await door.get_by_role("button", name="Simpan hitungan").click()
        await door.get_by_role("button", name="Seseorang mulai mengantre").click()
        await look.at("somebody is timed")
        await door.get_by_role("button", name="Sudah dapat nomor").press("Enter")
        await expect(door).to_contain_text("Hari ini 1 orang diukur")
        await expect(door).to_contain_text("ada 1 orang mengantre")
    assert look.found == []
    samples = "SELECT people, seconds IS NOT NULL FROM door_samples WHERE branch = ? ORDER BY seq"
    assert hall.query(samples) == [(1, 0), (None, 1)]
    given = "SELECT priority, channel FROM tickets WHERE branch = ?"
    assert hall.query(given) == [("priority", "host")]


async def test_a_counter_counts_who_needs_no_number_by_one_key(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    hall.person("dewi", "manager")
    async with staff_page(browser, hall, who="sari") as page:
        await take_seat(page)
        keys = page.locator("counter-unnumbered")
        await expect(keys).to_contain_text("Bertanya")
        for key in "vvw":
            await page.keyboard.press(key)
            await page.wait_for_timeout(100)  # a hand; what types faster is a scanner
        await soon(lambda: events(hall, "visitor_counted") == 3, "three visitors are counted")
        await expect(keys.locator("[data-kind=question] b")).to_have_text("2")
        look = Look(page)
        await look.at("counted")
        assert look.found == []
    async with staff_page(browser, hall, "/manager", who="dewi") as manager:
        figure = manager.locator("[data-figure=unnumbered]")
        await expect(figure).to_contain_text("3")
        await expect(figure).to_contain_text("Bertanya: 2")
