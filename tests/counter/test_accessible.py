"""The staff pages without a mouse and without eyes: by keyboard alone, and axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.staff import (
    at_work,
    numbers,
    press,
    settle,
    staff_page,
    take_seat,
)
from tests.kiosk.test_accessible import AXE, RULES
from tests.server.process import Hall, Server, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")

SETTLED = """() => Promise.all(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished.catch(() => null)))"""
"""What fades in has its colours only afterwards; what pulses for ever is not waited for."""
CHECK = """async ([place, rules]) => (await axe.run(place, {runOnly: rules})).violations.map(
    (each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)"""
FOCUSED = """() => {
    const here = document.activeElement;
    if (here.matches('body, [role=tabpanel]')) return '';
    const words = here.closest('label') || here;
    return words.getAttribute('aria-label') || words.textContent;
}"""
OUTCOMES = (
    'outcomes = [{code = "ok", names = {id = "Selesai semua"}}, '
    '{code = "papers", names = {id = "Berkas kurang"}}]\n'
)


class Look:
    """Runs axe and keeps what it finds, with the state of the page it was found in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []

    async def at(self, state: str) -> None:
        """Look at the dialog that is open, or else at the whole page."""
        page = self.page
        await page.evaluate(SETTLED)
        if not await page.evaluate("'axe' in window"):
            await page.evaluate(AXE.read_text(encoding="utf-8"))
        dialog = await page.locator("dialog[open]").count()
        place = "dialog[open]" if dialog else "body"
        rules = [each for each in RULES if not dialog or each != "best-practice"]
        self.found += [f"{state}: {each}" for each in await page.evaluate(CHECK, [place, rules])]

    async def asked(self, state: str, key: str | None = None) -> None:
        """Look at the question that ``key`` opens; then leave it as it was."""
        if key is not None:
            await press(self.page, key)
        await expect(self.page.get_by_role("dialog")).to_be_visible()
        await self.at(state)
        await self.page.keyboard.press("Escape")
        await expect(self.page.get_by_role("dialog")).to_have_count(0)


async def tab_to(page: Page, words: str, key: str = "Tab") -> None:
    """Press Tab until the focus is on what says ``words``."""
    for _ in range(60):
        await page.keyboard.press(key)
        if words in str(await page.evaluate(FOCUSED)):
            return
    pytest.fail(f"no way by {key} to {words!r}")


async def go(page: Page, words: str) -> None:
    """Press a button by its words, by keyboard."""
    await settle(page)
    await tab_to(page, words)
    await page.keyboard.press("Enter")


@pytest.fixture
def busy(shared: Server) -> Hall:
    """A hall whose service A has results to choose from."""
    toml = office_toml("busy", counters=3)
    return Hall(shared, "busy", toml.replace('code = "A"\n', f'code = "A"\n{OUTCOMES}', 1))


async def test_a_free_counter_and_its_questions_need_no_mouse(hall: Hall, browser: Browser) -> None:
    hall.person("sari")
    await numbers(hall, "A", "A", "B")
    async with staff_page(browser, hall) as page:
        look = Look(page)
        await look.at("log-in")
        await page.keyboard.type(f"sari.{hall.code}")
        await page.keyboard.press("Tab")
        await page.keyboard.type("senyum-pagi")
        await page.keyboard.press("Enter")
        await expect(page.locator("ramah-seats")).to_be_visible()
        await look.at("seats")
        await tab_to(page, "Loket 1")
        await page.keyboard.press("Enter")
        await expect(page.locator("ramah-current")).to_be_visible()
        await look.at("free")

        await go(page, "Istirahat")
        await look.asked("break question")
        await go(page, "Istirahat")
        await tab_to(page, "Salat")
        await page.keyboard.press("Space")
        await tab_to(page, "Mulai istirahat")
        await page.keyboard.press("Enter")
        await expect(page.locator("#slip-label")).to_have_text("Istirahat")
        await look.at("break")
        await settle(page)
        assert await page.evaluate(FOCUSED), "the focus is not lost when the state changes"
        await go(page, "Buka loket lagi")

        for words in ("Layanan", "Tombol", "Beri nomor", "Tutup loket", "Keluar"):
            await go(page, words)
            await look.asked(words)
        await go(page, "Perbaiki atau alihkan A001")
        await look.asked("a number of the list")
        await go(page, "Panggil A002")
        await look.asked("call a given number")
        await tab_to(page, "Menunggu")
        for state in ("held", "missed", "waiting"):
            await page.keyboard.press("ArrowRight")
            await look.at(state)
        await go(page, "Bagaimana pengunjung berikutnya dipilih")
        await look.at("policy")
        assert look.found == []


async def test_a_visit_and_its_questions_need_no_mouse(busy: Hall, browser: Browser) -> None:
    busy.person("sari")
    await numbers(busy, "A", "A")
    busy.issued_earlier(20, "A001")
    async with staff_page(browser, busy, who="sari") as page:
        await take_seat(page)
        look = Look(page)
        await press(page, "n")
        await expect(page.locator(".prompt.sorry")).to_be_visible()
        await look.at("called")
        await look.asked("transfer", "a")
        await press(page, "m")
        await expect(page.locator(".outcomes")).to_be_visible()
        await look.at("serving")
        await look.asked("hold", "h")
        await look.asked("one more service", "l")
        await go(page, "Perbaiki")
        await look.asked("correct")
        await tab_to(page, "Berkas kurang")
        await page.keyboard.press("Space")
        assert "Berkas kurang" in str(await page.evaluate(FOCUSED))
        await press(page, "1", "2", "s")
        await expect(page.locator("#slip-label")).to_have_text("A001 selesai")
        await look.at("finished")
        assert look.found == []
    ended = "SELECT outcome_code FROM turns WHERE branch = ? AND label = 'A001'"
    assert busy.query(ended) == [("papers",)]


async def test_the_supervisors_page_and_its_questions(hall: Hall, browser: Browser) -> None:
    hall.person("dewi", "manager")
    await numbers(hall, "A", "A")
    async with hall.client("staff") as staff, hall.client("kiosk") as kiosk:
        await staff.do(2, "open")
        await staff.do(2, "call-next")
        await staff.do(3, "open")
        await kiosk.post("/api/help", {})
    async with staff_page(browser, hall, "/counter/supervisor", who="dewi") as page:
        look = Look(page)
        await expect(page.locator(".hall-help")).to_contain_text("memanggil petugas")
        await look.at("hall")
        for words in ("Tulis teks", "Buka untuk", "Bebaskan A001", "Tutup"):
            await tab_to(page, words)
            await page.keyboard.press("Enter")
            await look.asked(words)
        await page.set_viewport_size({"width": 390, "height": 800})
        await look.at("hall on a phone")
        assert look.found == []
        await tab_to(page, "Saya ke sana")
        await page.keyboard.press("Enter")
        await expect(page.locator(".hall-help")).to_be_hidden()


async def test_who_asks_for_a_person_is_seen_at_each_counter_until_somebody_goes(
    hall: Hall, browser: Browser
) -> None:
    hall.person("sari")
    async with staff_page(browser, hall, who="sari") as page, hall.client("kiosk") as kiosk:
        await take_seat(page)
        calls = page.locator("counter-help")
        await expect(calls).to_be_hidden()
        await kiosk.post("/api/help", {})
        await expect(calls).to_contain_text("Saya ke sana")
        look = Look(page)
        await look.at("somebody asks")
        await page.set_viewport_size({"width": 320, "height": 620})
        await look.at("somebody asks, on the strip")
        assert look.found == []
        await calls.get_by_role("button").click()
        await expect(calls).to_be_hidden()
    taken = "SELECT COUNT(*) FROM help_requests WHERE branch = ? AND taken_by IS NOT NULL"
    assert hall.query(taken) == [(1,)]


async def test_the_strip_in_every_state(hall: Hall, browser: Browser) -> None:
    async with at_work(browser, hall, "A", "B") as page:
        await page.set_viewport_size({"width": 320, "height": 620})
        await page.goto(hall.server.url + "/counter?strip")
        await expect(page.locator("ramah-current")).to_be_visible()
        look = Look(page)
        await look.at("free")
        for key, action in (("n", "start"), ("m", "finish"), ("s", "call-next")):
            await press(page, key)
            await settle(page)
            await expect(page.locator(f"[data-action={action}]")).to_be_in_viewport(ratio=0.95)
            await look.at(action)
        await press(page, "n")
        await look.asked("hold", "h")
        await page.context.set_offline(True)
        await expect(page.locator(".link-lost")).to_contain_text("terputus")
        await look.at("lost link")
        await page.context.set_offline(False)
        assert look.found == []
