"""Every choice within reach: in each size, letter size, mode and language."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from itertools import combinations, product

import pytest
from playwright.async_api import Browser, Page, expect

from tests.kiosk.test_accessible import (
    Step,
    hall_of,
    office,
    question,
    search,
    settings,
    start,
    ticket,
    two_offices,
)
from tests.kiosk.test_page import opened
from tests.kiosk.test_steps import with_papers
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIZES = [
    (1080, 1920), (1920, 1080), (768, 1366), (1280, 800), (1366, 768), (1024, 768), (1024, 600),
    (800, 480),
]  # fmt: skip
SOAK = bool(os.environ.get("RAMAH_SOAK"))
LETTERS = range(3)
"""How often the key for larger letters is pressed."""
MODES = ["", "F3", "F6", "F2"]
"""As the office has it, high contrast, low reach, spoken."""
LANGUAGES = ["id", "en"]


def reading(hall: StubHall) -> None:
    """Let the kiosk have a reader: one button more in the bar."""
    with_papers(hall)
    hall.words_at = ["kiosk"]


def reading_for_two(hall: StubHall) -> None:
    two_offices(hall)
    hall.words_at = ["kiosk"]


async def rating(page: Page, _hall: StubHall) -> None:
    await page.locator("#rate").click()


async def rated(page: Page, hall: StubHall) -> None:
    await rating(page, hall)
    await page.evaluate("document.querySelector('kiosk-rating').question('A001')")
    await page.locator("kiosk-rating .face-button").first.click()


SCREENS: dict[str, Step] = {
    "start": start, "question": question, "ticket": ticket, "settings": settings,
    "office": office, "search": search, "rating": rating, "rated": rated,
}  # fmt: skip
OUT_OF_REACH = """async ([width, height, wait]) => {
    const frame = () => new Promise(requestAnimationFrame);
    while (innerWidth !== width || innerHeight !== height) await frame();
    if (wait) await new Promise((done) => setTimeout(done, wait));
    await frame();
    await frame();
    const wrong = [];
    const top = [...document.querySelectorAll('dialog[open]')].pop() || document.body;
    const shown = (one) => one.getClientRects().length > 0;
    const all = (selector) => [...document.querySelectorAll(selector)];
    const moreOf = (list) => all('kiosk-more').find((more) => more.list === list && shown(more))
        || (list.localName === 'kiosk-services' && all('.fold').find(shown));
    const scrolls = (one) => /auto|scroll/.test(getComputedStyle(one).overflowY)
        && one.scrollHeight > one.clientHeight + 12;
    const touched = (one) => (one.type === 'checkbox' && one.labels[0]) || one;
    for (const list of [...top.querySelectorAll('*')].filter((one) => shown(one) && scrolls(one))) {
        if (!moreOf(list)) wrong.push(`${list.localName}.${list.className} scrolls without a word`);
        if (list.clientHeight < 80) wrong.push(`${list.localName}.${list.className} is a slit`);
    }
    for (const button of [...top.querySelectorAll('button, input')].filter(shown)) {
        const name = (button.getAttribute('aria-label') || button.textContent).slice(0, 30);
        for (let list = button.parentElement; list; list = list.parentElement) {
            if (scrolls(list)) button.scrollIntoView({block: 'nearest'});
        }
        const box = touched(button).getBoundingClientRect();
        const inside = box.left > -1 && box.top > -1
            && box.right < innerWidth + 1 && box.bottom < innerHeight + 1;
        if (!inside) wrong.push(`${name}: beyond the edge`);
        const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        if (inside && !touched(button).contains(there)) wrong.push(`${name}: under something`);
        if (Math.min(box.width, box.height) < 72) wrong.push(`${name}: too small`);
        const cut = button.scrollWidth > button.clientWidth + 2
            || button.scrollHeight > button.clientHeight + 3;
        if (cut && button.localName === 'button') wrong.push(`${name}: words are cut`);
    }
    return wrong;
}"""


async def out_of_reach(page: Page, sizes: list[tuple[int, int]], where: str) -> list[str]:
    found: list[str] = []
    for width, height in sizes:
        await page.set_viewport_size({"width": width, "height": height})
        wrong: list[str] = []
        for wait in (0, 30, 60, 90):  # a screen that was just turned needs a moment
            wrong = await page.evaluate(OUT_OF_REACH, [width, height, wait])
            if not wrong:
                break
        found += [f"{where} {width}x{height}: {each}" for each in wrong]
    return found


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_every_button_lies_on_the_screen_in_each_size_letter_mode_and_language(
    browser: Browser,
) -> None:
    async def kiosk(prepare: Callable[[StubHall], None], names: list[str]) -> list[str]:
        found: list[str] = []
        async with hall_of(prepare) as hall:
            # one page for all: what was loaded once is cheaper than in a new one
            page = await browser.new_page(reduced_motion="reduce")
            for name in names:
                hall.tickets.clear()
                await page.goto(hall.url("/kiosk"))
                await expect(page.locator("#kiosk[data-screen=start]")).to_be_visible()
                await start(page, hall)
                await SCREENS[name](page, hall)
                found += await in_every_shape(page, name)
            await page.close()
        return found

    found = await asyncio.gather(
        kiosk(with_papers, ["start", "question", "ticket", "settings"]),
        kiosk(two_offices, ["office", "search"]),
        kiosk(reading, ["start", "ticket", "rating", "rated"]),
        kiosk(reading_for_two, ["office", "search"]),
    )
    wrong = [each for of_hall in found for each in of_hall]
    assert not wrong, "\n".join(wrong)


def sizes_of(letters: int, mode: int, language: int) -> list[tuple[int, int]]:
    """Return the sizes to look at: every two of all choices meet, the tightest meets them all."""
    return [
        size for at, size in enumerate(SIZES)
        if SOAK or (letters == (at + mode) % 3 and language == (at + mode) % 2)
        or (size == SIZES[-1] and letters == LETTERS[-1])
    ]  # fmt: skip


async def test_every_two_choices_of_a_visitor_and_a_screen_are_looked_at_together() -> None:
    rows = [
        (*each, SIZES.index(size))
        for each in product(LETTERS, range(len(MODES)), range(len(LANGUAGES)))
        for size in sizes_of(*each)
    ]
    counts = (len(LETTERS), len(MODES), len(LANGUAGES), len(SIZES))
    for one, other in combinations(range(4), 2):
        met = {(row[one], row[other]) for row in rows}
        assert len(met) == counts[one] * counts[other]


async def in_every_shape(page: Page, name: str) -> list[str]:
    found: list[str] = []
    for letters, mode, language in product(LETTERS, range(len(MODES)), range(len(LANGUAGES))):
        key = MODES[mode]
        if key and language == 0:
            await page.keyboard.press(key)
        await expect(page.locator("html")).to_have_attribute("lang", LANGUAGES[language])
        where = f"{name} {LANGUAGES[language]} F4 x {letters} {key}"
        found += await out_of_reach(page, sizes_of(letters, mode, language), where)
        await page.keyboard.press("F7")
        if language == len(LANGUAGES) - 1:
            if key:
                await page.keyboard.press(key)
            if mode == len(MODES) - 1:
                await page.keyboard.press("F4")
    return found


async def test_the_button_of_a_reader_leaves_everything_else_in_reach(
    stub_hall: StubHall, browser: Browser
) -> None:
    reading_for_two(stub_hall)
    page = await browser.new_page(reduced_motion="reduce")
    await page.goto(stub_hall.url("/kiosk"))
    await expect(page.locator("#rate")).to_be_visible()
    await page.locator("[data-agency=izin]").click()
    wrong = await out_of_reach(page, [(1080, 1920), (768, 1366), (800, 480)], "normal")
    await page.keyboard.press("F4")
    await page.keyboard.press("F4")
    wrong += await out_of_reach(page, [(1080, 1920), (800, 480)], "largest")
    assert not wrong, "\n".join(wrong)


async def test_the_largest_letters_leave_help_and_language_on_the_small_panel(
    stub_hall: StubHall, browser: Browser
) -> None:
    with_papers(stub_hall)
    page = await browser.new_page(viewport={"width": 800, "height": 480})
    await opened(page, stub_hall)
    await page.keyboard.press("F4")
    await page.keyboard.press("F4")
    await page.get_by_role("button", name="Panggil petugas").click()
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.locator("[data-code=A] button").click()
    ask = page.locator("kiosk-ask dialog")
    await ask.get_by_role("button", name="More below").click()
    await ask.get_by_role("button", name="One person more").click()
    await ask.get_by_role("button", name="Take a number").click()
    await expect(page.locator("kiosk-ticket .label")).to_have_text("A001")
    await page.locator(".ticket-end").get_by_role("button", name="Done").click()
    await expect(page.locator("html")).to_have_attribute("lang", "id")


async def test_a_hand_held_takes_a_number_too(stub_hall: StubHall, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 640})
    inside = """(selector) => {
      const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
      const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight
        && document.querySelector(selector).contains(there);
    }"""
    for language in ("id", "en"):
        await page.goto(stub_hall.url(f"/kiosk?lang={language}"))
        await expect(page.locator("#kiosk[data-screen=start]")).to_be_visible()
        for part in (
            "[data-code=A] button",
            ".priority",
            ".settings kiosk-help button",
            ".settings kiosk-language button",
        ):
            assert await page.evaluate(inside, part), (language, part)
        await page.locator("[data-code=A] button").click()
        await expect(page.locator("kiosk-ticket .label")).to_be_visible()
        for part in ("kiosk-ticket .label", ".ticket-end .button", ".settings kiosk-help button"):
            assert await page.evaluate(inside, part), (language, part)
