"""Moments as SQLite writes them: any zone's wall clock with its offset, summer time too.

SQLite's own date functions know no zones and cost a third more. A moment is put together from
three tables of text that are handed to the statement: days, minutes of a day, and milliseconds
of a minute.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from server.domain.day import Millis, zone
from server.storage.dialect import of_kind, wall_clock

LAST_DAY = date(2101, 12, 31)
SERIAL_1970 = 25_569
"""What spreadsheets count for 1970-01-01: days since 1899-12-30."""
_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000


class Offset(msgspec.Struct, frozen=True):
    """How far a zone's clock is ahead of UTC, and until which moment; ``None``: from then on."""

    until: Millis | None
    ahead: Millis

    @property
    def told(self) -> str:
        """As in ISO 8601: ``+08:00``."""
        minutes = self.ahead // 60_000
        sign = "-" if minutes < 0 else "+"
        return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def offsets(zone_name: str, since: Millis, until: Millis) -> list[Offset]:
    """Return the offsets of a zone from one moment to another, in their order."""
    first, last = (datetime.fromtimestamp(at // 1000, UTC).year for at in (since, until))
    changes = [
        each
        for year in range(first, last + 1)
        for each in _changes(zone_name, year)
        if since < each[0] <= until
    ]
    ahead = _ahead(zone_name, since)
    found = []
    for at, after in changes:
        found.append(Offset(at, ahead))
        ahead = after
    return [*found, Offset(None, ahead)]


def _ahead(zone_name: str, at: Millis) -> Millis:
    shift = datetime.fromtimestamp(at // 1000, zone(zone_name)).utcoffset() or timedelta()
    return shift // timedelta(milliseconds=1)


@lru_cache(maxsize=256)
def _changes(zone_name: str, year: int) -> tuple[tuple[Millis, Millis], ...]:
    """Return (moment, offset from then on) of each change within a UTC year.

    No zone has changed twice within a day since 2000.
    """
    start = int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1000
    end = int(datetime(year + 1, 1, 1, tzinfo=UTC).timestamp()) * 1000
    found = []
    before = _ahead(zone_name, start - 1)
    at = start - 1
    while at < end - 1:
        to = min(at + _DAY, end - 1)
        after = _ahead(zone_name, to)
        if after != before:
            found.append((_change(zone_name, at, to, before), after))
        at, before = to, after
    return tuple(found)


def _change(zone_name: str, low: Millis, high: Millis, before: Millis) -> Millis:
    """Return the first moment of the new offset, between ``low`` (old) and ``high`` (new)."""
    while high - low > 1:
        middle = (low + high) // 2
        if _ahead(zone_name, middle) == before:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=1)
def tables() -> dict[str, bytes]:
    """Return the values a statement with ``moment`` needs beside its offsets; about 0.9 MB.

    They are bytes because SQLite finds a place in bytes at once, in text by counting.
    """
    days = ((_EPOCH + timedelta(days=at)).isoformat() for at in range((LAST_DAY - _EPOCH).days + 1))
    return {
        "days": "".join(f"{day}T" for day in days).encode(),
        "minutes": "".join(f"{at // 60:02d}:{at % 60:02d}:" for at in range(1440)).encode(),
        "rests": "".join(f"{at // 1000:02d}.{at % 1000:03d}" for at in range(60_000)).encode(),
    }


def values(times: list[Offset]) -> dict[str, Any]:
    """Return the values of a statement whose moments have these offsets."""
    return {
        **{f"until{at}": each.until for at, each in enumerate(times) if each.until is not None},
        **{f"ahead{at}": each.ahead for at, each in enumerate(times)},
        **{f"told{at}": each.told for at, each in enumerate(times)},
    }


def moment(column: str, times: int) -> str:
    """Return SQL that tells ``column`` on a clock that has ``times`` offsets; NULL stays NULL.

    ``times`` 0 is UTC, told with ``Z``.
    """
    ahead, told = ("0", "'Z'") if times == 0 else (
        _by_time(column, times, "ahead"), _by_time(column, times, "told"),
    )  # fmt: skip
    at = f"({column} + {ahead})"
    looked_up = (
        f"substr(:days, {at} / 86400000 * 11 + 1, 11)"
        f" || substr(:minutes, {at} / 60000 % 1440 * 6 + 1, 6)"
        f" || substr(:rests, {at} % 60000 * 6 + 1, 6)"
    )
    return f"""{wall_clock(looked_up, at, 'YYYY-MM-DD"T"HH24:MI:SS.MS')} || {told}"""


def wall(column: str, times: int) -> str:
    """Return SQL that tells ``column`` to the second as a wall clock does: 2026-11-27 08:00:05."""
    at = _local(column, times)
    looked_up = (
        f"substr(:days, {at} / 86400000 * 11 + 1, 10)"
        f" || ' ' || substr(:minutes, {at} / 60000 % 1440 * 6 + 1, 6)"
        f" || substr(:rests, {at} % 60000 * 6 + 1, 2)"
    )
    return wall_clock(looked_up, at, "YYYY-MM-DD HH24:MI:SS")


def serial(column: str, times: int) -> str:
    """Return SQL of the wall clock as spreadsheets keep it: days since 1899-12-30.

    15 digits, of which ten are behind the point: a hundredth of a millisecond.
    """
    return of_kind(f"{_local(column, times)} / 86400000.0 + {SERIAL_1970}", "numeric(20, 10)")


def hour(column: str, times: int) -> str:
    """Return SQL of the wall clock's hour, 0 to 23."""
    return f"({_local(column, times)} / 3600000 % 24)"


def weekday(column: str, times: int) -> str:
    """Return SQL of the wall clock's weekday, 1 (Monday) to 7, as in ISO 8601."""
    return f"(({_local(column, times)} / 86400000 + 3) % 7 + 1)"  # 1970 began on a Thursday


def _local(column: str, times: int) -> str:
    return f"({column} + {_by_time(column, times, 'ahead')})"


def serial_before(day: str) -> int:
    """Return the serial number of the day before the month of ``day`` (YYYY-MM-DD) began."""
    return (date.fromisoformat(day[:7] + "-01") - _EPOCH).days - 1 + SERIAL_1970


def _by_time(column: str, times: int, name: str) -> str:
    if times == 1:
        return f":{name}0"
    whens = " ".join(f"WHEN {column} < :until{at} THEN :{name}{at}" for at in range(times - 1))
    return f"CASE {whens} ELSE :{name}{times - 1} END"
