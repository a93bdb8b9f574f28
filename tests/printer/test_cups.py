"""Printers behind a real print service: what comes out, what is told, and what never comes late."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from PIL import Image, ImageDraw

from printer.cups import CupsTransport
from printer.errors import PrintError, Trouble, WantsCommands, WantsPicture
from printer.ipp import Operation, PrintService, Refused, Tag
from printer.queue import read_queue
from printer.sheet import page
from tests.printer.cups_lab import CupsLab, IppPrinter, cups_lab
from tests.printer.fake_printer import FakePrinter, free_port
from tests.server.waiting import soon

COMMANDS = b"\x1b@" + bytes(range(256)) * 40 + b"\x1dV\x01"
RAW_PORT = free_port()


@pytest.fixture(scope="module")
def lab() -> Iterator[CupsLab]:
    with cups_lab() as made:
        made.raw_queue("struk", RAW_PORT)
        yield made


@pytest.fixture(scope="module")
def forgetful() -> Iterator[CupsLab]:
    """A service that keeps no record of what is done."""
    with cups_lab(forgets=True) as made:
        yield made


@pytest.fixture(scope="module")
def desk(lab: CupsLab) -> IppPrinter:
    """The office printer behind the queue ``meja``."""
    return lab.driverless_queue("meja")


@pytest.fixture
def picture() -> bytes:
    ticket = Image.new("L", (624, 900), 255)
    ImageDraw.Draw(ticket).rectangle((100, 100, 500, 300), fill=0)
    out = io.BytesIO()
    ticket.save(out, "PNG")
    return out.getvalue()


def to(lab: CupsLab, name: str) -> CupsTransport:
    return CupsTransport(name, service=PrintService(str(lab.socket)))


async def failure(way: CupsTransport, data: bytes, seconds: float = 15.0) -> PrintError:
    with pytest.raises(PrintError) as caught:
        await way.send(data, timeout=seconds)
    return caught.value


@asynccontextmanager
async def receipt_printer() -> AsyncIterator[FakePrinter]:
    async with FakePrinter(port=RAW_PORT).listening() as printer:
        yield printer


async def test_a_receipt_printers_queue_gets_the_raw_bytes(lab: CupsLab) -> None:
    async with receipt_printer() as printer:
        way = to(lab, "struk")
        assert await way.send(COMMANDS, timeout=15) == "unverified"
        await soon(lambda: printer.jobs == [COMMANDS], "the bytes came as they were")
        assert await asyncio.to_thread(lab.jobs) == []


async def test_a_printer_without_a_driver_gets_a_picture_and_confirms(
    lab: CupsLab, desk: IppPrinter, picture: bytes
) -> None:
    way = to(lab, "meja")
    with pytest.raises(WantsPicture):
        await way.send(COMMANDS, timeout=15)
    assert await way.send(picture, timeout=15) == "confirmed"
    assert len(desk.papers) == 1
    assert await way.look(timeout=5) is True
    with pytest.raises(WantsCommands):
        await to(lab, "struk").send(picture, timeout=15)


async def test_a_printer_with_tls_and_a_certificate_of_its_own_making_prints_and_is_asked(
    lab: CupsLab, picture: bytes
) -> None:
    printer = await asyncio.to_thread(lab.driverless_queue, "rahasia", "ipps")
    way = to(lab, "rahasia")
    assert (await way.queue()).device.startswith("ipps://")
    assert await way.send(picture, timeout=15) == "confirmed"
    assert len(printer.papers) == 1
    assert await way.look(timeout=5) is True
    printer.off()
    error = await failure(way, picture)
    assert (error.kind, error.unsure, error.unreached) == ("offline", False, True)
    assert await asyncio.to_thread(lab.jobs) == []


async def test_a_printer_whose_tls_cannot_be_read_is_not_called_off() -> None:
    async with FakePrinter(unasked=b"HTTP/1.1 400 Bad Request\r\n\r\n").listening() as odd:
        service = PrintService(f"127.0.0.1:{odd.port}", secret=True)
        with pytest.raises(Refused):
            await service.ask(
                Operation.GET_PRINTER_ATTRIBUTES, {"printer-uri": (Tag.URI, ["ipp://x/"])}
            )


@pytest.mark.parametrize(
    ("where", "here"),
    [("/run/cups/cups.sock", True), ("localhost", True), ("127.0.0.1:8631", True), ("[::1]", True),
     ("print.example", False), ("192.0.2.7:631", False), ("127.example:631", False)],
)  # fmt: skip
def test_only_printers_of_this_machines_own_print_service_are_asked_themselves(
    where: str, *, here: bool
) -> None:
    assert PrintService(where).here is here


async def test_an_office_printer_without_paper_is_told_and_prints_after_the_refill_once(
    lab: CupsLab, desk: IppPrinter, picture: bytes
) -> None:
    way, before = to(lab, "meja"), len(desk.papers)
    desk.take_paper_out()
    try:
        error = await failure(way, picture)
        assert (error.kind, error.unsure) == ("paper_out", False)
        assert await asyncio.to_thread(lab.jobs) == []
    finally:
        desk.refill()

    async def well() -> bool:
        try:
            return await way.look(timeout=5)
        except PrintError:
            return False

    await soon(well, "the printer says that it has paper")
    await soon(lambda: not desk.at_work, "the printer is done with what it had in hand")
    came = len(desk.papers)
    assert await way.send(picture, timeout=15) == "confirmed"
    assert len(desk.papers) == came + 1
    assert came <= before + 1


async def test_a_printer_that_is_off_is_told_and_gets_no_old_paper_later(
    lab: CupsLab, desk: IppPrinter, picture: bytes
) -> None:
    before = len(desk.papers)
    desk.off()
    try:
        for way, data in ((to(lab, "meja"), picture), (to(lab, "struk"), COMMANDS)):
            error = await failure(way, data)
            assert (error.kind, error.unsure) == ("offline", False)
            assert await asyncio.to_thread(lab.jobs) == []
    finally:
        desk.on()
    async with receipt_printer() as printer:
        await to(lab, "struk").send(b"next", timeout=15)
        assert await to(lab, "meja").send(picture, timeout=15) == "confirmed"
        assert b"".join(printer.jobs) == b"next"
        assert len(desk.papers) == before + 1


@pytest.mark.parametrize(
    ("stop", "go", "kind"),
    [
        (("cupsdisable", "struk"), ("cupsenable", "struk"), "paused"),
        (("cupsreject", "struk"), ("cupsaccept", "struk"), "rejecting"),
    ],
)
async def test_a_queue_that_somebody_stopped_is_called_so_and_takes_no_job(
    lab: CupsLab, stop: tuple[str, ...], go: tuple[str, ...], kind: Trouble
) -> None:
    way = to(lab, "struk")
    await asyncio.to_thread(lab.run, *stop)
    try:
        error = await failure(way, COMMANDS)
        assert (error.kind, error.unsure, error.unreached) == (kind, False, True)
        with pytest.raises(PrintError) as caught:
            await way.look(timeout=5)
        assert caught.value.kind == kind
        assert await asyncio.to_thread(lab.jobs) == []
    finally:
        await asyncio.to_thread(lab.run, *go)
    async with receipt_printer() as printer:
        await way.send(COMMANDS, timeout=15)
        await soon(lambda: printer.jobs == [COMMANDS], "one paper came")


async def test_a_queue_stopped_while_its_paper_waits_gives_the_paper_back(lab: CupsLab) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(failure(to(lab, "struk"), COMMANDS))
        await soon(lambda: asyncio.to_thread(lab.jobs), "the job is in the queue")
        await asyncio.to_thread(lab.run, "cupsdisable", "struk")
    try:
        assert task.result().kind in {"paused", "offline"}
        assert await asyncio.to_thread(lab.jobs) == []
    finally:
        await asyncio.to_thread(lab.run, "cupsenable", "struk")


@pytest.mark.usefixtures("desk")
async def test_a_class_takes_what_its_printers_take_and_tells_their_trouble(
    lab: CupsLab, picture: bytes
) -> None:
    def make(name: str, *members: str) -> CupsTransport:
        for each in members:
            lab.run("lpadmin", "-p", each, "-c", name)
        lab.run("cupsenable", name)
        lab.run("cupsaccept", name)
        return to(lab, name)

    lab.raw_queue("mati", free_port())
    receipts, desks, mixed, off = (
        make("struk-struk", "struk"), make("meja-meja", "meja"), make("campur", "struk", "meja"),
        make("mati-mati", "mati"),
    )  # fmt: skip
    async with receipt_printer() as printer:
        with pytest.raises(WantsCommands):
            await receipts.send(picture, timeout=15)
        assert await receipts.send(COMMANDS, timeout=15) == "unverified"
        await soon(lambda: printer.jobs == [COMMANDS], "the bytes came as they were")
    with pytest.raises(WantsPicture):
        await desks.send(COMMANDS, timeout=15)
    told = await failure(mixed, picture)
    assert (told.kind, "different things" in told.detail, told.unsure) == ("io", True, False)
    away = await failure(off, COMMANDS)
    assert (away.kind, away.unsure) == ("offline", False)
    lab.run("cupsdisable", "-r", "Toner diganti", "mati")
    stopped = await failure(off, COMMANDS)
    assert (stopped.kind, stopped.detail) == ("paused", "Toner diganti")
    assert await asyncio.to_thread(lab.jobs) == []


async def test_a_queue_that_holds_its_jobs_is_called_so_and_keeps_none(lab: CupsLab) -> None:
    lab.raw_queue("tahan", free_port())
    lab.run("lpadmin", "-p", "tahan", "-o", "job-hold-until-default=indefinite")
    error = await failure(to(lab, "tahan"), COMMANDS)
    assert (error.kind, error.detail) == ("paused", "the queue holds its jobs")
    assert await asyncio.to_thread(lab.jobs) == []


async def test_a_job_that_somebody_cancelled_in_the_queue_is_noticed(lab: CupsLab) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(failure(to(lab, "struk"), COMMANDS))
        await soon(lambda: asyncio.to_thread(lab.jobs), "the job is in the queue")
        await asyncio.to_thread(lab.run, "cancel", "-a", "struk")
    assert task.result().kind == "cancelled"


async def test_a_service_that_forgets_its_jobs_tells_printed_from_cancelled(
    forgetful: CupsLab,
) -> None:
    port = free_port()
    forgetful.raw_queue("lupa", port)
    way = to(forgetful, "lupa")
    async with FakePrinter(port=port).listening() as printer:
        assert await way.send(COMMANDS, timeout=15) == "unverified"
        assert len(printer.jobs) == 1
    for cancel in (("cancel", "-a", "lupa"), ("cancel", "-a", "-x", "lupa")):
        async with asyncio.TaskGroup() as group:  # the printer is off now
            task = group.create_task(failure(way, COMMANDS))
            await soon(lambda: asyncio.to_thread(forgetful.jobs), "the job is in the queue")
            await asyncio.to_thread(forgetful.run, *cancel)
        assert task.result().kind == "cancelled"
    async with FakePrinter(port=port).listening() as printer:
        assert await way.send(COMMANDS, timeout=15) == "unverified"
        assert len(printer.jobs) == 1


async def test_a_service_that_was_started_anew_tells_the_end_of_the_next_jobs_too(
    forgetful: CupsLab,
) -> None:
    forgetful.raw_queue("mulai", free_port())
    way = to(forgetful, "mulai")
    for _ in range(2):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(failure(way, COMMANDS))
            await soon(lambda: asyncio.to_thread(forgetful.jobs), "the job is in the queue")
            await asyncio.to_thread(forgetful.run, "cancel", "-a", "mulai")
        assert task.result().kind == "cancelled"
        forgetful.stop()
        forgetful.start()


async def test_what_a_killed_process_left_in_the_queue_never_comes_out(lab: CupsLab) -> None:
    killed = to(lab, "struk")
    await killed._print(b"old paper", "application/vnd.cups-raw")  # noqa: SLF001
    assert len(await asyncio.to_thread(lab.jobs)) == 1
    again = to(lab, "struk")
    error = await failure(again, b"new paper", 2.0)
    assert error.kind == "offline"
    async with receipt_printer() as printer:
        await again.send(b"new paper", timeout=15)
        await soon(lambda: printer.jobs, "the paper came")
        assert b"old paper" not in b"".join(printer.jobs)


async def test_what_a_killed_process_left_is_taken_back_before_anybody_prints_again(
    lab: CupsLab,
) -> None:
    lab.run("cupsdisable", "struk")
    try:
        await to(lab, "struk")._print(b"old paper", "application/vnd.cups-raw")  # noqa: SLF001
        assert len(await asyncio.to_thread(lab.jobs)) == 1
        with pytest.raises(PrintError, match="paused"):  # it is told all the same
            await to(lab, "struk").look(timeout=10)
        assert await asyncio.to_thread(lab.jobs) == []
    finally:
        lab.run("cupsenable", "struk")


async def test_a_queue_that_does_not_exist_and_a_service_that_does_not_run(lab: CupsLab) -> None:
    error = await failure(to(lab, "nowhere"), COMMANDS)
    assert (error.kind, error.unsure, error.unreached) == ("no_queue", False, True)
    await asyncio.to_thread(lab.stop)
    try:
        error = await failure(to(lab, "struk"), COMMANDS)
        assert (error.kind, error.unsure, error.unreached) == ("no_service", False, True)
    finally:
        await asyncio.to_thread(lab.start)


async def test_what_is_no_print_service_is_called_so() -> None:
    async with FakePrinter(unasked=b"SSH-2.0-OpenSSH_9.2\r\n").listening() as other:
        way = CupsTransport("struk", service=PrintService(f"127.0.0.1:{other.port}"))
        error = await failure(way, COMMANDS)
        assert (error.kind, error.unsure) == ("no_service", False)


@pytest.mark.parametrize(
    ("model", "device", "width", "takes"),
    [
        ("Local Raw Printer", "usb://EPSON/TM-T20III?serial=1", 0, "commands"),
        ("Local Raw Printer", "ipp://localhost:8631/ipp/print", 0, "picture"),
        ("Remote Printer raw", "ipp://server:631/printers/struk", 0, "commands"),
        ("Zijiang ZJ-58", "usb://STMicroelectronics/POS58", 5800, "commands"),
        ("HP LaserJet", "socket://192.0.2.7:9100", 21000, "picture"),
        ("EPSON L3250 - IPP Everywhere", "dnssd://EPSON._ipp._tcp.local/", 21000, "picture"),
        ("Local Raw Printer", "dnssd://Meja._ipps._tcp.local/?uuid=1", 0, "picture"),
        ("Local Raw Printer", "dnssd://TM-T88._pdl-datastream._tcp.local/", 0, "commands"),
        ("HP OfficeJet, driverless", "ipps://HP1.local:443/ipp/print", 21000, "picture"),
    ],
)
def test_what_a_queue_takes_follows_from_who_stands_behind_it(
    model: str, device: str, width: int, takes: str
) -> None:
    size: dict[str, list[object]] = {"x-dimension": [width], "y-dimension": [29700]}
    told = {
        "printer-make-and-model": [model],
        "device-uri": [device],
        "media-col-default": [{"media-size": [size]}],
    }
    assert read_queue(told).takes == takes  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(210.0, 297.0), (80.0, 200.0), (0.0, 0.0)])
def test_a_page_is_as_large_as_the_paper(picture: bytes, size: tuple[float, float]) -> None:
    from pypdf import PdfReader  # noqa: PLC0415

    box = PdfReader(io.BytesIO(page(picture, *size))).pages[0].mediabox
    width, height = (float(each) * 25.4 / 72 for each in (box.width, box.height))
    wanted = (78.1, 112.6) if not size[0] else (size[0], 112.6 if size[0] < 100 else size[1])
    assert (width, height) == pytest.approx(wanted, abs=0.6)
