"""Owns what is open when, as a week: services with the same hours are one line."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from server.domain.calendar_days import SpecialDays
from server.domain.day import zone
from server.domain.hours import Period, on
from server.domain.office import Office, Service
from server.domain.texts import Words
from server.editing.calendar.pieces import ALWAYS


class OpenDay(msgspec.Struct, frozen=True):
    """A day of a line: its periods, none for closed.

    Attributes:
        day: the date.
        names: what makes the day unlike others; empty for a day like any other.
        special: whether it is unlike others.
        hour_more: minutes that the day has more than 24 hours; less than none in spring.
    """

    day: str
    periods: list[Period]
    names: Words
    special: bool
    hour_more: int


class WeekLine(msgspec.Struct, frozen=True):
    """Services with the same hours in all of the week."""

    services: list[str]
    days: list[OpenDay]


def week(office: Office, first: date) -> list[WeekLine]:
    """Return seven days from ``first`` on, in the order of the services."""
    lines: dict[bytes, WeekLine] = {}
    for service in office.services:
        days = [_day(office, service, first + timedelta(days=each)) for each in range(7)]
        line = lines.setdefault(msgspec.json.encode(days), WeekLine([], days))
        line.services.append(service.code)
    return list(lines.values())


def _day(office: Office, service: Service, day: date) -> OpenDay:
    times = office.hours_of(service)
    periods = ALWAYS if times is None else on(times, day)
    text = day.isoformat()
    closed = times is not None and text in times.closed_dates
    reasons = [each for each in _covering(office, service, text) if not closed or not each.last]
    shortest = min(reasons, key=_length, default=None)
    return OpenDay(
        text,
        sorted(periods, key=lambda each: each.opens),
        {} if shortest is None else shortest.names,
        closed or shortest is not None,
        _minutes_more(office.zone, day),
    )


def _covering(office: Office, service: Service, day: str) -> list[SpecialDays]:
    return [
        each
        for each in office.special_days
        if each.first <= day <= (each.last or each.first)
        and (not each.services or service.code in each.services)
    ]


def _length(special: SpecialDays) -> timedelta:
    last = special.last or special.first
    return date.fromisoformat(last) - date.fromisoformat(special.first)


def _minutes_more(zone_name: str, day: date) -> int:
    midnight = datetime.combine(day, datetime.min.time(), zone(zone_name))
    following = midnight + timedelta(days=1)
    length = following.timestamp() - midnight.timestamp()
    return round(length / 60) - 24 * 60
