"""The newest call stands on the lobby screen before its script has come."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Route, expect

from tests.web.stub_hall import StubHall, counter

pytestmark = pytest.mark.asyncio(loop_scope="session")
SCRIPT = re.compile(r"/display/page\.js$")
READABLE_PX = 130
FRAME = "() => ({ ...document.querySelector('#hall').dataset })"
LETTERS = """() => parseFloat(getComputedStyle(
  document.querySelector('display-call .label')).fontSize)"""


@pytest.mark.parametrize(("counters", "size"), [
    (2, (1920, 1080)), (4, (1080, 1920)), (12, (1920, 1080)), (40, (1920, 1080)),
])  # fmt: skip
async def test_the_newest_call_is_read_before_the_script_and_the_next_is_not_missed(
    stub_hall: StubHall, browser: Browser, counters: int, size: tuple[int, int]
) -> None:
    stub_hall.counters = [counter(number) for number in range(1, counters + 1)]
    await stub_hall.call("A001", 2)
    let_go = asyncio.Event()

    async def hold(route: Route) -> None:
        await let_go.wait()
        await route.continue_()

    page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
    await page.route(SCRIPT, hold)
    await page.goto(stub_hall.url("/display"), wait_until="commit")
    label, place = page.locator("display-call .label"), page.locator("display-call .place")
    await expect(label).to_have_text("A001")
    await expect(place).to_have_text("2")
    first = await page.evaluate(LETTERS)
    frame = await page.evaluate(FRAME)
    box = await page.locator("display-call").bounding_box()
    word = await label.bounding_box()
    assert first > READABLE_PX
    assert box
    assert word
    assert word["x"] > box["x"]
    assert word["x"] + word["width"] < box["x"] + box["width"]
    await stub_hall.call("B001", 1)
    let_go.set()
    await expect(label).to_have_text("B001")
    assert frame.pop("screen") == "loading"
    assert await page.evaluate(FRAME) == frame
    after = await page.locator("display-call").bounding_box()
    assert after
    assert abs(after["height"] - box["height"]) < size[1] * 0.03
    assert 0.7 < first / await page.evaluate(LETTERS) < 1.3  # it hardly moves


async def test_a_screen_of_one_room_never_shows_the_call_of_another(
    stub_hall: StubHall, browser: Browser
) -> None:
    await stub_hall.call("A001", 1)
    await stub_hall.call("B001", 3)
    stub_hall.part = {"services": ["A"], "counters": [1, 2]}
    seen: list[str] = []
    page = await browser.new_page()
    page.on("console", lambda said: seen.append(said.text))
    await page.add_init_script("""
      new MutationObserver(() => {
        const label = document.querySelector('display-call .label');
        const board = document.querySelector('display-board');
        if (label) console.log(label.textContent + (board ? board.textContent : ''));
      }).observe(document, { childList: true, subtree: true, characterData: true });
    """)
    await page.goto(stub_hall.url("/display"))
    await expect(page.locator("display-board .cell")).to_have_count(2)
    await expect(page.locator("html[data-sound]")).to_be_visible()
    assert any("A001" in each for each in seen)
    assert not any("B001" in each for each in seen)


async def test_the_offices_sign_stands_beside_its_name_in_its_own_shape(
    stub_hall: StubHall, browser: Browser
) -> None:
    drawing = quote('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 1" width="30" '
                    'height="10"><path d="M0 0h3v1H0z"/></svg>')  # fmt: skip

    async def mine(route: Route) -> None:
        shows = {"services": [], "counters": [], "playlist": "", "media_volume": 30}
        logo = f"data:image/svg+xml,{drawing}"
        told = {"id": "s", "name": "", "play": [], "part": "off", "revision": "1"}
        await route.fulfill(json={**told, "shows": shows, "logo": logo})

    page = await browser.new_page(viewport={"width": 1080, "height": 1920})
    await page.route("**/api/displays/mine", mine)
    await page.goto(stub_hall.url("/display"))
    sign = page.locator("#logo")
    await expect(sign).to_be_visible()
    await page.wait_for_function("() => document.querySelector('#logo').naturalWidth > 0")
    for width, height in ((1080, 1920), (1920, 1080), (1024, 768)):
        await page.set_viewport_size({"width": width, "height": height})
        box, name = await sign.bounding_box(), await page.locator("#office").bounding_box()
        assert box
        assert name
        assert 30 < box["height"] <= 0.07 * height
        assert box["x"] + box["width"] <= name["x"], "beside the name, not over it"
        assert name["width"] > 0.2 * width
