"""Owns a week's rota on paper: A4 across, an officer a row, a day a column; tagged PDF."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from importlib import resources
from typing import Literal

import msgspec
import typst
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from server.officers.rotabook import Printed, Say, clock_words
from server.plan.rota.values import DayRota, Shift
from server.reports.paper import BRITISH, STANDARDS, period_words
from web.locales import locale_of


async def pdf(rota: Printed, say: Say, language: str) -> bytes:
    """Return the rota as a PDF, set beside the event loop."""
    return await asyncio.to_thread(render, rota, say, language)


def render(rota: Printed, say: Say, language: str, *, form: Literal["pdf", "png"] = "pdf") -> bytes:
    """Return the rota as ``pdf``, or its first page as ``png`` to look at."""
    source = (resources.files("server.officers") / "rota.typ").read_bytes()
    data = msgspec.json.encode(_data(rota, say, language)).decode()
    made: bytes | list[bytes] = typst.compile(
        source, format=form, sys_inputs={"data": data}, ppi=110,
        pdf_standards=[*STANDARDS] if form == "pdf" else None,
    )  # fmt: skip
    return made[0] if isinstance(made, list) else made


def _data(rota: Printed, say: Say, language: str) -> dict[str, object]:
    locale = BRITISH if language == "en" else locale_of(language)
    first = date.fromisoformat(rota.week)
    days = [each for each in rota.days if each.shifts]
    officers = sorted(
        {shift.officer for day in days for shift in day.shifts},
        key=lambda key: _place(days, key),
    )
    return {
        "lang": language,
        "title": say("Rota"),
        "office": rota.office,
        "period": period_words(first, first + timedelta(days=6), language),
        "version": say("Version {n}", n=rota.version),
        "page": say("Page"),
        "note": say("Made with Ramah."),
        "head": [
            say("Officer"),
            *(format_date(date.fromisoformat(each.day), "EEEE d MMM", locale) for each in days),
            say("Hours"),
        ],
        "rows": [
            [
                rota.name(key, say),
                *(_words(day, key, say, language) for day in days),
                _hours(days, key, locale),
            ]
            for key in officers
        ],
    }


def _place(days: list[DayRota], officer: str) -> tuple[int, str]:
    counters = [shift.counter for day in days for shift in day.shifts if shift.officer == officer]
    return min(counters), officer


def _words(day: DayRota, officer: str, say: Say, language: str) -> str:
    return (
        "\n".join(_shift(each, say, language) for each in day.shifts if each.officer == officer)
        or "\u2013"
    )


def _shift(shift: Shift, say: Say, language: str) -> str:
    lines = [
        say("Counter {number}", number=shift.counter),
        f"{clock_words(shift.start, language)}\u2013{clock_words(shift.end, language)}",
    ]
    if shift.rest is not None:
        lines.append(say("rest {time}", time=clock_words(shift.rest, language)))
    return "\n".join(lines)


def _hours(days: list[DayRota], officer: str, locale: Locale | str) -> str:
    halves = sum(shift.slots for day in days for shift in day.shifts if shift.officer == officer)
    return format_decimal(halves / 2, locale=locale)
