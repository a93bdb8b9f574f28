"""How wrong the forecast would have been: each day foreseen from the days before it alone.

Beside it stands what most offices do: as many as a week ago. Both are told, whoever wins.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.plan.calendar import OfficeCalendar, days_from
from server.plan.forecast import HALF_HOURS, Counts, band, fit
from server.plan.shares import per_cent

DAYS = 20
LEAST_BEFORE = 15
"""Days that a forecast needs behind it."""
WEEKS_BACK = 4


class Error(msgspec.Struct, frozen=True):
    """How wrong a way was.

    Attributes:
        half_hour: mean absolute error of a service's half hour, people.
        day: mean absolute error of a service's whole day, people.
    """

    half_hour: float
    day: float


class Backtest(msgspec.Struct, frozen=True):
    """What the last days say of the forecast.

    Attributes:
        days: judged; first, last: of them.
        ours: of the forecast.
        last_week: of "as many as a week ago".
        inside: per cent of half hours, somebody expected, inside the band; 80 or more is meant.
    """

    days: int
    first: str
    last: str
    ours: Error
    last_week: Error
    inside: float


def backtest(
    counts: Counts, most: int = DAYS, *, calendar: OfficeCalendar | None = None, ahead: int = 1
) -> Backtest | None:
    """Judge the last days, each from those ``ahead`` days before; ``None`` with too few known."""
    known = sorted(counts)
    judged = [day for day in known[LEAST_BEFORE:] if _week_before(day, counts) is not None][-most:]
    if not judged:
        return None
    halves: tuple[list[float], list[float]] = ([], [])
    wholes: tuple[list[float], list[float]] = ([], [])
    inside = asked = 0
    for day in judged:
        since = days_from(day, 1 - ahead)
        found = fit({each: its for each, its in counts.items() if each < since}, since, calendar)
        expected = found.day(day)
        week = _week_before(day, counts) or day
        for code in {*expected, *counts[day]}:
            came = _its(counts, day, code)
            guesses = (expected.get(code) or [0.0] * HALF_HOURS, _its(counts, week, code))
            for guess, half, whole in zip(guesses, halves, wholes, strict=True):
                half += [abs(n - mean) for n, mean in zip(came, guess, strict=True) if n or mean]
                whole.append(abs(sum(came) - sum(guess)))
            for n, mean in zip(came, guesses[0], strict=True):
                if mean >= 0.5:  # noqa: PLR2004 - somebody is expected
                    slot = band(mean, found.bunched)
                    asked += 1
                    inside += slot.low <= n <= slot.high
    ours, theirs = (
        Error(round(_mean(half), 3), round(_mean(whole), 2))
        for half, whole in zip(halves, wholes, strict=True)
    )
    return Backtest(
        len(judged), judged[0], judged[-1], ours, theirs, per_cent(inside, asked) or 0.0
    )


def _its(counts: Counts, day: str, service: str) -> Sequence[float]:
    return counts[day].get(service) or [0] * HALF_HOURS


def _week_before(day: str, counts: Counts) -> str | None:
    """Return the same weekday of the last week in which it was open."""
    for weeks in range(1, WEEKS_BACK + 1):
        before = days_from(day, -7 * weeks)
        if before in counts:
            return before
    return None


def _mean(found: Sequence[float]) -> float:
    return sum(found) / max(1, len(found))
