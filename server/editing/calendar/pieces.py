"""Owns what an entry of somebody's calendar means for the hours: closed then, open as usual beside.

A whole day, or several, is closed. Hours of a day are taken out of what the day has, for each
service by its own hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from server.domain.hours import Period, minutes_of, on
from server.domain.office import Office
from server.domain.texts import Words
from server.editing.calendar.proposed import ProposedDays

DAY_MINUTES = 24 * 60
ALWAYS = [Period([1, 2, 3, 4, 5, 6, 7], "00:00", "24:00")]
ONE_DAY = timedelta(days=1)


class Entry(NamedTuple):
    """An entry on the office's wall clock; of whole days where both are dates, ``ends`` not in."""

    name: str
    starts: date
    ends: date


def proposals(office: Office, entries: Iterable[Entry]) -> list[ProposedDays]:
    """Return what entries mean as special days, in the order of days."""
    whole: dict[date, tuple[date, list[str]]] = {}
    hours: dict[date, list[tuple[int, int, str]]] = defaultdict(list)
    for name, starts, ends in entries:
        if isinstance(starts, datetime) and isinstance(ends, datetime):
            for day, begin, end in _days(starts, ends):
                hours[day].append((begin, end, name))
        else:
            last, names = whole.get(starts, (starts, []))
            whole[starts] = max(last, ends - ONE_DAY), [*names, name]
    found = [
        ProposedDays(
            first.isoformat(), _names(office, names), "file",
            last="" if last == first else last.isoformat(),
        )
        for first, (last, names) in whole.items()
    ]  # fmt: skip
    for day, taken in hours.items():
        if not any(first <= day <= last for first, (last, _) in whole.items()):
            found += _without(office, day, taken)
    return sorted(found, key=lambda each: (each.first, each.services))


def _days(starts: datetime, ends: datetime) -> Iterator[tuple[date, int, int]]:
    """Return each day of an entry with its first minute and the one after its last."""
    day = starts.date()
    while day <= ends.date():
        begin = _minute(starts) if day == starts.date() else 0
        end = _minute(ends) if day == ends.date() else DAY_MINUTES
        if begin < end:
            yield day, begin, end
        day += ONE_DAY


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _names(office: Office, names: list[str]) -> Words:
    told = ", ".join(dict.fromkeys(filter(None, names)))
    return {office.languages[0]: told[:200]} if told else {}


def _without(
    office: Office, day: date, taken: list[tuple[int, int, str]]
) -> Iterator[ProposedDays]:
    """Return a day of each group of services without the hours that are taken from it."""
    changed: list[tuple[list[Period], str]] = []
    for service in office.services:
        times = office.hours_of(service)
        before = ALWAYS if times is None else on(times, day)
        after = [piece for each in before for piece in _cut(each, day, taken)]
        if _spans(before) != _spans(after):
            changed.append((after, service.code))
    key = lambda each: _spans(each[0])  # noqa: E731 - one key for both
    names = _names(office, [name for _, _, name in taken])
    for _, group in groupby(sorted(changed, key=key), key):
        same = list(group)
        codes = [code for _, code in same]
        yield ProposedDays(
            day.isoformat(), names, "file", periods=same[0][0],
            services=[] if len(codes) == len(office.services) else sorted(codes),
        )  # fmt: skip


def _spans(periods: list[Period]) -> list[tuple[str, str]]:
    return [(each.opens, each.closes) for each in periods]


def _cut(period: Period, day: date, taken: list[tuple[int, int, str]]) -> Iterator[Period]:
    """Return what is left of a period of a day."""
    opens, closes = minutes_of(period.opens), minutes_of(period.closes)
    last = minutes_of(period.last_ticket or period.closes)
    begin = opens
    for first, end, _ in [*sorted(taken), (closes, closes, "")]:
        stop = min(first, closes)
        if begin < min(stop, last):
            yield Period(
                [day.isoweekday()], clock(begin), clock(stop),
                tickets_from=period.tickets_from if begin == opens else None,
                last_ticket=clock(last) if last < stop else None,
            )  # fmt: skip
        begin = max(begin, end)


def clock(minutes: int) -> str:
    """Return minutes of the day as ``07:30``; the end of the day is ``24:00``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
