"""No visitor left out: axe finds nothing on any screen, in any language, right to left too."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.kiosk.test_page import SIZES
from tests.kiosk.test_steps import large, with_papers
from tests.kiosk.test_track import path_of, phone, taken
from tests.server.process import Hall
from tests.web.stub_hall import StubHall
from web.i18n import LOCALES, Catalogs

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SOAK = bool(os.environ.get("RAMAH_SOAK"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_SIZE = ["button-name", "page-has-heading-one", "scrollable-region-focusable", "target-size"]
"""What another size of the same screen can break: what is hidden, covered, squeezed or scrolled."""
CHECK = """async ([rules, colours]) => {
    const moves = document.getAnimations()
        .filter((each) => each.effect.getComputedTiming().endTime !== Infinity);
    await Promise.all(moves.map((each) => each.finished.catch(() => null)));
    const options = {runOnly: rules, resultTypes: ["violations"], preload: false};
    if (!colours) options.rules = {"color-contrast": {enabled: false}};
    const {violations} = await axe.run(document, options);
    const found = violations.map((each) =>
        `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    return wide > 0 ? [...found, `${wide} px too wide`] : found;
}"""
"""What fades in has its colours only afterwards; what pulses for ever is not waited for."""
ARABIC = """msgid ""
msgstr ""
"Language: ar\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);\\n"

msgid "Call our staff"
msgstr "اتصل بالموظف"

msgid "Take a number"
msgstr "خذ رقما"
"""  # noqa: E501 - a plural rule is one line

Step = Callable[[Page, StubHall], Awaitable[None]]


@pytest.fixture
def languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Add a language as a translator does: one more catalog file, no code."""
    for path in LOCALES.glob("*/ramah.po"):
        (tmp_path / path.parent.name).mkdir()
        shutil.copy(path, tmp_path / path.parent.name)
    (tmp_path / "ar").mkdir()
    (tmp_path / "ar" / "ramah.po").write_text(ARABIC, encoding="utf-8")
    load = Catalogs.load
    monkeypatch.setattr(Catalogs, "load", lambda **kept: load(tmp_path, **kept))
    return ["id", "ar", "en"]  # as the kiosk offers them: the default, then by name


@asynccontextmanager
async def hall_of(prepare: Callable[[StubHall], None]) -> AsyncIterator[StubHall]:
    hall = StubHall()
    prepare(hall)
    await hall.start()
    try:
        yield hall
    finally:
        await hall.close()


async def start(page: Page, _hall: StubHall) -> None:
    await expect(page.locator(".kiosk-main button:visible").first).to_be_visible()


async def question(page: Page, _hall: StubHall) -> None:
    await page.locator("[data-code=A] button").click()


async def closed(page: Page, _hall: StubHall) -> None:
    await page.locator("[data-code=C] button").click()


async def ticket(page: Page, _hall: StubHall) -> None:
    await page.locator("[data-code=B] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_be_visible()


async def paper_out(page: Page, hall: StubHall) -> None:
    await ticket(page, hall)
    await hall.emit("print_failed", ticket="B001", label="B001", error="paper_out")
    await expect(page.locator(".paper-state")).to_contain_text("Kertas habis")


async def help_called(page: Page, _hall: StubHall) -> None:
    await page.locator(".settings kiosk-help button").click()
    await expect(page.locator(".settings kiosk-help")).to_have_attribute("data-state", "called")


async def help_coming(page: Page, hall: StubHall) -> None:
    await help_called(page, hall)
    await hall.emit("help_taken", help="h1", place="Kios", seconds=9.0)
    await expect(page.locator(".settings kiosk-help")).to_have_attribute("data-state", "coming")


async def link_lost(page: Page, hall: StubHall) -> None:
    await hall.cut()
    await expect(page.locator("ramah-link")).to_be_visible()


async def idle(page: Page, hall: StubHall) -> None:
    await question(page, hall)
    await page.evaluate("document.querySelector('kiosk-idle').quiet = 44")
    await expect(page.locator("kiosk-idle dialog")).to_be_visible()


async def settings(page: Page, _hall: StubHall) -> None:
    await page.locator("kiosk-options button").first.click()


async def search(page: Page, _hall: StubHall) -> None:
    await page.locator("#find").click()
    await page.keyboard.type("layanan 1")


async def search_folded(page: Page, hall: StubHall) -> None:
    await page.set_viewport_size({"width": 800, "height": 480})
    await search(page, hall)
    await page.locator("kiosk-search .fold").click()


async def office(page: Page, _hall: StubHall) -> None:
    await page.locator("[data-agency=izin]").click()


def key(*names: str, then: Step = start) -> Step:
    """Press keys, then go on."""

    async def press(page: Page, hall: StubHall) -> None:
        for name in names:
            await page.keyboard.press(name)
        await then(page, hall)

    return press


SMALL: dict[str, Step] = {
    "start": start,
    "question": question,
    "closed": closed,
    "ticket": ticket,
    "paper out": paper_out,
    "help coming": help_coming,
    "link lost": link_lost,
    "idle": idle,
    "settings": settings,
    "contrast": key("F3"),
    "contrast ticket": key("F3", then=ticket),
    "largest": key("F4", "F4"),
    "largest question": key("F4", "F4", then=question),
    "low": key("F6"),
    "spoken": key("F2", "Tab"),
}
LARGE: dict[str, Step] = {
    "offices": start,
    "search": search,
    "search folded": search_folded,
    "office": office,
}


def two_offices(hall: StubHall) -> None:
    """Set up a hall that asks for the office; not larger than that, for axe looks at each card."""
    large(hall)
    hall.services = hall.services[:20]


async def checked(page: Page, where: str) -> list[str]:
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE.read_text("utf-8"))
    return await shape(page, where)


async def shape(
    page: Page, where: str, rules: list[str] = RULES, *, colours: bool = True
) -> list[str]:
    found: list[str] = await page.evaluate(CHECK, [rules, colours])
    return [f"{where}: {each}" for each in found]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_axe_finds_nothing_on_any_screen_in_any_language_and_size(
    languages: list[str], browser: Browser
) -> None:
    async def kiosk(prepare: Callable[[StubHall], None], steps: dict[str, Step]) -> list[str]:
        found: list[str] = []
        async with hall_of(prepare) as hall:
            # one page for all: what was loaded once is cheaper than in a new one
            page = await browser.new_page(reduced_motion="reduce")
            for name, step in steps.items():
                hall.tickets.clear()
                hall.online = True
                await page.set_viewport_size({"width": 1024, "height": 768})
                await page.goto(hall.url("/kiosk"))
                await expect(page.locator("#kiosk[data-screen=start]")).to_be_visible()
                await start(page, hall)
                await step(page, hall)
                found += await in_every_shape(page, name, languages)
            await page.close()
        return found

    found = await asyncio.gather(kiosk(with_papers, SMALL), kiosk(two_offices, LARGE))
    wrong = [each for of_hall in found for each in of_hall]
    assert not wrong, "\n".join(wrong)


def _sizes(name: str, language: str, first: str) -> list[tuple[int, int]]:
    if language == first:
        return SIZES if SOAK else [SIZES[0], SIZES[-1]]
    turned = language == "ar" and name in {"start", "question", "ticket", "search"}
    return SIZES[-1:] if SOAK or turned else []


async def in_every_shape(page: Page, name: str, languages: list[str]) -> list[str]:
    """Look at one screen in each language and size: changing a page is cheaper than a new one.

    The first language is looked at in the largest size and the smallest, one from right to left in
    the smallest on what differs most; ``make soak`` looks at all. No language changes a colour.
    """
    await page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = []
    for language in languages:
        await expect(page.locator("html")).to_have_attribute("lang", language)
        for size in _sizes(name, language, languages[0]):
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            where = f"{name} {language} {size[0]}x{size[1]}"
            if language != languages[0]:
                found += await shape(page, where, colours=False)
            elif size == SIZES[0]:
                found += await shape(page, where)
            else:
                seen = ["color-contrast"] if size == SIZES[-1] else []
                found += await shape(page, where, OF_SIZE + seen)
        if not any(_sizes(name, each, languages[0]) for each in languages[1:]):
            break
        await page.keyboard.press("F7")
    return found


async def test_axe_finds_nothing_on_the_phone_page(hall: Hall, sounding: Browser) -> None:
    found: list[str] = []
    number = await taken(hall)
    for path, where in ((path_of(number), "waiting"), ("/t/no-such-token", "over")):
        async with phone(sounding, hall, path) as page:
            await expect(page.locator("#big")).not_to_contain_text("Sebentar")
            found += await checked(page, where)
            if where == "waiting":
                await page.locator("#cancel").click()
                found += await checked(page, "giving back")
    assert found == []


async def test_a_right_to_left_language_turns_the_screen(
    languages: list[str], browser: Browser
) -> None:
    assert "ar" in languages
    async with hall_of(with_papers) as hall:
        page = await browser.new_page(viewport={"width": 1024, "height": 768})
        await page.goto(hall.url("/kiosk"))
        await expect(page.locator("#kiosk[data-screen=start]")).to_be_visible()
        await start(page, hall)
        before = await box(page, "[data-code=A] .letter")
        await page.locator("button[lang=ar]").click()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await expect(page.locator(".settings kiosk-help")).to_contain_text("اتصل بالموظف")
        after = await box(page, "[data-code=A] .letter")
        assert before["x"] < 1024 / 2 < after["x"]  # the first card is at the other side
        name = await box(page, "[data-code=A] .name")
        assert name["x"] < after["x"]  # and its letter is right of the name
        assert await page.evaluate("document.documentElement.scrollWidth") == 1024


async def box(page: Page, selector: str) -> dict[str, Any]:
    found = await page.locator(selector).bounding_box()
    assert found is not None
    return dict(found)
