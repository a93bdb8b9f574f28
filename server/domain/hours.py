"""Owns opening hours: is a service open now, until when, and when does it open next."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

import msgspec

Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]

LOOK_AHEAD_DAYS = 60


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One open stretch on some weekdays.

    Attributes:
        days: ISO weekdays, 1 Monday to 7 Sunday.
        opens: first minute of service, local wall clock.
        closes: minute at which service ends (not included); ``24:00`` is midnight.
        tickets_from: the kiosk gives numbers from here on (before the doors); default ``opens``.
        last_ticket: no new number from here on; default ``closes``.
    """

    days: list[Weekday]
    opens: Clock
    closes: Clock
    tickets_from: Clock | None = None
    last_ticket: Clock | None = None


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weekly pattern of a service.

    Attributes:
        periods: open stretches, any number a day.
        closed_dates: days without service, such as holidays.
    """

    periods: list[Period]
    closed_dates: list[str] = []


class OpenStatus(msgspec.Struct, frozen=True):
    """Whether a number can be taken now, and what comes next (local datetimes with offset).

    Attributes:
        tickets: numbers are given now.
        until: when giving numbers ends, if ``tickets``.
        next_opening: when numbers are given again, if not ``tickets`` and it is known.
    """

    tickets: bool
    until: datetime | None = None
    next_opening: datetime | None = None


ALWAYS_OPEN = OpenStatus(tickets=True)
"""The status of a service without hours."""


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _at(day: date, clock: str, now: datetime) -> datetime:
    wall = datetime.combine(day, time()) + timedelta(minutes=_minutes(clock))
    return wall.replace(tzinfo=now.tzinfo)


def _past_midnight(hours: Hours, end: datetime) -> datetime | None:
    """Return when giving numbers ends that goes on at midnight; ``None``: on no day soon."""
    for _ in range(LOOK_AHEAD_DAYS):
        if end.time() != time() or end.date().isoformat() in hours.closed_dates:
            return end
        ends = [
            each.last_ticket or each.closes
            for each in hours.periods
            if end.isoweekday() in each.days and _minutes(each.tickets_from or each.opens) == 0
        ]
        if not ends:
            return end
        end = _at(end.date(), max(ends), end)
    return None


def open_status(hours: Hours | None, now: datetime) -> OpenStatus:
    """Return whether numbers are given at ``now`` (aware, branch zone); no hours: always open."""
    if hours is None:
        return ALWAYS_OPEN
    following: list[datetime] = []
    for offset in range(LOOK_AHEAD_DAYS):
        day = now.date() + timedelta(days=offset)
        if day.isoformat() in hours.closed_dates:
            continue
        for period in hours.periods:
            if day.isoweekday() not in period.days:
                continue
            start = _at(day, period.tickets_from or period.opens, now)
            end = _at(day, period.last_ticket or period.closes, now)
            if start <= now < end:
                return OpenStatus(tickets=True, until=_past_midnight(hours, end))
            if start > now:
                following.append(start)
        if following:
            return OpenStatus(tickets=False, next_opening=min(following))
    return OpenStatus(tickets=False)


def past_last_ticket(hours: Hours, now: datetime) -> bool:
    """Return whether the service still works at ``now`` but gives no more numbers."""
    day = now.date()
    if day.isoformat() in hours.closed_dates:
        return False
    return any(
        day.isoweekday() in period.days
        and _at(day, period.last_ticket or period.closes, now) <= now < _at(day, period.closes, now)
        for period in hours.periods
    )


def works_at(hours: Hours, moment: datetime) -> bool:
    """Return whether the service works at ``moment`` (aware, branch zone), numbers given or not."""
    day = moment.date()
    if day.isoformat() in hours.closed_dates:
        return False
    return any(
        day.isoweekday() in period.days
        and _at(day, period.opens, moment) <= moment < _at(day, period.closes, moment)
        for period in hours.periods
    )


def service_start(hours: Hours, now: datetime) -> datetime | None:
    """Return when serving begins, while numbers are given before the doors open; else ``None``."""
    day = now.date()
    if day.isoformat() in hours.closed_dates:
        return None
    for period in hours.periods:
        if day.isoweekday() in period.days:
            first, opens = period.tickets_from or period.opens, _at(day, period.opens, now)
            if _at(day, first, now) <= now < opens:
                return opens
    return None


def last_start(hours: Hours, now: datetime) -> datetime | None:
    """Return when serving last began today, the moment itself while numbers are given before."""
    if service_start(hours, now) is not None:
        return now
    day = now.date()
    if day.isoformat() in hours.closed_dates:
        return None
    starts = [_at(day, each.opens, now) for each in hours.periods if day.isoweekday() in each.days]
    return max((each for each in starts if each <= now), default=None)


def opening_after(hours: Hours, moment: datetime) -> datetime | None:
    """Return when numbers are given at or after ``moment``, ``None`` when it is not known."""
    status = open_status(hours, moment)
    return moment if status.tickets else status.next_opening
