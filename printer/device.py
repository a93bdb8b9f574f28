"""Owns printers on a cable: USB (``/dev/usb/lp0``) and serial lines, with their answers read back.

All waiting happens in a thread with a deadline, so a device that hangs never holds the loop.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import select
import struct
import termios
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from printer.errors import PrintError
from printer.file import kind_of
from printer.status import ASK_DONE, QUESTIONS, Replies, ask, check, paper_low

_LOOK_S = 0.05
_READ = 256
_RATES = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
BAUD_RATES: dict[int, int] = {rate: getattr(termios, f"B{rate}") for rate in _RATES}
USB_NODES = Path("/dev/usb")
USB_CLASS = Path("/sys/class/usbmisc")


class DeviceTransport:
    """A printer behind a device node, opened anew for each job.

    Args:
        find: returns the node; raises ``FileNotFoundError`` while it is not plugged in.
        set_up: prepares the opened node, such as the speed of a serial line.
        status_s: longest wait for each answer about its state.
        confirm_s: longest wait for the answer that a job is done.
        quiet_s: how long a mute printer is not asked again.
    """

    def __init__(
        self,
        find: Callable[[], Path],
        set_up: Callable[[int], None] = lambda _: None,
        *,
        status_s: float = 0.3,
        confirm_s: float = 6.0,
        quiet_s: float = 300.0,
    ) -> None:
        self.paper_low = False
        self._find = find
        self._set_up = set_up
        self._status_s = status_s
        self._confirm_s = confirm_s
        self._quiet_s = quiet_s
        self._mute_until = 0.0

    async def send(
        self,
        data: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # the time is part of the promise, see Transport
    ) -> Literal["confirmed", "unverified"]:
        """Deliver one job; see ``Transport.send``."""
        return "confirmed" if await self._in_thread(data, timeout) else "unverified"

    async def look(self, *, timeout: float) -> None:  # noqa: ASYNC109  # as in send
        """Ask the printer how it is, without printing; see ``Looks.look``."""
        await self._in_thread(b"", timeout)

    async def _in_thread(self, data: bytes, seconds: float) -> bool:
        talk = _Talk(time.monotonic() + seconds)
        try:
            return await asyncio.to_thread(self._work, talk, data)
        except OSError as error:
            raise PrintError(kind_of(error, device=True), str(error), unsure=talk.left) from error
        finally:
            talk.given_up.set()

    def _work(self, talk: _Talk, data: bytes) -> bool:
        talk.open(self._find())
        try:
            self._set_up(talk.descriptor)
            talks = self._state(talk)
            if not data:
                return False
            talk.write(data, counts=True)
            if not talks:
                return False
            if talk.ask(ASK_DONE, self._confirm_s, ordered=True) is not None:
                return True
            check(self._answers(talk), unsure=True)
            return False
        finally:
            os.close(talk.descriptor)

    def _state(self, talk: _Talk) -> bool:
        if not talk.reads or time.monotonic() < self._mute_until:
            return False
        answers = self._answers(talk)
        if not answers:
            self._mute_until = time.monotonic() + self._quiet_s
            return False
        self.paper_low = paper_low(answers)
        check(answers)
        return True

    def _answers(self, talk: _Talk) -> dict[int, int]:
        answers: dict[int, int] = {}
        for question in QUESTIONS:
            answer = talk.ask(ask(question), self._status_s)
            if answer is None:
                break
            answers[question] = answer
        return answers


class _Talk:
    """One opened device. Runs in a thread."""

    def __init__(self, deadline: float) -> None:
        self.descriptor = -1
        self.reads = True
        self.left = False
        self.given_up = threading.Event()
        self._deadline = deadline
        self._replies = Replies()

    def open(self, path: Path) -> None:
        # Without O_NONBLOCK opening a printer that is off may hang for ever.
        flags = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        try:
            self.descriptor = os.open(path, os.O_RDWR | flags)
        except OSError as error:
            if error.errno not in {errno.EACCES, errno.EINVAL, errno.EPERM}:
                raise
            self.reads = False
            self.descriptor = os.open(path, os.O_WRONLY | flags)

    def write(self, data: bytes, *, counts: bool = False) -> None:
        """Write all; with ``counts`` a paper may exist once the first byte has left."""
        rest = memoryview(data)
        while rest:
            self._wait(select.POLLOUT, self._deadline)
            try:
                count = os.write(self.descriptor, rest)
            except BlockingIOError:
                time.sleep(_LOOK_S / 5)
                continue
            self.left = self.left or (counts and count > 0)
            rest = rest[count:]
        while _in_line(self.descriptor):
            self._check(self._deadline)
            time.sleep(_LOOK_S / 5)

    def ask(self, question: bytes, seconds: float, *, ordered: bool = False) -> int | None:
        """Return the printer's answer, or ``None`` when none came in time."""
        self._replies.clear()
        self.write(question)
        until = min(self._deadline, time.monotonic() + seconds)
        while True:
            if ordered and self._replies.ordered:
                return self._replies.ordered.popleft()
            if self._replies.real_time:
                return self._replies.real_time.popleft()
            try:
                self._wait(select.POLLIN, until)
                data = os.read(self.descriptor, _READ)
            except (TimeoutError, BlockingIOError):
                data = b""
            if not data:
                if time.monotonic() >= until or self.given_up.is_set():
                    return None
                time.sleep(_LOOK_S / 5)
            self._replies.feed(data)

    def _wait(self, wanted: int, until: float) -> None:
        poll = select.poll()
        poll.register(self.descriptor, wanted)
        while not poll.poll(_LOOK_S * 1000):
            self._check(until)

    def _check(self, until: float) -> None:
        if self.given_up.is_set() or time.monotonic() > until:
            raise TimeoutError(errno.ETIMEDOUT, "the printer takes no more bytes")


def _in_line(descriptor: int) -> int:
    """Return how many bytes still wait in a serial line; 0 for devices that do not say."""
    try:
        raw = fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4))
    except OSError:
        return 0
    return int(struct.unpack("i", raw)[0])


def line_speed(baud: int) -> Callable[[int], None]:
    """Return what sets an opened serial line to raw bytes, 8N1, at ``baud``."""
    speed = BAUD_RATES[baud]

    def set_up(descriptor: int) -> None:
        tty.setraw(descriptor, termios.TCSANOW)
        settings = termios.tcgetattr(descriptor)
        settings[2] |= termios.CLOCAL | termios.CREAD
        settings[4] = settings[5] = speed
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)

    return set_up


def usb_node(vendor: str, product: str, root: Path = USB_CLASS, nodes: Path = USB_NODES) -> Path:
    """Return the node of the USB printer with these ids (hexadecimal, as ``lsusb`` shows them).

    Raises:
        FileNotFoundError: no such printer is plugged in.
    """
    for entry in sorted(root.glob("lp*")):
        for folder in (entry / "device", entry / "device" / ".."):
            try:
                found = [
                    (folder / name).read_text("ascii").strip().lower()
                    for name in ("idVendor", "idProduct")
                ]
            except OSError:
                continue
            if found == [vendor.lower(), product.lower()]:
                return nodes / entry.name
    raise FileNotFoundError(errno.ENOENT, f"no USB printer {vendor}:{product} is plugged in")


def first_usb_node(nodes: Path = USB_NODES) -> Path:
    """Return the only USB printer's node, or the first.

    Raises:
        FileNotFoundError: none is plugged in.
    """
    found = sorted(nodes.glob("lp*"))
    if not found:
        raise FileNotFoundError(errno.ENOENT, "no USB printer is plugged in")
    return found[0]
