"""Owns proposing a country's holidays, from the package ``holidays``.

The package is asked while somebody looks at a proposal and at no other time: what counts is what a
person took over into the settings. It is imported then only.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from babel import Locale, UnknownLocaleError

from server.domain.hours import Period
from server.domain.texts import Words
from server.editing.calendar.proposed import Kind, ProposedDays

if TYPE_CHECKING:
    from holidays import HolidayBase

LEAVE = "government"
"""The package's category of days that a government adds, in Indonesia *cuti bersama*."""
_EID = "Hari Raya Idul Fitri"
_RAMADAN_DAYS = 30
RAMADAN_NAMES = {"id": "Jam Ramadan", "en": "Ramadan hours"}
RAMADAN_HOURS = [
    Period([1, 2, 3, 4], "08:00", "12:00"),
    Period([1, 2, 3, 4], "12:30", "15:00"),
    Period([5], "08:00", "11:30"),
    Period([5], "12:30", "15:30"),
]
"""Perpres 21/2023: 32 hours 30 a week from 08:00, with a break of 30 minutes, 60 on Fridays."""


class National(NamedTuple):
    """A country's days of a year; ``leave`` tells whether its collective leave is in them."""

    days: list[ProposedDays]
    leave: bool


class Country(msgspec.Struct, frozen=True):
    """A country whose holidays are known: its ISO 3166 code of two letters, and its name."""

    code: str
    name: str


def countries(language: str) -> list[Country]:
    """Return the countries whose holidays are known, by their names in a language."""
    import holidays  # noqa: PLC0415 - only where somebody asks for a proposal

    known = holidays.list_supported_countries(include_aliases=False)
    try:
        names = Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        names = Locale("id").territories
    found = [Country(code, names.get(code, code)) for code in known if len(code) == 2]  # noqa: PLR2004
    return sorted(found, key=lambda each: each.name)


@cache
def country_of(zone: str) -> str:
    """Return the country that a time zone belongs to, empty where that is not known."""
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    for line in table.read_text("utf-8").splitlines():
        parts = line.split("\t")
        if not line.startswith("#") and parts[2] == zone:
            return parts[0]
    return ""


def national(country: str, year: int, languages: list[str]) -> National:
    """Return the holidays of a year, each named in the office's languages that are known.

    The language is always said: without it the package goes by the machine's own.
    """
    import holidays  # noqa: PLC0415 - as above

    kind = getattr(holidays, country)
    spoken = _spoken(kind, languages)
    categories = {"public", *({LEAVE} & set(kind.supported_categories))}

    def of(category: str, language: str | None) -> HolidayBase:
        return holidays.country_holidays(
            country, years=year, language=language, categories=category
        )

    days: list[ProposedDays] = []
    for category in sorted(categories, reverse=True):
        known = {lang: of(category, name) for lang, name in spoken.items()}
        usual = next(iter(known.values()))
        for day in sorted(usual):
            names, estimated = _names(known, day)
            holiday: Kind = "leave" if category == LEAVE else "holiday"
            days.append(ProposedDays(day.isoformat(), names, holiday, estimated=estimated))
    leave = LEAVE not in categories or any(each.kind == "leave" for each in days)
    once = {each.first: each for each in reversed(days)}
    return National(sorted(once.values(), key=lambda each: each.first), leave)


def ramadan(year: int, languages: list[str]) -> list[ProposedDays]:
    """Return the month before each Idul Fitri of a year with shorter hours, for Indonesia.

    The days are reckoned back from the feast: the government announces the first one.
    """
    import holidays  # noqa: PLC0415 - as above

    known = holidays.country_holidays("ID", years=year, language="id", categories="public")
    names = {lang: words for lang, words in RAMADAN_NAMES.items() if lang in languages}
    found = []
    for day in sorted(known):
        if any(name.startswith(_EID) for name in known.get_list(day)):
            first, last = day - timedelta(days=_RAMADAN_DAYS), day - timedelta(days=1)
            found.append(
                ProposedDays(
                    first.isoformat(), names or RAMADAN_NAMES, "ramadan", last=last.isoformat(),
                    estimated=True, periods=RAMADAN_HOURS,
                )
            )  # fmt: skip
    return found


def _spoken(kind: type[HolidayBase], languages: list[str]) -> dict[str, str | None]:
    """Return for each of the office's languages what the package calls it; at least one."""
    found: dict[str, str | None] = {}
    for language in languages:
        for known in kind.supported_languages:
            if known == language or known.startswith(f"{language}_"):
                found.setdefault(language, known)
    return found or {languages[0]: kind.default_language}


def _names(known: dict[str, HolidayBase], day: date) -> tuple[Words, bool]:
    """Return what a day is called, without the mark of a reckoned one, and if it had the mark."""
    names: Words = {}
    estimated = False
    for language, days in known.items():
        plain = []
        for name in days.get_list(day):
            mark = _mark(days).fullmatch(name)
            estimated |= mark is not None
            plain.append(next(filter(None, mark.groups())) if mark else name)
        if plain:
            names[language] = "; ".join(plain)
    return names, estimated


def _mark(days: HolidayBase) -> re.Pattern[str]:
    """Return how the package marks a reckoned day in this language."""
    labels = [getattr(days, name, None) for name in ("estimated_label", "observed_estimated_label")]
    marks = [re.escape(days.tr(each)).replace("%s", "(.+)") for each in labels if each]
    return re.compile("|".join(marks) or "(?!)")
