"""No visitor left out: axe finds nothing on any screen, in any language, right to left too."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.kiosk.test_steps import large, with_papers
from tests.kiosk.test_track import path_of, phone, taken
from tests.server.process import Server
from tests.web.browser import chromium
from tests.web.stub_hall import StubHall
from web.i18n import LOCALES, Catalogs

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = """async (rules) => (await axe.run(document, {runOnly: rules})).violations.map(
    (each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)"""
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

SETTLED = """() => Promise.all(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished.catch(() => null)))"""
"""What fades in has its colours only afterwards; what pulses for ever is not waited for."""

Step = Callable[[Page], Awaitable[None]]


@pytest.fixture
def languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Add a language as a translator does: one more catalog file, no code."""
    for path in LOCALES.glob("*/ramah.po"):
        (tmp_path / path.parent.name).mkdir()
        shutil.copy(path, tmp_path / path.parent.name)
    (tmp_path / "ar").mkdir()
    (tmp_path / "ar" / "ramah.po").write_text(ARABIC, encoding="utf-8")
    load = Catalogs.load
    monkeypatch.setattr(Catalogs, "load", lambda: load(tmp_path))
    return ["id", "ar", "en"]  # as the kiosk offers them: the default, then by name


@asynccontextmanager
async def hall_of(prepare: Callable[[StubHall], None]) -> AsyncIterator[StubHall]:
    hall = StubHall()
    prepare(hall)
    await hall.server.start_server()
    try:
        yield hall
    finally:
        await hall.cut()
        await hall.server.close()


async def start(page: Page) -> None:
    await expect(page.locator(".kiosk-main button:visible").first).to_be_visible()


async def question(page: Page) -> None:
    await page.locator("[data-code=A] button").click()


async def closed(page: Page) -> None:
    await page.locator("[data-code=C] button").click()


async def ticket(page: Page) -> None:
    await page.locator("[data-code=B] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_be_visible()


async def help_called(page: Page) -> None:
    await page.locator(".settings kiosk-help button").click()
    await expect(page.locator(".settings kiosk-help")).to_have_attribute("data-state", "called")


async def settings(page: Page) -> None:
    await page.locator("kiosk-options button").first.click()


def key(*names: str) -> Step:
    async def press(page: Page) -> None:
        for name in names:
            await page.keyboard.press(name)

    return press


SMALL: dict[str, Step] = {
    "start": start,
    "question": question,
    "closed": closed,
    "ticket": ticket,
    "help": help_called,
    "settings": settings,
    "contrast": key("F3"),
    "largest": key("F4", "F4"),
    "low": key("F6"),
    "spoken": key("F2", "Tab"),
}


async def search(page: Page) -> None:
    await page.locator("#find").click()
    await page.keyboard.type("layanan 1")


async def office(page: Page) -> None:
    await page.locator("[data-agency=izin]").click()


LARGE: dict[str, Step] = {"offices": start, "search": search, "office": office}


async def checked(page: Page, where: str) -> list[str]:
    await page.evaluate(SETTLED)
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = await page.evaluate(CHECK, RULES)
    return [f"{where}: {each}" for each in found]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_axe_finds_nothing_on_any_screen_in_any_language(languages: list[str]) -> None:
    found: list[str] = []
    async with chromium() as browser:
        for prepare, states in ((with_papers, SMALL), (large, LARGE)):
            async with hall_of(prepare) as hall:
                for name, step in states.items():
                    page = await browser.new_page(viewport={"width": 1024, "height": 768})
                    await page.goto(hall.url("/kiosk"))
                    await start(page)
                    await step(page)
                    for language in languages:
                        await expect(page.locator("html")).to_have_attribute("lang", language)
                        found += await checked(page, f"{name} {language}")
                        await page.keyboard.press("F7")
                    await page.close()
    assert found == []


async def test_axe_finds_nothing_on_the_phone_page(server: Server) -> None:
    found: list[str] = []
    number = await taken(server)
    for path, where in ((path_of(number), "waiting"), ("/t/no-such-token", "over")):
        async with phone(server, path) as page:
            await expect(page.locator("#big")).not_to_contain_text("Sebentar")
            found += await checked(page, where)
            if where == "waiting":
                await page.locator("#cancel").click()
                found += await checked(page, "giving back")
    assert found == []


async def test_a_right_to_left_language_turns_the_screen(languages: list[str]) -> None:
    assert "ar" in languages
    async with hall_of(with_papers) as hall, chromium() as browser:
        page = await browser.new_page(viewport={"width": 1024, "height": 768})
        await page.goto(hall.url("/kiosk"))
        await start(page)
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
