"""Measures a start: from running the command to the first served page, and the memory at rest."""

from __future__ import annotations

import time
from pathlib import Path

from bench.builds import HERE, as_installed
from bench.figures import Figure, median
from bench.machine import memory
from bench.office import free_port, process, serve_arguments, until_served
from bench.scale import Pasts, Scale

REST_S = 2.0
START_S = 1.5
IDLE_MB = 90


def _start(arguments: list[str], port: int, log: Path, rest: float) -> tuple[float, float]:
    """Return the seconds until ``/kiosk`` was served and the megabytes after a rest."""
    began = time.perf_counter()
    with process(arguments, log, as_installed(HERE)) as running:
        until_served(port, "/kiosk", running, log)
        taken = time.perf_counter() - began
        time.sleep(rest)
        return taken, memory(running.pid) / 1e6


class _Starts:
    """Starts of one program, and what it holds in memory after the first of them."""

    def __init__(self, data: Path, *, bare: bool = False) -> None:
        self._data = data
        self._bare = bare
        self._seconds: list[float] = []
        self.megabytes = 0.0

    def add(self) -> None:
        """Start once more."""
        port = free_port()
        floor = ["-m", "bench.floors", "noop", str(port)]
        arguments = floor if self._bare else serve_arguments(self._data, port)
        rest = 0.0 if self._seconds else REST_S
        seconds, megabytes = _start(arguments, port, self._data / "start.log", rest)
        self._seconds.append(seconds)
        self.megabytes = self.megabytes or megabytes

    @property
    def seconds(self) -> float:
        """The median start."""
        return median(self._seconds)


def run(scale: Scale, pasts: Pasts) -> list[Figure]:
    """Measure with no turn and with very many, in turns with a bare aiohttp program."""
    none, many = _Starts(pasts.with_turns(0)), _Starts(pasts.with_turns(scale.big))
    bare = _Starts(pasts.with_turns(0), bare=True)
    for _ in range(scale.starts):
        for each in (bare, none, many):
            each.add()
    old = f"{scale.big:,}"
    return [
        Figure(f"start: first page, {old} old turns", many.seconds, "s", START_S, "<", bare.seconds,
               "files in the page cache; floor: a bare aiohttp program"),
        Figure("start: first page, empty", none.seconds, "s", START_S, "<", bare.seconds),
        Figure(f"start: memory at rest, {old} old turns", many.megabytes, "MB", IDLE_MB, "<",
               bare.megabytes),
        Figure("start: memory at rest, empty", none.megabytes, "MB", IDLE_MB, "<", bare.megabytes),
    ]  # fmt: skip
