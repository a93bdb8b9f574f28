"""The phone page behind the QR code: a real server, a real browser, every state of a number."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from tests.server.process import Hall, Server

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = ViewportSize(width=360, height=640)
WATCHED = """
window.felt = [];
navigator.vibrate = (pattern) => { window.felt.push(pattern); return true; };
"""


@asynccontextmanager
async def phone(
    sounding: Browser, hall: Hall, path: str, zone: str | None = None
) -> AsyncIterator[Page]:
    """Open the phone page; what goes wrong in its scripts fails the test."""
    page = await sounding.new_page(viewport=PHONE, timezone_id=zone)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.add_init_script(WATCHED)
    await page.clock.install()
    await page.goto(hall.server.url + path)
    yield page
    assert wrong == []
    await page.close()


async def taken(hall: Hall, language: str | None = None) -> dict[str, Any]:
    async with hall.client("kiosk") as kiosk:
        return await kiosk.take(language=language)


def path_of(ticket: dict[str, Any]) -> str:
    return "/t/" + str(ticket["tracking_url"]).rsplit("/", 1)[1]


async def look_again(page: Page) -> None:
    """Let the time pass until the page asks again."""
    await page.clock.run_for(12_000)


async def test_a_phone_follows_its_place_and_rings_once_for_each_call(
    hall: Hall, sounding: Browser
) -> None:
    first, ours = await taken(hall), await taken(hall)
    async with phone(sounding, hall, path_of(ours)) as page, hall.client("staff") as staff:
        await expect(page.locator("#label")).to_have_text("A002")
        await expect(page.locator("#big")).to_have_text("Ada 1 orang di depan Anda")
        await page.get_by_role("button", name="Bunyikan saat giliran saya").click()
        await expect(page.get_by_role("button", name="Ponsel ini berbunyi")).to_be_visible()

        await staff.do(1, "open")
        await staff.do(2, "open")
        assert (await staff.do(1, "call-next"))["label"] == first["label"]
        await look_again(page)
        await expect(page.locator("#big")).to_have_text("Anda yang berikutnya.")

        assert (await staff.do(2, "call-next"))["label"] == ours["label"]
        await look_again(page)
        await expect(page.locator("#big")).to_have_text("Giliran Anda. Silakan menuju Loket 2.")
        await look_again(page)
        assert len(await page.evaluate("window.felt")) == 2  # the touch, and the call
        await staff.do(2, "recall")
        await look_again(page)
        await page.wait_for_function("() => window.felt.length === 3")

        await staff.do(2, "start")
        await look_again(page)
        await expect(page.locator("#big")).to_have_text("Anda sedang dilayani di Loket 2.")
        await staff.do(2, "finish")
        await look_again(page)
        await expect(page.locator("#big")).to_contain_text("Terima kasih")


SPILLS = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const at = one.getBoundingClientRect();
  return at.width && (at.right > innerWidth + 1 || at.left < -1);
}).map((one) => one.outerHTML.slice(0, 80))"""


async def test_the_longest_number_and_every_language_fit_on_the_narrowest_phone(
    hall: Hall, sounding: Browser
) -> None:
    ours = await taken(hall)
    async with phone(sounding, hall, path_of(ours)) as page:

        async def longest(route: Route) -> None:
            answer = await route.fetch()
            told = await answer.json() | {"label": "WWW000001"}
            await route.fulfill(response=answer, json=told)

        await page.route("**/api/track/*", longest)
        await look_again(page)
        await expect(page.locator("#label")).to_have_text("WWW000001")
        for width in (280, 320, 360, 412):
            await page.set_viewport_size({"width": width, "height": 640})
            assert await page.evaluate(SPILLS) == [], width
        await page.unroute_all()


async def test_a_number_is_given_back_only_after_a_second_thought(
    hall: Hall, sounding: Browser
) -> None:
    ticket = await taken(hall)
    async with phone(sounding, hall, path_of(ticket)) as page:
        await page.get_by_role("button", name="Kembalikan nomor saya").click()
        await page.get_by_role("button", name="Tidak, saya tetap menunggu").click()
        assert hall.query("SELECT state FROM turns WHERE branch = ?") == [("waiting",)]
        await page.get_by_role("button", name="Kembalikan nomor saya").click()
        await page.get_by_role("button", name="Ya, kembalikan").click()
        await expect(page.locator("#big")).to_have_text("Nomor Anda sudah dikembalikan.")
        assert hall.query("SELECT outcome FROM turns WHERE branch = ?") == [
            ("cancelled_by_visitor",)
        ]
    async with hall.client() as anyone:  # the same wish again changes nothing
        path = path_of(ticket).replace("/t/", "/api/track/") + "/cancel"
        assert (await anyone.post(path, {})).json["state"] == "cancelled"


async def test_the_page_dies_kindly_with_its_day(hall: Hall, sounding: Browser) -> None:
    ticket = await taken(hall)
    with hall.server.database() as db:
        db.execute("UPDATE tickets SET day = '2000-01-03' WHERE branch = ?", (hall.number,))
        db.execute(
            "UPDATE events SET data = json_set(data, '$.day', '2000-01-03') "
            "WHERE branch = ? AND data ->> 'kind' = 'issued'",
            (hall.number,),
        )
    async with phone(sounding, hall, path_of(ticket)) as page:
        await expect(page.locator("#big")).to_have_text("Nomor ini dari hari yang sudah lewat.")
        await expect(page.locator("#cancel")).to_be_hidden()
    async with hall.client() as anyone:
        path = path_of(ticket).replace("/t/", "/api/track/")
        assert (await anyone.post(path + "/cancel", {})).status == 404
        assert hall.query("SELECT state FROM turns WHERE branch = ?") == [("waiting",)]


async def test_a_lost_link_is_said_and_mends_itself(server: Server, sounding: Browser) -> None:
    hall = Hall(server, "balai")
    ticket = await taken(hall)
    async with phone(sounding, hall, path_of(ticket)) as page:
        await expect(page.locator("#label")).to_have_text("A001")
        server.kill()
        await look_again(page)
        await expect(page.locator("#link")).to_contain_text("Urutan Anda aman")
        server.start()
        for _ in range(20):  # in steps, so that an answer comes before the page's own time-out
            await page.clock.run_for(4_000)
            await page.wait_for_timeout(50)
        await expect(page.locator("#link")).to_be_hidden()


@pytest.mark.parametrize("token", ["no-such-token-0000", "x" * 64])
async def test_a_strange_token_learns_nothing(hall: Hall, token: str) -> None:
    async with hall.client() as anyone:
        assert (await anyone.get(f"/api/track/{token}")).status == 404
        assert (await anyone.post(f"/api/track/{token}/cancel", {})).status == 404


async def test_the_page_speaks_the_language_of_the_ticket(hall: Hall, sounding: Browser) -> None:
    async with phone(sounding, hall, path_of(await taken(hall, language="en"))) as page:
        await expect(page.locator("#big")).to_have_text("You are first in line.")
        await expect(page.locator("#service")).to_have_text("Service A")
        await expect(page.locator("h1")).to_contain_text("Your number")


async def test_clock_times_are_the_offices_whatever_zone_the_phone_lives_in(
    hall: Hall, sounding: Browser
) -> None:
    ticket = await taken(hall)
    path = path_of(ticket)
    async with hall.client() as anyone:
        told = (await anyone.get(path.replace("/t/", "/api/track/"))).json
    office = datetime.fromisoformat(told["updated_at"]).astimezone(ZoneInfo(told["zone"]))
    elsewhere = "Pacific/Kiritimati" if office.utcoffset() == timedelta(0) else "UTC"
    async with phone(sounding, hall, path, elsewhere) as page:
        fresh = page.locator("#fresh")
        await expect(fresh).to_contain_text(told["zone_label"])
        shown = re.search(r"(\d\d)\.(\d\d)\.\d\d ", await fresh.inner_text())
        assert shown is not None
        later = int(shown[1]) * 60 + int(shown[2]) - office.hour * 60 - office.minute
        assert 0 <= later % 1440 <= 2
