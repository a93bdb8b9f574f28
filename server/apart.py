"""Owns child processes for costly work: they take what the hall leaves of the processor.

Hashing a password or drawing a picture in this process would take its interpreter lock and stand
beside the counters with the same claim. A child does it with the least claim there is, and not on
the hall's core where there is another, one question after the other. It starts when first asked,
goes when nobody has asked for a while, and ends with the server, however that ends: its input is
then closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NICE = 10
"""Of nineteen: on a processor that others want too it gets a tenth, not nothing."""
IDLE_S = 90.0
LONGEST = 1 << 20
_SIZE = struct.Struct(">I")


class NoChild(OSError):
    """The system lets no child live here; whoever asked has to do without."""


class Apart:
    """A child that answers questions one at a time; every method blocks, so call it in a thread.

    Args:
        module: run as ``python -m module``; it calls ``answering``.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._child: subprocess.Popen[bytes] | None = None
        self._alone = threading.Lock()
        self._closings = 0

    def ask(self, question: bytes) -> bytes:
        """Return the child's answer.

        Raises:
            NoChild: none can be had, it ended twice over this question, or was let go meanwhile.
        """
        closings = self._closings
        with self._alone:
            for _ in range(2):  # one that has just gone, as nobody asked, is no reason to give up
                if self._closings != closings:
                    break
                try:
                    return self._asked(question)
                except (OSError, EOFError):
                    self._end()
            raise NoChild(self._module)

    async def within(self, question: bytes, patience_s: float) -> bytes:
        """Return the child's answer to the event loop; a child that takes longer is let go.

        Raises:
            NoChild: see ``ask``.
            TimeoutError: it took longer than ``patience_s``.
        """
        try:
            async with asyncio.timeout(patience_s):
                return await asyncio.to_thread(self.ask, question)
        except (TimeoutError, asyncio.CancelledError):
            self.close()
            raise

    def close(self) -> None:
        """Let the child go, also in the middle of a question."""
        self._closings += 1
        if self._alone.acquire(blocking=False):
            self._end()
            self._alone.release()
        else:
            _kill(self._child)  # whoever asks hears that it is gone, and ends it

    def _asked(self, question: bytes) -> bytes:
        if self._child is None:
            self._child = subprocess.Popen(  # noqa: S603 - this interpreter, a module of ours
                [sys.executable, "-m", self._module], cwd=ROOT,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
                start_new_session=True,  # Ctrl+C is for the server; what it starts ends with it
            )  # fmt: skip
        child = self._child
        assert child.stdin is not None  # noqa: S101 - both are pipes
        assert child.stdout is not None  # noqa: S101
        _write(child.stdin.fileno(), question)
        return _read(child.stdout.fileno())

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        _kill(child)
        child.wait()


def _kill(child: subprocess.Popen[bytes] | None) -> None:
    """End a child and what it has started."""
    if child is not None:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)


def answering(answer: Callable[[bytes], bytes], stays_s: float | None = None) -> None:
    """Answer as the child, until the server is gone or has not asked for ``stays_s``.

    Without ``stays_s`` that is ``IDLE_S``; a child that has learned something may stay longer.
    """
    step_back()
    source, sink = sys.stdin.fileno(), os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library's chatter is no answer
    while select.select([source], [], [], IDLE_S if stays_s is None else stays_s)[0]:
        try:
            _write(sink, answer(_read(source)))
        except (EOFError, BrokenPipeError):
            return


def step_back() -> None:
    """Leave the hall its core and its pace, as a child of the server, where the system lets it."""
    with contextlib.suppress(OSError):
        os.nice(NICE)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            hall, mine = os.sched_getaffinity(os.getppid()), os.sched_getaffinity(0)
            # whom the event loop itself has started stands on the hall's core alone
            others = (set(range(os.cpu_count() or 1)) if mine == hall else mine) - hall
            if others:
                os.sched_setaffinity(0, others)


def stand_last() -> None:
    """Take only what the hall leaves, for work that takes a minute, where it shares a core.

    ``SCHED_IDLE`` gives way at once to whoever wakes, where a nice process first uses up its turn,
    and its reads of the disk wait for those of others (sched(7), ioprio_set(2)). Beside the hall's
    core nobody who calls is kept, and a machine with other work would leave it next to nothing:
    there it keeps its tenth.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError):
        if not os.sched_getaffinity(os.getppid()).isdisjoint(os.sched_getaffinity(0)):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _write(sink: int, message: bytes) -> None:
    data = memoryview(_SIZE.pack(len(message)) + message)
    while data:
        data = data[os.write(sink, data) :]


def _read(source: int) -> bytes:
    (size,) = _SIZE.unpack(_exactly(source, _SIZE.size))
    if size > LONGEST:
        raise EOFError
    return _exactly(source, size)


def _exactly(source: int, size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = os.read(source, size - len(found))
        if not part:
            raise EOFError
        found += part
    return found
