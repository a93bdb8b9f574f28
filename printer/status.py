"""Owns the reading of a printer's own words: status replies among bytes nobody asked for. Pure.

Source: the descriptions of DLE EOT, GS r and GS a (automatic status back) in Epson's command
reference. The fixed bits tell the three kinds apart.
"""

from __future__ import annotations

from collections import deque

from printer.errors import PrintError

PRINTER, CAUSE, PAPER = 1, 2, 4
"""The questions of DLE EOT: is it online, why not, is there paper."""
QUESTIONS = (PRINTER, PAPER, CAUSE)

ASK_DONE = b"\x1dr\x01"
"""GS r 1: answered in its turn, after everything sent before it was worked through."""

_OFFLINE = 0x08
_COVER_OPEN = 0x04
_STOPPED_FOR_PAPER = 0x20
_ERROR = 0x40
_PAPER_END = 0x60
_PAPER_NEAR_END = 0x0C

_FIXED = 0x93
_REAL_TIME = 0x12
_ASB_FIRST = 0x10
_ASB_REST = 3
_FIXED_LOW = 0x90


def ask(question: int) -> bytes:
    """Return the real-time question ``DLE EOT n``."""
    return bytes((0x10, 0x04, question))


class Replies:
    """Sorts the bytes that come from a printer; automatic status messages are dropped."""

    def __init__(self) -> None:
        self.real_time: deque[int] = deque()
        self.ordered: deque[int] = deque()
        self._skip = 0

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrive, in any portions."""
        for byte in data:
            if self._skip and not byte & _FIXED_LOW:
                self._skip -= 1
            elif byte & _FIXED == _REAL_TIME:
                self.real_time.append(byte)
            elif byte & _FIXED == _ASB_FIRST:
                self._skip = _ASB_REST
            elif not byte & _FIXED_LOW:
                self.ordered.append(byte)

    def clear(self) -> None:
        """Forget answers to old questions."""
        self.real_time.clear()
        self.ordered.clear()


class Answers:
    """Gives each word of a printer to the question it answers, also when it comes late."""

    def __init__(self) -> None:
        self.done = False
        """It has said that it worked through the job."""
        self.late: dict[int, int] = {}
        """Answers that nobody has taken yet, by question."""
        self._replies = Replies()
        self._owed: deque[int] = deque()
        self._heard = False

    @property
    def owes(self) -> bool:
        """A question has no answer yet."""
        return bool(self._owed)

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrive."""
        self._replies.feed(data)

    def unasked(self) -> bool:
        """Return whether answers came that no question was asked for; all are forgotten."""
        found = bool(self._replies.real_time)
        self._replies.clear()
        return found

    def asked(self, question: int) -> None:
        """Note a question; what came before is no answer to it."""
        self.sort()
        self._owed.append(question)

    def sort(self, *, done: bool = False) -> None:
        """Give the answers to their questions; with ``done`` one word may be that of GS r."""
        while self._replies.real_time:
            answer = self._replies.real_time.popleft()
            if self._owed:
                self.late[self._owed.popleft()] = answer
            elif done:  # some printers answer GS r in the shape of a real-time reply
                self.done = True
        if self._replies.ordered:
            self._replies.ordered.clear()
            self.done = True

    def take(self, question: int) -> int | None:
        """Return the answer to a question, ``None`` when it has not come."""
        answer = self.late.pop(question, None)
        if answer is not None:
            self._heard = True
        elif self._heard and question in self._owed:
            self._owed.remove(question)  # it answers others in time: it does not know this one
        return answer

    def take_late(self) -> dict[int, int]:
        """Return and forget the answers nobody waited for any more."""
        self.sort()
        late, self.late = self.late, {}
        return late


def check(answers: dict[int, int], *, unsure: bool = False) -> None:
    """Look at the answers to DLE EOT by question; those that never came are left out.

    Raises:
        PrintError: the printer says that it cannot print.
    """
    printer = answers.get(PRINTER, 0)
    cause = answers.get(CAUSE, 0)
    paper = answers.get(PAPER, 0)
    if cause & _COVER_OPEN:
        raise PrintError("cover_open", unsure=unsure)
    if paper & _PAPER_END == _PAPER_END or cause & _STOPPED_FOR_PAPER:
        raise PrintError("paper_out", unsure=unsure)
    if printer & _OFFLINE or cause & _ERROR:
        raise PrintError("offline", "the printer says so", unsure=unsure)


def paper_low(answers: dict[int, int]) -> bool:
    """Return whether the roll's sensor says that the paper is nearly at its end."""
    return answers.get(PAPER, 0) & _PAPER_NEAR_END == _PAPER_NEAR_END
