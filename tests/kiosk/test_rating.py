"""A quick word at the kiosk: by the paper's QR code, where the kiosk has a reader."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.counter.test_accessible import Look
from tests.server.api.test_feedback import served, token_of
from tests.server.process import Hall, Server, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")

READ = """(text) => { for (const key of [...text, 'Enter']) {
    document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
} }"""


@pytest.fixture
def reading(shared: Server) -> Hall:
    """An office whose kiosk has a reader."""
    more = "[satisfaction]\nkiosk_reader = true\n"
    return Hall(shared, "reading", office_toml("reading") + more)


async def kiosk_page(browser: Browser, hall: Hall) -> Page:
    window = await browser.new_context(viewport={"width": 1024, "height": 768})
    token, url = hall.token("kiosk"), hall.server.url
    await window.add_cookies([{"name": "ramah_kiosk", "value": token, "url": url}])
    page = await window.new_page()
    await page.goto(f"{hall.server.url}/kiosk")
    await expect(page.locator("#kiosk[data-screen=start]")).to_be_visible()
    return page


async def test_a_paper_under_the_reader_gives_one_word(reading: Hall, browser: Browser) -> None:
    token = token_of(await served(reading))
    page = await kiosk_page(browser, reading)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    look = Look(page)
    await page.get_by_role("button", name="Beri kesan").press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("Dekatkan kode QR")
    await look.at("the paper is asked for")
    await page.get_by_role("button", name="Kembali", exact=True).click()

    # also without the button first; nothing else on the page hears the reader's keys
    await page.locator("kiosk-service button").first.focus()
    await page.evaluate(READ, f"http://ramah.kantor/t/{token}")
    await expect(page.get_by_role("dialog")).to_contain_text("A001")
    await page.get_by_role("button", name="Sangat baik").press("Enter")
    await page.get_by_label("Ada yang ingin disampaikan?").click()
    for sign in "TERIMA":
        await page.get_by_role("button", name=sign, exact=True).click()
    await page.get_by_label("Sampaikan terima kasih saya kepada petugas").check()
    await look.at("a word is given")
    # who changes the language finds again what was written
    await page.locator("kiosk-rating kiosk-language button").click()
    await expect(page.get_by_role("dialog")).to_contain_text("how was our service today")
    await expect(page.locator("#said")).to_have_value("terima")
    await expect(page.locator("#thanks")).to_be_checked()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Thank you.")
    await page.get_by_role("button", name="Back", exact=True).click()
    await expect(page.locator("html")).to_have_attribute("lang", "id")

    await page.evaluate(READ, f"http://ramah.kantor/t/{token}")
    await expect(page.get_by_role("dialog")).to_contain_text("sudah")
    await expect(page.locator("dialog .face-button")).to_have_count(0)
    await page.get_by_role("button", name="Kembali", exact=True).click()
    await page.evaluate(READ, "http://ramah.kantor/t/aaaaaaaaaaaaaaaaaaaaaa")
    await expect(page.get_by_role("dialog")).to_contain_text("belum bisa")
    assert look.found == []
    assert wrong == []
    kept = "SELECT face, said, thanks, channel FROM feedback WHERE branch = ?"
    assert reading.query(kept) == [(4, "terima", 1, "kiosk")]
    assert reading.query("SELECT COUNT(*) FROM tickets WHERE branch = ?") == [(1,)]
    await page.context.close()


async def test_a_kiosk_without_a_reader_asks_for_nothing(hall: Hall, browser: Browser) -> None:
    page = await kiosk_page(browser, hall)
    await expect(page.locator("#rate")).to_be_hidden()
    asked = "() => performance.getEntriesByType('resource').map((each) => each.name).join()"
    fetched = await page.evaluate(asked)
    assert "kiosk/visit.js" in fetched
    for rare in ("kiosk/rating", "kiosk/reader", "web/askword", "web/word"):
        assert rare not in fetched, f"{rare} is fetched where nobody asks for it"
    await page.context.close()
