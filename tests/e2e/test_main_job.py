"""The one thing that must work: from the touch to the wait time on the manager's page."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Page

from tests.e2e.pages import Counter, Display, Kiosk, Manager
from tests.printer.decoder import decode
from tests.server.process import Server
from tests.server.waiting import soon
from tests.web.browser import chromium

pytestmark = pytest.mark.e2e

SERVICE = "Administrasi Kependudukan"
ADDRESS = "http://antrean.example:8080"
"""Under which phones reach the hall; without one that a phone can open there is no code."""


class Paper:
    """A network printer: a TCP socket that keeps what arrives and never answers."""

    def __init__(self) -> None:
        self.jobs: list[bytes] = []
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Paper]:
        """Listen on a free port of the loopback address."""
        server = await asyncio.start_server(self._receive, "127.0.0.1", 0)
        async with server:
            self.url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            yield self

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.jobs.append(await reader.read(-1))
        finally:
            writer.close()

    @property
    def tickets(self) -> list[bytes]:
        """What was printed; a bare question for the printer's state is no paper."""
        return [job for job in self.jobs if len(job) > 200]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Server]:
    """The demo hall, as ``make run`` opens it for phones, too."""
    with Server(tmp_path / "data", "--demo", "--public-url", ADDRESS) as server:
        server.start()
        yield server
        assert "Traceback" not in server.stderr()


@pytest.fixture
async def paper(demo: Server) -> AsyncIterator[Paper]:
    """A printer that is set up on the command line."""
    async with Paper().listening() as paper:
        run = await asyncio.to_thread(demo.ramah, "printer", "add", "depan", paper.url)
        assert run.returncode == 0, run.stderr
        yield paper


@asynccontextmanager
async def four_pages() -> AsyncIterator[list[Page]]:
    """Four browsers that know nothing of each other; a mistake in a page's script counts."""
    wrong: list[str] = []
    async with chromium() as browser:
        pages = []
        for _ in range(4):
            context = await browser.new_context(viewport={"width": 1366, "height": 900})
            page = await context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            pages.append(page)
        yield pages
    assert wrong == []


def scanned(picture: Image.Image) -> str:
    """Return what a phone reads in a picture."""
    (code,) = zxingcpp.read_barcodes(picture)
    return code.text


async def test_from_the_touch_to_the_wait_time_on_the_managers_page(
    demo: Server, paper: Paper
) -> None:
    async with four_pages() as pages:
        kiosk, display = Kiosk(pages[0]), Display(pages[1])
        counter, manager = Counter(pages[2]), Manager(pages[3])
        await kiosk.open(demo.url)
        await display.open(demo.url)

        await kiosk.touch(SERVICE)
        label = await kiosk.number()
        assert label == "A001"
        on_screen = scanned(Image.open(io.BytesIO(await kiosk.qr())))

        await soon(lambda: paper.tickets, "the paper came out")
        ticket = decode(paper.tickets[0])
        assert ticket.cuts, "the paper is cut"
        on_paper = scanned(ticket.picture(576))
        assert on_paper == on_screen
        assert re.fullmatch(re.escape(ADDRESS) + r"/t/[\w-]{30}", on_paper)

        await counter.log_in(demo.url, "/counter", "sari")
        await counter.sit_down("Loket 1")
        await counter.press("Panggil berikutnya")
        await counter.shows(label)
        await display.shows(label, "Loket 1")
        await counter.press("Mulai layani")
        await counter.press("Selesai")
        await counter.shows(f"{label} selesai")

        await manager.log_in(demo.url, "/manager", "dewi")
        shown = await manager.turn(label)
        assert shown["Loket"].endswith("1")
        assert shown["Hasil"] == "Dilayani"
        sheet = (await manager.download()).read_text("utf-8-sig")
        (opened,) = csv.DictReader(io.StringIO(sheet, newline=""), delimiter=";")
        (line,) = json.loads((await manager.log()).read_text("utf-8"))["turns"]

    for each in (opened, line):
        assert (each["label"], each["service"], str(each["counter"])) == (label, "A", "1")
        assert each["outcome"] == "served"
    (row,) = demo.query(
        "SELECT first_called_at - eligible_at, service_ms, called_at - first_called_at FROM turns"
    )
    assert (line["wait_s"], line["service_s"]) == (row[0] / 1000, row[1] / 1000)
    assert opened["wait_s"].replace(",", ".") == f"{row[0] / 1000:g}"
    assert opened["service_s"].replace(",", ".") == f"{row[1] / 1000:g}"
    assert seconds(shown["Tunggu"]) == pytest.approx(row[0] / 1000, abs=1)
    assert seconds(shown["Lama layanan"]) == pytest.approx(row[1] / 1000, abs=1)
    papers = [each for each in paper.tickets if each]
    assert len(papers) == 1, "one ticket, one paper"
    shown_at = demo.query("SELECT kind FROM display_acks ORDER BY kind")
    assert ("shown",) in shown_at


def seconds(told: str) -> float:
    """Return a time as the page tells it (``1 m 5 d``) in seconds."""
    units = {"j": 3600, "m": 60, "d": 1}
    parts = re.findall(r"(\d+)\s*([jmd])", told)
    assert parts, told
    return sum(int(number) * units[unit] for number, unit in parts)


async def test_without_paper_the_number_counts_and_it_is_said_kindly(demo: Server) -> None:
    """Nothing listens at the printer's address."""
    run = await asyncio.to_thread(demo.ramah, "printer", "add", "depan", "tcp://127.0.0.1:9")
    assert run.returncode == 0, run.stderr
    async with four_pages() as pages:
        kiosk, display, counter = Kiosk(pages[0]), Display(pages[1]), Counter(pages[2])
        await kiosk.open(demo.url)
        await display.open(demo.url)
        await kiosk.touch(SERVICE)
        assert await kiosk.number() == "A001"
        await counter.log_in(demo.url, "/counter", "sari")
        await counter.sit_down("Loket 1")
        await counter.press("Panggil berikutnya")
        await display.shows("A001", "Loket 1")
