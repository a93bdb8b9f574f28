"""Owns opening hours: is a service open now, until when, and when does it open next."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

import msgspec

from server.domain.texts import CLOCK, END

Clock = Annotated[str, msgspec.Meta(pattern=rf"{CLOCK}|^24:00{END}")]
Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]

LOOK_AHEAD_DAYS = 60
_MINUTE = timedelta(minutes=1)


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


class Special(msgspec.Struct, frozen=True):
    """Days that are unlike others: their own periods, none for closed. ``last`` is included."""

    first: str
    last: str
    periods: list[Period]


class Timetable(msgspec.Struct, frozen=True):
    """The hours of a service with all that the office says of them.

    Attributes:
        weekly: the weekly pattern.
        closed_dates: days without service, of the office and of the service.
        special: days with other hours; of several, the shortest stretch counts.
    """

    weekly: Hours
    closed_dates: frozenset[str] = frozenset()
    special: tuple[Special, ...] = ()


Times = Hours | Timetable
"""What can be asked when a service is open."""


def on(times: Times, day: date) -> list[Period]:
    """Return a day's periods.

    A single special day goes before a closed one, a closed one before a longer special stretch.
    """
    text = day.isoformat()
    if isinstance(times, Hours):
        return [] if text in times.closed_dates else _of_weekday(times.periods, day)
    covering = [each for each in times.special if each.first <= text <= each.last]
    shortest = min(covering, key=_length, default=None)
    if text in times.closed_dates and (shortest is None or shortest.first != shortest.last):
        return []
    periods = times.weekly.periods if shortest is None else shortest.periods
    return _of_weekday(periods, day)


def _length(special: Special) -> timedelta:
    return date.fromisoformat(special.last) - date.fromisoformat(special.first)


def _of_weekday(periods: list[Period], day: date) -> list[Period]:
    return [each for each in periods if day.isoweekday() in each.days]


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


def minutes_of(clock: str) -> int:
    """Return a time of day in minutes after midnight."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _at(day: date, clock: str, now: datetime) -> datetime:
    """Return the moment of a time of day: in the hour that spring leaves out, the end of it.

    In the hour that comes twice in autumn, the first time counts.
    """
    wall = datetime.combine(day, time(), now.tzinfo) + timedelta(minutes=minutes_of(clock))
    while _left_out(wall):
        wall += _MINUTE
    return wall


def _left_out(wall: datetime) -> bool:
    before, after = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    return before != after and before is not None and after is not None and before < after


def _come(moment: datetime, now: datetime) -> bool:
    """Return whether a moment of ``_at`` has come: the second time an hour comes, all of it has."""
    return moment.timestamp() <= now.timestamp() if now.fold else moment <= now


def _past_midnight(times: Times, end: datetime) -> datetime | None:
    """Return when giving numbers ends that goes on at midnight; ``None``: on no day soon."""
    for _ in range(LOOK_AHEAD_DAYS):
        if end.time() != time():
            return end
        ends = [
            each.last_ticket or each.closes
            for each in on(times, end.date())
            if minutes_of(each.tickets_from or each.opens) == 0
        ]
        if not ends:
            return end
        end = _at(end.date(), max(ends), end)
    return None


def open_status(times: Times | None, now: datetime) -> OpenStatus:
    """Return whether numbers are given at ``now`` (aware, branch zone); no hours: always open."""
    if times is None:
        return ALWAYS_OPEN
    following: list[datetime] = []
    for offset in range(LOOK_AHEAD_DAYS):
        day = now.date() + timedelta(days=offset)
        for period in on(times, day):
            start = _at(day, period.tickets_from or period.opens, now)
            end = _at(day, period.last_ticket or period.closes, now)
            if _come(start, now) and not _come(end, now):
                return OpenStatus(tickets=True, until=_past_midnight(times, end))
            if start < end and not _come(start, now):
                following.append(start)
        if following:
            return OpenStatus(tickets=False, next_opening=min(following))
    return OpenStatus(tickets=False)


def past_last_ticket(times: Times, now: datetime) -> bool:
    """Return whether the service still works at ``now`` but gives no more numbers."""
    day = now.date()
    return any(
        _come(_at(day, each.last_ticket or each.closes, now), now)
        and not _come(_at(day, each.closes, now), now)
        for each in on(times, day)
    )


def works_at(times: Times, moment: datetime) -> bool:
    """Return whether the service works at ``moment`` (aware, branch zone), numbers given or not."""
    day = moment.date()
    return any(
        _come(_at(day, each.opens, moment), moment)
        and not _come(_at(day, each.closes, moment), moment)
        for each in on(times, day)
    )


def service_start(times: Times, now: datetime) -> datetime | None:
    """Return when serving begins, while numbers are given before the doors open; else ``None``."""
    day = now.date()
    for each in on(times, day):
        first, opens = each.tickets_from or each.opens, _at(day, each.opens, now)
        if _come(_at(day, first, now), now) and not _come(opens, now):
            return opens
    return None


def last_start(times: Times, now: datetime) -> datetime | None:
    """Return when serving last began today, the moment itself while numbers are given before."""
    if service_start(times, now) is not None:
        return now
    starts = [_at(now.date(), each.opens, now) for each in on(times, now.date())]
    return max((each for each in starts if _come(each, now)), default=None)


def opening_after(times: Times, moment: datetime) -> datetime | None:
    """Return when numbers are given at or after ``moment``, ``None`` when it is not known."""
    status = open_status(times, moment)
    return moment if status.tickets else status.next_opening
