"""Owns which processor core the busy threads use: one for both, as one interpreter lock does.

The event loop and the database thread take turns at the interpreter lock many thousand times a
second. On two cores each turn moves the lock and the warm caches across: measured, a ticket then
costs 230 us instead of 135 us (docs/decisions/one-core.md). Readers, reports and printing keep
every core.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import structlog

log = structlog.get_logger()

_LAST_RAN_ON = 36
"""Place of the field ``processor`` of proc_pid_stat(5) after the name in brackets."""


class Core:
    """The core that the busy threads share, and the cores that the others may use."""

    def __init__(self) -> None:
        self._all: set[int] = set()
        self._one: set[int] = set()
        if sys.platform == "linux":
            try:
                self._all = os.sched_getaffinity(0)
            except OSError as error:  # not allowed here: every thread stays where it is
                log.info("cores_unknown", error=str(error))
                return
            here = _running_on()
            self._one = {here if here in self._all else min(self._all)}

    def keep(self) -> None:
        """Let the calling thread, and those it starts, run on the one core only."""
        self._use(self._one)

    def leave(self) -> None:
        """Let the calling thread run on every core this process had at its start."""
        self._use(self._all)

    def _use(self, cores: set[int]) -> None:
        if cores and sys.platform == "linux":
            try:
                os.sched_setaffinity(0, cores)
            except OSError as error:  # not allowed here; it only costs speed
                log.info("cores_unchanged", error=str(error))


def _running_on() -> int:
    try:
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return int(fields[_LAST_RAN_ON])
    except (OSError, ValueError, IndexError):
        return -1
