"""What seasons do to how many come: as the office says, or as the time before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.plan.calendar import (
    AROUND_DAYS,
    OfficeCalendar,
    SeasonNow,
    days_from,
    is_friday,
    moved,
)

Before = Mapping[tuple[str, str], float]
"""By service and season: how many came the time before, of the usual."""

STEADY = 3.0
"""Days of no difference that the days of a kind or season stand against."""
MOST_FACTOR = 3.0
LEAST_IN, LEAST_AROUND = 5, 10


def lift(service: str, seasons: Sequence[SeasonNow], before: Before) -> float:
    """Return how many come, of the usual, before anybody has been seen this time."""
    found = 1.0
    for each in seasons:
        found *= (
            before.get((service, each.key), 1.0) if each.percent is None else each.percent / 100
        )
    return found


def as_usual(
    its: Mapping[str, Sequence[int]], day: str, calendar: OfficeCalendar, before: Before
) -> dict[str, list[float]]:
    """Return who came on a day as on a usual one: by its hours, without its seasons."""
    friday, found = is_friday(day), {}
    for code, counts in its.items():
        usual, spans = calendar.usual(code, friday), calendar.spans(code, day)
        factor = lift(code, calendar.seasons(code, day), before)
        plain = [each / factor for each in counts]
        found[code] = moved(plain, spans, usual) if usual and spans else plain
    return found


def seasons_before(
    counts: Mapping[str, Mapping[str, Sequence[int]]], first: str, calendar: OfficeCalendar
) -> dict[tuple[str, str], float]:
    """Return what seasons that were over before ``first`` did, beside six weeks around them."""
    services = sorted({code for its in counts.values() for code in its})
    found: dict[tuple[str, str], float] = {}
    for code in services:
        inside: dict[str, list[str]] = {}
        outside = []
        for day in sorted(counts):
            seasons = calendar.seasons(code, day)
            if not seasons:
                outside.append(day)
            for each in seasons if day < first else ():
                inside.setdefault(each.key, []).append(day)
        for key, days in inside.items():
            since, until = days_from(days[0], -AROUND_DAYS), days_from(days[-1], AROUND_DAYS)
            around = [day for day in outside if since <= day <= until]
            if len(days) < LEAST_IN or len(around) < LEAST_AROUND:
                continue
            usual = sum(sum(counts[day].get(code, ())) for day in around) / len(around)
            came = sum(sum(counts[day].get(code, ())) for day in days)
            if usual:
                ratio = (came + STEADY * usual) / ((len(days) + STEADY) * usual)
                found[code, key] = min(MOST_FACTOR, max(1 / MOST_FACTOR, ratio))
    return found
