"""Owns the selectors: each page as a person sees it, by roles and names."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from server.auth.demo_people import PASSWORD


class Kiosk:
    """The touchscreen at the door."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def open(self, url: str) -> None:
        await self.page.goto(f"{url}/kiosk")

    async def touch(self, service: str) -> None:
        """Touch a service, by its name, and take the number: the two touches of the usual case."""
        await self.page.get_by_role("button", name=service).first.click()
        await self.page.get_by_role("button", name="Ambil nomor antrean").click()

    async def number(self) -> str:
        """Return the number on the screen."""
        heading = self.page.get_by_role("heading", name=re.compile("Nomor Anda"))
        await expect(heading).to_be_visible()
        return re.sub("Nomor Anda", "", await heading.inner_text()).strip()

    async def qr(self) -> bytes:
        """Return the picture of the code to scan."""
        code = self.page.get_by_role("img", name=re.compile("Kode untuk memantau"))
        await expect(code).to_be_visible()
        return await code.screenshot()

    def says(self, words: str) -> Locator:
        """Return the sentence with these words."""
        return self.page.get_by_role("main").get_by_text(words)

    async def done(self) -> None:
        """Leave the number."""
        await self.page.get_by_role("button", name="Selesai").click()


class Display:
    """The screen in the lobby."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def open(self, url: str) -> None:
        await self.page.goto(f"{url}/display")
        await expect(self.page.get_by_text("Selamat datang")).to_be_visible()

    async def shows(self, label: str, counter: str) -> None:
        """Wait until a call is on the screen, large."""
        call = self.page.get_by_role("status")
        await expect(call.get_by_text(label, exact=True)).to_be_visible()
        await expect(call.get_by_text(counter, exact=True)).to_be_visible()


class Staff:
    """A page that people log in to."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def log_in(self, url: str, path: str, login: str, password: str = PASSWORD) -> None:
        await self.page.goto(url + path)
        await self.page.get_by_label("Nama pengguna").fill(login)
        await self.page.get_by_label("Kata sandi").fill(password)
        await self.page.get_by_role("button", name="Masuk").click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)


class Counter(Staff):
    """The staff console."""

    async def sit_down(self, counter: str) -> None:
        await self.page.get_by_role("button", name=re.compile(rf"^{counter}\b")).click()
        await expect(self.button("Panggil berikutnya")).to_be_enabled()

    async def press(self, name: str) -> None:
        """Press a button after looking: one that has just appeared does not count a press."""
        await expect(self.button(name)).to_be_enabled()
        await self.page.wait_for_timeout(800)  # the page waits out a double click, so do we
        await self.button(name).click()

    async def shows(self, heading: str) -> None:
        await expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


class Manager(Staff):
    """The page of the one who watches the times."""

    async def turn(self, label: str) -> dict[str, str]:
        """Return a line of the table, by the names of its columns."""
        table = self.page.get_by_role("region", name="Daftar giliran").get_by_role("table")
        row = table.get_by_role("row").filter(has_text=label)
        await expect(row).to_have_count(1)
        names = [each.strip() for each in await table.get_by_role("columnheader").all_inner_texts()]
        cells = await row.locator("th, td").all_inner_texts()
        return dict(zip(names, (each.strip() for each in cells), strict=True))

    async def download(self) -> Path:
        """Download the day as the CSV that a spreadsheet of this country opens."""
        async with self.page.expect_download() as download:
            await self.page.get_by_role("link", name="CSV", exact=True).click()
        return Path(await (await download.value).path())

    async def log(self) -> Path:
        """Download the log of the last days as JSON, which has every digit."""
        await self.page.get_by_role("link", name="Catatan", exact=True).click()
        async with self.page.expect_download() as download:
            await self.page.get_by_role("link", name="JSON").click()
        return Path(await (await download.value).path())
