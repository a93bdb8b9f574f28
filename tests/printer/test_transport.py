from __future__ import annotations

import asyncio
import os
import socket
import stat
from pathlib import Path

import pytest

from printer.errors import PrintError
from printer.file import FileTransport
from printer.tcp import TcpTransport
from printer.transport import DEFAULT_PORT, parse_url
from server.domain.errors import Invalid
from tests.printer.fake_printer import (
    COVER_OPEN,
    OFFLINE,
    ONLINE,
    PAPER_END,
    FakePrinter,
    free_port,
    well,
)
from tests.server.waiting import soon

JOB = b"\x1b@A012\n" + bytes(range(32, 127)) * 50 + b"\n\x1dV\x01"


def transport(printer: FakePrinter, **times: float) -> TcpTransport:
    quick = {"connect_s": 1.0, "status_s": 0.4, "confirm_s": 0.5} | times
    return TcpTransport("127.0.0.1", printer.port, **quick)


async def failure(
    way: TcpTransport | FileTransport,
    job: bytes = JOB,
    timeout: float = 2.0,  # noqa: ASYNC109  # of send, see Transport
) -> PrintError:
    with pytest.raises(PrintError) as caught:
        await way.send(job, timeout=timeout)
    return caught.value


# ---- addresses


def test_a_network_address_has_the_usual_port() -> None:
    way = parse_url("tcp://192.0.2.20")
    assert isinstance(way, TcpTransport)
    assert (way.host, way.port) == ("192.0.2.20", DEFAULT_PORT)
    way = parse_url(" tcp://[2001:db8::7]:9101 ")
    assert isinstance(way, TcpTransport)
    assert (way.host, way.port) == ("2001:db8::7", 9101)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:/dev/usb/lp0", "/dev/usb/lp0"),
        ("file:///tmp/papers", "/tmp/papers"),  # noqa: S108
        ("file:papers.bin", "papers.bin"),
        ("file:/a?b#c d", "/a?b#c d"),
    ],
)
def test_a_file_address_may_be_written_in_all_usual_ways(url: str, path: str) -> None:
    way = parse_url(url)
    assert isinstance(way, FileTransport)
    assert way.path == Path(path)


@pytest.mark.parametrize("url", ["lpt:1", "http://x", "", "192.0.2.20", "bluetooth:Kiosk"])
def test_an_unknown_address_names_what_is_supported(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_url(url)
    assert "tcp://HOST:9100" in str(caught.value)
    assert "usb:/dev/usb/lp0" in str(caught.value)
    assert caught.value.field == "url"


@pytest.mark.parametrize(
    "url", ["tcp://", "tcp://:9100", "tcp://h:x", "tcp://h:0", "tcp://h:70000", "tcp://h/p",
            "tcp://u@h", "file:", "file://host/path"]
)  # fmt: skip
def test_half_an_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        parse_url(url)


def test_a_new_kind_of_connection_is_one_entry() -> None:
    made = parse_url("null:x", {"null": lambda parts: FileTransport("/dev/" + parts.scheme)})
    assert isinstance(made, FileTransport)


# ---- network printers


async def test_a_printer_that_talks_confirms_the_job() -> None:
    async with FakePrinter(answers=well()).listening() as printer:
        way = transport(printer)
        assert await way.send(JOB, timeout=5) == "confirmed"
        assert await way.send(JOB, timeout=5) == "confirmed"
        await soon(lambda: printer.papers == [JOB, JOB], "both papers came")
        assert printer.connections == 2
        await soon(lambda: printer.open_now == 0, "the printer is let go")


async def test_a_mute_printer_still_prints_and_is_asked_only_once() -> None:
    async with FakePrinter().listening() as printer:
        way = transport(printer)
        assert await way.send(JOB, timeout=5) == "unverified"
        assert await way.send(JOB, timeout=5) == "unverified"
        await soon(lambda: printer.papers == [JOB, JOB], "both papers came")
        assert printer.jobs[1] == JOB  # not even a question before it


async def test_unasked_status_bytes_do_not_confuse() -> None:
    asb = bytes((0x10, 0x00, 0x00, 0x0F))
    async with FakePrinter(answers=well(), unasked=asb * 3).listening() as printer:
        assert await transport(printer).send(JOB, timeout=5) == "confirmed"


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({1: OFFLINE, 4: PAPER_END}, "paper_out"),
        ({1: OFFLINE, 4: ONLINE, 2: COVER_OPEN}, "cover_open"),
        ({1: OFFLINE, 4: ONLINE, 2: ONLINE}, "offline"),
    ],
)
async def test_a_printer_in_trouble_gets_no_job(answers: dict[int, int], kind: str) -> None:
    async with FakePrinter(answers=answers).listening() as printer:
        error = await failure(transport(printer))
        assert (error.kind, error.unsure) == (kind, False)
        await asyncio.sleep(0.01)
        assert printer.papers == []
        printer.answers = well()
        assert await transport(printer).send(JOB, timeout=5) == "confirmed"


async def test_paper_that_ends_during_the_job_is_noticed() -> None:
    printer = FakePrinter(answers=well(), done=None, after_job={1: OFFLINE, 4: PAPER_END})
    async with printer.listening():
        error = await failure(transport(printer))
        assert (error.kind, error.unsure) == ("paper_out", True)


async def test_a_printer_that_goes_silent_during_the_job_is_not_trusted() -> None:
    async with FakePrinter(answers=well(), done=None, after_job={}).listening() as printer:
        error = await failure(transport(printer), timeout=0.2)
        assert (error.kind, error.unsure) == ("timeout", True)


async def test_a_printer_that_knows_only_half_the_questions_prints_unverified() -> None:
    async with FakePrinter(answers=well(), done=None).listening() as printer:
        way = transport(printer)
        assert await way.send(JOB, timeout=5) == "unverified"
        assert await way.send(JOB, timeout=5) == "unverified"
        await soon(lambda: len(printer.jobs) == 2 and JOB in printer.jobs[1], "both papers came")
        assert b"\x1dr\x01" in printer.jobs[0]
        assert b"\x1dr\x01" not in printer.jobs[1]


async def test_nobody_listens() -> None:
    error = await failure(TcpTransport("127.0.0.1", free_port()))
    assert (error.kind, error.unsure) == ("refused", False)


async def test_a_name_that_is_not_known() -> None:
    error = await failure(TcpTransport("printer.invalid", 9100))
    assert (error.kind, error.unsure) == ("offline", False)


async def test_a_connection_that_never_comes_about_is_given_up_in_time() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        others = []
        for _ in range(4):  # fill the queue of connections nobody accepts
            other = socket.socket()
            other.setblocking(False)
            other.connect_ex(("127.0.0.1", port))
            others.append(other)
        error = await failure(TcpTransport("127.0.0.1", port, connect_s=0.2))
        assert (error.kind, error.unsure) == ("timeout", False)
        for other in others:
            other.close()


async def test_a_printer_that_hangs_up_at_once_got_nothing() -> None:
    async with FakePrinter(take=0).listening() as printer:
        error = await failure(transport(printer))
        assert (error.kind, error.unsure) == ("closed", False)


async def test_a_printer_that_hangs_up_half_way_may_have_printed() -> None:
    async with FakePrinter(answers=well(), take=9 + 200).listening() as printer:
        error = await failure(transport(printer))
        assert (error.kind, error.unsure) == ("closed", True)


async def test_a_mute_printer_that_hangs_up_half_way_may_have_printed() -> None:
    async with FakePrinter(take=3 + 200).listening() as printer:
        error = await failure(transport(printer))
        assert (error.kind, error.unsure) == ("closed", True)


async def test_a_printer_that_reads_nothing_ends_in_a_timeout() -> None:
    async with FakePrinter(reading=False).listening() as printer:
        error = await failure(transport(printer), bytes(20_000_000), timeout=0.2)
        assert (error.kind, error.unsure) == ("timeout", True)


async def test_a_cancelled_job_leaves_no_connection() -> None:
    async with FakePrinter(answers=well(), done=None).listening() as printer:
        way = transport(printer, confirm_s=5)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(way.send(JOB, timeout=9))
            await soon(lambda: printer.open_now == 1, "the printer is reached")
            task.cancel()
        await soon(lambda: printer.open_now == 0, "the printer is let go")


# ---- files and devices


async def test_jobs_are_appended_to_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "papers.bin"
    way = FileTransport(path)
    assert await way.send(b"one\n", timeout=1) == "unverified"
    await way.send(b"two\n", timeout=1)
    assert path.read_bytes() == b"one\ntwo\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_folder_gets_one_file_for_each_job_in_order(tmp_path: Path) -> None:
    way = FileTransport(tmp_path)
    for number in range(5):
        await way.send(f"{number}\n".encode(), timeout=1)
    files = sorted(tmp_path.iterdir())  # noqa: ASYNC240  # a test has time
    assert [path.read_text() for path in files] == [f"{number}\n" for number in range(5)]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


async def test_a_folder_that_is_missing_is_offline(tmp_path: Path) -> None:
    error = await failure(FileTransport(tmp_path / "no" / "lp0"))
    assert (error.kind, error.unsure) == ("offline", False)


async def test_a_device_that_is_off_fails_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    error = await failure(FileTransport(pipe))
    assert (error.kind, error.unsure) == ("offline", False)


async def test_a_device_gets_the_bytes_as_it_takes_them(tmp_path: Path) -> None:
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    job = os.urandom(300_000)
    got = bytearray()

    async def take() -> None:
        while len(got) < len(job):
            try:
                got.extend(os.read(reader, 10_000))
            except BlockingIOError:
                await asyncio.sleep(0.001)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(take())
            assert await FileTransport(pipe).send(job, timeout=5) == "unverified"
    finally:
        os.close(reader)
    assert got == job


async def test_a_device_that_hangs_delays_only_its_own_job(tmp_path: Path) -> None:
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        turns = 0
        async with asyncio.TaskGroup() as group:
            stuck = group.create_task(failure(FileTransport(pipe), bytes(300_000), 0.2))
            while not stuck.done():
                await asyncio.sleep(0.01)
                turns += 1
        assert turns > 5  # the loop went on while the device hung
        error = stuck.result()
        assert (error.kind, error.unsure) == ("timeout", True)
    finally:
        os.close(reader)


async def test_a_device_that_is_unplugged_during_the_job_may_have_printed(tmp_path: Path) -> None:
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(failure(FileTransport(pipe), bytes(300_000)))
        await asyncio.sleep(0.1)
        os.close(reader)
    assert (task.result().kind, task.result().unsure) == ("closed", True)


async def test_a_full_disk_leaves_no_half_file() -> None:
    error = await failure(FileTransport("/dev/full"))
    assert (error.kind, error.unsure) == ("paper_out", False)
