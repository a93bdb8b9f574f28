"""Fast hands: another key counts at once and in order; the same finger twice counts once."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.counter.staff import WAITS, at_work, events, in_slow_motion, outcomes, press, settle
from tests.server.process import Hall
from tests.web.browser import intercept

pytestmark = pytest.mark.asyncio(loop_scope="session")
TWICE = "Tertekan dua kali"


def states(hall: Hall) -> list[str]:
    return [
        row[0] for row in hall.query("SELECT state FROM turns WHERE branch = ? ORDER BY arrival")
    ]


async def slow_answers(page: Page) -> None:
    """Let every step take a third of a second, as over a poor link."""

    async def later(route: Route) -> None:
        await asyncio.sleep(0.3)
        await route.continue_()

    await intercept(page, "**/api/counters/*/*", later)


async def later_on(page: Page) -> None:
    """Wait until the same finger counts again."""
    await page.evaluate(WAITS, [600, 2000])
    await page.wait_for_timeout(700)


async def same_place_twice(page: Page, selector: str, pause: int = 0) -> None:
    """Click where something stands, and there again, whatever stands there then."""
    box = await page.locator(selector).bounding_box()
    assert box is not None
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.click(*at)
    await page.wait_for_timeout(pause)
    await page.mouse.click(*at)


async def test_different_keys_in_quick_succession_all_count(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await in_slow_motion(page)
        for key in "msn":
            await page.keyboard.press(key)
        await expect(page.locator("#slip-label")).to_have_text("A002")
        await expect(page.locator(".press-note")).to_be_hidden()
    assert outcomes(hall) == ["served"]


AT_THE_END_OF_A_STEP = """keys => {
    const { desk } = document.querySelector('ramah-current');
    let working = false;
    desk.addEventListener('change', function look() {
        if (working && !desk.busy) {
            desk.removeEventListener('change', look);
            // when the answer is taken in, and just before the page is told that it may go on
            setTimeout(() => [...keys].forEach((key) =>
                document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))));
        }
        working = Boolean(desk.busy);
    });
}"""


@pytest.mark.parametrize(("before", "then"), [("m", "sn"), ("ms", "n")])
async def test_a_key_in_the_moment_a_step_ends_keeps_its_place(
    hall: Hall, browser: Browser, before: str, then: str
) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await press(page, "n")
        await settle(page)
        await in_slow_motion(page)
        await slow_answers(page)
        await page.evaluate(AT_THE_END_OF_A_STEP, then)
        for key in before:
            await page.keyboard.press(key)
        await expect(page.locator("#slip-label")).to_have_text("A002")
    assert states(hall) == ["done", "called"]


async def test_keys_before_the_answer_follow_it_in_order(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await press(page, "n")
        await expect(page.locator("#slip-label")).to_have_text("A001")
        await in_slow_motion(page)
        await slow_answers(page)
        for key in "msn":
            await page.keyboard.press(key)
        await expect(page.locator("#slip-label")).to_have_text("A002")
    assert states(hall) == ["done", "called"]


async def test_what_was_to_follow_a_refused_step_is_forgotten(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await press(page, "n", "m")
        await settle(page)
        pressed = asyncio.Event()

        async def refused_then(route: Route) -> None:
            await pressed.wait()
            await route.fulfill(status=503, body="{}")

        await intercept(page, "**/finish", refused_then)
        await page.keyboard.press("s")
        await page.keyboard.press("n")
        pressed.set()
        await expect(page.locator(".notice.warn")).to_be_visible()
        await settle(page)
        await expect(page.locator("[data-action=finish]")).to_be_visible()
    assert events(hall, "called") == 1


async def test_a_key_that_did_nothing_counts_when_it_is_pressed_again(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A") as page:
        await in_slow_motion(page)
        await page.keyboard.press("s")
        await expect(page.locator(".press-note")).to_contain_text('"Selesai" belum bisa')
        for key in "nm":
            await page.keyboard.press(key)
            await settle(page)

        async def refused(route: Route) -> None:
            await route.fulfill(status=503, body="{}")

        await intercept(page, "**/finish", refused, times=1)
        await page.keyboard.press("s")
        await expect(page.locator(".notice.warn")).to_be_visible()
        await settle(page)
        await page.keyboard.press("s")
        await expect(page.locator("#slip-label")).to_have_text("A001 selesai")
    assert states(hall) == ["done"]


async def test_one_key_twice_and_a_key_held_down_count_once(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await in_slow_motion(page)
        await page.keyboard.press("n")
        await page.keyboard.press("n")
        await expect(page.locator(".press-note")).to_contain_text(TWICE)
        await settle(page)
        await page.locator("[data-action=start]").focus()
        for _ in range(8):
            await page.keyboard.down("Enter")
        await page.keyboard.up("Enter")
        await settle(page)
        await expect(page.locator("[data-action=finish]")).to_be_focused()
        await page.keyboard.press("Enter")
        await settle(page)
        await expect(page.locator("[data-action=finish]")).to_be_visible()
        await later_on(page)
        await page.keyboard.press("Enter")
        await expect(page.locator("#slip-label")).to_have_text("A001 selesai")
    assert states(hall) == ["done", "waiting"]


@pytest.mark.parametrize("pause", [0, 250])
async def test_a_double_click_does_one_step_and_a_later_click_the_next(
    hall: Hall, browser: Browser, pause: int
) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await in_slow_motion(page)
        await same_place_twice(page, "[data-action=call-next]", pause)
        await expect(page.locator(".press-note")).to_contain_text(TWICE)
        await settle(page)
        await expect(page.locator("[data-action=start]")).to_be_visible()
        await later_on(page)
        await page.locator("[data-action=start]").click()
        await expect(page.locator("[data-action=finish]")).to_be_visible()
    assert states(hall) == ["serving", "waiting"]


async def test_a_click_in_another_place_counts_at_once(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A") as page:
        await page.locator("[data-action=call-next]").click()
        await expect(page.locator("[data-action=no-show]")).to_be_visible()
        await page.locator("[data-action=no-show]").click()
        await expect(page.locator(".notice")).to_contain_text("A001 tidak hadir")
    assert outcomes(hall) == ["no_show"]


async def test_a_double_click_brings_one_number_back_and_answers_one_question(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A", "A", "A") as page:
        for _ in range(3):
            await press(page, "n", "t")
        await page.locator("[data-tab=no_show]").click()
        await expect(page.locator("[data-tab=no_show] b")).to_have_text("3")
        await later_on(page)
        await in_slow_motion(page)
        await same_place_twice(page, ".line .button >> nth=0", 350)
        await settle(page)
        await expect(page.locator("[data-tab=no_show] b")).to_have_text("2")
        await later_on(page)
        await page.locator("[data-part=break]").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Salat").click()
        await in_slow_motion(page)
        await same_place_twice(page, "dialog [type=submit]")
        await expect(page.locator("#slip-label")).to_have_text("Istirahat")
    assert sorted(states(hall)) == ["no_show", "no_show", "waiting"]


async def test_words_typed_into_the_wrong_window_do_no_more_than_their_first_letter(
    hall: Hall, browser: Browser
) -> None:
    async with at_work(browser, hall, "A", "A") as page:
        await press(page, "n")
        await settle(page)
        await page.keyboard.type("mesin rusak", delay=20)
        await expect(page.locator(".press-note")).to_contain_text("sedang mengetik")
        await settle(page)
        await expect(page.locator("[data-action=finish]")).to_be_visible()
        await page.wait_for_timeout(1100)
        await page.keyboard.press("z")
        await expect(page.locator("[data-action=start]")).to_be_visible()
    assert states(hall) == ["called", "waiting"]


async def test_a_press_that_is_not_possible_says_so(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall) as page:
        await page.keyboard.press("s")
        note = page.locator(".press-note")
        await expect(note).to_contain_text('"Selesai" belum bisa')
        above = """() => {
            const note = document.querySelector('.press-note').getBoundingClientRect();
            const button = document.querySelector('.actions').getBoundingClientRect();
            return note.bottom <= button.top;
        }"""
        assert await page.evaluate(above), "the word covers no button"
        await page.context.set_offline(True)
        await expect(page.locator(".link-lost")).to_contain_text("terputus")
        await page.keyboard.press("n")
        await expect(note).to_contain_text("tidak terhubung")
        await page.context.set_offline(False)
