"""A screen that lasts: reloads, crashes, remotes without a pointer, devices that never answer."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Route, expect

from server.lobby.screens import ScreenReport, Screens, Shows
from tests.display.screen import untouched_screen, waiting_screen
from tests.display.sounds import speak_briefly
from tests.display.test_voice import PROBE
from tests.web.browser import until
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEAF = """
AudioContext.prototype.resume = () => new Promise(() => undefined);
Object.defineProperty(AudioContext.prototype, 'state', { get: () => 'suspended' });
"""
"""A browser without a sound device may never answer."""


def voiced(hall: StubHall) -> list[int]:
    return [each["seq"] for each in hall.heard if each["type"] == "voiced"]


async def test_what_was_called_while_the_browser_was_gone_is_said_once(
    stub_hall: StubHall, sounding: Browser
) -> None:
    profile = await sounding.new_context()
    page = await profile.new_page()
    await speak_briefly(page)
    await page.goto(stub_hall.url("/display"))
    await expect(page.locator(".welcome-line")).to_have_text("Selamat datang")
    await stub_hall.call("A001", 1)
    await until(lambda: voiced(stub_hall) == [1])
    await page.close()
    await stub_hall.call("A002", 2)
    await stub_hall.call("A003", 3)
    stub_hall.counters[2]["current"] = None  # the third came before the screen was back
    again = await profile.new_page()
    await again.add_init_script(PROBE)
    await speak_briefly(again)
    await again.goto(stub_hall.url("/display"))
    await expect(again.locator("display-call .label")).to_have_text("A003")
    await until(lambda: voiced(stub_hall) == [1, 2])
    assert await again.evaluate("window.bells") == 2 * 3
    assert len(await again.evaluate("window.played")) == 8
    await again.reload()
    await expect(again.locator("display-call .label")).to_have_text("A003")
    await stub_hall.call("A004", 3)
    await until(lambda: len(voiced(stub_hall)) == 3)
    assert voiced(stub_hall)[-1] == 4, "nothing was said twice"


async def test_a_call_while_the_very_first_page_loads_is_said(
    stub_hall: StubHall, sounding: Browser
) -> None:
    await stub_hall.call("A001", 1)  # before this page: it stands on the glass, no more
    page = await sounding.new_page()
    await speak_briefly(page)
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        asked.set()
        await go_on.wait()
        await route.continue_()

    await page.route("**/display/announcer.js*", slowly)
    await page.goto(stub_hall.url("/display"), wait_until="commit")
    await asyncio.wait_for(asked.wait(), 30)
    await stub_hall.call("A002", 2)
    go_on.set()
    await until(lambda: voiced(stub_hall) == [2])
    await expect(page.locator("display-board .cell").first).to_contain_text("A001")


@pytest.mark.parametrize("key", ["ArrowRight", "Enter"])
async def test_any_key_of_a_remote_switches_sound_on(
    stub_hall: StubHall, browser: Browser, key: str
) -> None:
    page = await untouched_screen(browser, stub_hall)
    await expect(page.locator("display-sound .silent")).to_have_text("Suara mati")
    await page.keyboard.press(key)
    await expect(page.locator("display-sound")).to_be_hidden()


async def test_a_device_that_never_answers_is_said_in_words_and_holds_nothing_up(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.add_init_script(DEAF)
    await page.goto(stub_hall.url("/display"))
    await page.get_by_role("button", name="Aktifkan suara").click()
    await expect(page.locator("display-sound")).to_contain_text("tidak mengeluarkan suara")
    phone = """async () => {
      const { Bell } = await import('/kiosk/bell.js');
      const bell = new Bell();
      await bell.arm();
      return [bell.armed, bell.sounds];
    }"""
    assert await page.evaluate(phone) == [True, False]


async def test_who_took_a_number_in_english_reads_and_hears_english_too(
    stub_hall: StubHall, sounding: Browser
) -> None:
    page = await waiting_screen(sounding, stub_hall, script=PROBE)
    await speak_briefly(page)
    await stub_hall.call("A001", 1, language="en")
    line = page.locator("display-call .other-language")
    await expect(line).to_have_text("Number A001: please come to counter 1.")
    await expect(line).to_have_attribute("lang", "en")
    await until(lambda: voiced(stub_hall) == [1])
    assert len(await page.evaluate("window.played")) == 2 * 8
    await stub_hall.call("A002", 2)
    await expect(line).to_be_hidden()


async def test_a_screen_whose_reports_are_refused_never_speaks_beside_the_rooms_speaker(
    stub_hall: StubHall, sounding: Browser
) -> None:
    """Chromium 69 and 70 sent such reports under another referrer policy."""
    page = await sounding.new_page()
    await page.add_init_script(PROBE)

    async def refuse(route: Route) -> None:
        await route.fulfill(status=403, json={"title": "origin", "status": 403})

    async def mine(route: Route) -> None:
        shows = {"services": [], "counters": [], "playlist": "", "media_volume": 30}
        await route.fulfill(json={"id": "s", "name": "", "shows": shows, "play": [],
                                  "revision": "1", "part": "off", "logo": ""})  # fmt: skip

    await page.route("**/api/displays/report", refuse)
    await page.route("**/api/displays/mine", mine)
    await page.goto(stub_hall.url("/display"))
    await expect(page.locator(".welcome-line")).to_have_text("Selamat datang")
    speaker = await waiting_screen(sounding, stub_hall, script=PROBE)
    await stub_hall.call("A001", 1)
    await until(lambda: voiced(stub_hall) == [1])
    assert len(await speaker.evaluate("window.played")) == 8
    assert await page.evaluate("window.played") == []
    assert await page.evaluate("window.bells") == 0


async def test_a_screen_is_told_its_part_before_its_first_report() -> None:
    screens = Screens()
    hall, other, told = Shows(zone="hall"), Shows(zone="upstairs"), ScreenReport("on", 0)
    assert screens.expected("new", 1, hall, 0) == "voice"
    screens.take("first", 1, hall, told, 0)
    assert screens.expected("new", 1, hall, 1) == "off"
    assert screens.expected("new", 1, other, 1) == "voice", "another room"
    assert screens.expected("new", 2, hall, 1) == "voice", "another office"
    assert screens.expected("new", 1, Shows(zone="hall", sound="chime"), 1) == "chime"
    assert screens.expected("new", 1, hall, 60_000) == "voice", "the first one is gone"


async def test_a_room_shows_only_its_own_counters_and_numbers(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.goto(stub_hall.url("/"))
    found = await page.evaluate("""async () => {
      const { Screen } = await import('/display/screen.js');
      const screen = new Screen(() => ({}));
      const counter = (number, services, current) => ({ id: 'c' + number, number, services,
        current: current && { service: current } });
      const state = { services: [{ code: 'A' }, { code: 'B' }],
        counters: [counter(1, ['A'], 'A'), counter(2, ['A', 'B'], 'A'), counter(3, ['B'], 'B')],
        recent_calls: [{ service: 'B', number: 3 }, { service: 'A', number: 2 }] };
      screen.shows = { services: ['B'], counters: [] };
      const seen = screen.view(state);
      return [seen.counters.map((one) => [one.number, one.current && one.current.service]),
        seen.recent_calls.map((one) => one.number)];
    }""")
    assert found == [[[2, None], [3, "B"]], [3]]
