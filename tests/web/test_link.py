"""How soon a page comes back: every wait it ever makes, on a clock that the test turns."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.async_api import Browser, Page

from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")

BACK_MS = 3000
REPEATED_MS = 1000
"""A try in vain is repeated by the system's TCP after one second (RFC 6298, section 2)."""

LINK = """(refused) => {
  window.tries = [];
  window.sockets = 0;
  window.answers = false;
  window.WebSocket = class {
    constructor() {
      window.sockets += 1;
      if (refused) {
        setTimeout(() => this.onclose && this.onclose(), 5);
      }
    }
    close() {}
  };
  window.fetch = (_path, { signal }) => new Promise((answer, fail) => {
    window.tries.push(performance.now());
    if (window.answers) {
      answer(new Response('{}', { headers: { 'Content-Type': 'application/json' } }));
    } else if (refused) {
      setTimeout(fail, 5);
    } else {
      signal.addEventListener('abort', () => fail(signal.reason));
    }
  });
  Math.random = () => 0.9999;  // the longest of every wait
  return import('/web/hall.js').then(({ Hall }) => {
    window.hall = new Hall('display');
    window.hall.start();
  });
}"""


async def lost_link(page: Page, hall: StubHall, *, refused: bool, ms: int) -> list[float]:
    """Leave a page without a server for a while; return when it asked for it."""
    await page.clock.install()
    await page.goto(hall.url("/"))
    await page.evaluate(LINK, refused)
    await page.clock.run_for(ms)
    tries: list[float] = await page.evaluate("window.tries")
    return tries


@pytest.mark.parametrize("refused", [True, False], ids=["server-gone", "cable-cut"])
async def test_a_page_is_back_within_three_seconds_however_long_it_was_alone(
    stub_hall: StubHall, *, refused: bool, browser: Browser
) -> None:
    page = await browser.new_page()
    tries = await lost_link(page, stub_hall, refused=refused, ms=120_000)
    pauses = [after - one for one, after in pairwise(tries)]
    assert len(pauses) > 20
    assert max(pauses) <= BACK_MS + (0 if refused else REPEATED_MS)
    assert max(pauses) > 1000, "a server that starts is not beset"
    assert pauses[0] < pauses[-1], "and less and less"
    assert await page.evaluate("window.sockets") == 1, "a browser holds sockets back after many"
    await page.evaluate("window.answers = true")
    await page.clock.run_for(BACK_MS + REPEATED_MS)
    assert await page.evaluate("window.sockets") > 1, "an answer is followed by a socket"


async def test_a_cable_that_is_back_is_used_at_once(stub_hall: StubHall, browser: Browser) -> None:
    page = await browser.new_page()
    before = await lost_link(page, stub_hall, refused=False, ms=60_000)
    assert len(before) > 1
    online = """() => {
      window.dispatchEvent(new Event('online'));
      return window.sockets;
    }"""
    assert await page.evaluate(online) == 2
    await page.evaluate("window.hall.stop()")
    assert await page.evaluate(online) == 2
    await page.clock.run_for(60_000)
    assert await page.evaluate("[window.sockets, window.tries.length]") == [2, len(before)]
