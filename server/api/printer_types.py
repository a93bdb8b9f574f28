"""Owns the answer types of printers and of the look of a ticket."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.domain.office import Paper


class PrinterAnswer(msgspec.Struct, frozen=True):
    """A ticket printer as staff and managers see it.

    Attributes:
        kind: how it is connected: ``tcp``, ``usb``, ``serial``, ``cups``, ``file``, ``agent``.
        kiosk: prints only for the kiosk with this name; null for all.
        state: ``ok``, ``paper_low`` (it still prints), ``unknown`` (added, and not asked yet), or a
            ``printer.errors.Trouble``.
        words: the state in a sentence, in the language asked for.
        waiting: papers that wait there, for visitors who still wait.
        printed: papers that left today; ``failed`` attempts that did not work today.
        profile: what it can do, as ``ramah printer add --profile`` takes it.
    """

    id: str
    name: str
    kind: str
    kiosk: str | None
    state: str
    words: str
    waiting: int
    printed: int
    failed: int
    profile: str


class TrialAnswer(msgspec.Struct, frozen=True):
    """What became of a test page.

    Attributes:
        state: ``printed``: the printer says so; ``sent``: it took all bytes and cannot say more;
            ``printing``: it is still under way on a slow line.
        bytes: of the page, null while it is under way.
        ticket_bytes: of a ticket as this printer gets it.
        ticket_seconds: that these take on its line, null where the line's speed is not known.
        words: the state in a sentence.
    """

    state: Literal["printed", "sent", "printing"]
    bytes: int | None
    ticket_bytes: int
    ticket_seconds: float | None
    words: str


class PrinterList(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/printers``."""

    printers: list[PrinterAnswer]


class PaperAnswer(msgspec.Struct, frozen=True):
    """The look of the ticket in force; ``languages`` are those its last words can have."""

    paper: Paper
    languages: list[str]
