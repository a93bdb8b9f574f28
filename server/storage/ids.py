"""Owns ids and tokens that leave the process: never row numbers, never guessable."""

from __future__ import annotations

import os
from binascii import b2a_base64

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
POOL = 4096
"""Random bytes that are asked of the system at once; each is used for one id or token only."""


class _Random:
    """Random bytes of the system, asked for by the page: a call for each is a tenth of a ticket."""

    def __init__(self) -> None:
        self._pool = b""
        self._at = 0

    def take(self, count: int) -> bytes:
        """Return bytes that nobody has had."""
        at = self._at
        if at + count > len(self._pool):
            self._pool, at = os.urandom(POOL), 0
        self._at = at + count
        return self._pool[at : at + count]


class Ids:
    """Makes time-ordered 128-bit ids (UUID version 7, RFC 9562), 32 hex digits.

    Ids made by one object grow strictly, also within a millisecond and when the clock steps
    back: the 12 bits after the version count up, and then the time field.
    """

    def __init__(self) -> None:
        self._last = 0
        self._random = _Random()

    def new(self, now_ms: int) -> str:
        """Return the next id, for the moment ``now_ms``."""
        stamp = max(now_ms << 12, self._last + 1)
        self._last = stamp
        high = (stamp >> 12) << 16 | 0x7000 | (stamp & 0xFFF)
        low = (
            int.from_bytes(self._random.take(8), "big") & 0x3FFF_FFFF_FFFF_FFFF
            | 0x8000_0000_0000_0000
        )
        return f"{high:016x}{low:016x}"

    def token(self, now_ms: int) -> str:
        """Return an unguessable token: 128 random bits after the moment, 30 URL-safe characters.

        The moment (which the paper shows anyway) keeps new tokens together in the index, so that
        writing one costs the same in a large log; it adds nothing to guess with.
        """
        made = now_ms.to_bytes(6, "big") + self._random.take(16)
        return b2a_base64(made, newline=False).translate(_URL_SAFE, b"=").decode()
