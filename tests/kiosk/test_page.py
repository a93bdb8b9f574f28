"""The kiosk in a real browser: one touch, one number; kind words in every state."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.web.browser import intercept, until
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIZES = [(1080, 1920), (1920, 1080), (1024, 768), (800, 480)]


async def opened(page: Page, hall: StubHall) -> Page:
    await page.goto(hall.url("/kiosk"))
    await expect(page.locator("kiosk-service")).to_have_count(3)
    await expect(page.locator("#kiosk[data-screen=start]")).to_be_visible()  # the rest has come
    return page


async def test_two_quick_touches_make_one_ticket(stub_hall: StubHall, browser: Browser) -> None:
    stub_hall.delay = 0.3
    page = await opened(await browser.new_page(), stub_hall)
    await page.locator("kiosk-priority button").click()
    await page.locator("[data-code=A] button").dblclick()
    await expect(page.locator("kiosk-ticket .label")).to_have_text("A001")
    await expect(page.locator("kiosk-ticket")).to_contain_text("Silakan duduk dengan nyaman")
    assert [wish["priority"] for wish in stub_hall.wishes] == ["priority"]
    assert len(stub_hall.tickets) == 1


async def test_the_number_leaves_the_screen_by_itself_unless_somebody_touches(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.clock.install()
    await opened(page, stub_hall)
    await page.locator("[data-code=A] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_be_visible()
    await page.clock.run_for(10_000)
    await page.locator("kiosk-ticket .label").click()
    await page.clock.run_for(10_000)
    await expect(page.locator("kiosk-ticket .label")).to_be_visible()
    await page.clock.run_for(6_000)
    await expect(page.locator("kiosk-ticket")).to_be_hidden()
    await expect(page.locator("kiosk-services")).to_be_visible()


async def test_paper_that_failed_turns_into_a_photo(stub_hall: StubHall, browser: Browser) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    await page.locator("[data-code=A] button").click()
    await expect(page.locator(".paper-state")).to_have_text("Ambil kertas nomor Anda.")
    await stub_hall.emit("print_failed", ticket="A001", label="A001", final=True)
    await expect(page.locator(".paper-state")).to_contain_text("Foto layar ini ya")


async def test_a_closed_service_says_when_it_opens(stub_hall: StubHall, browser: Browser) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    await page.locator("[data-code=C] button").click()
    await expect(page.locator("dialog[open]")).to_contain_text("08.00\u00a0WITA")
    assert not stub_hall.wishes


async def test_without_the_server_no_number_is_taken_and_it_is_said(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    await stub_hall.cut()
    await expect(page.locator("ramah-link")).to_be_visible()
    await page.locator("[data-code=A] button").click(force=True)
    await expect(page.locator("[data-code=A] button")).to_have_attribute("aria-disabled", "true")
    dialog = page.locator("dialog[open]")
    await expect(dialog).to_contain_text("Sedang menyambung kembali.")  # no dead button
    await dialog.get_by_role("button", name="Kembali").click()
    assert not stub_hall.wishes
    stub_hall.online = True
    await expect(page.locator("ramah-link")).to_be_hidden()


async def test_a_lost_answer_is_asked_for_again_and_makes_no_second_number(
    stub_hall: StubHall, browser: Browser
) -> None:
    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    page = await browser.new_page()
    await page.clock.install()
    await opened(page, stub_hall)
    await intercept(page, "**/api/tickets", lose_the_answer, times=3)
    await page.locator("[data-code=A] button").click()
    dialog = page.locator("dialog[open]")
    for _ in range(20):  # each try waits before the next
        await page.wait_for_timeout(100)
        await page.clock.run_for(500)
        if await dialog.count():
            break
    await expect(dialog).to_contain_text("Silakan coba lagi")
    await page.clock.run_for(12_000)  # somebody reads slowly
    await dialog.get_by_role("button", name="Kembali").click()
    await page.locator("[data-code=A] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_have_text("A001")
    assert len(stub_hall.tickets) == 1
    assert len(stub_hall.wishes) == 4


async def test_another_language_at_a_touch(stub_hall: StubHall, browser: Browser) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    await expect(page.locator("#greeting")).to_contain_text("Ada yang bisa kami bantu?")
    await page.locator("button[lang=en]").click()
    await expect(page.locator("#greeting")).to_contain_text("How can we help you?")
    await expect(page.locator("[data-code=A]")).to_contain_text("4 people waiting")
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_keys_alone_are_enough(stub_hall: StubHall, browser: Browser) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    await page.keyboard.press("a")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("[data-code=B] button")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("kiosk-ticket .label")).to_have_text("B001")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("kiosk-services")).to_be_visible()


async def test_an_unknown_device_is_connected_with_a_code(
    stub_hall: StubHall, browser: Browser
) -> None:
    stub_hall.paired = False
    page = await browser.new_page()
    await page.goto(stub_hall.url("/kiosk"))
    await expect(page.locator(".pairing-form h1")).to_have_text("Sambungkan perangkat ini")
    for key in ("X", "1", "2", "3"):
        await page.get_by_role("button", name=key, exact=True).click()
    await page.get_by_role("button", name="Sambungkan", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Kode belum sesuai")
    await page.locator("#pairing-code").fill("K7Q2")
    await page.keyboard.press("Enter")
    await expect(page.locator("kiosk-service")).to_have_count(3)
    await until(lambda: stub_hall.paired)


async def test_every_button_is_big_and_nothing_is_cut_off(
    stub_hall: StubHall, browser: Browser
) -> None:
    for width, height in SIZES:
        page = await browser.new_page(viewport={"width": width, "height": height})
        await opened(page, stub_hall)
        for screen in ("kiosk-services", "kiosk-ticket"):
            for button in await page.locator("button:visible").all():
                box = await button.bounding_box()
                assert box is not None
                assert min(box["width"], box["height"]) >= 76
                assert box["y"] + box["height"] <= height
            if screen == "kiosk-services":
                await page.locator("[data-code=A] button").click()
                await expect(page.locator("kiosk-ticket .label")).to_be_visible()
                wait = re.compile(r"Ada 4 orang di depan Anda\s*kira-kira 15–25 menit")
                await expect(page.locator("kiosk-ticket")).to_contain_text(wait)
        await page.close()


async def test_a_very_long_wait_is_told_in_hours(stub_hall: StubHall, browser: Browser) -> None:
    stub_hall.services[0]["estimate"] = {"low_minutes": 340, "high_minutes": 355}
    stub_hall.services[1].update(waiting=9, estimate={"low_minutes": 180, "high_minutes": 180})
    page = await opened(await browser.new_page(), stub_hall)
    await expect(page.locator("[data-code=A]")).to_contain_text("kira-kira 5–6 jam")
    await expect(page.locator("[data-code=B]")).to_contain_text("kira-kira 3 jam")
