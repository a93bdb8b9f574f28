"""Owns how a demo year looks: arrivals, mix, weekdays, holidays, durations. Own estimates.

The shares follow what Indonesian service malls report; service times are log-normal, as
measured at counters there.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random

ARRIVALS = (  # (from minute, to minute, share) of a day that opens at 08.00
    (450, 480, 12), (480, 540, 19), (540, 600, 20), (600, 660, 17), (660, 720, 11),
    (720, 780, 5), (780, 840, 10), (840, 870, 6),
)  # fmt: skip
FRIDAY = (
    (450, 480, 14), (480, 540, 22), (540, 600, 22), (600, 660, 18), (660, 690, 7),
    (690, 810, 4), (810, 870, 13),
)  # fmt: skip
WEEKDAYS = {1: 1.2, 2: 1.05, 3: 1.0, 4: 0.95, 5: 0.8}
AFTER_HOLIDAY = 1.3
MIX = {"A": 25, "B": 19, "C": 18, "D": 15, "E": 10, "F": 13, "L": 8}
SOME_DAYS = {"L": (2, 4)}
"""Services of tenants that come on some weekdays only."""
PRIORITY = 0.08
NO_SHOW = 0.05
COMES_BACK = 0.15
RECALL = 0.12
TRANSFER = 0.04
HOLD = 0.02
CANCEL = 0.015
AT_THE_DOOR = 0.08
"""Numbers that a host takes for the visitor."""
FIRST_LANGUAGE = 0.95
ALONE = 0.85
OPENS, LUNCH, CLOSES, LAST = 480, 705, 900, 1080
"""Minutes after midnight: doors, first lunch, counters close once nobody waits, all end."""

HOLIDAYS = frozenset(
    f"2026-{each}"
    for each in (
        "01-01", "01-16", "02-16", "02-17", "03-18", "03-19", "03-20", "03-23", "03-24", "04-03",
        "05-01", "05-14", "05-15", "05-27", "05-28", "06-01", "06-16", "08-17", "08-25", "12-24",
        "12-25",
    )
) | {"2025-12-25", "2025-12-26"}  # fmt: skip
"""National holidays and collective leave on weekdays; for the demo only."""


def works(day: date) -> bool:
    """Whether the office is open on a day."""
    return day.isoweekday() in WEEKDAYS and day.isoformat() not in HOLIDAYS


def volume(day: date, per_day: int, random: Random) -> int:
    """Return how many visitors come on a day."""
    before = day - timedelta(days=3 if day.isoweekday() == 1 else 1)
    factor = WEEKDAYS[day.isoweekday()] * (1 if works(before) else AFTER_HOLIDAY)
    return max(1, round(per_day * factor * random.gauss(1, 0.07)))


def arrivals(day: date, count: int, random: Random) -> list[int]:
    """Return the milliseconds after midnight at which visitors take their numbers, in order."""
    profile = FRIDAY if day.isoweekday() == 5 else ARRIVALS  # noqa: PLR2004 - Friday
    weights = [each[2] for each in profile]
    found = [
        int((since + random.random() * (until - since)) * 60_000)
        for since, until, _ in random.choices(profile, weights, k=count)
    ]
    return sorted(found)


def shape(mean_minutes: float, spread: float) -> tuple[float, float]:
    """Return the parameters of the log-normal with this mean and coefficient of variation."""
    variance = math.log(1 + spread * spread)
    return math.log(mean_minutes * 60_000) - variance / 2, math.sqrt(variance)


def lognormal_ms(shape: tuple[float, float], random: Random) -> int:
    """Return a log-normal duration; not shorter than five seconds."""
    return max(5000, int(math.exp(random.gauss(*shape))))
