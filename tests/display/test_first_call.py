"""The newest call stands on the lobby screen before its script has come."""

from __future__ import annotations

import asyncio
import re

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
