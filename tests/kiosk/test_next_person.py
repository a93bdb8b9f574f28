"""The kiosk belongs to the next person: what a visitor set up goes with them."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.kiosk.test_page import opened
from tests.kiosk.test_steps import with_papers
from tests.web.browser import intercept, until
from tests.web.stub_hall import StubHall, service

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def set_up(page: Page) -> None:
    """English, high contrast, larger letters, low reach, speech."""
    for key in ("F7", "F3", "F4", "F6", "F2"):
        await page.keyboard.press(key)
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def as_the_office_has_it(page: Page) -> None:
    root = page.locator("html")
    await expect(root).to_have_attribute("lang", "id")
    await expect(root).not_to_have_attribute("data-contrast", "high")
    await expect(root).to_have_attribute("data-text", "normal")
    await expect(root).to_have_attribute("data-reach", "normal")
    await expect(page.locator("kiosk-speech")).to_be_hidden()


async def test_done_gives_the_screen_back_as_the_office_has_it(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    await set_up(page)
    await page.locator("[data-code=A] button").click()
    await page.locator(".ticket-end").get_by_role("button", name="Done").click()
    await as_the_office_has_it(page)
    await page.locator("[data-code=B] button").click()  # the next person, in a queue
    await expect(page.locator("kiosk-ticket")).to_contain_text("Nomor Anda")
    assert [wish["language"] for wish in stub_hall.wishes] == ["en", "id"]


async def test_lists_begin_at_their_beginning_for_the_next_person(
    stub_hall: StubHall, browser: Browser
) -> None:
    stub_hall.agencies = [
        {"code": f"i{n}", "name": f"Kantor {n}", "names": {"id": f"Kantor {n}"}} for n in range(10)
    ]
    stub_hall.services = [
        service(f"{chr(65 + n // 30)}{n}", f"Layanan {n}", 1, agency=f"i{n % 10}")
        for n in range(90)
    ]
    page = await browser.new_page(viewport={"width": 480, "height": 640})
    await page.goto(stub_hall.url("/kiosk"))
    offices, services = page.locator("kiosk-agencies"), page.locator("kiosk-services")
    await page.locator("[data-agency=i9]").click()
    await page.locator("[data-code=C89] button").click()
    await page.get_by_role("button", name="Selesai").click()
    await expect(page.locator("[data-agency=i0]")).to_be_visible()
    assert await offices.evaluate("list => list.scrollTop") == 0
    await page.locator("[data-agency=i8]").click()
    await expect(page.locator("[data-code=A8]")).to_be_visible()
    assert await services.evaluate("list => list.scrollTop") == 0


async def test_the_end_of_the_countdown_gives_it_back_too(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.clock.install()
    await opened(page, stub_hall)
    await set_up(page)
    await page.locator("[data-code=A] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_be_visible()
    await page.clock.run_for(61_000)  # four times as long for who reads slowly
    await expect(page.locator("kiosk-ticket")).to_be_hidden()
    await as_the_office_has_it(page)


async def test_one_touch_keeps_the_look_for_one_more_number(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    await page.locator("[data-code=A] button").click()
    await expect(page.locator("kiosk-keep")).to_be_hidden()  # nothing to keep
    await page.get_by_role("button", name="Selesai").click()
    await set_up(page)
    for _ in range(2):
        await page.locator("[data-code=A] button").click()
        await expect(page.locator("kiosk-ticket .label")).to_be_visible()
        keep = page.get_by_role("button", name="Keep this look for the next number")
        await expect(keep).to_have_attribute("aria-pressed", "false")
        await keep.click()
        await page.locator(".ticket-end").get_by_role("button", name="Done").click()
        await expect(page.locator("html")).to_have_attribute("data-contrast", "high")
        await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.locator("[data-code=A] button").click()
    await page.locator(".ticket-end").get_by_role("button", name="Done").click()
    await as_the_office_has_it(page)


async def test_language_changes_in_the_question_in_a_notice_and_on_the_ticket(
    stub_hall: StubHall, browser: Browser
) -> None:
    with_papers(stub_hall)
    page = await opened(await browser.new_page(), stub_hall)
    await page.locator("[data-code=C] button").click()
    notice = page.locator("kiosk-notice dialog")
    await expect(notice).to_contain_text("Buka lagi")
    await notice.get_by_role("button", name="English").click()
    await expect(notice).to_contain_text("We open again")
    await notice.get_by_role("button", name="Back").click()
    await page.locator("[data-code=A] button").click()
    ask = page.locator("kiosk-ask dialog")
    await expect(ask).to_contain_text("Original ID card")
    await ask.get_by_role("button", name="Bahasa Indonesia").click()
    await expect(ask).to_contain_text("KTP asli")
    await ask.get_by_role("button", name="Ambil nomor").click()
    sheet = page.locator("kiosk-ticket")
    await expect(sheet).to_contain_text("Mohon siapkan: KTP asli")
    await page.locator(".settings kiosk-language button").click()
    await expect(sheet).to_contain_text("Please have ready: Original ID card")


async def test_who_goes_first_is_told_so_even_as_the_next_in_line(
    stub_hall: StubHall, browser: Browser
) -> None:
    stub_hall.ahead = 0
    page = await opened(await browser.new_page(), stub_hall)
    await page.locator("kiosk-priority button").click()
    await page.locator("[data-code=A] button").click()
    await expect(page.locator("kiosk-ticket .ahead")).to_contain_text(
        "Prioritas Anda sudah dicatat"
    )


async def test_the_priority_button_says_first_whom_it_is_for(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    title = page.locator("kiosk-priority b")
    await expect(title).to_have_text(
        "Lansia, ibu hamil atau menyusui, penyandang disabilitas, membawa bayi?"
    )
    await page.keyboard.press("F7")
    await expect(title).to_have_text("Senior, expecting or nursing, with a disability or a baby?")
    await page.locator("kiosk-priority button").click()
    await expect(title).to_have_text("Your next number goes ahead")


async def test_after_a_dialog_the_keys_go_on_where_they_were(
    stub_hall: StubHall, browser: Browser
) -> None:
    """Also in Chromium before 93, which leaves the focus on the page itself."""
    with_papers(stub_hall)
    page = await browser.new_page()
    await page.add_init_script("""
        const close = HTMLDialogElement.prototype.close;
        HTMLDialogElement.prototype.close = function () {
            close.call(this);
            document.activeElement.blur();
        };
    """)
    await opened(page, stub_hall)
    for opener, dialog in (
        ("[data-code=A] button", "kiosk-ask dialog"),
        ("[data-code=C] button", "kiosk-notice dialog"),
        ("kiosk-options button", "body > dialog"),
    ):
        await page.locator(opener).focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(dialog)).to_be_visible()
        ends = page.locator(dialog).get_by_role(
            "button", name=("Selesai" if dialog == "body > dialog" else "Kembali")
        )
        await ends.click()
        await expect(page.locator(opener)).to_be_focused()


async def test_a_number_nobody_saw_is_given_back_once_the_visitor_has_gone(
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
    dialog = page.locator("kiosk-notice dialog")
    for _ in range(20):  # each try waits before the next
        await page.wait_for_timeout(100)
        await page.clock.run_for(500)
        if await dialog.is_visible():
            break
    await expect(dialog).to_contain_text("Nomornya belum sampai ke layar ini.")
    assert len(stub_hall.tickets) == 1
    assert stub_hall.unseen == []  # the visitor may try again
    await page.clock.run_for(80_000)
    await page.wait_for_timeout(100)
    await page.clock.run_for(10_000)
    # the turned clock may time an answer out: asking again for the same one harms nobody
    await until(lambda: set(stub_hall.unseen) == set(stub_hall.tickets))
    await page.clock.run_for(20_000)
    assert len(stub_hall.tickets) == 1
    assert set(stub_hall.unseen) == set(stub_hall.tickets)


async def test_a_number_asked_for_when_the_power_went_is_given_back(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await opened(await browser.new_page(), stub_hall)
    stub_hall.delay = 0.3
    await page.locator("[data-code=A] button").click()
    await until(lambda: len(stub_hall.wishes) == 1)
    await page.reload()
    await until(lambda: len(stub_hall.unseen) == 1)
    assert stub_hall.unseen == [stub_hall.wishes[0]["key"]]
    stub_hall.delay = 0
    await page.locator("[data-code=A] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_be_visible()
    await page.reload()
    await page.locator("[data-code=B] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_be_visible()
    assert len(stub_hall.unseen) == 1


async def test_a_paused_service_says_why_in_the_visitors_language(
    stub_hall: StubHall, browser: Browser
) -> None:
    words = {
        "id": "Petugas Imigrasi hadir setiap Selasa dan Kamis pekan ini, 09.00-14.00 WITA.",
        "en": "Officers come on Tuesdays.",
    }
    stub_hall.services[0] |= {
        "open": False, "paused": True, "reason": "paused", "notice": words["id"], "notices": words,
    }  # fmt: skip
    page = await opened(await browser.new_page(), stub_hall)
    await page.set_viewport_size({"width": 400, "height": 720})
    state = page.locator("[data-code=A] .state")
    await expect(state).to_contain_text(words["id"])
    # the hours at its end as well
    assert await state.evaluate("(it) => it.scrollHeight - it.clientHeight") <= 2
    await page.keyboard.press("F7")
    await expect(page.locator("[data-code=A]")).to_contain_text(words["en"])
    await page.locator("[data-code=A] button").click()
    await expect(page.locator("kiosk-notice dialog")).to_contain_text(words["en"])
