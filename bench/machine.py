"""Owns what the machine is, how busy others keep it, and what one process used of it."""

from __future__ import annotations

import os
import platform
import sqlite3
import threading
import time
from pathlib import Path
from typing import Self

import msgspec

TICKS = os.sysconf("SC_CLK_TCK")
TICK_S = 0.25
HALTED_S = 1.5


class Machine(msgspec.Struct, frozen=True):
    """What every report must say of where it was measured."""

    cpu: str
    cores: int
    python: str
    sqlite: str
    system: str

    def line(self) -> str:
        """Return it as one line."""
        return (
            f"{self.cpu}, {self.cores} cores, Python {self.python}, SQLite {self.sqlite}, "
            f"{self.system}"
        )


def machine() -> Machine:
    """Return what this machine is."""
    cpu = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    return Machine(
        cpu=cpu,
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        system=f"{platform.system()} {platform.release()}",
    )


def cpu_seconds(pid: int) -> float:
    """Return the processor time that the process used so far (all threads)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int, field: str = "VmRSS") -> int:
    """Return resident memory in bytes; ``VmHWM`` is the most it ever was."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise ValueError(field)


def forget_peak(pid: int) -> None:
    """Let ``VmHWM`` begin again at what the process has now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")


class Others:
    """How much of the machine went to processes that are not ours, while it ran.

    A bench on a machine with other work measures that work too; the report says how much, and
    for how many seconds the bench itself did not run at all (stopped, or starved).
    """

    def __init__(self) -> None:
        self._began = _busy()
        self._own = _own()
        self._end = threading.Event()
        self._watch = threading.Thread(target=self._tick, daemon=True)
        self.share = 0.0
        self.halted = 0.0

    def _tick(self) -> None:
        last = time.monotonic()
        while not self._end.wait(TICK_S):
            now = time.monotonic()
            if now - last > HALTED_S:
                self.halted += now - last - TICK_S
            last = now

    def __enter__(self) -> Self:
        self._began, self._own = _busy(), _own()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._watch.join()
        busy, total = (b - a for a, b in zip(self._began, _busy(), strict=True))
        own = (_own() - self._own) * TICKS
        self.share = max(0.0, busy - own) / total if total else 0.0


def _busy() -> tuple[int, int]:
    """Return (busy, all) ticks of all processors; stolen time counts as busy."""
    ticks = [
        int(each) for each in Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:9]
    ]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def _own() -> float:
    """Return the processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
