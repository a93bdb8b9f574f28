"""Owns the calls about the calendar of the settings: what is proposed, and a week as a picture.

Nothing is saved here: what a person takes over goes the way of every other setting.
"""

from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import Annotated

import msgspec

from server.api.bodies import MOST_SETTINGS
from server.api.problems import not_valid
from server.api.requests import Request
from server.api.routing import Call, Route
from server.branches import described
from server.domain.day import local
from server.domain.errors import Invalid
from server.domain.errors import Phrase as say  # noqa: N813 - marks the sentence for the catalogs
from server.domain.office import Office
from server.domain.roles import MANAGER_UP
from server.domain.texts import DAY
from server.editing import saving
from server.editing.calendar import ical, table
from server.editing.calendar.national import Country, countries, country_of, national, ramadan
from server.editing.calendar.pieces import proposals
from server.editing.calendar.proposed import ProposedDays
from server.editing.calendar.week import WeekLine, week
from server.editing.saving import MOST_LETTERS
from server.storage.transaction import SqliteTx

MOST_DAYS = 400
Whole = Annotated[str, msgspec.Meta(min_length=2, max_length=MOST_LETTERS)]


class Holidays(msgspec.Struct, frozen=True):
    """Holidays that are proposed, those of today and later.

    Attributes:
        country: whose they are; empty where nobody knows the office's.
        countries: whose holidays are known.
        leave: whether the collective leave of that year is known; it is decided each year.
    """

    country: str
    year: int
    countries: list[Country]
    leave: bool
    days: list[ProposedDays]


class DaysFile(Request, frozen=True):
    """A calendar (iCalendar) or a table of days (CSV), and the settings they are for, as JSON."""

    file: Annotated[str, msgspec.Meta(max_length=MOST_LETTERS)]
    settings: Whole


class DaysOfFile(msgspec.Struct, frozen=True):
    """What a file says of today and later, for a person to look at."""

    days: list[ProposedDays]


class WeekOf(Request, frozen=True):
    """Settings as JSON text, and the first of the seven days; today's week without."""

    settings: Whole
    first: Annotated[str, msgspec.Meta(pattern=rf"{DAY}|^$")] = ""


class OpenWeek(msgspec.Struct, frozen=True):
    """What is open when, from ``first`` on."""

    first: str
    today: str
    lines: list[WeekLine]


async def holidays(call: Call) -> Holidays:
    """Propose the holidays of a country and year; nothing counts before somebody takes it over."""
    office, today = await _office(call)
    known = await asyncio.to_thread(countries, call.language)
    asked = call.request.query.get("country", "")
    year = _year(call.request.query.get("year") or str(today.year))
    codes = {each.code for each in known}
    if asked and asked not in codes:
        raise not_valid("country", say("a country whose holidays are known"))
    country = asked or country_of(office.zone)
    if country not in codes:
        return Holidays("", year, known, leave=True, days=[])
    found = await asyncio.to_thread(national, country, year, office.languages)
    days = found.days
    if country == "ID":
        days = [*await asyncio.to_thread(ramadan, year, office.languages), *days]
    days = sorted((each for each in days if not _over(each, today)), key=lambda each: each.first)
    return Holidays(country, year, known, found.leave, days)


def _year(text: str) -> int:
    if re.fullmatch(r"20\d\d", text, re.ASCII) is None:
        raise not_valid("year", say("a year such as 2027"))
    return int(text)


def _over(days: ProposedDays, today: date) -> bool:
    return (days.last or days.first) < today.isoformat()


async def _office(call: Call) -> tuple[Office, date]:
    def query(tx: SqliteTx) -> tuple[Office, date]:
        return tx.office, local(tx.now, tx.office.zone).date()

    return await call.read(query)


async def read_days(call: Call) -> DaysOfFile:
    """Read a file of days; nothing is saved. It is told what is not understood, by its line."""
    body: DaysFile = call.body
    _, today = await _office(call)
    return await asyncio.to_thread(_read_days, body, today)


def _read_days(body: DaysFile, today: date) -> DaysOfFile:
    office = described(saving.parsed(body.settings))
    if ical.is_calendar(body.file):
        until = date(today.year + 1, 12, 31)
        found = proposals(office, ical.entries(body.file, office.zone, today, until))
    else:
        found = table.days_of(body.file, office)
    days = [each for each in found if not _over(each, today)]
    if len(days) > MOST_DAYS:
        raise Invalid("These are more than {n} days; please bring fewer at once.", field="file",
                      n=MOST_DAYS)  # fmt: skip
    return DaysOfFile(days)


async def open_week(call: Call) -> OpenWeek:
    """Tell what would be open when with these settings, for seven days."""
    body: WeekOf = call.body
    _, today = await _office(call)

    def look() -> OpenWeek:
        office = described(saving.parsed(body.settings))
        monday = date.fromordinal(today.toordinal() - today.weekday())
        try:
            first = date.fromisoformat(body.first) if body.first else monday
            lines = week(office, first)
        except (ValueError, OverflowError) as error:
            raise Invalid("'{day}' is no date like 2026-12-25.", field="first",
                          day=body.first) from error  # fmt: skip
        return OpenWeek(first.isoformat(), today.isoformat(), lines)

    return await asyncio.to_thread(look)


ROUTES = [
    Route("GET", "/api/settings/holidays", holidays, MANAGER_UP,
          "Holidays of a country that are proposed", answer=Holidays, problems=(422,),
          query={"country": ("^[A-Z]{2}$", "ISO 3166, default the country of the office's zone"),
                 "year": (r"^20\d\d$", "default this year")}),
    Route("POST", "/api/settings/days", read_days, MANAGER_UP,
          "Read a calendar (iCalendar) or a table (CSV) of days; nothing is saved",
          answer=DaysOfFile, body=DaysFile, most=MOST_SETTINGS),
    Route("POST", "/api/settings/week", open_week, MANAGER_UP,
          "What is open when with these settings", answer=OpenWeek, body=WeekOf,
          most=MOST_SETTINGS),
]  # fmt: skip
