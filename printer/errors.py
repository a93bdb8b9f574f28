"""Owns the error that a print attempt ends in."""

from __future__ import annotations

from typing import Literal

Trouble = Literal[
    "refused", "timeout", "closed", "paper_out", "cover_open", "offline", "io",
    "jammed", "paused", "rejecting", "no_queue", "no_service", "cancelled",
]  # fmt: skip
"""What went wrong, for people at the kiosk and for the log:

- ``refused``: nobody listens at the address; ``timeout``: no answer, or not all taken, in time;
- ``closed``: the printer hung up; ``paper_out``, ``cover_open``: it says so;
- ``offline``: it says so, or is not plugged in, or the network has no way to it;
- ``jammed``: it says that paper or the cutter is stuck;
- ``paused``, ``rejecting``: somebody stopped its queue, or the queue takes no papers;
- ``cancelled``: somebody took the paper out of the print service's queue;
- ``no_queue``, ``no_service``: the print service has no such queue, or does not run;
- ``io``: anything else.
"""


class PrintError(Exception):
    """A job that was not delivered.

    Args:
        kind: one of a closed list.
        detail: for the log: what was seen.
        unsure: bytes of the job had already left, so the paper may exist.
        unreached: there was no connection at all, so that a connection is the cure.
    """

    def __init__(
        self, kind: Trouble, detail: str = "", *, unsure: bool = False, unreached: bool = False
    ) -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind: Trouble = kind
        self.detail = detail
        self.unsure = unsure
        self.unreached = unreached


class WantsPicture(PrintError):
    """The printer takes no printer's commands, only pictures; nothing was sent."""

    def __init__(self, detail: str = "it prints pictures only") -> None:
        super().__init__("io", detail)


class WantsCommands(PrintError):
    """The printer takes a receipt printer's commands and no pictures; nothing was sent."""

    def __init__(self, detail: str = "it takes a receipt printer's commands") -> None:
        super().__init__("io", detail)
