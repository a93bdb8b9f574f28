"""A screen that people look at stays lit, where the browser can keep it so."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page

from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")

LAMP = """
window.lamp = { asked: 0, lit: null, refuse: false };
Object.defineProperty(navigator, 'wakeLock', { configurable: true, value: { request() {
  lamp.asked += 1;
  if (lamp.refuse) {
    return Promise.reject(new DOMException('battery', 'NotAllowedError'));
  }
  const lock = new EventTarget();
  lock.release = () => { lamp.lit = null; lock.dispatchEvent(new Event('release'));
    return Promise.resolve(); };
  lamp.lit = lock;
  return Promise.resolve(lock);
} } });
window.seen = (state) => {
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: state });
  document.dispatchEvent(new Event('visibilitychange'));
};
"""
"""What a browser does with the lock: takes it away when the page is hidden, may refuse it."""
SETTLE = "await new Promise((done) => setTimeout(done));"


async def page_with(browser: Browser, hall: StubHall, script: str) -> Page:
    page = await browser.new_page()
    await page.add_init_script(script)
    await page.goto(hall.url("/"))
    return page


async def test_the_screen_is_kept_lit_and_asked_for_again_when_looked_at(
    stub_hall: StubHall, browser: Browser
) -> None:
    page = await page_with(browser, stub_hall, LAMP)
    found = await page.evaluate(f"""async () => {{
      const {{ keepAwake, letSleep }} = await import('/web/wake-lock.js');
      const told = [];
      const note = async () => {{ {SETTLE} told.push([lamp.asked, Boolean(lamp.lit)]); }};
      keepAwake(); keepAwake(); await note();
      seen('visible'); await note();
      seen('hidden'); lamp.lit.release(); await note();
      seen('visible'); await note();
      letSleep(); await note();
      seen('visible'); await note();
      lamp.refuse = true; keepAwake(); await note();
      lamp.refuse = false; seen('visible'); await note();
      return told;
    }}""")
    assert found == [
        [1, True],  # once, though two asked
        [1, True],  # looked at while it is lit: nothing to ask
        [1, False],  # hidden: the browser took it
        [2, True],
        [2, False],  # no longer wanted
        [2, False],
        [3, False],  # refused: not an error
        [4, True],
    ]


async def test_a_browser_without_it_goes_on(stub_hall: StubHall, browser: Browser) -> None:
    without = "delete Navigator.prototype.wakeLock;"
    page = await page_with(browser, stub_hall, without)
    assert (
        await page.evaluate("""async () => {
      const { canKeepAwake, keepAwake, letSleep } = await import('/web/wake-lock.js');
      keepAwake();
      letSleep();
      return canKeepAwake();
    }""")
        is False
    )
