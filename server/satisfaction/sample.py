"""Owns how many answers a survey needs, and how many visitors are asked for them."""

from __future__ import annotations

from fractions import Fraction

CHI_SQUARE = Fraction(3841, 1000)
"""Of one degree of freedom at 95 %."""
ERROR = Fraction(1, 20)
HALF = Fraction(1, 2)
RESPONSE = 0.2
"""Share of the asked who answer, until the office's own share is known."""
KNOWN_FROM = 30
"""Asked visitors from which on the office's own share is believed."""
LEAST_RESPONSE = 0.02
FLOOR = 0.05
"""Some are always asked, also when the target is met: a later month must not stand on none."""


def krejcie_morgan(population: int) -> int:
    """Return how many answers speak for so many people (Krejcie and Morgan 1970), 0 for nobody.

    ``S = X2 N P (1 - P) / (d2 (N - 1) + X2 P (1 - P))`` with X2 = 3.841, P = 0.5 and d = 0.05,
    rounded.
    """
    if population <= 0:
        return 0
    spread = CHI_SQUARE * HALF * (1 - HALF)
    exact = spread * population / (ERROR**2 * (population - 1) + spread)
    return int((exact * 2 + 1) // 2)


def share_to_ask(target: int, answered: int, to_come: int, asked: int, replied: int) -> float:
    """Return the share of a service's coming visitors to invite, from ``FLOOR`` to 1.

    Args:
        target: answers wanted of the service.
        answered: those there are.
        to_come: people who are expected to be served until the period ends.
        asked: invitations so far.
        replied: how many of these were followed.
    """
    missing = target - answered
    if missing <= 0:
        return FLOOR
    response = max(LEAST_RESPONSE, replied / asked) if asked >= KNOWN_FROM else RESPONSE
    return max(FLOOR, min(1.0, missing / max(1.0, to_come * response)))
