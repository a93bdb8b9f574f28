"""Questions before a step: asked of one visitor, answered by hand, kept when the link is lost."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.counter.staff import at_work, numbers, press, staff_page, take_seat
from tests.server.process import Hall, Server, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_who_comes_without_a_number_is_served_right_away(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page:
        await press(page, "b")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("langsung layani").check()
        await dialog.get_by_role("button", name="Beri nomor").click()
        await expect(page.locator("#slip-label")).to_have_text("A002")
        await expect(page.locator("[data-action=finish]")).to_be_visible()
        await expect(page.locator(".facts")).to_contain_text("Datang ke loket tanpa nomor")
    rows = hall.query("SELECT label, state, rule FROM turns WHERE branch = ? ORDER BY label")
    assert rows == [("A001", "waiting", None), ("A002", "serving", "by-hand")]


async def test_who_is_given_a_number_sees_it_although_the_counter_went_on_meanwhile(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page, hall.client("staff") as staff:
        await press(page, "b")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("langsung layani").check()
        await staff.at(1, "call-next")
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await dialog.get_by_role("button", name="Beri nomor").click()
        await expect(page.locator("dialog .new-number")).to_have_text("A002")
    rows = hall.query("SELECT label, state FROM turns WHERE branch = ? ORDER BY label")
    assert rows == [("A001", "called"), ("A002", "waiting")]


async def test_a_paused_service_is_marked_where_a_visitor_can_be_sent(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page, hall.client("manager") as manager:
        paused = await manager.post("/api/services/B/pause", {"notice": "Listrik padam"})
        assert paused.status == 204
        await press(page, "n", "m")
        for key in ("a", "l"):
            await press(page, key)
            dialog = page.get_by_role("dialog")
            await expect(dialog.get_by_role("radio", name="Layanan B")).to_be_visible()
            await expect(dialog).to_contain_text("Jeda sebentar · 0 menunggu")
            await page.keyboard.press("Escape")
            await expect(dialog).to_be_hidden()


async def test_a_break_begins_with_one_key(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall) as page:
        await press(page, "i")
        await expect(page.get_by_role("dialog")).to_contain_text("Kira-kira berapa lama")


@pytest.mark.parametrize("key", ["h", "a", "l"])
async def test_a_question_about_a_visitor_who_left_does_nothing_to_the_next_one(
    hall: Hall, browser: Browser, key: str
) -> None:
    hall.person("sari")
    await numbers(hall, "A", "A")
    async with staff_page(browser, hall, who="sari") as page, hall.client("staff") as staff:
        await take_seat(page)
        await press(page, "n", "m", key)
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("A001")
        for act in ("finish", "call-next", "start"):
            await staff.at(1, act)
        await expect(page.locator("#slip-label")).to_have_text("A002")
        if key != "h":
            await dialog.locator(".choice").first.click()
        await dialog.locator("button[type=submit]").click()
        await expect(page.locator(".notice.warn")).to_contain_text("A001 tidak lagi di loket Anda")
        await expect(page.locator("#slip-label")).to_have_text("A002")
    rows = hall.query("SELECT label, state FROM turns WHERE branch = ? ORDER BY label")
    assert rows == [("A001", "done"), ("A002", "serving")]


async def test_a_result_chosen_for_one_visitor_is_not_given_to_another(
    server: Server, browser: Browser
) -> None:
    results = (
        'code = "A"\noutcomes = [{code = "ok", names = {id = "Selesai semua"}}, '
        '{code = "papers", names = {id = "Berkas kurang"}}]\n'
    )
    hall = Hall(server, "results", office_toml("results").replace('code = "A"\n', results, 1))
    hall.person("sari")
    await numbers(hall, "A", "A", "B")
    async with staff_page(browser, hall, who="sari") as page, hall.client("staff") as staff:
        await take_seat(page)
        await press(page, "n", "m")
        await page.get_by_role("button", name="Berkas kurang").click()
        for act in ("finish", "call-next", "start"):
            await staff.at(1, act)
        await expect(page.locator("#slip-label")).to_have_text("A002")
        chosen = page.locator("[data-outcome][aria-pressed=true]")
        await expect(chosen).to_contain_text("Selesai semua")
        await press(page, "s")
        await expect(page.locator("#slip-label")).to_have_text("A002 selesai")
    rows = hall.query("SELECT outcome_code FROM turns WHERE branch = ? AND label = 'A002'")
    assert rows == [("ok",)]


async def test_own_words_are_typed_without_choosing_the_field_first(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall) as page:
        await press(page, "i")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.type("Ambil berkas")
        await expect(page.get_by_role("dialog").get_by_role("textbox")).to_have_value(
            "Ambil berkas"
        )
        await page.keyboard.press("Enter")
        await expect(page.locator(".slip")).to_contain_text("Ambil berkas")


async def test_a_question_that_is_answered_without_a_link_stays_with_its_words(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page:
        await press(page, "n", "m", "h")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("textbox").fill("Mengambil akta")
        await page.context.set_offline(True)
        await expect(page.locator(".link-lost")).to_contain_text("terputus")
        await dialog.get_by_role("button", name="Tunda").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("belum ada yang dilakukan")
        await page.context.set_offline(False)
        await expect(page.locator(".link-lost")).to_be_empty()
        await dialog.get_by_role("button", name="Tunda").click()
        await expect(page.locator(".notice")).to_contain_text("A001 ditunda")
    assert hall.query("SELECT state FROM turns WHERE branch = ?") == [("held",)]


async def test_a_supervisor_frees_only_the_number_that_was_asked_about(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A", "A")
    async with (
        hall.client("staff") as staff,
        staff_page(browser, hall, "/counter/supervisor", who="dewi") as page,
    ):
        await staff.at(2, "open")
        await staff.at(2, "call-next")
        await page.get_by_role("button", name="Bebaskan A001").click()
        for act in ("start", "finish", "call-next"):
            await staff.at(2, act)
        await expect(page.locator("[data-number='2']")).to_contain_text("A002")
        await page.get_by_role("dialog").get_by_role("button", name="Bebaskan").click()
        await expect(page.locator(".hall-said")).to_contain_text("A001 tidak lagi di loket 2")
    rows = hall.query("SELECT label, state FROM turns WHERE branch = ? ORDER BY label")
    assert rows == [("A001", "done"), ("A002", "called")]
