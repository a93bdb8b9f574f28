"""Owns the error that a print attempt ends in."""

from __future__ import annotations

from typing import Literal

Trouble = Literal["refused", "timeout", "closed", "paper_out", "cover_open", "offline", "io"]
"""What went wrong, for people at the kiosk and for the log:

- ``refused``: nobody listens at the address; ``timeout``: no answer, or not all taken, in time;
- ``closed``: the printer hung up; ``paper_out``, ``cover_open``: it says so;
- ``offline``: it says so, or is not plugged in, or the network has no way to it;
- ``io``: anything else.
"""


class PrintError(Exception):
    """A job that was not delivered.

    Args:
        kind: one of a closed list.
        detail: for the log: what was seen.
        unsure: bytes of the job had already left, so the paper may exist.
    """

    def __init__(self, kind: Trouble, detail: str = "", *, unsure: bool = False) -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind: Trouble = kind
        self.detail = detail
        self.unsure = unsure
