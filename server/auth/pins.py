"""Owns which PINs are taken: they open a session that is idle on one computer, nothing else."""

from __future__ import annotations

from server.auth.passwords import ROWS
from server.domain.errors import Invalid

LEAST, MOST = 4, 12
TRIES = 5
"""So many wrong ones, and the session ends: then the whole log-in is asked for."""


def check_pin(pin: str) -> str:
    """Return a new PIN, if it is none that others try first.

    Raises:
        Invalid: says why it is not taken.
    """
    if not (pin.isascii() and pin.isdecimal() and LEAST <= len(pin) <= MOST):
        raise Invalid("A PIN has {n} to {m} digits.", field="pin", n=LEAST, m=MOST)
    row = any(pin in each or pin in each[::-1] for each in ROWS)
    half = pin[: len(pin) // 2]
    year = len(pin) == LEAST and pin[:2] in {"19", "20"}
    if row or year or len(set(pin)) == 1 or half * 2 == pin:
        raise Invalid("This PIN is one of those that are tried first.", field="pin")
    return pin
