"""Owns the server under test: a real process on its own data folder, started and always ended."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.builds import HERE, Build

START_S = 60.0
STOP_S = 20.0
TOKEN_SECONDS = 1.5
"""A running server notices a new token within a second."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is removed again."""
    folder = Path(tempfile.mkdtemp(prefix="ramah-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def process(
    arguments: list[str], log: Path, build: Build = HERE
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``python arguments`` of a build until the block ends; its words go to ``log``."""
    with log.open("ab") as out:
        running = subprocess.Popen(
            [build.python, *arguments],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=build.root,
            env=build.environment,
        )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(STOP_S)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def until_served(port: int, path: str, running: subprocess.Popen[bytes], log: Path) -> None:
    """Return as soon as the address answers 200, body read.

    Raises:
        RuntimeError: the process ended or never answered; the text is what it said.
    """
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if running.poll() is not None:
            break
        try:
            if get(port, path).status == 200:  # noqa: PLR2004
                return
        except OSError:
            time.sleep(0.002)
    raise RuntimeError(f"the server did not start:\n{log.read_text('utf-8', 'replace')}")


def get(port: int, path: str, token: str = "") -> http.client.HTTPResponse:
    """Return the answer to one GET on a connection of its own, body read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


class Office:
    """A running server: its port, process id, data folder and tokens."""

    def __init__(self, data: Path, port: int, pid: int) -> None:
        self.data = data
        self.port = port
        self.pid = pid

    def token(self, role: str) -> str:
        """Return the token of a role, made before the start."""
        return (self.data / f"token.{role}").read_text("ascii")


def prepare(data: Path) -> None:
    """Make the demo office in ``data`` with one token of each role, and stop again."""
    log = data / "prepare.log"
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    arguments = serve_arguments(data, port)
    with process(arguments, log) as running:
        until_served(port, "/healthz", running, log)
    for role in ("staff", "display", "manager"):
        (data / f"token.{role}").write_bytes(_ramah(data, "token", "create", "--role", role))


def prepare_hall(data: Path, settings: str) -> None:
    """Make an office of one's own from its TOML ``settings``, with a token of each role."""
    data.mkdir(parents=True, exist_ok=True)
    file = data / "office.toml"
    file.write_text(settings, "utf-8")
    _ramah(data, "branch", "add", str(file))
    for role in ("staff", "display", "manager"):
        (data / f"token.{role}").write_bytes(_ramah(data, "token", "create", "--role", role))


def _ramah(data: Path, *words: str) -> bytes:
    """Run a command on the data folder and return what it said."""
    made = subprocess.run(
        [sys.executable, "-m", "server.cli", *words, "--data", data],
        stdout=subprocess.PIPE,
        check=True,
        timeout=START_S,
    )
    return made.stdout.strip()


@contextmanager
def serving(
    data: Path, *, demo: bool = True, build: Build = HERE, more: Sequence[str] = ()
) -> Iterator[Office]:
    """Run a build's server on a prepared folder, with ``more`` arguments."""
    port = free_port()
    log = data / "server.log"
    arguments = serve_arguments(data, port)
    if not demo:
        arguments.remove("--demo")
    with process([*arguments, *more], log, build) as running:
        until_served(port, "/healthz", running, log)
        yield Office(data, port, running.pid)


def serve_arguments(data: Path, port: int) -> list[str]:
    """Return what to run Python with to serve ``data``."""
    return ["-m", "server.cli", "serve", "--demo", "--data", str(data), "--port", str(port)]


@contextmanager
def floor(kind: str, folder: Path) -> Iterator[Office]:
    """Run one of the floor servers of ``bench.floors``."""
    port = free_port()
    with process(["-m", "bench.floors", kind, str(port)], folder / "floor.log") as running:
        end = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if running.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.01)
        yield Office(folder, port, running.pid)
