"""What a day is like: its weekday, its week of the month, whether it follows closed days."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from server.plan.calendar import OfficeCalendar

AFTER_CLOSED = "after closed"
_WEEK = 7


class OpenDays(msgspec.Struct, frozen=True):
    """Which days were open: known before ``until``, by calendar or habit from then on."""

    known: frozenset[str]
    until: str
    calendar: OfficeCalendar

    def opened(self, day: str) -> bool:
        """Return whether anybody was served on a day, or will be."""
        if day < self.until:
            return day in self.known
        said = self.calendar.opens(day)
        return date.fromisoformat(day).weekday() in self._weekdays() if said is None else said

    def _weekdays(self) -> set[int]:
        return {date.fromisoformat(each).weekday() for each in self.known}

    def kinds(self, day: str) -> list[str]:
        """Return the kinds of a day, each of which makes it busier or quieter."""
        on, usual = date.fromisoformat(day), self._weekdays()
        kinds = [f"weekday {on.weekday()}", f"week {(on.day - 1) // _WEEK}"]
        before = on - timedelta(days=1)
        while before.weekday() not in usual and (on - before).days <= _WEEK:
            before -= timedelta(days=1)
        begun = self.known and min(self.known) <= before.isoformat()
        if begun and not self.opened(before.isoformat()):
            kinds.append(AFTER_CLOSED)
        return kinds
