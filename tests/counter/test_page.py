"""The counter page in a real browser at a real server: all is done once, and said kindly."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import (
    at_work,
    events,
    log_in,
    numbers,
    outcomes,
    press,
    seat,
    settle,
    staff_page,
    take_seat,
)
from tests.server.process import Hall, Server
from tests.web.browser import intercept, until

pytestmark = pytest.mark.asyncio(loop_scope="session")
SIZES = [(1366, 768), (1920, 1080), (1024, 768), (360, 740)]


async def test_a_wrong_password_is_answered_without_blame(hall: Hall, browser: Browser) -> None:
    hall.person("sari")
    async with staff_page(browser, hall) as page:
        await page.get_by_role("button", name="Masuk").click()
        # the browser of the tests speaks English, the page does not
        said = await page.get_by_label("Nama pengguna").evaluate("(it) => it.validationMessage")
        assert said == "Mohon diisi."
        await log_in(page, hall, "sari", "salah-sekali")
        await expect(page.locator("[data-part=problem]")).to_contain_text("belum sesuai")
        await log_in(page, hall, "sari")
        await expect(page.locator("ramah-seats h1")).to_contain_text("Sari")


async def test_a_visitor_is_called_served_and_thanked_with_the_keyboard(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    await numbers(hall, "A", language="en")
    async with staff_page(browser, hall, who="sari") as page:
        await take_seat(page)
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await expect(page.locator(".prompts")).to_contain_text("My name is Sari")
        await press(page, "m")
        await expect(page.locator(".prompts")).to_contain_text("anything else")
        await press(page, "s")
        await expect(page.locator("#slip-label")).to_have_text("A001 selesai")
        await expect(page.locator(".quote")).to_contain_text("Thank you")
    assert outcomes(hall) == ["served"]


async def test_a_double_click_on_start_does_not_also_finish(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A") as page:
        await press(page, "n")
        await settle(page)
        await page.locator("[data-action=start]").dblclick()
        await settle(page)
        await expect(page.locator("[data-action=finish]")).to_be_visible()
    assert outcomes(hall) == []


async def test_a_lost_answer_is_asked_for_again_and_done_once(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        keys = []

        async def lose_the_first(route) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
            keys.append(route.request.headers["idempotency-key"])
            if len(keys) == 1:
                await route.fetch()
                await route.abort()
            else:
                await route.continue_()

        await intercept(page, "**/call-next", lose_the_first)
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await until(lambda: len(keys) == 2)
        assert keys[0] == keys[1]
    assert events(hall, "called") == 1


async def test_the_seat_and_its_ticket_survive_a_reload(hall: Hall, browser: Browser) -> None:
    hall.person("sari")
    await numbers(hall, "B")
    async with staff_page(browser, hall, who="sari") as page:
        await take_seat(page, 2)
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("B001")
        await page.reload()
        await expect(page.locator("#slip-label")).to_have_text("B001")
        await expect(page.locator(".place b")).to_have_text("Loket 2")


async def test_a_taken_counter_is_taken_over_only_after_asking(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    hall.person("budi")
    async with (
        staff_page(browser, hall, who="sari") as first,
        staff_page(browser, hall, who="budi") as second,
    ):
        await take_seat(first, 3)
        await seat(second, 3).click()
        dialog = second.get_by_role("dialog")
        await expect(dialog).to_contain_text("masih di loket ini")
        await dialog.get_by_role("button", name="Ambil alih").click()
        await expect(second.locator(".place b")).to_have_text("Loket 3")
        await expect(first.locator("ramah-seats")).to_be_visible()
        await expect(first.locator(".notice")).to_contain_text("kini bertugas di loket 3")


async def test_a_missed_number_comes_back_with_one_touch(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A") as page:
        await press(page, "n", "t")
        note = page.locator(".notice")
        await expect(note).to_contain_text("A001 tidak hadir")
        await settle(page)
        await note.get_by_role("button", name="Kembalikan ke antrean").click()
        await expect(note).to_contain_text("A001 kembali ke antrean")
        await expect(page.locator(".line-label")).to_have_text("A001")


async def test_hold_and_transfer_ask_first_and_free_the_counter(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await press(page, "n", "h")
        await page.get_by_role("dialog").get_by_role("button", name="Mengambil dokumen").click()
        await page.get_by_role("dialog").get_by_role("button", name="Tunda", exact=True).click()
        await expect(page.locator("[data-tab=held] b")).to_have_text("1")
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("A002")
        await press(page, "a")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Alihkan").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("Silakan pilih tujuan")
        await dialog.get_by_label("Layanan B").check()
        await dialog.get_by_label("Catatan untuk rekan Anda").fill("Berkas lengkap")
        await dialog.get_by_role("button", name="Alihkan").click()
        await expect(page.locator(".notice")).to_contain_text("A002 diteruskan ke Layanan B")
    assert hall.query("SELECT hold_reason FROM turns WHERE branch = ? AND state = 'held'") == [
        ("Mengambil dokumen",)
    ]


async def test_a_call_out_of_order_needs_a_reason(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await page.get_by_role("button", name="Panggil A002").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Panggil", exact=True).click()
        await expect(dialog.get_by_role("alert")).to_contain_text("Mohon tulis alasan singkat")
        await dialog.get_by_label("Mengapa sekarang?").last.fill("Berkas lengkap")
        await dialog.get_by_role("button", name="Panggil", exact=True).click()
        await expect(page.locator("#slip-label")).to_have_text("A002")
        await expect(page.locator(".facts")).to_contain_text("Dipanggil manual: Berkas lengkap")


async def test_nobody_waiting_is_said_kindly_and_a_newcomer_is_announced(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall) as page:
        await press(page, "n")
        await expect(page.locator(".notice")).to_contain_text("belum ada yang menunggu")
        await numbers(hall, "C")
        await expect(page.locator(".notice")).to_contain_text("C001 baru datang")
        await expect(page).to_have_title("1 menunggu · Loket 1")


async def test_a_break_is_told_and_ended(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall) as page:
        await page.locator("[data-part=break]").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Salat").click()
        await dialog.get_by_role("button", name="Mulai istirahat").click()
        await expect(page.locator("#slip-label")).to_have_text("Istirahat")
        await settle(page)
        await page.get_by_role("button", name="Buka loket lagi").click()
        await expect(page.locator("[data-action=call-next]")).to_be_visible()


async def test_a_lost_server_is_said_at_once_and_nothing_can_be_pressed(
    server: Server, browser: Browser
) -> None:
    hall = Hall(server, "alone")
    async with at_work(browser, hall, "A") as page:
        server.kill()
        await expect(page.locator(".link-lost")).to_contain_text("Sambungan ke server terputus")
        await expect(page.locator("[data-action=call-next]")).to_have_attribute(
            "aria-disabled", "true"
        )
        await page.keyboard.press("n")
        server.start()
        await expect(page.locator(".link-lost")).to_be_empty()
        await expect(page.locator("#slip-label")).to_have_text("Belum ada yang dipanggil")
    assert events(hall, "called") == 0


async def test_shortcuts_rest_while_somebody_types_and_can_be_switched_off(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page:
        await page.locator("[data-part=break]").click()
        await page.get_by_role("dialog").get_by_role("textbox").fill("n")
        await page.keyboard.press("n")
        await page.keyboard.press("Escape")
        await page.locator("[data-part=keys]").click()
        await page.get_by_label("Pakai tombol pintas").uncheck()
        await page.get_by_role("dialog").get_by_role("button", name="Simpan").click()
        await expect(page.locator("[data-action=call-next] kbd")).to_be_hidden()
        await press(page, "n")
        await settle(page)
    assert events(hall, "called") == 0


async def test_the_page_changes_its_language_and_keeps_the_ticket(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page:
        await press(page, "n")
        await page.get_by_role("button", name="EN English").click()
        await expect(page.locator("[data-action=start]")).to_contain_text("Start service")
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(page.locator(".prompts q")).to_contain_text("Bapak/Ibu")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_everything_can_be_reached_at_every_size(
    hall: Hall, browser: Browser, width: int, height: int
) -> None:
    async with at_work(browser, hall, "A") as page:
        await press(page, "n")
        await page.set_viewport_size({"width": width, "height": height})
        await expect(page.locator("[data-action=start]")).to_be_in_viewport(ratio=0.95)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await small_targets(page) == []


async def small_targets(page: Page) -> list[str]:
    small: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('button, a, input, select')]
            .filter((each) => each.offsetParent && each.tabIndex >= 0)
            .map((each) => [each.outerHTML.slice(0, 90), each.getBoundingClientRect()])
            .filter(([, box]) => box.width < 43.9 || box.height < 43.9)
            .map(([name]) => name)"""
    )
    return small
