"""Owns how a number is written: prefix letter and digits, for example ``A001``."""

from __future__ import annotations

from server.domain.errors import Refused


def next_number(last: int, wrap: int) -> int:
    """Return the number after ``last`` for today; numbers run 1, 2, 3 ... without gaps.

    Raises:
        Refused: when ``wrap`` numbers (0: no limit) are used up. A number never comes twice
            in one business day, so the day's last number is an end, not a way back to 1.
    """
    if wrap and last >= wrap:
        raise Refused("All numbers of this service are used up for today.", slug="numbers-used-up")
    return last + 1


def label(prefix: str, number: int, width: int) -> str:
    """Return what the visitor reads and hears: ``label("A", 7, 3) == "A007"``."""
    return f"{prefix}{number:0{width}d}"
