"""Owns ids and tokens that leave the process: never row numbers, never guessable."""

from __future__ import annotations

import base64
import os


class Ids:
    """Makes time-ordered 128-bit ids (UUID version 7, RFC 9562), 32 hex digits.

    Ids made by one object grow strictly, also within a millisecond and when the clock steps
    back: the 12 bits after the version count up, and then the time field.
    """

    def __init__(self) -> None:
        self._last = 0

    def new(self, now_ms: int) -> str:
        """Return the next id, for the moment ``now_ms``."""
        stamp = max(now_ms << 12, self._last + 1)
        self._last = stamp
        high = (stamp >> 12) << 16 | 0x7000 | (stamp & 0xFFF)
        low = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return f"{high:016x}{low:016x}"


def tracking_token(now_ms: int) -> str:
    """Return an unguessable token: 128 random bits after the moment, in 30 URL-safe characters.

    The moment (which the paper shows anyway) keeps new tokens together in the index, so that
    writing one costs the same in a large log; it adds nothing to guess with.
    """
    return base64.urlsafe_b64encode(now_ms.to_bytes(6, "big") + os.urandom(16)).decode().rstrip("=")
