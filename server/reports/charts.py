"""Owns which pictures a report has, and what they say in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent

from server.reports.figures import Report
from server.reports.report import BINS_MINUTES
from server.reports.svg import SCREEN, Bar, Line, Size, Write, bars, heat, lines
from web.locales import locale_of

Say = Callable[..., str]
LEAST = 0.001
"""The smallest share that can be written with one decimal."""
LONG_MINUTES = 30
"""Waits from here on are hatched."""
WEEK = [date(2024, 1, day) for day in range(1, 8)]
"""Any week that begins on a Monday."""


def draw(report: Report, say: Say, language: str, size: Size = SCREEN) -> dict[str, str]:
    """Return the pictures of a report as SVG, by name; none for a period without numbers.

    One day alone has no course from day to day and no weekdays: its waits are drawn by the hour.
    """
    if not report.days:
        return {}
    drawn = {
        "profile": _profile(report, say, language, size),
        "waits": _waits(report, say, language, size),
    }
    if report.first == report.last:
        return {"trend": _day(report, say, language, size)} | drawn
    return drawn | {
        "trend": _trend(report, say, language, size),
        "volume": _volume(report, say, language, size),
        "heat": _heat(report, say, language, size, waits=True),
        "arrivals": _heat(report, say, language, size, waits=False),
    }


def number(value: float, language: str, *, column: bool = False) -> str:
    """Return a number as the language writes it, with at most one decimal; in a column with one."""
    decimals = ".0" if column else ".#" if abs(value) < 100 else ""  # noqa: PLR2004
    told = half_up(value, 1 if decimals else 0)
    return format_decimal(told, "#,##0" + decimals, locale_of(language))


def half_up(value: float, decimals: int) -> Decimal:
    """Return a number with so many decimals, halves away from nought, as browsers round.

    They round the number as it is written (0.1235), not the binary one a little below.
    """
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def clock(hour: int, language: str) -> str:
    """Return a full hour as the language writes it: 08.00 in Indonesian, 08:00 in English."""
    return format_skeleton("Hm", datetime(2024, 1, 1, hour), locale=locale_of(language))  # noqa: DTZ001


def percent(share: float, language: str, *, column: bool = False) -> str:
    """Return a share as the language writes it: 83,1% in Indonesian; decimals as ``number``."""
    pattern = str(locale_of(language).percent_formats[None].pattern)
    decimals = ".0" if column else ".#" if abs(share) < 1 else ""
    pattern = pattern.replace("0", "0" + decimals, 1)
    told = half_up(share, 3 if decimals else 2)
    if (
        0 < share < 1
    ):  # what is not everything is never told as everything, nor something as nothing
        least = Decimal(1).scaleb(-3)
        told = min(max(told, least), 1 - least)
    return format_percent(told, pattern, locale_of(language))


def axis(language: str) -> Write:
    """Return what writes the round values of an axis: 2,5 in Indonesian, 2.5 in English."""
    return lambda value: format_decimal(value, "#,##0.##", locale_of(language))


def minutes(seconds: float | None) -> float | None:
    """Return seconds as minutes."""
    return None if seconds is None else seconds / 60


def day_name(day: str, language: str) -> str:
    """Return a short date, such as ``3 Mar``."""
    return format_date(date.fromisoformat(day), "d MMM", locale_of(language))


def weekday(number_: int, language: str) -> str:
    """Return a weekday's name; 1 is Monday."""
    return format_date(WEEK[number_ - 1], "EEEE", locale_of(language))


def _trend(report: Report, say: Say, language: str, size: Size) -> str:
    def told(first: str, value: float | None, name: str) -> str:
        if value is None:
            return ""
        return say("{day}: {n} minutes ({what})", day=day_name(first, language),
                   n=number(value, language), what=name)  # fmt: skip

    points = report.trend
    half, nine = _names(say)
    p90 = [minutes(each.wait_p90_s) for each in points]
    p50 = [minutes(each.wait_p50_s) for each in points]
    before = [minutes(each.before_wait_p90_s) for each in points]
    drawn = [
        Line(nine, p90, [told(p.first, v, nine) for p, v in zip(points, p90, strict=True)]),
        Line(half, p50, [told(p.first, v, half) for p, v in zip(points, p50, strict=True)]),
    ]
    if any(each is not None for each in before):
        name = say("9 of 10, a week before")
        drawn.append(Line(
            name, before, [told(p.first, v, name) for p, v in zip(points, before, strict=True)],
            dashed=True,
        ))  # fmt: skip
    labels = [day_name(each.first, language) for each in points]
    title = say("Waiting time over the period, in minutes")
    return lines(title, say("minutes"), labels, drawn, axis(language), size)


def _names(say: Say) -> tuple[str, str]:
    return say("half waited at most"), say("9 of 10 waited at most")


def _day(report: Report, say: Say, language: str, size: Size) -> str:
    half, nine = _names(say)
    labels = [clock(int(each.key), language) for each in report.hours]
    drawn = []
    for name, key in ((nine, "wait_p90_s"), (half, "wait_p50_s")):
        values = [minutes(each.figures[key]) for each in report.hours]
        drawn.append(Line(name, values, [
            "" if value is None else say(
                "{day}: {n} minutes ({what})", day=hour, n=number(value, language), what=name,
            )
            for hour, value in zip(labels, values, strict=True)
        ]))  # fmt: skip
    title = say("Waiting time over the day, in minutes")
    return lines(title, say("minutes"), labels, drawn, axis(language), size)


def _volume(report: Report, say: Say, language: str, size: Size) -> str:
    told = say("Turns")
    values = [
        Bar(
            day_name(each.first, language),
            each.turns,
            f"{day_name(each.first, language)}: {number(each.turns, language)} {told.lower()}",
        )
        for each in report.trend
    ]
    return bars(
        say("Turns over the period"), told.lower(), "", values, axis(language), whole=True,
        size=size,
    )  # fmt: skip


def _profile(report: Report, say: Say, language: str, size: Size) -> str:
    one_day = report.first == report.last
    values = []
    for each in report.hours:
        turns = each.figures["turns_per_day"] or 0
        when, shown = clock(int(each.key), language), number(turns, language)
        told = (
            say("{hour}: {n} turns", hour=when, n=shown)
            if one_day
            else say("{hour}: {n} turns on a usual day", hour=when, n=shown)
        )
        values.append(Bar(each.key, turns, told, number(round(turns), language)))
    title = arrivals_title(report, say)
    unit = say("turns") if one_day else say("turns a day")
    return bars(title, unit, say("hour"), values, axis(language), whole=one_day, size=size)


def arrivals_title(report: Report, say: Say) -> str:
    """Return what the picture of arrivals is called: of this day, or of a usual one."""
    if report.first == report.last:
        return say("When people came: turns in each hour")
    return say("When people come: turns in each hour of a usual day")


def _waits(report: Report, say: Say, language: str, size: Size) -> str:
    values = []
    for each in report.waits:
        label = f"> {each.from_minutes}"
        if each.to_minutes:
            label = f"{each.from_minutes}\u2013{each.to_minutes}"
        told = say(
            "{minutes} minutes: {n} turns ({share})",
            minutes=label,
            n=number(each.turns, language),
            share=percent(each.share or 0, language),
        )
        values.append(Bar(label, each.turns, told, _small(each.share, language)))
    return bars(
        say("How long people waited: turns by minutes"), say("turns"),
        say("minutes of waiting; hatched from {n} minutes on", n=LONG_MINUTES), values,
        axis(language), marked=BINS_MINUTES.index(LONG_MINUTES), whole=True, size=size,
    )  # fmt: skip


def _small(share: float | None, language: str) -> str:
    """Return what stands above a bar: few are not none."""
    if not share:
        return ""
    return f"< {percent(LEAST, language)}" if share < LEAST / 2 else percent(share, language)


def _heat(report: Report, say: Say, language: str, size: Size, *, waits: bool) -> str:
    weekdays = sorted({each.weekday for each in report.heat})
    hours = sorted({each.hour for each in report.heat})
    cells = {}
    for each in report.heat:
        value = minutes(each.wait_p90_s) if waits else each.turns_per_day
        if value is None:
            continue
        place = (weekdays.index(each.weekday), hours.index(each.hour))
        when = f"{weekday(each.weekday, language)} {clock(each.hour, language)}"
        shown = number(round(value) if waits or value >= 10 else value, language)  # noqa: PLR2004
        told = (
            say("{when}: 9 of 10 waited at most {n} minutes", when=when, n=shown)
            if waits
            else say("{when}: {n} turns on a usual day", when=when, n=shown)
        )
        cells[place] = (value, shown, told)
    title = (
        say("When it is slow: minutes within which 9 of 10 were called, by weekday and hour")
        if waits
        else say("When it is busy: turns by weekday and hour")
    )
    below = (
        say("number in each field: minutes within which 9 of 10 were called")
        if waits
        else say("number in each field: turns on a usual day")
    )
    rows = [weekday(each, language) for each in weekdays]
    return heat(title, below, rows, [f"{each:02d}" for each in hours], cells, size)
