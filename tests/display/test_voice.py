"""The voice of the lobby screen in a real browser: what the audio clock is given, and when."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import msgspec
import pytest
from playwright.async_api import Browser, Page, Route

from server.domain.voice import Quiet, Voice
from server.lobby.voice.spoken import Said, spoken
from server.lobby.voice.tables import load_tables
from tests.display.screen import waiting_screen
from tests.web.browser import until
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROBE = """
window.played = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (at) {
  window.device = this.context;
  window.played.push({ at, until: at + this.buffer.duration, now: this.context.currentTime });
  return start.apply(this, arguments);
};
window.bells = 0;
const ring = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function () {
  window.bells += 1;
  return ring.apply(this, arguments);
};
"""
TWIN = """async ([calls, tables]) => {
  const { spoken } = await import('/web/spoken.js');
  return calls.map(([call, language, style]) => spoken(call, tables[language], style).join(' '));
}"""


async def opened(browser: Browser, hall: StubHall) -> Page:
    return await waiting_screen(browser, hall, script=PROBE)


async def played(page: Page) -> list[dict[str, float]]:
    found: list[dict[str, float]] = await page.evaluate("window.played")
    return found


async def test_the_browser_says_what_the_server_says(stub_hall: StubHall, browser: Browser) -> None:
    """Every number in both languages and styles, through both functions."""
    tables = load_tables()
    cases, expected = [], []
    for language, table in tables.items():
        for number in range(10_000):
            style = "natural" if number % 2 else "digits"
            kind = ("call", "recall", "last")[number % 3]
            prefix = ("A", "K2", "CS", "")[number % 4]
            place = ("", "Ruang 3", "KASIR", "Counter")[number % 4]
            call = {"label": f"{prefix}{number:03}", "counter": number, "kind": kind,
                    "prefix": prefix, "place": place,
                    "agency": "bank" if number % 5 == 0 else None}  # fmt: skip
            cases.append([call, language, style])
            expected.append(" ".join(spoken(Said(**call), table, style)))  # type: ignore[arg-type]
    page = await browser.new_page()
    await page.goto(stub_hall.url("/"))
    told = msgspec.to_builtins(tables)
    assert await page.evaluate(TWIN, [cases, told]) == expected


async def test_quick_calls_are_spoken_in_order_and_never_overlap(
    stub_hall: StubHall, sounding: Browser
) -> None:
    page = await opened(sounding, stub_hall)
    for number, label in enumerate(("A001", "B001", "A002"), start=1):
        await stub_hall.call(label, number)
    await until(lambda: len(stub_hall.heard) >= 6, 90)
    sounds = await played(page)
    clips = 8  # number, A, 0, 0, 1, proceed, counter, 1
    assert len(sounds) == 3 * clips
    for one, next_ in pairwise(sounds):
        assert next_["at"] >= one["until"] - 1e-6  # never two at once
    for call in range(3):
        said = sounds[call * clips : (call + 1) * clips]
        gaps = [b["at"] - a["until"] for a, b in pairwise(said)]
        assert all(gap < 0.3 for gap in gaps)
        assert sorted(gaps)[:4] == [0, 0, 0, 0]  # letters and digits are joined without a gap
        assert all(each["at"] >= each["now"] for each in said)  # planned before it is due
    for kind in ("shown", "voiced"):
        assert [each["seq"] for each in stub_hall.heard if each["type"] == kind] == [1, 2, 3]


async def test_a_call_is_said_again_unless_others_wait(
    stub_hall: StubHall, sounding: Browser
) -> None:
    stub_hall.voice = Voice(languages=["id"], times=2)
    page = await opened(sounding, stub_hall)
    await stub_hall.call("A001", 1)
    await stub_hall.call("A002", 1)
    await until(lambda: len(stub_hall.heard) >= 4, 90)
    assert len(await played(page)) == 3 * 8
    assert await page.evaluate("window.bells") == 2 * 2 * 3  # one bell for a call


async def test_in_quiet_hours_calls_are_shown_without_a_sound(
    stub_hall: StubHall, sounding: Browser
) -> None:
    stub_hall.voice = Voice(languages=["id"], quiet=[Quiet("00:00", "24:00")])
    page = await opened(sounding, stub_hall)
    await page.wait_for_function(
        "() => performance.getEntriesByType('resource')"
        ".some((each) => each.name.endsWith('/display/voices/id/number.ogg'))"
    )
    await stub_hall.call("A001", 1)
    await until(lambda: len(stub_hall.heard) >= 1)
    await stub_hall.call("A002", 1)
    await until(lambda: len(stub_hall.heard) >= 2, 90)
    assert [each["type"] for each in stub_hall.heard] == ["shown", "shown"]
    assert await played(page) == []
    assert await page.evaluate("window.bells") == 0


async def test_a_call_before_the_words_are_there_waits_for_them(
    stub_hall: StubHall, sounding: Browser
) -> None:
    page = await sounding.new_page()
    await page.add_init_script(PROBE)
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        asked.set()
        await go_on.wait()
        await route.continue_()

    await page.route("**/api/voice", slowly)
    await page.goto(stub_hall.url("/display"))
    await asyncio.wait_for(asked.wait(), 30)
    await stub_hall.call("A001", 1)
    await until(lambda: len(stub_hall.heard) >= 1, 30)
    assert await page.evaluate("window.bells") == 0
    go_on.set()
    await until(lambda: len(stub_hall.heard) >= 2, 90)
    assert len(await played(page)) == 8


async def test_repeats_and_last_calls_are_said_as_such(
    stub_hall: StubHall, sounding: Browser
) -> None:
    page = await opened(sounding, stub_hall)
    await stub_hall.call("A001", 1, recall=True)
    await until(lambda: len(stub_hall.heard) >= 2, 90)
    assert len(await played(page)) == 9
    said = await page.evaluate("""async () => {
      const { saying } = await import('/display/saying.js');
      const state = { services: [], counters: [] };
      return [1, 2, 3].map((recalls) => saying(state, { label: 'A001', number: 1, counter: '',
        service: '', ticket: 't', recall: true, recalls, seq: 1, at: '' }, 3)('id').kind);
    }""")
    assert said == ["recall", "recall", "last"]
