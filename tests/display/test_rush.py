"""A whole hall calls at once: everything is seen at once, and said or told to its counter."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from server.domain.voice import Voice
from tests.display.screen import waiting_screen
from tests.display.test_sizes import resized
from tests.display.test_voice import PROBE
from tests.web.browser import until
from tests.web.stub_hall import StubHall, counter

pytestmark = pytest.mark.asyncio(loop_scope="session")

HALLS = (1, 2, 4, 12, 24, 40)
SIZES = ((1920, 1080), (1080, 1920), (1366, 768), (1024, 768))
STANDS = """() => {
  const wrong = [];
  for (const cell of document.querySelectorAll('display-board .cell')) {
    const frame = cell.getBoundingClientRect();
    for (const part of cell.querySelectorAll('.label, .name, .agency')) {
      const box = part.getBoundingClientRect();
      const fits = box.left >= frame.left - 1 && box.right <= frame.right + 1 &&
        box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
      const seen = frame.right <= innerWidth + 1 && frame.bottom <= innerHeight + 1;
      if (box.width && !(fits && seen)) {
        wrong.push(cell.textContent);
      }
    }
    const state = cell.querySelector('.state');
    if (state.scrollWidth > state.clientWidth) {
      wrong.push(`cut: ${state.textContent}`);
    }
  }
  const panel = document.querySelector('display-call').getBoundingClientRect();
  const label = document.querySelector('display-call .label').getBoundingClientRect();
  const where = document.querySelector('display-call .where').getBoundingClientRect();
  const aside = label.left < panel.left || label.right > panel.right + 1;
  if (label.width && (aside || where.bottom > panel.bottom + 1)) {
    wrong.push('panel');
  }
  return wrong;
}"""
HURRY = """
const now = performance.now.bind(performance);
let skipped = 0;
performance.now = () => now() + skipped;
window.later = (ms) => { skipped += ms; };
"""
"""A clock that can be put forward: what waits for its words becomes old without waiting."""


async def labels(page: Page) -> list[str]:
    found: list[str] = await page.locator("display-board .label").all_text_contents()
    return found


def told(hall: StubHall, kind: str) -> list[int]:
    return [each["seq"] for each in hall.heard if each["type"] == kind]


async def test_thirty_calls_stand_on_the_glass_at_once_and_each_is_said_or_told(
    stub_hall: StubHall, sounding: Browser
) -> None:
    stub_hall.counters = [counter(number) for number in range(1, 31)]
    stub_hall.voice = Voice(languages=["id", "en"], times=2)
    page = await waiting_screen(sounding, stub_hall, script=PROBE + HURRY)
    for number in range(1, 31):
        await stub_hall.call(f"A{number:03}", number)
    await until(lambda: told(stub_hall, "shown") == list(range(1, 31)), 10)
    assert await labels(page) == [f"A{number:03}" for number in range(1, 31)]
    await expect(page.locator("display-call .label")).to_have_text("A030")
    await expect(page.locator("[data-newest=true] .label")).to_have_text("A030")
    await until(lambda: len(told(stub_hall, "voiced")) >= 2, 60)
    await expect(page.locator("[data-spoken=true]")).to_have_count(1)
    assert await page.evaluate("window.bells") == 2 * 3, "one bell for the whole rush"
    second = await page.evaluate("window.played.slice(8, 14)")
    assert len(second) == 6, "letter, three digits, the word for the counter and its number"
    assert told(stub_hall, "voiced")[:2] == [1, 2]
    await page.evaluate("later(50000)")
    await until(lambda: len(told(stub_hall, "voiced") + told(stub_hall, "unvoiced")) == 30, 30)
    said, unsaid = told(stub_hall, "voiced"), told(stub_hall, "unvoiced")
    assert sorted(said + unsaid) == list(range(1, 31))
    assert unsaid == sorted(unsaid)
    assert len(unsaid) > 20


async def test_what_is_over_before_its_turn_is_not_said(
    stub_hall: StubHall, sounding: Browser
) -> None:
    page = await waiting_screen(sounding, stub_hall, script=PROBE)
    for number in (1, 2, 3):
        await stub_hall.call(f"A00{number}", number)
    await stub_hall.emit("no_show", ticket="A002", leg=1, label="A002", service="A",
                         was="called", state="no_show", counter="c2")  # fmt: skip
    await stub_hall.call("A003", 3, recall=True)  # seq 5 takes the place of seq 3
    await until(lambda: 5 in told(stub_hall, "voiced"), 60)
    assert told(stub_hall, "voiced") == [1, 5]
    assert told(stub_hall, "unvoiced") == []
    assert len(await page.evaluate("window.played")) == 8 + 9


async def test_every_counter_and_every_long_number_fits_every_screen(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await waiting_screen(browser, stub_hall)
    show = """([counters, label]) => {
      const call = (one) => ({ seq: one.number, at: '', ticket: one.id, label: label + one.number,
        service: 'A', counter: one.id, number: one.number, recall: false });
      const all = counters.map((one) => Object.assign({}, one, label ? { current: { ticket: one.id,
        label: label + one.number, service: 'A', state: 'called' } } : {}));
      const last = call(counters[counters.length - 1]);
      const state = { counters: all, recent_calls: label ? counters.map(call) : [] };
      const agency = () => 'Dinas Kependudukan dan Pencatatan Sipil';
      document.querySelector('display-board').show(state, label ? last : null, null, agency);
      const names = { service: 'Kartu Keluarga', counter: '' };
      document.querySelector('display-call').show(label ? last : null, names);
      const sizes = ['one', 'two', 'few', 'some', 'many', 'most'];
      document.querySelector('#hall').dataset.counters =
        sizes[[1, 2, 4, 12, 24, 40].findIndex((most) => counters.length <= most)];
      const parts = ['display-call', 'display-board'].map((name) => document.querySelector(name));
      parts.map((part) => part.measure()).forEach((apply) => apply());
    }"""
    for width, height in SIZES:
        for count in HALLS:
            for label in ("A0", "KTP-00", ""):
                await resized(page, width, height)
                counters = [counter(number) for number in range(1, count + 1)]
                await page.evaluate(show, [counters, label])
                await resized(page, width, height)
                wrong = await page.evaluate(STANDS)
                assert wrong == [], (width, height, count, label)


async def test_counters_stand_in_the_order_of_their_numbers_and_large_halls_leave_closed_ones_out(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.goto(stub_hall.url("/"))
    numbers: list[Any] = [10, 2, 1, 33, 7, 5, 20]
    counters = [counter(number) for number in numbers]
    counters[2]["state"] = "closed"
    order = """async (counters) => {
      const { standing } = await import('/display/board.js');
      return standing(counters).map((one) => one.number);
    }"""
    assert await page.evaluate(order, counters) == [2, 5, 7, 10, 20, 33]
    assert await page.evaluate(order, counters[:3]) == [1, 2, 10], "a small hall shows all"
    closed = [{**each, "state": "closed"} for each in counters]
    assert await page.evaluate(order, closed) == sorted(numbers), "in the evening, all rest"


ENDLESS = """async (calls) => {
  const { Announcer } = await import('/display/announcer.js');
  const told = [];
  const announcer = new Announcer({
    sound: () => new Promise(() => undefined),
    over: () => false, tell: (kind, seq) => told.push([kind, seq]), changed: () => undefined,
  });
  for (let seq = 1; seq <= calls; seq += 1) {
    announcer.add({ seq, ticket: 't' + seq, counter: 'c' + seq, label: 'A' + seq, number: 1,
      service: 'A', at: '', recall: false });
  }
  return { kept: announcer.pending, told: told.length, first: told[0] };
}"""


async def test_what_waits_for_the_voice_is_bounded_and_nothing_of_it_is_lost(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.goto(stub_hall.url("/"))
    found = await page.evaluate(ENDLESS, 300)
    assert found == {"kept": 200, "told": 99, "first": ["unvoiced", 2]}
