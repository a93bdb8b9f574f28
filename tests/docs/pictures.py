"""Owns the pictures of the technician's sheet: ``python -m tests.docs.pictures`` makes them anew.

They are real pages of a real server with the settings of the demo's office, in each language of
the guides, with few colours so that a print stays small.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from tests.server.process import ROOT, Server
from tests.web.browser import chromium

PICTURES = ROOT / "docs/pictures/technician"
LANGUAGES = ("en", "id")
WIDTH, HEIGHT = 760, 610
COLOURS = 24
VIEWS = {
    "devices": ("/manager#devices", "ramah-let-in", "ramah-let-in .care-item"),
    "backups": ("/manager#backups", "ramah-backups", "ramah-backups tbody tr"),
    "paper": ("/kiosk/paper", "main", "main img"),
}
"""Where a picture is taken: its page, what stands at its top, what is there when all is."""


async def window(browser: Browser, server: Server, language: str, login: str = "") -> Page:
    """Return a page in a language, of somebody who has logged in where there is a login."""
    context = await browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, locale=language, reduced_motion="reduce"
    )
    cookies = {"ramah_lang": language} | ({"ramah_session": server.session(login)} if login else {})
    await context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )
    return await context.new_page()


def keep(shot: bytes, name: str, language: str) -> None:
    """Write a picture with few colours."""
    picture = (
        Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    )
    picture.save(PICTURES / f"{name}.{language}.png", optimize=True)


async def first_run(browser: Browser, folder: Path) -> None:
    """The set-up of an office, its first step."""
    with Server(folder / "empty") as server:
        server.start()
        for language in LANGUAGES:
            code = server.ramah("setup-code").stdout.split()[0]
            page = await window(browser, server, language)
            await page.goto(f"{server.url}/setup#{code}")
            await page.locator(".wizard").wait_for()
            await page.wait_for_timeout(500)  # as above
            keep(await page.screenshot(), "setup", language)
            await page.context.close()


async def office(browser: Browser, folder: Path) -> None:
    """The page of devices, where a kiosk waits to be let in, and the backups."""
    with Server(folder / "office") as server:
        server.add_branch((ROOT / "server/demo/office.toml").read_text("utf-8"))
        server.person("dewi", "admin", "mpp")
        for name in ("pintu", "lobi"):
            server.token("kiosk" if name == "pintu" else "display", "mpp", name)
        (folder / "usb").mkdir()
        server.ramah("backups", "plan", str(folder / "usb"))
        server.ramah("printer", "add", "loket", f"file:{folder}/paper.bin")
        server.start()
        server.ramah("backups", "now")
        with server.database() as db:
            db.execute("UPDATE backup_plan SET folder = '/media/usb'")
        kiosk = await window(browser, server, "id")
        await kiosk.goto(f"{server.url}/kiosk")
        await kiosk.locator(".asking-picture").wait_for(state="attached")
        for language in LANGUAGES:
            for view, (path, card, drawn) in VIEWS.items():
                page = await window(browser, server, language, "dewi")
                await page.goto(server.url + path)
                await page.locator(drawn).first.wait_for()
                if view == "paper":
                    await page.set_viewport_size({"width": 1100, "height": 800})
                below = "it.style.scrollMarginTop = '90px'; it.scrollIntoView();"
                await page.locator(card).first.evaluate(f"(it) => {{ {below} }}")
                await page.wait_for_timeout(500)  # letters and colours come to rest
                keep(await page.screenshot(), view, language)
                await page.context.close()


async def main() -> None:
    """Make all of them."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        async with chromium() as browser:
            await first_run(browser, Path(name))
            await office(browser, Path(name))


if __name__ == "__main__":
    asyncio.run(main())
