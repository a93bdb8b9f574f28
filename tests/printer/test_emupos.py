"""Simulated printers of somebody else's making (PyPI emupos): what they say, we tell.

emupos wants another Python than ours, so it lives in an environment of its own and runs by
``make soak``; RAMAH_EMUPOS is its program.
"""

from __future__ import annotations

import base64
import io
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.server.api.client import Client
from tests.server.process import Server, free_port, office_toml
from tests.server.waiting import soon, until

EMUPOS = os.environ.get("RAMAH_EMUPOS", "")
ADDRESS = "http://antrean.example:8080"
PRINTERS = {"epson-tm-t20iii": "epson", "xprinter-xp80t": "xprinter", "rongta-rp326": "escpos"}
FAULTS = {"paper-out": "paper_out", "cover-open": "cover_open", "offline": "offline"}

pytestmark = [
    pytest.mark.skipif(not EMUPOS, reason="emupos is not here: make soak"),
    pytest.mark.timeout(300),
]


@dataclass
class Simulated:
    """A running emupos with one printer named front."""

    folder: Path
    port: int
    api: str

    def fault(self, do: str, name: str) -> None:
        """Let a fault begin (``set``) or end (``clear``)."""
        words = [EMUPOS, "--api", self.api, "fault", do, "front", name]
        subprocess.run(words, check=True, capture_output=True, timeout=60)

    def papers(self) -> list[Path]:
        """Return the pictures of what came out."""
        return sorted((self.folder / "receipts").rglob("*.png"))


@contextmanager
def simulated(profile: str, folder: Path) -> Iterator[Simulated]:
    """Run emupos until the end of the block."""
    port, api = free_port(), free_port()
    (folder / "emupos.yaml").write_text(
        f"schema: 1\napi: {{host: 127.0.0.1, port: {api}}}\ndevices:\n"
        f"  - {{id: front, type: printer, profile: {profile}, job_idle_timeout_ms: 300,"
        f" connections: [{{tcp: {{port: {port}}}}}]}}\n",
        "utf-8",
    )
    with (folder / "emupos.log").open("w") as log:
        process = subprocess.Popen([EMUPOS, "run"], cwd=folder, stdout=log, stderr=log)
    there = Simulated(folder, port, f"http://127.0.0.1:{api}")

    def answers() -> bool:
        assert process.poll() is None, (folder / "emupos.log").read_text("utf-8")
        words = [EMUPOS, "--api", there.api, "devices"]
        return subprocess.run(words, check=False, capture_output=True).returncode == 0

    try:
        until(answers, "emupos answers")
        yield there
    finally:
        process.terminate()
        process.wait(30)


@asynccontextmanager
async def printing(printer: Simulated, profile: str) -> AsyncIterator[tuple[Server, Client]]:
    """Run a hall with this printer."""
    with Server(printer.folder / "data", "--public-url", ADDRESS) as server:
        server.add_branch(office_toml())
        server.start()
        url = f"tcp://127.0.0.1:{printer.port}"
        told = server.ramah("printer", "add", "front", url, "--profile", PRINTERS[profile])
        assert told.returncode == 0, told.stderr
        async with server.client("manager") as manager:
            yield server, manager


BAR = 320


def bar() -> str:
    """Return a black logo, so wide and half as high."""
    out = io.BytesIO()
    Image.new("L", (BAR, 160), 0).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def black_in_row(picture: Image.Image, row: int) -> int:
    """Return how many dots of a row are black."""
    return picture.convert("1").crop((0, row, picture.width, row + 1)).histogram()[0]


async def state(manager: Client) -> dict[str, Any]:
    answer: dict[str, Any] = (await manager.get("/api/printers")).json["printers"][0]
    return answer


@pytest.mark.parametrize("profile", PRINTERS)
async def test_a_ticket_is_confirmed_and_its_code_is_read(tmp_path: Path, profile: str) -> None:
    with simulated(profile, tmp_path) as printer:
        async with printing(printer, profile) as (server, manager):
            ticket = await manager.take()
            jobs = "SELECT state FROM print_jobs"
            await soon(lambda: server.query(jobs) == [("printed",)], "the paper is confirmed")
            await soon(printer.papers, "the paper came out")
            assert "delivery=confirmed" in server.stderr()
        (paper,) = printer.papers()
        (code,) = zxingcpp.read_barcodes(Image.open(paper))
        assert code.text == ticket["tracking_url"]


@pytest.mark.parametrize("profile", PRINTERS)
async def test_a_lean_logo_comes_out_as_large_as_it_was_made(tmp_path: Path, profile: str) -> None:
    with simulated(profile, tmp_path) as printer:
        async with printing(printer, profile) as (_, manager):
            paper = (await manager.get("/api/printers/paper")).json["paper"]
            changed = {"paper": paper | {"logo": bar()}}
            assert (await manager.post("/api/printers/paper", changed)).status == 200
            await manager.take()
            await soon(printer.papers, "the paper came out")
        ticket = Image.open(printer.papers()[0])
        assert [black_in_row(ticket, row) for row in (0, 80, 159, 164)] == [BAR, BAR, BAR, 0]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("profile", PRINTERS)
async def test_trouble_is_told_and_after_the_cure_the_paper_comes_once(
    tmp_path: Path, profile: str, fault: str
) -> None:
    with simulated(profile, tmp_path) as printer:
        async with printing(printer, profile) as (server, manager):
            printer.fault("set", fault)
            await manager.take()

            async def told() -> bool:
                return bool((await state(manager))["state"] == FAULTS[fault])

            await soon(told, "the trouble is told")
            assert printer.papers() == []
            printer.fault("clear", fault)
            jobs = "SELECT state FROM print_jobs"
            await soon(lambda: server.query(jobs) == [("printed",)], "the paper came out")
            await soon(printer.papers, "the paper came out")
            await manager.take()
            await soon(lambda: len(printer.papers()) > 1, "the next paper came out")
        assert len(printer.papers()) == 2, "none twice"
