"""What an office's calendar says of a day to a forecast: its hours, its seasons, whether it opens.

A day with other hours (Ramadan, a short Saturday) is told on the clock of a usual one and back:
who came in the first third of the open time comes in the first third of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from server.domain.calendar_days import Season, SpecialDays
from server.domain.hours import Period, minutes_of, on
from server.domain.office import Office
from server.domain.texts import Words

Span = tuple[int, int]
"""Minutes after midnight between which people are served."""

SLOT = 30
WHOLE_DAY = ((0, 24 * 60),)
_FRIDAY = 4
SEASON_DAYS = 5
"""Days from which on a stretch with hours of its own is a season too, such as Ramadan."""
YEAR_DAYS = 400
AROUND_DAYS = 42


class SeasonNow(NamedTuple):
    """A season: what makes it that of another year, its names, and what the office expects.

    ``percent`` is of the usual; ``None`` where the office says nothing.
    """

    key: str
    names: Words
    percent: int | None


class OfficeCalendar:
    """The days of an office; without one, nothing is said of any day."""

    def __init__(self, office: Office | None = None) -> None:
        self._office = office
        self._services = {} if office is None else {each.code: each for each in office.services}
        self.spans = cache(self._spans)
        self.usual = cache(self._usual)

    def opens(self, day: str) -> bool | None:
        """Return whether anybody is served on a day; ``None`` when nobody says so."""
        known = [self.spans(code, day) for code in self._services]
        return True if any(known) else None if None in known or not known else False

    def _spans(self, service: str, day: str) -> tuple[Span, ...] | None:
        """Return when a service is open on a day; ``None`` when nobody says."""
        its = self.periods(service, day)
        return None if its is None else _spans_of(its)

    def periods(self, service: str, day: str) -> list[Period] | None:
        """Return when a service gives numbers on a day; ``None`` when nobody says."""
        if self._office is None or service not in self._services:
            return None
        times = self._office.hours_of(self._services[service])
        return None if times is None else on(times, date.fromisoformat(day))

    def _usual(self, service: str, friday: bool) -> tuple[Span, ...] | None:  # noqa: FBT001 - a key
        """Return the hours of a usual day: of Fridays, or of the longest other weekday.

        ``None`` when nobody says, also where a day without a name is open from midnight on: who
        comes then keeps to no clock of the office.
        """
        if self._office is None or service not in self._services:
            return None
        times = self._office.hours_of(self._services[service])
        if times is None:
            return None
        weekdays = [_FRIDAY] if friday else [0, 1, 2, 3, 5, 6]
        found = [
            _spans_of([each for each in times.weekly.periods if weekday + 1 in each.days])
            for weekday in weekdays
        ]
        longest = max(found, key=_length)
        return None if longest == WHOLE_DAY else longest

    # ---------------------------------------------------------------- seasons

    def seasons(self, service: str, day: str) -> list[SeasonNow]:
        """Return the seasons that a day is in, for a service."""
        return [
            SeasonNow(name_of(each), each.names, _percent(each))
            for each in self._all()
            if each.first <= day <= each.last and (not each.services or service in each.services)
        ]

    def earlier(self, first: str, last: str) -> list[tuple[str, str]]:
        """Return the days to read to know how seasons of these days were the time before.

        They are those of the same name within the 400 days before, and six weeks on both sides.
        """
        names = {name_of(each) for each in self._all() if each.first <= last and each.last >= first}
        back = days_from(first, -YEAR_DAYS)
        return [
            (days_from(each.first, -AROUND_DAYS), min(days_from(each.last, AROUND_DAYS), first))
            for each in self._all()
            if name_of(each) in names and each.last < first and each.first >= back
        ]

    def _all(self) -> Iterator[Season | SpecialDays]:
        if self._office is None:
            return
        yield from self._office.seasons
        for each in self._office.special_days:
            if each.periods and each.names and _days(each) >= SEASON_DAYS:
                yield each


def _percent(of: Season | SpecialDays) -> int | None:
    return of.percent if isinstance(of, Season) else None


def name_of(season: Season | SpecialDays) -> str:
    """Return what makes a season that of another year: its first name."""
    return " ".join(next(iter(season.names.values()), "").casefold().split())


def moved(its: Sequence[float], here: Sequence[Span], there: Sequence[Span]) -> list[float]:
    """Tell the people of half hours of a day with hours ``here`` on the clock of ``there``.

    Who comes before the opening or after the end does so by as many minutes on the other day.
    """
    found = [0.0] * len(its)
    if not there:
        return found
    if here == there or not here:
        return list(its)
    for slot, people in enumerate(its):
        if people:
            _spread(
                found, people,
                _clock(slot * SLOT, here, there), _clock((slot + 1) * SLOT, here, there),
            )  # fmt: skip
    return found


def _spread(found: list[float], people: float, first: float, last: float) -> None:
    """Put people evenly between two minutes; those of no time at all into its half hour."""
    most = len(found) * SLOT
    first, last = min(max(first, 0.0), most - 1.0), min(max(last, 0.0), float(most))
    if last - first < 1:
        found[int(first // SLOT)] += people
        return
    for slot in range(int(first // SLOT), min(len(found), int((last - 1e-9) // SLOT) + 1)):
        part = min(last, (slot + 1) * SLOT) - max(first, slot * SLOT)
        found[slot] += people * part / (last - first)


def _clock(minute: float, here: Sequence[Span], there: Sequence[Span]) -> float:
    if minute <= here[0][0]:
        return minute - here[0][0] + there[0][0]
    if minute >= here[-1][1]:
        return minute - here[-1][1] + there[-1][1]
    gone = sum(max(0.0, min(minute, closes) - opens) for opens, closes in here)
    left = gone / _length(here) * _length(there)
    for opens, closes in there:
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    return there[-1][1]


def _spans_of(periods: Sequence[Period]) -> tuple[Span, ...]:
    """Return open stretches in order; what overlaps or meets is one."""
    found: list[Span] = []
    for opens, closes in sorted(
        (minutes_of(each.opens), minutes_of(each.closes)) for each in periods
    ):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(closes, found[-1][1]))
        elif closes > opens:
            found.append((opens, closes))
    return tuple(found)


def _length(spans: Sequence[Span]) -> int:
    return sum(closes - opens for opens, closes in spans)


def _days(of: SpecialDays) -> int:
    return (date.fromisoformat(of.last or of.first) - date.fromisoformat(of.first)).days + 1


def is_friday(day: str) -> bool:
    """Return whether a day has the pause of Fridays at noon."""
    return date.fromisoformat(day).weekday() == _FRIDAY


def days_from(day: str, days: int) -> str:
    """Return the day so many days later, or earlier."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
