"""Each unit starts the real program under its own limits, as a user without rights."""

from __future__ import annotations

import ctypes.util
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.apart import NICE
from tests.deploy.confined import user
from tests.deploy.units import (
    DEPLOY,
    UNITS,
    allowed_calls,
    kept_sets,
    rules_of,
    settings,
    told_by_systemd,
)
from tests.server.process import RAMAH, ROOT, Server, office_toml
from tests.server.waiting import soon, until

CONFINED = Path(__file__).with_name("confined.py")
OURS = [DEPLOY / "ramah.service", DEPLOY / "ramah-print-agent.service"]
needs_seccomp = pytest.mark.skipif(
    sys.platform != "linux" or ctypes.util.find_library("seccomp") is None,
    reason="needs Linux and libseccomp2",
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user without rights may write."""
    made = Path(tempfile.mkdtemp(prefix="ramah-unit-"))
    os.chown(made, user(), -1)
    yield made
    shutil.rmtree(made)


def under(unit: Path, folder: Path) -> list[str]:
    """Return the words that start a program under the limits of a unit."""
    rules = folder.with_name(folder.name + f".{unit.name}.json")
    rules.write_text(json.dumps(rules_of(unit)), "utf-8")
    rules.chmod(0o644)
    return [sys.executable, str(CONFINED), str(rules)]


def given_away(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, user(), -1)


@pytest.fixture
def confined(folder: Path) -> Iterator[Server]:
    """The server as ``ramah.service`` starts it, with an office."""
    unit = DEPLOY / "ramah.service"
    with Server(folder / "data") as server:
        server.add_branch(office_toml("hall"))
        server.person("dewi", "manager")
        server.program = [*under(unit, folder), *RAMAH]
        server.environment = {"ESCPOS_CAPABILITIES_PICKLE_DIR": str(folder)}
        given_away(folder)
        yield server
    Path(server.program[2]).unlink()


def limits_of(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text()


def children(pid: int, module: str) -> list[int]:
    """Return the children of a process that run a module."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    every = [each for path in found for each in path.read_text().split()]
    return [int(each) for each in every if module in Path(f"/proc/{each}/cmdline").read_text()]


def nice(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_call_that_a_unit_forbids_is_refused_and_not_the_end_of_the_program(unit: Path) -> None:
    told = settings(unit)
    if "SystemCallFilter" in told:
        assert told["SystemCallErrorNumber"] == ["EPERM"]


@needs_seccomp
async def test_the_server_works_under_its_units_limits(confined: Server, folder: Path) -> None:
    confined.start()
    assert confined.process is not None
    told = limits_of(confined.process.pid)
    assert "Seccomp:\t2" in told
    assert "CapEff:\t0000000000000000" in told
    hall = confined.client
    async with hall("kiosk") as kiosk, hall("manager") as manager, hall("staff") as staff:
        assert confined.ramah("printer", "add", "hall", f"file:{folder}/paper").returncode == 0
        await kiosk.take()
        await staff.do(1, "open")
        await staff.do(1, "call-next")
        until((folder / "paper").exists, "the ticket is on paper")
        today = (await manager.get("/api/queue")).json["day"]
        for address in (f"/api/reports/paper?from={today}&to={today}", "/api/log?format=xlsx"):
            assert (await manager.get(address)).status == 200, address
    assert confined.ramah("backup", str(folder / "monday.tar")).returncode == 0
    assert confined.ramah("doctor").returncode == 0
    assert "cores_unchanged" not in confined.stderr()
    async with hall() as visitor:
        guess = {"login": "dewi", "password": "tiga-kucing-oranye"}
        assert (await visitor.post("/api/session", guess, check=False)).status == 401
    (child,) = children(confined.process.pid, "server.auth.hashing")
    assert nice(child) == min(19, nice(confined.process.pid) + NICE)
    assert confined.stop() == 0


@needs_seccomp
def test_the_server_bears_a_unit_that_forbids_it_its_core(folder: Path) -> None:
    rules = rules_of(DEPLOY / "ramah.service")
    rules["calls"] = [
        call for call in rules["calls"] if call not in {"sched_setaffinity", "sched_getaffinity"}
    ]
    written = folder / "rules.json"
    written.write_text(json.dumps(rules), "utf-8")
    with Server(folder / "data") as server:
        server.add_branch(office_toml("hall"))
        server.program = [sys.executable, str(CONFINED), str(written), *RAMAH]
        given_away(folder)
        server.start()
        assert server.stop() == 0


@contextmanager
def agent(server: Server, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The print agent as its unit starts it; it ends as systemd ends it."""
    token = server.token("agent", name="front")
    assert server.ramah("printer", "add", "door", "agent:front").returncode == 0
    start = under(DEPLOY / "ramah-print-agent.service", folder)
    words = ["print-agent", "--server", server.url, "--printer", f"file:{folder}/paper"]
    process = subprocess.Popen(
        [*start, *RAMAH, *words], cwd=ROOT, stderr=subprocess.PIPE,
        env={**os.environ, "RAMAH_TOKEN": token},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
        Path(start[2]).unlink()
    assert process.returncode == 0, told


@needs_seccomp
async def test_the_print_agent_works_under_its_units_limits(server: Server, folder: Path) -> None:
    with agent(server, folder) as process:
        async with server.client("kiosk") as kiosk:
            await kiosk.take()
        await soon(
            lambda: process.poll() is not None or (folder / "paper").exists(), "the agent printed"
        )
        assert process.poll() is None


@needs_seccomp
def test_the_limits_of_these_tests_bite(folder: Path) -> None:
    start = under(DEPLOY / "ramah.service", folder)
    try_all = (
        "import os, mmap, socket\n"
        "def refused(act):\n"
        "    try: act()\n"
        "    except OSError as error: print(error.errno, end=' ')\n"
        "refused(lambda: os.sched_setparam(0, os.sched_param(0)))\n"
        "refused(lambda: socket.socket(socket.AF_NETLINK))\n"
        "refused(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC))\n"
    )
    told = subprocess.run(
        [*start, sys.executable, "-c", try_all], capture_output=True, text=True, check=False
    )
    Path(start[2]).unlink()
    assert (told.returncode, told.stdout, told.stderr) == (0, "1 97 1 ", "")


@pytest.mark.parametrize("name", sorted(kept_sets()))
def test_the_kept_sets_are_what_systemd_of_debian_12_says(name: str) -> None:
    program = shutil.which("systemd-analyze")
    told = program and subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=False
    ).stdout  # fmt: skip
    if not told or not told.startswith("systemd 252 "):
        pytest.skip("another systemd than 252")
    assert kept_sets()[name] == told_by_systemd(name)


@pytest.mark.parametrize("unit", OURS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_the_program_has(unit: Path) -> None:
    (start,) = settings(unit)["ExecStart"]
    words = shlex.split(start)
    assert words[0] == "/opt/ramah/.venv/bin/ramah"
    told = subprocess.run(
        [*RAMAH, *words[1:], "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0
    assert "chroot" not in (allowed_calls(unit) or [])
