"""Compares the program itself: how soon it serves, and the memory it holds at rest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.builds import Build
from bench.cases import Case, Measure, Quantity, big
from bench.cases.forward import until_counted
from bench.machine import memory
from bench.office import free_port, process, serve_arguments, serving, until_served
from bench.scale import Scale
from bench.screens import Screen, allow_files

REST_S = 2.0
SCREENS = 500


def _started(arguments: list[str], port: int, log: Path, build: Build | None) -> dict[str, float]:
    more = {} if build is None else {"build": build}
    began = time.perf_counter()
    with process(arguments, log, **more) as running:
        until_served(port, "/kiosk", running, log)
        seconds = time.perf_counter() - began
        time.sleep(REST_S)
        return {"served": seconds, "rest": memory(running.pid) / 1e6}


@contextmanager
def _start(build: Build, data: Path, _scale: Scale) -> Iterator[Measure]:
    def measure() -> dict[str, float]:
        port = free_port()
        return _started(serve_arguments(data, port), port, data / "start.log", build)

    with serving(data, build=build) as office:
        until_counted(office)  # an older database is brought forward
    yield measure


@contextmanager
def _bare(folder: Path, _scale: Scale) -> Iterator[Measure]:
    def measure() -> dict[str, float]:
        port = free_port()
        return _started(["-m", "bench.floors", "noop", str(port)], port, folder / "bare.log", None)

    yield measure


@contextmanager
def _sockets(build: Build, data: Path, _scale: Scale) -> Iterator[Measure]:
    """Let screens join a fresh server; what is counted is what its memory grew by."""
    allow_files(SCREENS)

    def measure() -> dict[str, float]:
        with serving(data, build=build) as office:
            token = office.token("display")
            before = memory(office.pid)
            screens = _join(office.port, token)
            grown = memory(office.pid) - before
            _leave(screens)
        return {"socket": grown / SCREENS / 1000}

    yield measure


def _join(port: int, token: str) -> list[Screen]:
    screens = [Screen(port, token) for _ in range(SCREENS)]
    for screen in screens:
        screen.socket.settimeout(30)
        while not any(b'"snapshot"' in each for each in screen.receive()):
            pass
    return screens


def _leave(screens: list[Screen]) -> None:
    for screen in screens:
        screen.socket.close()


CASES = (
    Case("start", "from the command to /kiosk served, and memory at rest; floor: a bare aiohttp",
         (Quantity("served", "s", 1.0), Quantity("rest", "MB", 1.0)), _start, big, _bare),
    Case("sockets", f"{SCREENS} screens join: the server's memory for each",
         (Quantity("socket", "kB", 1.0),), _sockets, lambda _scale: 0, None, 5),
)  # fmt: skip
