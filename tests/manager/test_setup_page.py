"""From an empty folder to the first call that is heard, in a real browser, by who never saw it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.counter.staff import settle
from tests.counter.test_more import axe
from tests.counter.test_page import small_targets
from tests.display.sounds import speak_briefly
from tests.kiosk.test_accessible import CHECK, RULES
from tests.server.process import Server
from tests.server.setup.office import OWN_PASSWORD, code_of

pytestmark = pytest.mark.asyncio(loop_scope="session")
MOST_CLICKS = 25


def night_zone() -> str:
    """Return a zone where it is between two and three at night: every new office is closed then."""
    ahead = 2 - datetime.now(UTC).hour  # hours east of Greenwich
    ahead += 24 if ahead < -12 else 0
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"  # as browsers call it


class Person:
    """Somebody at a screen: every press and every field that is gone to is counted."""

    def __init__(self) -> None:
        self.clicks = 0

    async def press(self, thing: Locator) -> None:
        self.clicks += 1
        await thing.click()

    async def key(self, page: Page, name: str) -> None:
        self.clicks += 1
        await page.keyboard.press(name)

    async def write(self, field: Locator, text: str) -> None:
        self.clicks += 1
        await field.fill(text)


@asynccontextmanager
async def new_box(
    tmp_path: Path, browser: Browser, width: int = 1366, height: int = 768
) -> AsyncIterator[tuple[Server, BrowserContext]]:
    """A server on an empty folder, and a browser in the office's own zone."""
    with Server(tmp_path / "data") as server:
        server.start()
        window = await browser.new_context(
            viewport={"width": width, "height": height}, timezone_id=night_zone()
        )
        yield server, window
        await window.close()
        assert "Traceback" not in server.stderr()


SMALL_LABELS = """() => [...document.querySelectorAll('label.kind, label.consent')]
    .filter((each) => each.offsetParent && each.offsetHeight < 44).map((each) => each.outerHTML)"""


IN_WIZARD = CHECK.replace("axe.run(document,", "axe.run('.wizard',")
"""The pages of the wizard differ in their form alone; what is around it is looked at once."""


async def sound(page: Page, width: int, *, part: bool = False) -> list[str]:
    """Return what is wrong with a page for some people: axe, too wide, too small for a finger.

    A mark in a large label is touched with the label. ``part``: axe looks at the form alone.
    """
    wide = await page.evaluate("() => document.documentElement.scrollWidth")
    marks = ('<input type="radio"', '<input type="checkbox"')
    small = [each for each in await small_targets(page) if not each.startswith(marks)]
    seen = await page.evaluate(IN_WIZARD, RULES) if part else await axe(page)
    found = [*seen, *small, *await page.evaluate(SMALL_LABELS)]
    return [*found, f"{wide} wide"] if wide > width else found


@pytest.mark.parametrize(
    ("width", "height"), [(1366, 768), pytest.param(390, 844, marks=pytest.mark.soak)]
)
async def test_the_first_call_of_an_own_office_is_heard_within_25_clicks(
    tmp_path: Path, sounding: Browser, width: int, height: int
) -> None:
    me, wrong = Person(), []
    async with new_box(tmp_path, sounding, width, height) as (server, window):
        page = await window.new_page()
        await page.goto(f"{server.url}/setup#{await code_of(server)}")
        onward = page.locator(".wizard button[type=submit]")
        await me.write(page.get_by_label("Nama kantor"), "Kelurahan Damai Bahagia")
        await expect(page.get_by_label("Zona waktu")).to_have_value(night_zone())
        await me.press(page.get_by_text("Kelurahan", exact=True))
        for heading in ("Layanan", "Loket", "Jam pelayanan", "Printer kertas nomor", "Anda"):
            wrong += await sound(page, width, part=heading != "Layanan")
            await me.press(onward)
            await expect(page.locator("h1")).to_have_text(heading)
        await me.write(page.get_by_label("Nama Anda"), "Ibu Wati")
        await expect(page.get_by_label("Nama pengguna")).to_have_value("wati")
        await me.write(page.get_by_label("Kata sandi"), OWN_PASSWORD)
        wrong += await sound(page, width, part=True)
        await me.press(onward)
        await expect(page.locator("h1")).to_have_text("Kelurahan Damai Bahagia sudah buka")
        await me.press(page.locator("[data-step=displays]").get_by_text("Di perangkat lain"))
        await expect(page.locator("[data-step=displays] .elsewhere")).to_contain_text(
            "hanya di mesin ini"
        )
        wrong += await sound(page, width)

        await me.press(page.get_by_role("button", name="Buka untuk hari ini"))
        async with window.expect_page() as opening:
            await me.press(page.get_by_role("button", name="Buka layar antrean di sini"))
        display = await opening.value
        await speak_briefly(display)
        await expect(display.locator("html")).to_have_attribute("data-sound", re.compile("."))
        async with window.expect_page() as opening:
            await me.press(page.get_by_role("button", name="Buka kios di sini"))
        kiosk = await opening.value
        await me.press(kiosk.get_by_role("button", name=re.compile("Legalisasi")))
        await me.press(kiosk.get_by_role("button", name="Ambil nomor antrean"))
        await expect(kiosk.locator("kiosk-ticket")).to_contain_text("C001")
        async with window.expect_page() as opening:
            await me.press(page.get_by_role("link", name="Buka halaman loket"))
        counter = await opening.value
        await me.press(counter.get_by_role("button", name=re.compile(r"^Loket 1\b")))
        await expect(counter.locator("ramah-current")).to_be_visible()
        await settle(counter)
        # by its key: two touches of one place at once count as one
        await me.key(counter, "n")
        await expect(counter.locator("#slip-label")).to_have_text("C001")
        for step in ("kiosks", "displays", "issued", "called", "heard"):
            await expect(page.locator(f"[data-step={step}]")).to_have_class(re.compile("done"))
        await expect(page.get_by_text("Kantor Anda siap melayani.")).to_be_visible()
        wrong += await sound(page, width)
    assert me.clicks <= MOST_CLICKS
    assert wrong == []


BEYOND = """() => {
    const card = document.querySelector('.wizard');
    const margin = parseFloat(getComputedStyle(card).paddingRight) - 1;
    const edge = card.getBoundingClientRect().right - margin;
    return [...card.querySelectorAll('button, input, select, label, li, p')]
        .filter((each) => each.getBoundingClientRect().right > edge)
        .map((each) => each.outerHTML);
}"""
"""What of the wizard's page lies beyond its margin."""


async def another_kind_is_touched(page: Page, *, asked: bool) -> None:
    """Go back to the kind of office and touch another one; what was typed stays when asked."""
    await page.get_by_role("button", name="Back").press("Enter")
    kinds = page.get_by_role("radio")
    await kinds.first.focus()
    await page.keyboard.press("ArrowDown")
    if asked:
        await page.get_by_role("dialog").get_by_role("button", name="Keep what I typed").click()
    else:
        await expect(kinds.nth(1)).to_be_checked()
        await kinds.first.press("Space")
    await expect(kinds.first).to_be_checked()
    await page.locator(".wizard button[type=submit]").press("Enter")
    await expect(page.locator("h1")).to_have_text("Services")
    if asked:
        await expect(page.get_by_label("Name (English)").last).to_have_value("Stamps")


async def a_service_is_added(page: Page) -> None:
    """Add one too early, without a name; then with one in one language, which all read then."""
    await page.get_by_role("button", name="Add a service").press("Enter")
    added = page.get_by_label("Name (English)").last
    await expect(added).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".error", has_text="It needs a name")).to_be_visible()
    await expect(added).to_be_focused()
    await page.keyboard.type("Stamps")
    letter = page.get_by_label("Letter").last
    await letter.press("ControlOrMeta+a")
    await page.keyboard.type("AK")  # for a moment it reads as the other service
    await added.focus()


async def what_was_chosen_is_there(page: Page, heading: str) -> None:
    """See it on its page of the set-up; in the end there is a paper roll instead of a printer."""
    if heading == "Counters":
        chosen = page.locator(".pick[aria-pressed=true]")
        await expect(chosen).to_have_text(["A Service", "AK Stamps"] * 3)
    if heading == "Ticket printer":
        await expect(page.get_by_role("radio", name="Depan")).to_be_checked()
        await page.get_by_role("radio", name="A paper roll, no kiosk").press("Space")


def a_printer_was_chosen(server: Server) -> None:
    """Put one into what was typed that is switched off just now."""
    with server.database() as db:
        [(draft,)] = db.execute("SELECT draft FROM setup").fetchall()
        printer = {"printer": {"url": "usb:0416:5011", "name": "Depan"}}
        db.execute("UPDATE setup SET draft = ?", (json.dumps(json.loads(draft) | printer),))


async def test_keys_alone_set_an_office_up_on_a_phone_and_a_reload_loses_nothing(
    tmp_path: Path, browser: Browser
) -> None:
    async with new_box(tmp_path, browser, 360, 740) as (server, window):
        await window.add_cookies([{"name": "ramah_lang", "value": "en", "url": server.url}])
        page = await window.new_page()
        await page.goto(server.url)
        await page.get_by_role("link", name="Set up the office").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Code", exact=True)).to_be_focused()
        await page.keyboard.type("AAAA-AAAA")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("This code is not known")).to_be_visible()
        await page.keyboard.type(await code_of(server))
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Name of the office")).to_be_focused()
        await page.keyboard.press("Enter")  # too early: it says what is missing
        await expect(page.get_by_text("Please choose what it is like.")).to_be_visible()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")  # the first kind: three counters, one service
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("The office needs a name.")).to_be_visible()
        await expect(page.get_by_label("Name of the office")).to_be_focused()
        await page.keyboard.type("Small Office")
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Services")
        server.kill()
        a_printer_was_chosen(server)
        server.start()
        await page.reload()
        await expect(page.locator("h1")).to_have_text("Services")
        await another_kind_is_touched(page, asked=False)  # nothing was typed yet
        await a_service_is_added(page)
        await another_kind_is_touched(page, asked=True)
        for heading in ("Counters", "Opening hours", "Ticket printer", "You"):
            await page.locator(".wizard button[type=submit]").focus()
            await page.keyboard.press("Enter")
            await expect(page.locator("h1")).to_have_text(heading)
            assert await page.evaluate(BEYOND) == []
            await what_was_chosen_is_there(page, heading)
        await expect(page.get_by_label("Your name")).to_be_focused()
        await page.keyboard.type("Sari")
        await page.get_by_label("Password").focus()
        await page.keyboard.type("password123")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("one of those that are tried first")).to_be_visible()
        await page.get_by_label("Password").fill(OWN_PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Small Office is open")
        await page.reload()
        await expect(page.locator("h1")).to_have_text("Small Office is open")
        # nobody needs a kiosk where numbers hang on a roll
        await expect(page.get_by_text("Three steps to the first call")).to_be_visible()
        await expect(page.locator(".first-step:visible")).to_have_count(3)
        assert server.query("SELECT login, role FROM users") == [("sari", "admin")]
