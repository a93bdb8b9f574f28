"""Owns the business day: the branch's local calendar day, counted from its day start."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Millis = int
"""A moment: milliseconds since 1970-01-01 UTC."""

YEARS = range(2000, 2101)
"""Years that a day may be asked for in: weeks before and time zones beside it exist too."""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return the time zone called ``name`` (IANA name such as ``Asia/Makassar``)."""
    return ZoneInfo(name)


def local(now: Millis, zone_name: str) -> datetime:
    """Return ``now`` on the wall clock of the zone, with its offset."""
    moment = datetime.fromtimestamp(now // 1000, UTC).astimezone(zone(zone_name))
    return moment.replace(microsecond=now % 1000 * 1000)


def millis(moment: datetime) -> Millis:
    """Return an aware datetime as milliseconds since the epoch, rounded down."""
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))


def business_day(now: Millis, zone_name: str, day_start_minutes: int = 0) -> str:
    """Return the business day of ``now`` as ``YYYY-MM-DD``.

    A day that starts at 04:00 (``day_start_minutes=240``) counts 03:59 as the day before. It
    begins once: where it starts in the hour that comes twice in autumn, the first time counts.
    """
    wall = local(now, zone_name).replace(tzinfo=None) - timedelta(minutes=day_start_minutes)
    day = wall.date()
    following = (day + timedelta(days=1)).isoformat()
    if now >= day_bounds(following, zone_name, day_start_minutes)[0]:
        return following
    if now < day_bounds(day.isoformat(), zone_name, day_start_minutes)[0]:
        return (day - timedelta(days=1)).isoformat()
    return day.isoformat()


def calendar_day(text: str) -> str:
    """Return ``YYYY-MM-DD`` as it stands, if it is a day of ``YEARS``.

    Raises:
        ValueError: it is not, or is written otherwise (2026-W52-5, 20261225).
    """
    day = date.fromisoformat(text)
    if day.year not in YEARS or day.isoformat() != text:
        raise ValueError(text)
    return text


def day_bounds(day: str, zone_name: str, day_start_minutes: int = 0) -> tuple[Millis, Millis]:
    """Return the first moment of business day ``day`` and the first moment after it."""
    first = datetime.fromisoformat(day)

    def start(offset: int) -> Millis:
        wall = first + timedelta(days=offset, minutes=day_start_minutes)
        return millis(wall.replace(tzinfo=zone(zone_name)))

    return start(0), start(1)


def iso(at: Millis, zone_name: str = "UTC") -> str:
    """Return a moment as ISO 8601 with milliseconds and the zone's offset (``Z`` for UTC)."""
    if zone_name == "UTC":
        return f"{_second(at // 1000)}.{at % 1000:03d}Z"
    return local(at, zone_name).isoformat(timespec="milliseconds")


@lru_cache(maxsize=1024)
def _second(since_epoch: int) -> str:
    return f"{datetime.fromtimestamp(since_epoch, UTC):%Y-%m-%dT%H:%M:%S}"
