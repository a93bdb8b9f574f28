"""Owns what a queue of the print service says of itself: state, reasons, what it takes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from printer.errors import PrintError, Trouble
from printer.ipp import Attributes
from printer.sheet import ROLL_MM

ASKED = (
    "printer-state", "printer-state-reasons", "printer-state-message",
    "printer-is-accepting-jobs", "document-format-supported", "printer-make-and-model",
    "device-uri", "media-col-default", "member-names",
)  # fmt: skip
PROCESSING, STOPPED = 4, 5
"""Values of ``printer-state``; 3 is idle."""

Form = Literal["commands", "picture"]
"""What a printer takes: a receipt printer's commands, or a picture of the ticket."""

_MEANING: dict[str, Trouble] = {
    "media-empty": "paper_out",
    "media-needed": "paper_out",
    "cover-open": "cover_open",
    "door-open": "cover_open",
    "interlock-open": "cover_open",
    "input-tray-missing": "cover_open",
    "media-jam": "jammed",
    "cutter-jam": "jammed",
    "offline": "offline",
    "shutdown": "offline",
    "timed-out": "offline",
    "connecting-to-device": "offline",
    "paused": "paused",
    "moving-to-paused": "paused",
    "cups-missing-filter": "io",
    "cups-insecure-filter": "io",
}
_URGENT: tuple[Trouble, ...] = (
    "cover_open", "paper_out", "jammed", "offline", "paused", "io"
)  # fmt: skip
"""Which to tell when there are several: the one that somebody can mend by hand comes first."""
_AWAY = re.compile(
    "unavailable|unreachable|not responding|not connected|not exist|unable to locate|"
    "become available|host is down|no route|unable to contact",
    re.IGNORECASE,
)
"""How CUPS' own programs say that a printer is off or away: in words only, without a reason. They
speak the language of the job, and ours say that it is English."""
_OWN_LANGUAGE = frozenset({"ipp", "ipps", "ipp14", "http", "https", "implicitclass"})


class Queue(msgspec.Struct, frozen=True):
    """A queue at a moment.

    Attributes:
        state: 3 idle, 4 processing, 5 stopped.
        reasons: without the severity at their end.
        message: in words, by whoever stopped it or by its printer; may be empty.
        takes: what its printer takes.
        device: address of the printer behind it.
        media_mm: width and height of the paper that is usual there, zeros for not known.
        members: of a class, the queues whose printers it stands for.
    """

    state: int
    reasons: frozenset[str]
    message: str
    accepting: bool
    takes: Form
    formats: frozenset[str]
    device: str
    media_mm: tuple[float, float]
    members: tuple[str, ...] = ()

    @property
    def trouble(self) -> Trouble | None:
        """What its reasons and message say, ``None`` when nothing keeps it from printing."""
        found = {_MEANING[each] for each in self.reasons if each in _MEANING}
        if self.state in {PROCESSING, STOPPED} and says_away(self.message):
            found.add("offline")
        return next((each for each in _URGENT if each in found), None)

    @property
    def paper_low(self) -> bool:
        """The paper is nearly used up."""
        return "media-low" in self.reasons

    @property
    def shut(self) -> bool:
        """It takes no papers, or prints none."""
        return not self.accepting or self.state == STOPPED

    def of(self, members: list[Queue]) -> Queue:
        """Return this class as one queue: it says nothing of what its printers take and are."""
        known = members[0]
        whole = msgspec.structs.replace(
            self, takes=known.takes, formats=known.formats, media_mm=known.media_mm,
            device=known.device if len(members) == 1 else "",
        )  # fmt: skip
        if self.shut or not all(each.shut for each in members):
            return whole
        return msgspec.structs.replace(
            whole, state=known.state, accepting=known.accepting, message=known.message,
            reasons=known.reasons,
        )  # fmt: skip

    def check(self) -> None:
        """Go on.

        Raises:
            PrintError: it takes no papers, or prints none.
        """
        said = self.message[:150]
        if not self.accepting:
            raise PrintError("rejecting", said or "the queue takes no jobs", unreached=True)
        if self.state == STOPPED:
            raise PrintError(
                self.trouble or "paused", said or "the queue is stopped", unreached=True
            )


def says_away(message: str) -> bool:
    """Return whether words of the print service mean that a printer is off or away."""
    return _AWAY.search(message) is not None


def read_queue(told: Attributes) -> Queue:
    """Return what the print service told of a queue, or a printer of itself."""
    model = _text(told, "printer-make-and-model")
    device = _text(told, "device-uri")
    media_mm = _media(told)
    return Queue(
        state=_number(told, "printer-state"),
        reasons=frozenset(_reasons(str(each) for each in told.get("printer-state-reasons", []))),
        message=_text(told, "printer-state-message"),
        accepting=told.get("printer-is-accepting-jobs", [True])[0] is not False,
        takes=_takes(model, device, media_mm[0]),
        formats=frozenset(str(each) for each in told.get("document-format-supported", [])),
        device=device,
        media_mm=media_mm,
        members=tuple(str(each) for each in told.get("member-names", [])),
    )


def _takes(model: str, device: str, width_mm: float) -> Form:
    """Return what the printer behind a queue takes.

    Every queue of CUPS says that it takes raw bytes; what matters is who gets them.
    """
    raw = "raw" in model.lower()
    parts = urlsplit(device)
    elsewhere = parts.path.startswith(("/printers/", "/classes/"))  # another print service's queue
    own_language = parts.scheme in _OWN_LANGUAGE or "._ipp" in device
    if own_language:
        return "commands" if raw and elsewhere else "picture"
    return "commands" if raw or 0 < width_mm <= ROLL_MM else "picture"


def _reasons(told: Iterable[str]) -> Iterable[str]:
    for each in told:
        for end in ("-error", "-warning", "-report"):
            each = each.removesuffix(end)  # noqa: PLW2901
        yield each


def _media(told: Attributes) -> tuple[float, float]:
    column = told.get("media-col-default", [{}])[0]
    size = column.get("media-size", [{}])[0] if isinstance(column, dict) else {}
    if not isinstance(size, dict):
        return 0.0, 0.0
    width, height = (size.get(each, [0])[0] for each in ("x-dimension", "y-dimension"))
    if not isinstance(width, int) or not isinstance(height, int):
        return 0.0, 0.0
    return width / 100, height / 100


def _text(told: Attributes, name: str) -> str:
    return str(told.get(name, [""])[0])


def _number(told: Attributes, name: str) -> int:
    value = told.get(name, [0])[0]
    return value if isinstance(value, int) else 0
