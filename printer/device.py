"""Owns printers on a cable: USB (``/dev/usb/lp0``) and serial lines, with their answers read back.

All waiting happens in a thread with a deadline, so a device that hangs never holds the loop.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import struct
import termios
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from printer.errors import PrintError
from printer.file import kind_of
from printer.manners import Manners
from printer.pace import Apart, Pace
from printer.status import ASK_DONE, PRINTER, QUESTIONS, Answers, ask, check, paper_low

_LOOK_S = 0.05
_PARTING_S = 0.3
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
        rate: bytes a second of the line, 0 for not known.
        status_s: longest wait for each answer about its state.
        confirm_s: longest wait for the answer that a job is done, before its state is asked.
        quiet_s: how long a mute printer is not asked again.
    """

    def __init__(
        self,
        find: Callable[[], Path],
        set_up: Callable[[int], None] = lambda _: None,
        *,
        rate: float = 0.0,
        status_s: float = 3.0,
        confirm_s: float = 6.0,
        quiet_s: float = 300.0,
    ) -> None:
        self.paper_low = False
        self._find = find
        self._set_up = set_up
        self.rate = rate
        self._status_s = status_s
        self._confirm_s = confirm_s
        self._manners = Manners(quiet_s)
        self._apart = Apart()

    async def send(
        self,
        data: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # the time is part of the promise, see Transport
    ) -> Literal["confirmed", "unverified"]:
        """Deliver one job; see ``Transport.send``."""
        pace = Pace(timeout, len(data), self.rate or self._manners.rate)
        return "confirmed" if await self._in_thread(data, pace) else "unverified"

    async def look(self, *, timeout: float) -> bool:  # noqa: ASYNC109  # as in send
        """Ask the printer how it is, without printing; see ``Looks.look``."""
        return await self._in_thread(b"", Pace(timeout))

    async def _in_thread(self, data: bytes, pace: Pace) -> bool:
        talk = _Talk(pace)
        try:
            return await self._apart.run(pace, lambda: self._work(talk, data))
        except FileNotFoundError as error:
            raise PrintError("offline", str(error), unreached=True) from error
        except OSError as error:
            raise PrintError(kind_of(error, device=True), str(error), unsure=talk.left) from error

    def _work(self, talk: _Talk, data: bytes) -> bool:
        talk.open(self._find())
        try:
            self._set_up(talk.descriptor)
            talks = self._ready(talk, looking=not data)
            if not data:
                return talks
            began = time.monotonic()
            talk.write(data, counts=True)
            talks = self._note_late(talk) or talks
            if talks and self._done(talk):
                self._manners.confirmed(len(data), time.monotonic() - began)
                return True
            if talk.owes:  # asked for the first time: it may answer late
                talk.overhear(_PARTING_S)
                self._note_late(talk)
        except BaseException:
            talk.drop()
            raise
        else:
            return False
        finally:
            os.close(talk.descriptor)

    def _ready(self, talk: _Talk, *, looking: bool) -> bool:
        if not talk.reads:
            return False
        if talk.heard_before():  # to an earlier question: no news, but then it is not mute
            self._manners.heard_late(PRINTER)
        answers = self._state(talk, looking=looking)
        if answers:
            self.paper_low = paper_low(answers)
            check(answers)
        return bool(answers)

    def _state(self, talk: _Talk, *, looking: bool = False, unsure: bool = False) -> dict[int, int]:
        answers: dict[int, int] = {}
        for question in QUESTIONS:
            if not self._manners.asked(question, looking=looking):
                continue
            answer = talk.ask(question, self._status_s * self._manners.ease)
            if answer is None:
                self._manners.silent(question, others=bool(answers), unsure=unsure)
                if not answers:
                    break
            else:
                self._manners.heard(question)
                answers[question] = answer
        return answers

    def _note_late(self, talk: _Talk) -> bool:
        """Take answers that came when nobody waited for them any more; ``False`` without any.

        Raises:
            PrintError: they say that the printer could not print.
        """
        if not talk.reads:
            return False
        late = talk.heard_late()
        for question in late:
            self._manners.heard_late(question)
        check(late, unsure=True)
        return bool(late)

    def _done(self, talk: _Talk) -> bool:
        """Wait until the job is worked through; ``False`` when the printer cannot tell.

        What adapters and the printer's own memory have taken may still wait to be printed, and
        our questions behind it: silence is no trouble for as long as that may take.
        """
        if not self._manners.worth_confirming:
            return False
        talk.say(ASK_DONE)
        if talk.confirmed(self._confirm_s):
            return True
        pace = talk.pace
        while True:
            answer = talk.ask(PRINTER, pace.ends_at - time.monotonic(), or_done=True)
            if talk.done:
                return True
            if answer is None:
                raise PrintError("timeout", "it went silent during the job", unsure=True)
            check({PRINTER: answer} | self._state(talk, unsure=True), unsure=True)
            # The word may have been right behind the answer: even who never gave it gets a moment.
            moment = self._confirm_s if self._manners.confirms else _PARTING_S
            if talk.confirmed(min(moment, pace.ends_at - time.monotonic())):
                return True
            if not self._manners.confirms or time.monotonic() >= pace.ends_at:
                self._manners.not_confirmed()
                return False


class _Talk:
    """One opened device. Runs in a thread."""

    def __init__(self, pace: Pace) -> None:
        self.descriptor = -1
        self.reads = True
        self.left = False
        self.done = False
        """The printer has said that it worked through the job."""
        self.pace = pace
        self._answers = Answers()

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

    def drop(self) -> None:
        """Forget what a failed job left in the line: it must not be printed later."""
        with contextlib.suppress(OSError, termios.error):
            termios.tcflush(self.descriptor, termios.TCOFLUSH)

    def write(self, data: bytes, *, counts: bool = False) -> None:
        """Write all; with ``counts`` a paper may exist once the first byte has left.

        Raises:
            TimeoutError: it takes no more.
        """
        rest = memoryview(data)
        self.pace.moved()
        while rest:
            self._wait_for_room()
            try:
                count = os.write(self.descriptor, rest)
            except BlockingIOError:
                time.sleep(_LOOK_S / 5)
                continue
            if count:
                self.pace.moved()
            self.left = self.left or (counts and count > 0)
            rest = rest[count:]
        least = _in_line(self.descriptor) + 1
        while left := _in_line(self.descriptor):
            if left < least:
                least = left
                self.pace.moved()
            self.pace.check()
            time.sleep(_LOOK_S / 5)

    def say(self, words: bytes) -> None:
        """Send, without waiting for an answer; what was said before is no answer to it."""
        self._answers.sort()
        self._answers.done = False
        self.write(words)

    def ask(self, question: int, seconds: float, *, or_done: bool = False) -> int | None:
        """Return the printer's answer, or ``None`` when none came in time."""
        self._answers.asked(question)
        self.write(ask(question))
        answers = self._answers
        self._listen(seconds, lambda: question in answers.late or (or_done and answers.done))
        self.done = answers.done
        return answers.take(question)

    def confirmed(self, seconds: float) -> bool:
        """Wait for the word that the job is done."""
        answers = self._answers
        self._listen(seconds, lambda: answers.done, done=True)
        self.done = answers.done
        return self.done

    def heard_late(self) -> dict[int, int]:
        """Return and forget the answers nobody waited for any more, by question."""
        self._read()
        return self._answers.take_late()

    def heard_before(self) -> bool:
        """Whether an answer lies there that came when nobody listened any more; it is dropped."""
        self._read()
        return self._answers.unasked()

    @property
    def owes(self) -> bool:
        """A question was not answered in time, and may still be."""
        return self.reads and self._answers.owes

    def overhear(self, seconds: float) -> None:
        """Take what it says late."""
        answers = self._answers
        self._listen(seconds, lambda: not answers.owes)

    def _listen(self, seconds: float, enough: Callable[[], bool], *, done: bool = False) -> None:
        until = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        while True:
            self._answers.sort(done=done)
            if enough() or self.pace.given_up.is_set():
                return
            rest = until - time.monotonic()
            if rest <= 0:
                return
            if not poll.poll(min(_LOOK_S, rest) * 1000):
                continue
            if not self._read():  # some drivers say there is something, and give nothing
                time.sleep(_LOOK_S / 5)

    def _read(self) -> bytes:
        try:
            data = os.read(self.descriptor, _READ)
        except BlockingIOError:
            return b""
        if data:
            self.pace.moved()
            self._answers.feed(data)
        return data

    def _wait_for_room(self) -> None:
        poll = select.poll()
        poll.register(self.descriptor, select.POLLOUT)
        while not poll.poll(_LOOK_S * 1000):
            self.pace.check()


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
