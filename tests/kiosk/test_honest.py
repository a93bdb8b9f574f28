"""What kiosk and phone say is so: counters that are closed, codes nobody can open, drawings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from playwright.async_api import Browser, expect

from server.domain.office import Picture
from tests.kiosk.test_page import opened
from tests.kiosk.test_steps import HEARD
from tests.kiosk.test_track import look_again, path_of, phone, taken
from tests.server.process import Hall, office_toml
from tests.web.stub_hall import StubHall

pytestmark = pytest.mark.asyncio(loop_scope="session")

PICTURES = Path(__file__).parents[2] / "kiosk" / "static" / "pictures.js"


async def test_nobody_is_told_to_be_next_while_no_counter_is_open(
    stub_hall: StubHall, browser: Browser
) -> None:
    stub_hall.ahead = 0
    for counter in stub_hall.counters:
        counter["state"] = "closed"
    stub_hall.services[0]["starts"] = "2030-01-07T08:00+08:00"
    page = await opened(await browser.new_page(), stub_hall)
    await page.keyboard.press("F2")
    await page.locator("[data-code=A] button").click()
    words = page.locator("kiosk-ticket .ahead")
    await expect(words).to_contain_text("Loket belum buka, mulai 08.00\u00a0WITA.")
    await expect(words).not_to_contain_text("berikutnya")
    await expect(page.locator("kiosk-speech .spoken")).to_contain_text(
        "Anda di urutan pertama. Loket belum buka, mulai"
    )


@pytest.mark.parametrize("shown", [True, False])
async def test_a_code_is_shown_only_where_a_phone_could_follow_it(
    stub_hall: StubHall, browser: Browser, *, shown: bool
) -> None:
    stub_hall.followable = shown
    page = await opened(await browser.new_page(), stub_hall)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.locator("[data-code=A] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_be_visible()
    await expect(page.locator("kiosk-ticket .qr")).to_be_visible(visible=shown)
    assert any("qr.svg" in each for each in asked) is shown


async def test_every_picture_of_the_settings_is_drawn() -> None:
    drawn = set(re.findall(r"^  '?([a-z-]+)'?: 'M", PICTURES.read_text("utf-8"), re.MULTILINE))
    assert drawn == set(get_args(Picture)) - {""}


async def test_a_resting_finger_hears_the_service_and_takes_no_number(
    stub_hall: StubHall, browser: Browser
) -> None:
    stub_hall.services[1]["picture"] = "family"
    page = await browser.new_page()
    await page.add_init_script(HEARD)
    await opened(page, stub_hall)
    await expect(page.locator("[data-code=B] .drawing[data-name=family] svg")).to_be_visible()
    await expect(page.locator("[data-code=A] .drawing")).to_be_hidden()
    card = await page.locator("[data-code=B] button").bounding_box()
    assert card is not None
    await page.mouse.move(card["x"] + 60, card["y"] + 30)
    await page.mouse.down()
    await page.wait_for_function("() => window.heard.length > 0")
    await page.mouse.up()
    assert await page.evaluate("window.heard[0]") == "/display/voices/id/B.ogg"
    await expect(page.locator("kiosk-services")).to_be_visible()
    assert stub_hall.wishes == []
    await page.locator("[data-code=B] button").click()
    await expect(page.locator("kiosk-ticket .label")).to_have_text("B001")


async def test_a_service_that_a_colleague_has_recorded_is_said_by_its_name(
    stub_hall: StubHall, browser: Browser
) -> None:
    recording = "/api/voice/packs/rina/id/service.B"
    stub_hall.recorded = {"service.B": recording}
    page = await browser.new_page()
    await page.add_init_script(HEARD)
    await opened(page, stub_hall)
    await page.keyboard.press("F2")
    await page.wait_for_function("() => window.heard.length > 0")  # how it is used
    after = """(letter) => {
      const at = window.heard.findIndex((each) => each.endsWith(`/${letter}.ogg`));
      return at >= 0 && window.heard.length > at + 1 && window.heard[at + 1];
    }"""
    await page.keyboard.press("b")
    said = await page.wait_for_function(after, arg="B")
    assert await said.json_value() == f"{recording}?as=kiosk"
    await page.keyboard.press("a")
    said = await page.wait_for_function(after, arg="A")
    assert (await said.json_value()).endswith("/id/4.ogg")  # unrecorded: how many wait comes next


async def test_the_phone_waits_for_a_counter_and_says_so(hall: Hall, sounding: Browser) -> None:
    ticket = await taken(hall)
    async with phone(sounding, hall, path_of(ticket)) as page, hall.client("staff") as staff:
        await expect(page.locator("#big")).to_have_text("Anda di urutan pertama.")
        await expect(page.locator("#next")).to_contain_text("Loket belum buka")
        await staff.do(1, "open")
        await look_again(page)
        await expect(page.locator("#big")).to_have_text("Anda yang berikutnya.")


@pytest.mark.parametrize("label", ["A001", "KTP001", "KTP00001"])
async def test_a_number_of_any_length_fits_the_phone(
    hall: Hall, sounding: Browser, label: str
) -> None:
    prefix = label.rstrip("01")
    office = office_toml(hall.code, more=f"rules.number_width = {len(label) - len(prefix)}\n")
    named = office.replace('code = "A"\n', f'code = "A"\nprefix = "{prefix}"\n')
    hall.server.add_branch(named)
    ticket = await taken(hall)
    async with phone(sounding, hall, path_of(ticket)) as page:
        await expect(page.locator("#label")).to_have_text(label)
        for width in (320, 360, 412):
            await page.set_viewport_size({"width": width, "height": 640})
            # an older width may be drawn once more: what it comes to counts
            await page.wait_for_function(
                """(width) => {
                const range = document.createRange();
                range.selectNodeContents(document.getElementById('label'));
                const words = range.getBoundingClientRect();
                const slip = document.querySelector('.slip').getBoundingClientRect();
                return innerWidth === width && words.left >= slip.left && words.right <= slip.right
                    && document.documentElement.scrollWidth <= width;
            }""",
                arg=width,
            )


async def test_the_phone_promises_to_ring_only_while_it_is_open(
    hall: Hall, sounding: Browser
) -> None:
    async with phone(sounding, hall, path_of(await taken(hall))) as page:
        await page.evaluate("""() => {
            window.asked = 0;
            Object.defineProperty(navigator, 'wakeLock', {value: {request: async () => {
                window.asked += 1;
                return new EventTarget();
            }}});
        }""")
        await expect(page.locator("#bell-text")).to_contain_text("Bila layarnya terkunci")
        await page.get_by_role("button", name="Bunyikan saat giliran saya").click()
        await expect(page.locator("#bell")).to_have_text(
            "Ponsel ini berbunyi selama halaman ini terbuka"
        )
        assert await page.evaluate("window.asked") == 1


async def test_a_phone_without_dialogs_can_give_its_number_back(
    hall: Hall, sounding: Browser
) -> None:
    """As on iPhones before iOS 15.4."""
    async with phone(sounding, hall, path_of(await taken(hall))) as page:
        await page.evaluate("""() => {
            HTMLDialogElement.prototype.showModal = undefined;
            HTMLDialogElement.prototype.close = undefined;
        }""")
        await expect(page.locator("#give")).to_be_hidden()
        await page.locator("#cancel").click()
        await page.locator("#keep").click()
        await expect(page.locator("#give")).to_be_hidden()
        await page.locator("#cancel").click()
        await page.locator("#give").click()
        await expect(page.locator("#big")).to_have_text("Nomor Anda sudah dikembalikan.")
