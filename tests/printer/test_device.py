"""Printers on a cable, played by pseudo terminals: bytes arrive, answers are read back."""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import pytest

from printer.device import DeviceTransport, line_speed, usb_node
from printer.errors import PrintError
from printer.transport import parse_url
from server.domain.errors import Invalid
from tests.printer.fake_printer import COVER_OPEN, OFFLINE, ONLINE, PAPER_END
from tests.server.waiting import soon

PAPER_NEAR_END = 0x1E


class Cable:
    """A printer at the far end of a pseudo terminal."""

    def __init__(self, answers: dict[int, int] | None, *, done: bool = True) -> None:
        self.answers = answers
        self.done = done
        self.got = bytearray()
        self.far, self._near = os.openpty()
        tty.setraw(self.far)
        tty.setraw(self._near)
        self.node = Path(os.ttyname(self._near))

    def transport(self) -> DeviceTransport:
        return DeviceTransport(lambda: self.node, line_speed(19200), status_s=1.0, confirm_s=1.0)

    def read(self) -> None:
        data = os.read(self.far, 65536)
        if self.answers is not None and data[:2] == b"\x10\x04" and data[2] in self.answers:
            os.write(self.far, bytes((self.answers[data[2]],)))
            return
        self.got += data
        if self.answers is not None and self.done and self.got.endswith(b"\x1dr\x01"):
            os.write(self.far, b"\x00")

    @asynccontextmanager
    async def plugged_in(self) -> AsyncIterator[Self]:
        loop = asyncio.get_running_loop()
        loop.add_reader(self.far, self.read)
        try:
            yield self
        finally:
            loop.remove_reader(self.far)
            os.close(self.far)
            os.close(self._near)


def well() -> dict[int, int]:
    return {1: ONLINE, 2: ONLINE, 4: ONLINE}


async def failure(way: DeviceTransport, data: bytes = b"paper") -> PrintError:
    with pytest.raises(PrintError) as caught:
        await way.send(data, timeout=3)
    return caught.value


async def test_a_printer_that_answers_confirms_the_job() -> None:
    job = os.urandom(20_000).replace(b"\x10\x04", b"\x11\x05")
    async with Cable(well()).plugged_in() as cable:
        assert await cable.transport().send(job, timeout=5) == "confirmed"
        assert bytes(cable.got) == job + b"\x1dr\x01"


async def test_a_mute_printer_is_asked_once_and_counts_as_unverified() -> None:
    async with Cable(None).plugged_in() as cable:
        way = cable.transport()
        assert await way.send(b"one", timeout=5) == "unverified"
        assert await way.send(b"two", timeout=5) == "unverified"
        all_of_it = b"\x10\x04\x01" + b"one" + b"two"
        await soon(lambda: len(cable.got) >= len(all_of_it), "both papers came through the cable")
        assert bytes(cable.got) == all_of_it


@pytest.mark.parametrize(
    ("answers", "kind"),
    [({4: PAPER_END}, "paper_out"), ({2: COVER_OPEN}, "cover_open"), ({1: OFFLINE}, "offline")],
)
async def test_what_the_printer_says_keeps_the_job_back(answers: dict[int, int], kind: str) -> None:
    async with Cable(well() | answers).plugged_in() as cable:
        error = await failure(cable.transport())
        assert (error.kind, error.unsure) == (kind, False)
        assert not cable.got


async def test_a_low_roll_is_known_before_it_is_empty() -> None:
    async with Cable(well() | {4: PAPER_NEAR_END}).plugged_in() as cable:
        way = cable.transport()
        await way.look(timeout=3)
        assert way.paper_low
        assert not cable.got


async def test_a_printer_that_takes_nothing_fails_in_time_and_holds_nobody() -> None:
    cable = Cable(None)
    try:
        turns = 0
        async with asyncio.TaskGroup() as group:
            way = DeviceTransport(lambda: cable.node, status_s=0.1)

            async def fail() -> PrintError:
                with pytest.raises(PrintError) as caught:
                    await way.send(bytes(1_000_000), timeout=0.2)
                return caught.value

            stuck = group.create_task(fail())
            while not stuck.done():
                await asyncio.sleep(0.01)
                turns += 1
        assert turns > 5
        assert (stuck.result().kind, stuck.result().unsure) == ("timeout", True)
    finally:
        os.close(cable.far)


async def test_a_cable_that_is_not_plugged_in_is_offline(tmp_path: Path) -> None:
    error = await failure(DeviceTransport(lambda: tmp_path / "lp0"))
    assert (error.kind, error.unsure) == ("offline", False)
    error = await failure(DeviceTransport(lambda: usb_node("04b8", "0e15", tmp_path, tmp_path)))
    assert (error.kind, error.unsure) == ("offline", False)


def test_a_usb_printer_is_found_by_its_ids(tmp_path: Path) -> None:
    for node, ids in (("lp0", ("0416", "5011")), ("lp1", ("04B8", "0e15"))):
        usb = tmp_path / "bus" / node
        interface = usb / "interface"
        interface.mkdir(parents=True)
        (usb / "idVendor").write_text(ids[0] + "\n")
        (usb / "idProduct").write_text(ids[1] + "\n")
        entry = tmp_path / "usbmisc" / node
        entry.mkdir(parents=True)
        (entry / "device").symlink_to(interface)
    found = usb_node("04b8", "0E15", tmp_path / "usbmisc", tmp_path / "dev")
    assert found == tmp_path / "dev" / "lp1"


@pytest.mark.parametrize(
    "url",
    ["usb:", "usb:/dev/usb/lp1", "usb:04b8:0e15", "serial:/dev/ttyS0", "cups:Kios_1",
     "serial:/dev/ttyUSB0?baud=115200", "agent:front",
     "cups:Kios_1?as=picture", "cups:Kios_1?as=commands"],
)  # fmt: skip
def test_addresses_that_are_understood(url: str) -> None:
    parse_url(url)


@pytest.mark.parametrize(
    "url",
    ["usb:lp0", "usb://x/lp0", "usb:04b8:0e1", "serial:ttyUSB0", "serial:/dev/ttyS0?baud=9601",
     "serial:/dev/ttyS0?baud=x", "cups:", "cups:-o", "cups:a b", "cups:a/b", "cups:a?as=x",
     "agent:", "agent://x"],
)  # fmt: skip
def test_addresses_that_are_not(url: str) -> None:
    with pytest.raises(Invalid):
        parse_url(url)


@pytest.mark.parametrize(
    "url",
    ["ipp://192.0.2.9/ipp/print", "IPPS://meja.local:443/ipp/print",
     "dnssd://Meja%20Depan._ipps._tcp.local/?uuid=1", "lpd://192.0.2.9/queue"],
)  # fmt: skip
def test_an_address_of_the_print_services_own_is_refused_with_the_way_to_use_it(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_url(url)
    assert f"lpadmin -p NAME -E -v '{url}' -m everywhere" in str(caught.value)
    assert "cups:NAME" in str(caught.value)


def test_what_the_print_service_calls_a_socket_is_a_network_printer_here() -> None:
    with pytest.raises(Invalid, match="tcp://HOST:9100"):
        parse_url("socket://192.0.2.9:9100")
