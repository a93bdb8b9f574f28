"""A browser that is too old says so, and a phone that can do little still shows its number."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.server.process import Hall
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")

NO_MIN = "CSS.supports = () => false;"
NO_FLAT = "delete Array.prototype.flat;"


@pytest.mark.parametrize(
    ("path", "lacks", "told"),
    [("/kiosk", "", False), ("/kiosk", NO_MIN, True), ("/kiosk", NO_FLAT, True),
     ("/display", NO_MIN, False), ("/display", NO_FLAT, True)],
)  # fmt: skip
async def test_a_browser_below_the_floor_is_told_so(
    stub_hall: StubHall, browser: Browser, path: str, lacks: str, *, told: bool
) -> None:
    page = await browser.new_page()
    await page.add_init_script(lacks)
    await page.goto(stub_hall.url(path))
    await expect(page.locator("#too-old")).to_be_visible(visible=told)
    if told:
        floor = "69" if path == "/display" else "79"
        await expect(page.locator("#too-old")).to_contain_text(
            f"Peramban ini sudah terlalu lama untuk halaman ini. Perlu Chrome {floor}"
        )
    await page.close()


async def test_the_number_stands_in_the_phone_page_before_any_script(hall: Hall) -> None:
    async with hall.client("kiosk") as kiosk:
        ticket: dict[str, Any] = await kiosk.take()
    token = str(ticket["tracking_url"]).rsplit("/", 1)[1]

    def page(token: str) -> str:
        with urllib.request.urlopen(f"{hall.server.url}/t/{token}", timeout=20) as answer:  # noqa: S310
            return str(answer.read().decode())

    assert f'id="label">{ticket["label"]}</span>' in page(token)
    assert 'id="label">…</span>' in page("abcdefghijkl")


async def test_a_calendar_day_reads_the_same_in_every_browser(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.goto(stub_hall.url("/"))
    days = await page.evaluate("""async () => {
      Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', { value: () => '08/03/2026' });
      const { calendarDay } = await import('/web/i18n.js');
      return ['Asia/Jayapura', 'America/Vancouver'].map((zone) =>
        calendarDay('2026-03-07T23:30:00Z', zone));
    }""")
    assert days == ["2026-03-08", "2026-03-07"]
    await page.close()


async def test_midnight_and_months_are_told_by_the_office_in_a_language_the_browser_lacks(
    stub_hall: StubHall, browser: Browser
) -> None:
    """Chromium knows no Javanese: it would write its own English, and 24:05 after midnight."""
    page = await browser.new_page(locale="en-US")
    await page.goto(stub_hall.url("/"))
    told = await page.evaluate("""async () => {
      const { dateFormat } = await import('/web/i18n.js');
      const after = new Date('2026-11-28T00:05:00Z');
      const say = (lang, options) => dateFormat(Object.assign({ timeZone: 'UTC' }, options), lang)
        .format(after);
      const day = { weekday: 'long', day: 'numeric', month: 'long' };
      const clock = { hour: '2-digit', minute: '2-digit' };
      return [say('jv', day), ...['id', 'en', 'jv', 'su'].map((lang) => say(lang, clock))];
    }""")
    assert told[0] == "Sabtu, 28 November"
    assert {each.replace(".", ":") for each in told[1:]} == {"00:05"}
    await page.close()
