"""The lobby screen in a real browser: calls one after the other, seen, heard and acknowledged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from tests.display.screen import untouched_screen, waiting_screen
from tests.display.sounds import speak_briefly
from tests.web.browser import until
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_three_quick_calls_stand_there_at_once_and_are_said_in_order(
    stub_hall: StubHall, sounding: Browser
) -> None:
    page = await sounding.new_page()
    await speak_briefly(page)
    await page.goto(stub_hall.url("/display"))
    await expect(page.locator(".welcome-line")).to_have_text("Selamat datang")
    for number, label in enumerate(("A001", "B001", "A002"), start=1):
        await stub_hall.call(label, number)
    await expect(page.locator("display-call .label")).to_have_text("A002")
    assert await page.locator("display-board .label").all_text_contents() == [
        "A001", "B001", "A002",
    ]  # fmt: skip
    await expect(page.locator("display-calls li:visible")).to_have_count(2)
    await until(lambda: len(stub_hall.heard) >= 6, 60)
    for kind in ("shown", "voiced"):
        assert [each["seq"] for each in stub_hall.heard if each["type"] == kind] == [1, 2, 3]


async def test_a_repeat_is_marked(stub_hall: StubHall, browser: Browser) -> None:
    page = await waiting_screen(browser, stub_hall)
    await stub_hall.call("A001", 1, recall=True)
    await expect(page.locator("display-call .again")).to_have_text("Panggilan ulang")
    await expect(page.locator("display-call .where")).to_contain_text("Loket 1")


async def test_a_silent_screen_says_so_and_a_touch_switches_sound_on(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await untouched_screen(browser, stub_hall)
    await expect(page.locator("display-sound .silent")).to_have_text("Suara mati")
    await page.get_by_role("button", name="Aktifkan suara").click()
    await expect(page.locator("display-sound")).to_be_hidden()


async def test_a_lost_link_is_said_and_missed_calls_come_after(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await waiting_screen(browser, stub_hall)
    await stub_hall.call("A001", 1)
    await expect(page.locator("display-call .label")).to_have_text("A001")
    await stub_hall.cut()
    await expect(page.locator("ramah-link")).to_be_visible()
    await expect(page.locator("display-call .label")).to_have_text("A001")
    await stub_hall.call("B007", 2)
    stub_hall.online = True
    await expect(page.locator("display-call .label")).to_have_text("B007")
    await expect(page.locator("ramah-link")).to_be_hidden()


NOTES = """async ([state, now]) => {
  const { files } = document.documentElement.dataset;
  const { notesOf } = await import(files + 'display/notes.js');
  return notesOf(state, now);
}"""


async def test_the_managers_line_stands_out_at_once_and_apart_from_what_else_is_said(
    stub_hall: StubHall, browser: Browser
) -> None:
    stub_hall.services[0] |= {"estimate": {"low_minutes": 150, "high_minutes": 230}}
    stub_hall.services[1] |= {"paused": True, "notice": "Petugas sedang salat."}
    state = stub_hall.snapshot()
    page = await waiting_screen(browser, stub_hall)
    plain = await page.evaluate(NOTES, [state, 0])
    assert len(plain) == 5
    assert "kira-kira 2–4 jam" in plain[0]  # as the kiosk and the paper tell it
    await expect(page.locator("display-waiting")).to_contain_text("kira-kira 2–4 jam")
    assert "Petugas sedang salat." in plain[1]
    noticed = {**state, "notice": "Ruang tunggu lantai 2 dibuka.",
               "notice_until": "1970-01-01T00:01:00Z"}  # fmt: skip
    assert await page.evaluate(NOTES, [noticed, 0]) == plain
    told = await page.evaluate(NOTES, [{**state, "waits_right": 81}, 0])
    assert [each for each in told if each not in plain] == [
        "Perkiraan kami tepat bagi 81 dari 100 orang terakhir yang menunggu."
    ]
    line = page.get_by_role("alert")
    await expect(line).to_be_hidden()
    await stub_hall.emit("notice_changed", notice="Mohon tenang.", until=None)
    await expect(line).to_have_text("Mohon tenang.")
    found = await page.evaluate("""() => {
      const style = (selector) => getComputedStyle(document.querySelector(selector));
      const size = (selector) => parseFloat(style(selector).fontSize);
      const bottom = document.querySelector('display-notice').getBoundingClientRect().bottom;
      return { size: size('display-notice'), quiet: size('display-notes'),
        above: bottom <= document.querySelector('display-call').getBoundingClientRect().top };
    }""")
    assert found["size"] > found["quiet"] * 1.5
    assert found["above"]
    soon = datetime.now(UTC) + timedelta(seconds=1)
    await stub_hall.emit("notice_changed", notice="Sebentar lagi.", until=soon.isoformat())
    await expect(line).to_be_hidden()  # its time is over, though nothing else happens


LONGEST_MOTION = """() => Math.max(...Array.from(document.querySelectorAll('*')).flatMap((one) =>
  ['', '::before', '::after'].flatMap((pseudo) => {
    const style = getComputedStyle(one, pseudo || null);
    const moves = style.animationName === 'none' ? [] : style.animationDuration.split(',');
    return [...moves, ...style.transitionDuration.split(',')].map(parseFloat);
  })))"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
async def test_who_asked_for_no_motion_sees_none(
    stub_hall: StubHall, motion: Literal["no-preference", "reduce"], browser: Browser
) -> None:
    page = await waiting_screen(browser, stub_hall, motion=motion)
    await stub_hall.call("A001", 1)
    await page.wait_for_selector("display-call.fresh")
    seconds = await page.evaluate(LONGEST_MOTION)
    assert seconds >= 0.5 if motion == "no-preference" else seconds <= 0.001
