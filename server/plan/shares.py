"""How a share is told: rounded, and never as all or none when it is neither."""

from __future__ import annotations


def per_cent(part: int, whole: int) -> float | None:
    """Return a share in per cent, to a tenth; never 100 below all, nor 0 above none."""
    if not whole:
        return None
    told = round(100 * part / whole, 1)
    return told if part in {0, whole} else min(max(told, 0.1), 99.9)
