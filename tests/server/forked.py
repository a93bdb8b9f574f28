"""Owns servers that are forked from a process which has loaded the program already.

A gate starts the program some hundred times, and loading it takes a second of processor each time.
What is forked is a process of its own all the same: it is killed, it stops, it loses its power.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

LOADED = "tests.server.loaded"


class Forked:
    """``ramah`` with these words as a process; the methods of ``subprocess.Popen`` that we use.

    Args:
        words: what stands behind ``ramah``.
        out: file that what it prints is added to.
        log: the same for its standard error.
    """

    def __init__(self, words: Sequence[str], out: Path, log: Path) -> None:
        self._words = list(words)
        for each in (out, log):
            each.touch()
        self._child = _context().Process(
            target=_run, args=(self._words, str(out), str(log), dict(os.environ))
        )
        self._child.start()
        assert self._child.pid is not None
        self.pid = self._child.pid

    def poll(self) -> int | None:
        """Return the exit status, ``None`` while it runs."""
        return self._child.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; return the exit status, negative for the number of a signal.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        self._child.join(timeout)
        status = self._child.exitcode
        if status is None:
            raise subprocess.TimeoutExpired(["ramah", *self._words], timeout or 0)
        return status

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it without a word."""
        self.send_signal(signal.SIGKILL)


@cache
def _context() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload([LOADED])
    return context


def _run(words: list[str], out: str, log: str, environment: dict[str, str]) -> None:
    os.environ.update(environment)  # a test may have changed it since the program was loaded
    for place, name in ((1, out), (2, log)):
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(file, place)
        os.close(file)
    from server.cli import main  # noqa: PLC0415 - loaded before the fork, not by who asks for it

    raise SystemExit(main(words))
