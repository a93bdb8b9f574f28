"""Codes lead to where this server is now: found again as networks come and change."""

from __future__ import annotations

import asyncio
import errno
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import addresses
from server.addresses import OwnAddress, network_addresses, phones_reach
from tests.server.process import RAMAH, Server, office_toml
from tests.server.waiting import soon, until

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the guide says


def can_part() -> bool:
    """Whether this machine lets a test make a network of its own."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    words = ["unshare", "-rn", "ip", "link", "add", "eth9", "type", "veth", "peer", "name", "eth8"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


class Apart(Server):
    """A server in a network of its own, which begins without any address."""

    def start(self) -> None:
        self.program = ["unshare", "-rn", *RAMAH]
        super().start()
        assert self.process is not None
        self.inside = ["nsenter", "-t", str(self.process.pid), "-n", "-U", "--preserve-credentials"]
        self.program = [*self.inside, *RAMAH]

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.stderr()
        return "Stop with Ctrl+C" in self.said()

    def said(self) -> str:
        return self.out.read_text("utf-8")

    def ip(self, *words: str) -> None:
        subprocess.run([*self.inside, "ip", *words], check=True, capture_output=True)

    def take(self) -> str:
        """Take a number inside; return the address of its phone page."""
        ask = (
            "import sys, urllib.request as r; sys.stdout.buffer.write(r.urlopen(r.Request("
            "sys.argv[1], b'{\"service\": \"A\"}', {'Authorization': sys.argv[2],"
            "'Content-Type': 'application/json'})).read())"
        )
        url, token = f"{self.url}/api/tickets", f"Bearer {self.token('kiosk')}"
        told = subprocess.run(
            [*self.inside, sys.executable, "-c", ask, url, token],
            check=True, capture_output=True, timeout=60,
        ).stdout  # fmt: skip
        return str(json.loads(told)["tracking_url"])


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    """A server that starts before its network, as after a power cut."""
    if not can_part():
        pytest.skip("needs Linux, unshare, and the right to make networks")
    with Apart(tmp_path / "data", "--host", EVERYWHERE) as server:
        server.add_branch(office_toml("hall"))
        server.start()
        server.ip("link", "set", "lo", "up")
        yield server
        assert "Traceback" not in server.stderr()


def paper(server: Server) -> bytes:
    """Return all that was printed, after one more paper."""
    return (server.data / "paper").read_bytes() if (server.data / "paper").exists() else b""


def test_a_server_that_starts_before_its_network_finds_it_and_every_new_lease(
    apart: Apart,
) -> None:
    assert "This machine is in no network yet: tickets carry no QR code" in apart.said()
    told = apart.ramah("doctor")
    assert told.returncode == 1
    assert "this machine is in no network now, so tickets carry no QR code" in told.stdout
    added = apart.ramah("printer", "add", "try", f"file:{apart.data}/paper", "--profile", "escpos")
    assert added.returncode == 0, added.stderr
    assert apart.take().startswith("http://127.0.0.1:")
    until(lambda: b"A001" in paper(apart), "the first paper is out")
    assert b"/t/" not in paper(apart)

    apart.ip("link", "add", "eth9", "type", "veth", "peer", "name", "eth8")
    apart.ip("address", "add", "192.168.7.5/24", "dev", "eth9")
    apart.ip("link", "set", "eth9", "up")
    address = f"http://192.168.7.5:{apart.port}"
    until(lambda: f"address is now {address}/" in apart.said(), "it says that it has one")
    assert apart.take().startswith(f"{address}/t/")
    until(lambda: f"{address}/t/".encode() in paper(apart), "the second paper has a code")
    told = apart.ramah("doctor")
    assert told.returncode == 0, told.stdout
    assert address in told.stdout

    apart.ip("address", "delete", "192.168.7.5/24", "dev", "eth9")
    apart.ip("address", "add", "10.20.30.40/16", "dev", "eth9")
    renewed = f"http://10.20.30.40:{apart.port}"
    until(lambda: f"address is now {renewed}/" in apart.said(), "it follows the new lease")
    assert apart.take().startswith(f"{renewed}/t/")

    apart.ip("link", "set", "eth9", "down")
    until(lambda: apart.said().count("in no network yet") == 2, "it says when it is cut off")
    assert apart.stop() == 0
    assert not (apart.data / "address").exists()


def test_every_address_of_a_machine_is_said_at_the_start(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--host", EVERYWHERE) as server:
        server.add_branch(office_toml("hall"))
        server.start()
        until(lambda: "Stop with" in server.out.read_text("utf-8"), "it said all")
        said = server.out.read_text("utf-8")
        for address in ["127.0.0.1", *(each for each in network_addresses() if ":" not in each)]:
            assert f"http://{address}:{server.port}/" in said


async def test_this_machine_alone_is_said_and_an_address_that_was_told_wins(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        server.start()
        until(lambda: "Stop with" in server.out.read_text("utf-8"), "it said all")
        said = server.out.read_text("utf-8")
        assert "Only this machine can open these pages: tickets carry no QR code" in said
        assert server.ramah("doctor").returncode == 0
        server.stop()
        server.options = ("--public-url", "https://antrean.example.go.id/")
        server.out.unlink()
        server.start()
        until(lambda: "Stop with" in server.out.read_text("utf-8"), "it said all")
        assert "tickets carry no QR code" not in server.out.read_text("utf-8")
        async with server.client("kiosk") as kiosk:
            ticket = await kiosk.take()
            assert ticket["tracking_url"].startswith("https://antrean.example.go.id/t/")
        assert "https://antrean.example.go.id" in server.ramah("doctor").stdout


async def test_a_look_without_a_descriptor_to_spare_is_not_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(addresses, "LOOK_SECONDS", 0.01)
    looks = 0

    def found() -> list[str]:
        nonlocal looks
        looks += 1
        if looks == 2:
            raise OSError(errno.EMFILE, "Too many open files")
        return ["192.0.2.7"] if looks > 2 else []

    own = OwnAddress(EVERYWHERE, 8080, "", found)
    changes: list[str] = []
    async with asyncio.TaskGroup() as group:
        following = group.create_task(own.follow(lambda: changes.append(own())))
        await soon(lambda: changes == ["http://192.0.2.7:8080"], "the lease of then is found")
        following.cancel()


def test_doctor_finds_an_office_whose_own_address_no_phone_can_open(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall", more='public_url = "http://localhost:8080"'))
        told = server.ramah("doctor")
        assert told.returncode == 1
        assert "no phone can open that" in told.stdout
        server.add_branch(office_toml("hall", more='public_url = "http://antrean.lan"'))
        told = server.ramah("doctor")
        assert (told.returncode, "http://antrean.lan" in told.stdout) == (0, True)


@pytest.mark.parametrize(
    ("host", "found", "expected"),
    [
        ("0.0.0.0", ["192.168.1.7", "fd00::7"], "http://192.168.1.7:8080"),  # noqa: S104
        ("0.0.0.0", [], "http://127.0.0.1:8080"),  # noqa: S104
        ("::", ["192.168.1.7", "fd00::7"], "http://[fd00::7]:8080"),
        ("::", ["192.168.1.7"], "http://[::1]:8080"),
        ("", ["192.168.1.7"], "http://192.168.1.7:8080"),
        ("192.168.1.9", ["192.168.1.7"], "http://192.168.1.9:8080"),
        ("::1", ["192.168.1.7"], "http://[::1]:8080"),
        ("antrean.lan", ["192.168.1.7"], "http://antrean.lan:8080"),
    ],
)
def test_the_address_is_one_that_the_server_listens_on(
    host: str, found: list[str], expected: str
) -> None:
    assert OwnAddress(host, 8080, found=lambda: found)() == expected


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("http://192.168.1.7:8080", True),
        ("https://antrean.example", True),
        ("http://[fd00::7]:8080", True),
        ("http://127.8.8.8", False),
        ("http://[::1]:80", False),
        ("http://LOCALHOST:80", False),
        ("http://kiosk.localhost", False),
        ("http://localhost.", False),
        ("http://localhost.localdomain:80", False),
        ("http://ip6-localhost", False),
        ("http://127.1:8080", False),
        ("http://2130706433", False),
        ("http://0x7f.0.0.1", False),
        ("http://[::ffff:127.0.0.1]", False),
        ("http://0:8080", False),
        ("http://10.1:8080", True),
        ("http://localhost.example", True),
        ("http://192.168.1.7.nip.example", True),
        ("http://0.0.0.0:8080", False),
        ("http://[::", False),
        ("", False),
    ],
)
def test_phones_reach_networks_and_never_a_loopback(address: str, reached: bool) -> None:
    assert phones_reach(address) is reached
