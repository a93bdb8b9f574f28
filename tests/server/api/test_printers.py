"""A test page from the manager's page and from the command line."""

from __future__ import annotations

import asyncio
import base64
import io

import pytest
from PIL import Image

from tests.printer.decoder import decode
from tests.printer.fake_printer import PAPER_END, FakePrinter, free_port, well
from tests.server.process import Hall
from tests.server.waiting import soon


async def add(hall: Hall, name: str, url: str, *more: str) -> str:
    run = await asyncio.to_thread(
        hall.server.ramah, "printer", "add", name, url, "--branch", hall.code, *more
    )
    assert run.returncode == 0, run.stderr
    async with hall.client("manager") as manager:
        for _ in range(100):
            listed = (await manager.get("/api/printers")).json["printers"]
            found = next((each for each in listed if each["name"] == name), None)
            if found is not None and found["state"] != "unknown":
                return str(found["id"])
            await asyncio.sleep(0.1)
    raise AssertionError("the server never asked the printer")


async def test_a_manager_prints_a_test_page(hall: Hall) -> None:
    async with FakePrinter(answers=well()).listening() as printer, hall.client("manager") as boss:
        key = await add(hall, "lobi", printer.url, "--profile", "epson,baud=9600")
        [listed] = (await boss.get("/api/printers")).json["printers"]
        assert listed["profile"] == "epson,baud=9600"
        told = await boss.post(f"/api/printers/{key}/test", {})
        assert told.status == 200, told.json
        [paper] = printer.papers
        assert (told.json["state"], told.json["bytes"]) == ("printed", len(paper))
        assert told.json["words"] == "Halaman uji sudah tercetak."
        assert told.json["ticket_seconds"] == round(told.json["ticket_bytes"] / 960, 1)
        text = decode(paper).text
        assert "Halaman uji" in text
        assert "epson,baud=9600" in text
        printed = (await boss.get("/api/printers")).json["printers"][0]
        assert (printed["state"], printed["printed"]) == ("ok", 0)  # it is nobody's ticket


async def test_a_printer_in_trouble_is_told_in_words(hall: Hall) -> None:
    async with (
        FakePrinter(answers=well() | {4: PAPER_END}).listening() as printer,
        hall.client("manager") as boss,
    ):
        key = await add(hall, "lobi", printer.url)
        told = await boss.post(f"/api/printers/{key}/test", {})
        assert told.status == 409
        assert told.json["type"].endswith("printer-paper-out")
        assert "Kertas" in told.json["detail"]
        assert printer.papers == []


@pytest.mark.parametrize("role", ["staff", "kiosk", "display"])
async def test_only_managers_print_test_pages(hall: Hall, role: str) -> None:
    async with FakePrinter(answers=well()).listening() as printer, hall.client(role) as other:
        key = await add(hall, "lobi", printer.url)
        assert (await other.post(f"/api/printers/{key}/test", {})).status == 403
        assert printer.papers == []


async def test_a_printer_of_another_office_is_not_there(hall: Hall, other: Hall) -> None:
    async with FakePrinter(answers=well()).listening() as printer, other.client("manager") as boss:
        key = await add(hall, "lobi", printer.url)
        assert (await boss.post(f"/api/printers/{key}/test", {})).status == 404
        assert printer.papers == []


async def test_the_command_line_prints_a_test_page(hall: Hall) -> None:
    async with FakePrinter(answers=well()).listening() as printer:
        await add(hall, "lobi", printer.url, "--profile", "escpos,baud=9600")
        run = await asyncio.to_thread(
            hall.server.ramah, "printer", "test", "lobi", "--branch", hall.code
        )
        assert run.returncode == 0, run.stderr
        assert "lobi: test page printed" in run.stdout
        assert "seconds at 9600 baud" in run.stdout
        [paper] = printer.papers
        assert "lobi" in decode(paper).text


async def test_the_command_line_says_what_keeps_a_page_from_coming(hall: Hall) -> None:
    await add(hall, "lobi", f"tcp://127.0.0.1:{free_port()}")
    run = await asyncio.to_thread(
        hall.server.ramah, "printer", "test", "lobi", "--branch", hall.code
    )
    assert run.returncode != 0
    assert "It takes no connection" in run.stderr
    unknown = await asyncio.to_thread(
        hall.server.ramah, "printer", "test", "nobody", "--branch", hall.code
    )
    assert "There is no printer 'nobody'" in unknown.stderr


async def test_the_preview_shows_the_ticket_as_a_printer_with_this_profile_prints_it(
    hall: Hall,
) -> None:
    async with hall.client("manager") as boss:
        drawn = await boss.get("/api/printers/preview.png")
        lean = await boss.get("/api/printers/preview.png?profile=epson,width=58")
        assert (drawn.status, lean.status) == (200, 200)
        widths = [int.from_bytes(each.body[16:20], "big") for each in (drawn, lean)]
        assert widths[0] - widths[1] == 576 - 384
        wrong = await boss.get("/api/printers/preview.png?profile=laser")
        assert (wrong.status, wrong.json["field"]) == (422, "profile")


async def test_the_preview_shows_what_this_printer_prints_and_how_long_it_is(
    hall: Hall, other: Hall
) -> None:
    async with hall.client("manager") as boss, FakePrinter(answers=well()).listening() as printer:
        key = await add(hall, "lobi", printer.url, "--profile", "escpos,width=58,baud=9600")
        seen = await boss.get(f"/api/printers/preview.png?printer={key}")
        same = await boss.get("/api/printers/preview.png?profile=escpos,width=58,baud=9600")
        assert seen.body == same.body
        assert seen.headers["Ramah-Paper-Width"] == "58"
        size = int(seen.headers["Ramah-Ticket-Bytes"])
        assert seen.headers["Ramah-Ticket-Seconds"] == f"{size / 960:.1f}"
        plain = await boss.get("/api/printers/preview.png")
        assert "Ramah-Ticket-Seconds" not in plain.headers
        assert int(plain.headers["Ramah-Ticket-Bytes"]) > 10 * size
        async with other.client("manager") as stranger:
            assert (await stranger.get(f"/api/printers/preview.png?printer={key}")).status == 404


async def test_a_test_page_shows_the_logo_as_tickets_have_it(hall: Hall) -> None:
    picture = io.BytesIO()
    Image.new("L", (400, 160), 0).save(picture, "PNG")
    logo = "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()
    async with FakePrinter(answers=well()).listening() as printer, hall.client("manager") as boss:
        key = await add(hall, "lobi", printer.url, "--profile", "escpos")
        paper = (await boss.get("/api/printers/paper")).json["paper"]
        assert (
            await boss.post("/api/printers/paper", {"paper": paper | {"logo": logo}})
        ).status == 200
        assert (await boss.post(f"/api/printers/{key}/test", {})).status == 200
        ticket = await boss.take()
        await soon(lambda: len(printer.papers) > 1, f"{ticket['label']} came out")
        page, paper = (decode(each) for each in printer.papers)
        assert page.rasters[0].tobytes() == paper.rasters[0].tobytes()
        assert len(printer.papers[1]) < 3000
