"""What who works at the counter page all day meets: room, words, and who is not there yet."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import (
    at_work,
    events,
    log_in,
    numbers,
    press,
    settle,
    staff_page,
    take_seat,
)
from tests.counter.test_more import axe
from tests.server.process import PASSWORD, Hall, Server

pytestmark = pytest.mark.asyncio(loop_scope="session")

CROWDED = """() => [...document.querySelectorAll('.actions .button:not([hidden])')]
.filter((button) => {
    const box = button.getBoundingClientRect();
    return [...button.children].filter((each) => each.getClientRects().length).some((each) => {
        const inner = each.getBoundingClientRect();
        return inner.left < box.left + 4 || inner.right > box.right - 4
            || inner.top < box.top + 2 || inner.bottom > box.bottom - 2;
    });
}).map((button) => button.dataset.action)"""
"""Buttons with a word, picture or key that touches the border."""


@pytest.mark.parametrize("kind", ["unvoiced", "mute"])
async def test_a_call_that_the_lobby_did_not_speak_is_told_kindly_until_it_is_repeated(
    hall: Hall, browser: Browser, kind: str
) -> None:
    async with at_work(browser, hall, "A") as page, hall.client("display") as display:
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await expect(page.locator(".unheard")).to_have_count(0)
        [(seq,)] = hall.query("SELECT seq FROM calls WHERE branch = ?")
        async with display.socket() as screen:
            await screen.send(json.dumps({"type": kind, "seq": seq}))
            words = {"unvoiced": "belum sempat disuarakan", "mute": "tanpa suara"}[kind]
            await expect(page.locator(".unheard")).to_contain_text(words)
        await page.reload()
        await expect(page.locator(".unheard")).to_contain_text(words)
        await settle(page)
        await press(page, "r")
        await expect(page.locator(".unheard")).to_have_count(0)
        await expect(page.locator(".facts")).to_contain_text("1 kali")


async def test_an_appointment_of_later_stands_apart_and_is_called_by_hand_with_a_reason(
    hall: Hall, browser: Browser
) -> None:
    due = datetime.now(UTC) + timedelta(minutes=50)
    async with hall.client("staff") as staff:
        await staff.post("/api/tickets", {"service": "A", "due": due.isoformat()})
    async with at_work(browser, hall, "A") as page:
        rows = page.locator(".line-list .line")
        await expect(rows).to_have_count(2)
        await expect(rows.nth(0)).to_contain_text("A002")
        await expect(rows.nth(1)).to_contain_text("belum waktunya")
        await expect(page.locator("[data-tab=waiting] b")).to_have_text("1")
        await expect(page.locator(".services b")).to_have_text(["1", "0", "0"])
        await rows.nth(1).get_by_role("button", name="Panggil A001").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Panggil", exact=True).click()
        await expect(dialog.locator(".problem")).to_be_visible()
        await dialog.locator(".pick").first.click()
        await dialog.get_by_role("button", name="Panggil", exact=True).click()
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await expect(page.locator(".services b")).to_have_text(["1", "0", "0"])
        await expect(page.locator("[data-tab=waiting] b")).to_have_text("1")


async def test_taking_a_missed_call_back_says_what_is_so_now(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A") as page:
        await press(page, "n", "t")
        await expect(page.locator(".notice")).to_contain_text("A001 tidak hadir")
        await press(page, "z")
        await expect(page.locator(".notice")).to_contain_text("Diurungkan")
        await expect(page.locator(".notice")).not_to_contain_text("Dibatalkan")
        await expect(page.locator("#slip-label")).to_have_text("A001")


async def test_one_more_service_at_the_same_counter_is_no_call_for_the_hall(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page, hall.client("display") as display:
        await press(page, "n", "m", "l")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Layanan B").check()
        await dialog.get_by_role("button", name="Selesai dan lanjutkan").click()
        await settle(page)
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("A001")
        queue = (await display.get("/api/queue")).json
        assert [call["service"] for call in queue["recent_calls"]] == ["A"]
        assert queue["counters"][0]["current"]["service"] == "B"
    assert events(hall, "called") == 2


async def test_who_is_locked_out_reads_for_how_long(server: Server, browser: Browser) -> None:
    hall = Hall(server, "locked")
    hall.person("sari")
    async with staff_page(browser, hall) as page:
        problem = page.locator("[data-part=problem]")
        async with page.expect_response(
            lambda answer: answer.status == 429, timeout=60_000
        ) as told:
            for _ in range(12):
                await log_in(page, hall, "sari", "salah sekali")
                await expect(page.locator(".login [aria-busy]")).to_have_count(0)
                await expect(problem).to_be_visible()
        seconds = int((await (await told.value).all_headers())["retry-after"])
        await expect(problem).to_contain_text(re.compile(r"tunggu \d+ detik"))
        [said] = re.findall(r"tunggu (\d+) detik", await problem.inner_text())
        assert 0 < int(said) <= seconds + 60
        await expect(problem).to_contain_text("Sekarang", timeout=90_000)  # it is over


SIZES = [(1280, 800), (1366, 768), (1920, 1080), (1024, 768)]


async def test_words_keep_clear_of_borders_and_every_tool_has_its_word(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, *"AAAAAAA") as page:
        await expect(page.locator("ramah-current")).to_be_visible()
        found = []
        for key in ("n", "m"):
            await press(page, key)
            await settle(page)
            for language, (width, height) in product(("id", "en"), SIZES):
                await shaped(page, language, width, height)
                wrong = await page.evaluate(CROWDED)
                found += [f"{language} {width}x{height} {key}: {each}" for each in wrong]
        assert found == []
        for language, (width, height) in product(("id", "en"), SIZES):
            await shaped(page, language, width, height)
            for tool in await page.locator(".bar .tool span:visible").all():
                box = await tool.bounding_box()
                assert box is not None
                assert box["width"] > 20 or width <= 1024
            await page.locator(".policy summary").click()
            card, words, lines = [
                await page.locator(each).bounding_box() for each in (".queue", ".policy", ".lines")
            ]
            assert card is not None
            assert words is not None
            assert lines is not None
            assert words["y"] + words["height"] <= card["y"] + card["height"]
            assert lines["height"] > 100
            assert lines["y"] + lines["height"] <= words["y"] + 1
            await page.locator(".policy summary").click()


async def test_a_low_window_keeps_the_queue_and_the_slip_in_sight_whoever_asks_for_a_person(
    hall: Hall, browser: Browser
) -> None:
    tall = """() => ['.slip', '.lines', '.help-calls'].map((each) => {
        const box = document.querySelector(each).getBoundingClientRect();
        return Math.round(Math.min(box.bottom, innerHeight) - box.top);
    })"""
    async with at_work(browser, hall, *"AAAAAAA") as page:
        for _ in range(5):
            async with hall.client("kiosk") as kiosk:
                await kiosk.post("/api/help", {})
        await page.set_viewport_size({"width": 1024, "height": 600})
        await expect(page.locator(".help-calls li")).to_have_count(5)
        slip, lines, asking = await page.evaluate(tall)
        assert slip > 100
        assert lines > 60
        assert asking < 150
        # what scrolls inside is reached with keys
        await expect(page.locator(".slip")).to_have_attribute("tabindex", "0")
        assert await axe(page) == []
        await page.set_viewport_size({"width": 1366, "height": 900})
        await expect(page.locator(".slip")).not_to_have_attribute("tabindex", "0")


async def shaped(page: Page, language: str, width: int, height: int) -> None:
    await page.set_viewport_size({"width": width, "height": height})
    await page.locator(f".tongue[lang={language}]").click()
    await expect(page.locator("html")).to_have_attribute("lang", language)


async def test_the_strips_main_button_stays_where_the_hand_knows_it(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await page.set_viewport_size({"width": 320, "height": 760})
        await page.goto(hall.server.url + "/counter?strip")
        await expect(page.locator("ramah-current")).to_be_visible()
        places = [await main_button(page)]
        for key in ("n", "m", "s"):
            await press(page, key)
            await settle(page)
            places.append(await main_button(page))
        await page.locator("[data-part=break]").click()
        await page.locator("dialog .pick").first.click()
        await page.locator("dialog button[type=submit]").click()
        resume = page.locator("[data-part=resume]")
        await expect(resume).to_be_visible()
        box = await resume.bounding_box()
        assert box is not None
        places.append((round(box["x"]), round(box["y"]), round(box["width"])))
        assert len(set(places)) == 1, places


async def main_button(page: Page) -> tuple[int, int, int]:
    box = await page.locator(".actions .button.main:not([hidden])").bounding_box()
    assert box is not None
    return round(box["x"]), round(box["y"]), round(box["width"])


async def test_an_empty_counter_is_freed_without_asking_a_somebody(
    hall: Hall, browser: Browser
) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A")
    async with hall.client("staff") as staff:
        await staff.do(2, "open", {"seat": False})
        await staff.do(2, "call-next")
    async with staff_page(browser, hall, "/counter/supervisor", who="dewi") as page:
        await page.get_by_role("button", name="Bebaskan A001").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("tidak ada petugas di loket ini")
        await expect(dialog).not_to_contain_text("Seseorang")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Bebaskan A001")).to_be_focused()
        await page.get_by_role("link", name="Hari ini dan laporan").click()
        await page.get_by_role("link", name="Seluruh ruang").click()
        await expect(page.locator("ramah-hall")).to_be_visible()
        await page.get_by_role("link", name="Ke loket").click()
        await take_seat(page, 3)


async def test_somebody_changes_the_own_password_in_the_bar(browser: Browser, hall: Hall) -> None:
    hall.person("sari")
    async with staff_page(browser, hall, who="sari") as page:
        await page.locator("button.person-button").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.locator(".login-line")).to_contain_text("di sini")
        await dialog.get_by_role("button", name="Ganti kata sandi").click()
        await dialog.get_by_label("Kata sandi lama").fill("bukan-ini")
        await dialog.get_by_label("Kata sandi baru", exact=True).fill("langit-biru-17")
        await dialog.get_by_label("Ulangi kata sandi baru").fill("langit-biru-18")
        await dialog.get_by_role("button", name="Ganti", exact=True).click()
        await expect(dialog).to_contain_text("Kedua kata sandi baru belum sama")
        await dialog.get_by_label("Ulangi kata sandi baru").fill("langit-biru-17")
        await dialog.get_by_role("button", name="Ganti", exact=True).click()
        await expect(dialog).to_contain_text("belum cocok")
        await dialog.get_by_label("Kata sandi lama").fill(PASSWORD)
        await dialog.get_by_role("button", name="Ganti", exact=True).click()
        await expect(dialog).to_contain_text("Kata sandi sudah diganti")
        await dialog.get_by_role("button", name="Baik").click()
        await dialog.get_by_role("button", name="Tutup").click()
        await page.get_by_role("button", name="Keluar").click()
        await log_in(page, hall, "sari", "langit-biru-17")
        await expect(page.locator("button.person-button")).to_be_visible()
