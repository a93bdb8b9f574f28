"""Owns printers that look like a file: a device node, a spool folder, or a file for tests.

All waiting happens in a thread with a deadline, so a device that hangs never holds the loop.
"""

from __future__ import annotations

import errno
import itertools
import os
import select
import stat
import time
from pathlib import Path
from typing import Literal

from printer.errors import PrintError, Trouble
from printer.pace import Apart, Pace

_PRIVATE = 0o600
"""Jobs hold the address of a visitor's place in the queue, so they are for our eyes only."""
_LOOK_S = 0.1
_AWAY = {errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EACCES, errno.EPERM}


class FileTransport:
    """A file, a folder or a device, chosen by what ``path`` is when a job comes.

    - a folder gets one file per job, complete from the moment its name appears;
    - a device or pipe gets the bytes as it takes them;
    - anything else is a regular file that jobs are appended to, created with mode 0600.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._serial = itertools.count()
        self._apart = Apart()

    async def send(
        self,
        data: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # the time is part of the promise, see Transport
    ) -> Literal["unverified"]:
        """Deliver one job; see ``Transport.send``. A file never confirms."""
        pace = Pace(timeout, len(data))
        job = _Write(data, pace)
        try:
            await self._apart.run(pace, lambda: self._deliver(job))
        except OSError as error:
            raise PrintError(
                kind_of(error, device=job.device), f"{self.path}: {error}", unsure=job.left
            ) from error
        return "unverified"

    def _deliver(self, job: _Write) -> None:
        try:
            mode = self.path.stat().st_mode
        except FileNotFoundError:
            mode = stat.S_IFREG
        if stat.S_ISDIR(mode):
            self._drop(job)
        elif stat.S_ISREG(mode):
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            job.write_to(os.open(self.path, flags, _PRIVATE))
        elif stat.S_ISCHR(mode) or stat.S_ISFIFO(mode):
            # Without O_NONBLOCK opening a pipe or a printer that is off may hang for ever.
            job.device = True
            job.write_to(os.open(self.path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        else:
            raise OSError(errno.EINVAL, "neither a file, a folder nor a printer device")

    def _drop(self, job: _Write) -> None:
        name = f"{time.time_ns():020d}-{next(self._serial):06d}.escpos"
        hidden = self.path / f".{name}.part"
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            job.write_to(os.open(hidden, flags, _PRIVATE))
            hidden.rename(self.path / name)
        except BaseException:
            job.left = False  # nobody has seen the file
            hidden.unlink(missing_ok=True)
            raise


class _Write:
    """One job on its way into an open file. Runs in a thread."""

    def __init__(self, data: bytes, pace: Pace) -> None:
        self.left = False
        self.device = False
        self._data = memoryview(data)
        self._pace = pace

    def write_to(self, descriptor: int) -> None:
        try:
            rest = self._data
            while rest:
                self._wait_for_room(descriptor)
                try:
                    count = os.write(descriptor, rest)
                except BlockingIOError:
                    # poll() said there is room, but not for a whole piece: look again soon.
                    time.sleep(_LOOK_S / 10)
                    continue
                if count:
                    self._pace.moved()
                self.left = self.left or count > 0
                rest = rest[count:]
        finally:
            os.close(descriptor)

    def _wait_for_room(self, descriptor: int) -> None:
        """Wait until the device takes bytes.

        Raises:
            TimeoutError: it takes no more, or nobody waits for this job any more.
        """
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        while not poll.poll(_LOOK_S * 1000):
            self._pace.check()


def kind_of(error: OSError, *, device: bool) -> Trouble:
    """Return what an error of the operating system means for a print."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, BrokenPipeError):
        return "closed"
    if device and error.errno == errno.ENOSPC:  # how usblp says that the roll is empty
        return "paper_out"
    return "offline" if error.errno in _AWAY else "io"
