"""A saved rota as files: rows for a sheet, and each officer's shifts for their calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from server.domain.day import Millis
from server.plan.rota.values import MINUTES, DayRota, Shift, clock_of
from server.reports.smallbook import Cell, Sheet
from web.locales import locale_of

Say = Callable[..., str]
FOLD = 73
"""Bytes of a line in a calendar before it is folded; the line after begins with a space."""


class Printed(msgspec.Struct, frozen=True):
    """What a file of a rota is made from. ``names``: of the officers, by key."""

    office: str
    code: str
    zone: str
    week: str
    version: int
    saved_at: Millis
    names: dict[str, str]
    days: list[DayRota]

    def name(self, key: str, say: Say) -> str:
        """Return an officer's name; one who has none yet is that of their counter."""
        name = self.names.get(key, key)
        return say("Officer of counter {n}", n=name) if name.isdigit() else name


def sheet(rota: Printed, say: Say) -> Sheet:
    """Return a row a shift, days in their order, then by counter."""
    head: list[Cell] = [
        say("Day"), say("Officer"), say("Counter"), say("From"), say("Until"),
        say("Rest from"), say("Rest until"), say("Hours"),
    ]  # fmt: skip
    rows: Sheet = [
        [
            date.fromisoformat(day.day), rota.name(shift.officer, say), shift.counter,
            clock_of(shift.start), clock_of(shift.end), *_rest(shift),
            Decimal(shift.slots) / 2,
        ]
        for day in rota.days
        for shift in sorted(day.shifts, key=lambda each: (each.counter, each.start))
    ]  # fmt: skip
    return [head, *rows]


def _rest(shift: Shift) -> tuple[str | None, str | None]:
    if shift.rest is None:
        return None, None
    return clock_of(shift.rest), clock_of(shift.rest + shift.rest_slots)


def calendar(rota: Printed, officer: str, say: Say, language: str) -> bytes:
    """Return an officer's shifts as iCalendar (RFC 5545); a later version replaces an earlier."""
    lines = [
        _mark("begin", "VCALENDAR"), "VERSION:2.0", "PRODID:-//Ramah//Rota//EN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(say('Rota') + ' ' + rota.office)}",
    ]  # fmt: skip
    stamp = datetime.fromtimestamp(rota.saved_at / 1000, UTC)
    for day in rota.days:
        for shift in day.shifts:
            if shift.officer == officer:
                lines += _event(rota, day.day, shift, stamp, say, language)
    lines.append(_mark("end", "VCALENDAR"))
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def clock_words(slot: int, language: str) -> str:
    """Return when a half hour begins as the reader writes it: 08.30 in Indonesian, else 08:30."""
    usual = str(locale_of(language).time_formats["short"])
    return clock_of(slot).replace(":", "." if "." in usual else ":")


def _event(
    rota: Printed, day: str, shift: Shift, stamp: datetime, say: Say, language: str
) -> list[str]:
    about = []
    if shift.rest is not None:
        start = clock_words(shift.rest, language)
        end = clock_words(shift.rest + shift.rest_slots, language)
        rest = say("Rest from {start} until {end}", start=start, end=end)
        about.append(f"DESCRIPTION:{_text(rest)}")
    return [
        _mark("begin", "VEVENT"),
        f"UID:{rota.code}-{day}-{shift.officer}@ramah",
        f"SEQUENCE:{rota.version}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{_moment(rota, day, shift.start)}",
        f"DTEND:{_moment(rota, day, shift.end)}",
        f"SUMMARY:{_text(say('Counter {number}', number=shift.counter))}",
        f"LOCATION:{_text(rota.office)}",
        *about,
        _mark("end", "VEVENT"),
    ]


def _mark(word: str, what: str) -> str:
    """Return the line with which a part begins or ends."""
    return f"{word.upper()}:{what}"


def _moment(rota: Printed, day: str, slot: int) -> str:
    """Return when a half hour begins, in UTC: calendars then need no rules of a zone."""
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time())
    there = (midnight + timedelta(minutes=slot * MINUTES)).replace(tzinfo=ZoneInfo(rota.zone))
    return f"{there.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    for letter in "\\;,":
        words = words.replace(letter, f"\\{letter}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Fold a line at whole letters."""
    parts, part, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > FOLD:
            parts.append(part)
            part, size = "", 0
        part += letter
        size += width
    return "\r\n ".join([*parts, part])
