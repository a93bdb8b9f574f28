"""The manager sets up what plays where, in a real browser on a real server."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from server.clock import wall_clock
from tests.display.test_booth import logged_in
from tests.printer.test_template import drawing
from tests.server.api.client import Client
from tests.server.lobby.test_media_api import picture
from tests.server.process import Server, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")

WITHIN = """(image) => {
  const at = image.getBoundingClientRect();
  return at.width > 20 && at.left >= 0 && at.top >= 0 && at.right <= innerWidth
    && at.bottom <= innerHeight;
}"""
FILE: Any = {"name": "pantai.jpg", "mimeType": "image/jpeg"}


async def text_slide(page: Page, heading: str, text: str) -> None:
    await page.get_by_label("Judul teks").fill(heading)
    await page.get_by_label("Teks", exact=True).fill(text)
    await page.get_by_role("button", name="Tambah teks").click()
    await expect(page.locator("ol.voices li b", has_text=heading)).to_be_visible()


async def test_each_screen_plays_its_own_list(server: Server, browser: Browser) -> None:
    server.person("dewi", "manager")
    async with (
        server.client("manager") as manager,
        server.client("display") as screen,
    ):
        page = await browser.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        await logged_in(page, server, "/manager")
        await page.get_by_role("link", name="Layar dan media").click()
        await text_slide(page, "Selamat datang", "Silakan duduk.")
        files = page.locator("input[type=file]")
        await files.set_input_files([FILE | {"buffer": picture()}])
        rows = page.locator("ol.voices li")
        await expect(rows).to_have_count(2)

        await page.get_by_label("Nama daftar putar baru").fill("anak-anak")
        await page.get_by_role("button", name="Daftar putar baru").click()
        await expect(rows).to_have_count(0)
        await expect(page.locator("[data-part=where]")).to_contain_text("Belum ada layar")
        beside = page.locator(".voice", has_text="pantai.jpg")
        await expect(beside).to_contain_text("diputar di: lobby")
        await beside.get_by_role("button", name="Tambahkan ke daftar ini").click()
        await expect(rows).to_have_count(1)
        await rows.get_by_label("Dari").fill("08:00")
        await rows.get_by_label("Sampai").fill("11:30")
        await rows.get_by_label("Sampai").blur()
        await expect(page.locator(".told")).to_contain_text("Tersimpan")

        await page.get_by_text("Ubah", exact=True).click()
        await page.get_by_label("Memutar").select_option("anak-anak")
        await page.get_by_role("button", name="Simpan", exact=True).first.click()
        await expect(page.locator(".told")).to_contain_text("Tersimpan")
        play = (await screen.get("/api/displays/mine")).json["play"]
        assert [(each["name"], each["starts"], each["ends"]) for each in play] == [
            ("pantai.jpg", "08:00", "11:30")
        ]

        await page.reload()
        await page.get_by_role("button", name="anak-anak").click()
        await expect(page.locator("[data-part=where]")).to_contain_text("anak-anak diputar di:")
        await rows.get_by_role("button", name="Keluarkan").click()
        await expect(rows).to_have_count(0)
        lists = (await manager.get("/api/playlists")).json["playlists"]
        assert [(each["name"], len(each["items"])) for each in lists] == [("lobby", 2)]

        await page.get_by_role("button", name="lobby").click()
        await rows.nth(1).get_by_role("button", name="Keluarkan").click()
        await expect(beside).to_contain_text("ada di sini, tetapi tidak diputar")
        await beside.get_by_role("button", name="Hapus").click()
        await expect(beside).to_have_count(0)
        assert len((await manager.get("/api/media")).json["media"]) == 1


async def test_the_offices_picture_stands_on_the_lobby_screen_and_goes_with_its_setting(
    server: Server, browser: Browser
) -> None:
    server.data.with_name("garuda.png").write_bytes(drawing())
    plain = office_toml("hall")
    window = await browser.new_context()
    token = server.token("display", name="Lobi depan")
    await window.add_cookies([{"name": "ramah_display", "value": token, "url": server.url}])
    page = await window.new_page()
    await page.goto(server.url + "/display")
    logo = page.locator("#logo")
    await expect(page.locator(".welcome-line")).to_be_visible()
    await expect(logo).to_be_hidden()
    server.add_branch(plain + '\n[paper]\nlogo = "garuda.png"\n')
    await expect(logo).to_be_visible()  # the screen is not touched for it
    await page.wait_for_function("() => document.querySelector('#logo').naturalWidth > 0")
    assert await logo.evaluate(WITHIN), "it lies within the glass"
    server.add_branch(plain)
    await expect(logo).to_be_hidden()
    await window.close()


async def test_the_manager_is_told_of_a_screen_that_needs_a_look(
    server: Server, browser: Browser
) -> None:
    server.person("dewi", "manager")
    lobby = Client(server.url, server.token("display", name="Lobi depan"))
    async with lobby:
        silent = {"sound": "off", "clock": wall_clock()}
        assert (await lobby.post("/api/displays/report", silent)).status == 200
        page = await browser.new_page()
        await logged_in(page, server, "/manager")
        line = page.locator("manager-screens .banner")
        await expect(line).to_contain_text("Layar Lobi depan seharusnya bersuara")
        heard = {"sound": "on", "clock": wall_clock() - 3_600_000}
        assert (await lobby.post("/api/displays/report", heard)).status == 200
        await page.reload()
        await expect(line).to_contain_text("Jam pada layar Lobi depan tidak tepat.")
        assert (await lobby.post("/api/displays/report", heard | {"clock": wall_clock()})).status
        await page.reload()
        numbers = page.locator("ramah-totals .figure-value").first
        await expect(numbers).to_have_text("0")  # told together with what screens lack
        await expect(line).to_have_count(0)
        # on a phone the words about a screen have its whole width, not what its mark leaves
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.goto(server.url + "/display/setup")
        box = await page.locator(".screen .voice-words").first.bounding_box()
        assert box is not None
        assert box["width"] > 220
