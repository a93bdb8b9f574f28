"""What goes wrong on a real day: two windows, a wrong clock, a restart, a dead link, a log-out."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Route, WebSocketRoute, expect

from tests.counter.staff import (
    at_work,
    events,
    in_slow_motion,
    log_in,
    numbers,
    outcomes,
    press,
    seat,
    settle,
    staff_page,
    take_seat,
)
from tests.server.process import Hall, Server, office_toml
from tests.web.browser import intercept

pytestmark = pytest.mark.asyncio(loop_scope="session")
AN_HOUR_SLOW = """
const now = Date.now.bind(Date);
Date.now = () => now() - 3600000;
"""

WENT_BACK = """() => {
    const current = document.querySelector('ramah-current');
    window.wentBack = false;
    new MutationObserver(() => { window.wentBack ||= current.dataset.stage !== 'serving'; })
        .observe(current, { attributes: true, attributeFilter: ['data-stage'] });
}"""


async def test_two_windows_of_one_person_show_one_counter_and_do_each_step_once(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        other = await page.context.new_page()
        await other.goto(hall.server.url + "/counter")
        await expect(other.locator(".place b")).to_have_text("Loket 1")
        await press(page, "n")
        await expect(other.locator("#slip-label")).to_have_text("A001")
        await press(other, "m")
        await expect(page.locator("[data-action=finish]")).to_be_visible()
        await page.keyboard.press("s")
        await other.keyboard.press("s")
        await expect(page.locator("#slip-label")).to_have_text("A001 selesai")
        await expect(other.locator("[data-action=call-next]")).to_be_visible()
        await settle(other)
    assert outcomes(hall) == ["served"]
    assert events(hall, "called") == 1


async def test_logging_out_in_one_window_ends_the_other(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall) as page:
        other = await page.context.new_page()
        await other.goto(hall.server.url + "/counter")
        await expect(other.locator(".place b")).to_have_text("Loket 1")
        await page.get_by_role("button", name="Keluar").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Tutup loket dan keluar").click()
        await expect(page.get_by_label("Nama pengguna")).to_be_visible()
        await expect(other.get_by_label("Nama pengguna")).to_be_visible()


async def test_nobody_logs_out_with_a_visitor_at_the_counter(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A") as page:
        await press(page, "n")
        await settle(page)
        await page.get_by_role("button", name="Keluar").click()
        await expect(page.get_by_role("dialog")).to_contain_text("A001 masih di loket Anda")
        await page.keyboard.press("Escape")
        await expect(page.locator("#slip-label")).to_have_text("A001")


async def test_who_is_logged_out_by_a_new_password_finds_the_visitor_again(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page:
        await press(page, "n")
        await settle(page)
        await page.context.clear_cookies()
        await page.keyboard.press("m")
        await expect(page.locator("ramah-login")).to_contain_text("loket Anda tetap")
        await log_in(page, hall, "sari")
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await expect(page.locator("[data-action=start]")).to_be_visible()


async def test_the_wrong_clock_of_a_computer_changes_no_time_on_the_page(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    await numbers(hall, "A")
    async with staff_page(browser, hall, who="sari") as page:
        right = await page.evaluate("Date.now()")
        await page.add_init_script(AN_HOUR_SLOW)
        await page.reload()
        assert await page.evaluate("Date.now()") < right - 3_000_000
        await take_seat(page)
        await expect(page.locator(".line-words")).to_contain_text("baru saja")
        await press(page, "n", "m")
        await expect(page.locator("[data-part=elapsed]")).to_have_text("kurang dari semenit")


async def test_a_restart_of_the_server_loses_nobody_who_is_being_served(
    server: Server, browser: Browser
) -> None:
    hall = Hall(server, "again")
    async with at_work(browser, hall, "A") as page:
        await in_slow_motion(page)
        await press(page, "n", "m")
        await expect(page.locator("[data-action=finish]")).to_be_visible()
        await settle(page)
        server.kill()
        # a press that is under way at the kill is asked again, and counts
        await expect(page.locator(".link-lost")).to_contain_text("terputus")
        await page.keyboard.press("s")
        server.start()
        await expect(page.locator(".link-lost")).to_be_empty()
        await expect(page.locator("[data-action=finish]")).to_be_visible()
        await press(page, "s")
        await expect(page.locator("#slip-label")).to_have_text("A001 selesai")
    assert outcomes(hall) == ["served"]


async def test_what_happened_while_the_link_was_down_is_there_when_it_is_back(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    hall.person("dewi", "manager")
    await numbers(hall, "A")
    async with staff_page(browser, hall, who="sari") as page, hall.client("staff") as staff:
        await take_seat(page)
        await press(page, "n")
        await settle(page)
        await page.context.set_offline(True)
        await expect(page.locator(".link-lost")).to_contain_text("terputus")
        await staff.at(1, "start")
        await staff.at(1, "finish")
        await numbers(hall, "A", "A")
        await page.context.set_offline(False)
        await expect(page.locator("[data-action=call-next]")).to_be_visible()
        await expect(page.locator("[data-tab=waiting] b")).to_have_text("2")


async def test_an_answer_that_comes_late_does_not_hide_what_happened_since(
    hall: Hall, browser: Browser
) -> None:
    """The answer to "did not come" is on its way while somebody brings the number back."""
    async with at_work(browser, hall, "A", "A") as page, hall.client("staff") as other:
        done, go_on = asyncio.Event(), asyncio.Event()

        async def late(route: Route) -> None:
            answer = await route.fetch()
            done.set()
            await go_on.wait()
            await route.fulfill(response=answer)

        await intercept(page, "**/no-show", late)
        await press(page, "n", "t")
        await asyncio.wait_for(done.wait(), 30)
        await expect(page.locator("[data-tab=no_show] b")).to_have_text("1")
        (missed,) = (await other.get("/api/tickets?state=no_show")).json["tickets"]
        await other.post(f"/api/tickets/{missed['id']}/return")
        await expect(page.locator("[data-tab=no_show] b")).to_have_text("0")
        go_on.set()
        await expect(page.locator(".notice")).to_contain_text("A001 tidak hadir")
        await expect(page.locator("[data-tab=no_show] b")).to_have_text("0")
        await expect(page.locator("[data-tab=waiting] b")).to_have_text("2")


async def test_an_event_before_the_answer_does_not_make_the_page_go_back(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page, hall.client("staff") as other:
        await press(page, "n")
        await settle(page)
        go_on = asyncio.Event()

        async def late(route: Route) -> None:
            answer = await route.fetch()
            await go_on.wait()
            await route.fulfill(response=answer)

        await intercept(page, "**/start", late)
        await page.keyboard.press("m")
        await expect(page.locator("[data-action=finish]")).to_be_visible()
        await page.evaluate(WENT_BACK)
        await other.post("/api/counters/2/open")
        go_on.set()
        await expect(page.locator(".notice")).to_contain_text("sedang dilayani")
        assert await page.evaluate("window.wentBack") is False


async def test_an_answer_before_its_event_waits_for_it(hall: Hall, browser: Browser) -> None:
    """Until the page has followed what it did, the next step is not begun on an old picture."""
    held: list[str | bytes] = []
    gate = {"open": True}

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def told(message: str | bytes) -> None:
            if gate["open"]:
                socket.send(message)
            else:
                held.append(message)

        server.on_message(told)
        sockets.append(socket)

    sockets: list[WebSocketRoute] = []
    async with at_work(browser, hall, "A", "A") as page:
        await page.route_web_socket("**/api/events*", route)
        await page.reload()
        await expect(page.locator("[data-action=call-next]")).to_be_visible()
        await in_slow_motion(page)
        gate["open"] = False
        async with page.expect_response("**/call-next"):
            await page.keyboard.press("n")
        await expect(page.locator("[data-action=call-next]")).to_have_attribute("aria-busy", "true")
        await page.keyboard.press("m")
        await page.wait_for_timeout(1600)  # as on a busy computer
        await expect(page.locator("[data-action=call-next]")).to_have_attribute("aria-busy", "true")
        gate["open"] = True
        for message in held:
            sockets[-1].send(message)
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await expect(page.locator("[data-action=finish]")).to_be_visible()


async def test_an_answer_that_gets_lost_is_asked_for_again(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A") as page:
        lost: list[Route] = []

        async def lose(route: Route) -> None:
            lost.append(route)
            await (route.abort() if len(lost) == 1 else route.continue_())

        await intercept(page, "**/api/desk", lose)
        await page.reload()
        await expect(page.locator(".policy")).to_be_visible()
        assert len(lost) > 1


async def test_undo_after_a_colleague_called_the_visitor_says_so_and_changes_nothing(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    await numbers(hall, "A")
    async with staff_page(browser, hall, who="sari") as page, hall.client("staff") as staff:
        await take_seat(page)
        await staff.at(2, "open")
        await press(page, "n", "k")
        await expect(page.locator("[data-part=undo]")).to_be_visible()
        await staff.at(2, "call-next")
        await press(page, "z")
        await expect(page.locator(".notice.warn")).to_contain_text("A001")
    assert hall.query("SELECT counter_number FROM turns WHERE branch = ?") == [(2,)]


async def test_a_visitor_is_sent_only_to_open_counters_and_comes_back_when_one_rests(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    hall.person("budi")
    await numbers(hall, "A")
    async with (
        staff_page(browser, hall, who="sari") as page,
        staff_page(browser, hall, who="budi") as second,
    ):
        await take_seat(second, 2)
        await take_seat(page)
        await press(page, "n", "a")
        dialog = page.get_by_role("dialog")
        await expect(dialog.locator(".choice", has_text="Loket")).to_have_count(1)
        await dialog.locator(".choice", has_text="Loket 2").click()
        await dialog.get_by_role("button", name="Alihkan").click()
        await expect(second.locator(".line-words")).to_contain_text("dialihkan ke Anda")
        await second.locator("[data-part=break]").click()
        await expect(second.get_by_role("dialog")).to_contain_text("kembali ke antrean")
        await second.get_by_role("dialog").get_by_role("button", name="Salat").click()
        await second.get_by_role("dialog").get_by_role("button", name="Mulai istirahat").click()
        await expect(page.locator("[data-tab=waiting] b")).to_have_text("1")
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("A001")


async def test_a_supervisor_sees_a_service_without_a_counter_and_opens_one(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "B")
    async with staff_page(browser, hall, "/counter/supervisor", who="dewi") as page:
        await expect(page.locator(".hall-waits .services")).to_contain_text("belum ada loket")
        await page.locator("[data-number='3']").get_by_role("button", name="Buka untuk").click()
        dialog = page.get_by_role("dialog")
        for name in ("Layanan A", "Layanan C"):
            await dialog.get_by_label(name).uncheck()
        await dialog.get_by_role("button", name="Buka").click()
        await expect(page.locator(".hall-waits .services")).not_to_contain_text("belum ada")
        await expect(page.locator("[data-number='3']")).to_contain_text("Layanan B")
        # nobody sits there: nobody is promised that it is ready for the next visitor
        await expect(page.locator("[data-number='3']")).to_contain_text("belum ada petugas")


async def test_held_numbers_are_within_reach_on_the_strip(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await page.set_viewport_size({"width": 320, "height": 760})
        await page.goto(hall.server.url + "/counter?strip")
        await expect(page.locator("[data-action=call-next]")).to_be_visible()
        await press(page, "n", "t")
        await expect(page.locator(".notice")).to_contain_text("A001 tidak hadir")
        await page.locator("[data-tab=no_show]").click()
        await page.wait_for_timeout(700)  # sooner, under the same finger, it is a double click
        await page.get_by_role("button", name="Kembalikan A001").click()
        await expect(page.locator(".notice")).to_contain_text("A001 kembali ke antrean")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.locator("[data-tab=waiting]").click()
        await expect(page.get_by_role("button", name="Panggil A002")).to_be_visible()


async def test_a_seat_that_was_just_taken_is_asked_for_and_not_stolen(
    hall: Hall, browser: Browser
) -> None:
    """Two persons press the same free counter at the same moment."""
    hall.person("sari")
    hall.person("budi")
    async with (
        staff_page(browser, hall, who="sari") as first,
        staff_page(browser, hall, who="budi") as second,
    ):
        await expect(seat(first, 5)).to_be_visible()
        await expect(seat(second, 5)).to_be_visible()
        await intercept(second, "**/api/counters", lambda route: route.abort())
        await seat(first, 5).click()
        await expect(first.locator(".place b")).to_have_text("Loket 5")
        await seat(second, 5).click()
        await expect(second.get_by_role("dialog")).to_contain_text("masih di loket ini")
        await second.keyboard.press("Escape")
        await expect(first.locator(".place b")).to_have_text("Loket 5")


async def test_who_takes_a_number_away_from_a_counter_is_not_silent_there(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    await numbers(hall, "A", "A")
    async with staff_page(browser, hall, who="sari") as page, hall.client("manager") as chief:
        await take_seat(page)
        await press(page, "n", "m")
        await expect(page.locator(".notice")).to_contain_text("sedang dilayani")
        await chief.at(1, "release", {"way": "queue"})
        await expect(page.locator(".notice")).to_contain_text("A001 kembali ke antrean")
        await expect(page.locator("[data-action=call-next]")).to_be_visible()
        await press(page, "n")
        await expect(page.locator("[data-action=start]")).to_be_visible()


WHAT_TO_BRING = 'requirements = { id = ["KTP lama"], en = ["Old identity card"] }\n'


@pytest.mark.parametrize("late", ["socket", "/api/desk"])
async def test_a_page_opened_during_a_service_says_all_of_it_whatever_answer_comes_last(
    shared: Server, browser: Browser, late: str
) -> None:
    code = f"late{''.join(filter(str.isalpha, late))}"
    bring = office_toml(code).replace(
        '[[services]]\ncode = "A"\n', f'[[services]]\ncode = "A"\n{WHAT_TO_BRING}'
    )
    hall = Hall(shared, code, bring)
    async with at_work(browser, hall, "A") as page:
        await press(page, "n", "m")
        await expect(page.locator(".bring")).to_contain_text("KTP lama")
        others = asyncio.Event()

        async def hold_socket(socket: WebSocketRoute) -> None:
            await others.wait()
            socket.connect_to_server()

        async def hold_answer(route: Route) -> None:
            await others.wait()
            await route.continue_()

        other = await page.context.new_page()
        if late == "socket":
            await other.route_web_socket("**/api/events*", hold_socket)
        else:
            await other.route(f"**{late}", hold_answer)
        await other.goto(hall.server.url + "/counter")
        drawn = "#slip-label" if late == "/api/desk" else ".opening"
        await expect(other.locator(drawn)).to_be_visible()
        others.set()
        await expect(other.locator(".bring")).to_contain_text("KTP lama")
        await expect(other.locator("#slip-label")).to_have_text("A001")
        await expect(other.locator(".prompts")).to_contain_text("Sebelum selesai")
