"""Owns a report on paper: one A4 page (or two) as PDF, tagged for screen readers.

The typesetter gets all words and figures as data, never as markup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from importlib import resources
from typing import Literal

import msgspec
import typst
from babel import Locale
from babel.dates import format_skeleton

from server.reports import charts
from server.reports.figures import Figures, Report, ReportHeat, ReportSlice
from server.reports.histogram import MAX_ERROR
from server.reports.kpi import KPIS
from server.reports.svg import PAPER
from web.locales import locale_of

Say = Callable[..., str]
Table = dict[str, list[list[str]] | list[str]]
SHOWN = ("tickets", "people", "served", "left_share", "wait_p50_s", "wait_p90_s", "service_level",
         "service_mean_s", "occupancy")  # fmt: skip
TABLE = ("turns", "served", "left_share", "wait_p50_s", "wait_p90_s", "within_target",
         "service_mean_s")  # fmt: skip
ON_ONE_PAGE = 14
"""Rows that fit below the pictures."""
QUIET = 10
"""An hour with so many times fewer turns than the busiest is too quiet to be told of."""
BRITISH = Locale("en", "GB")
"""English pages write their dates so."""
WORTH_TELLING_S = 60
"""Waits below are no news for a summary."""
STANDARDS: list[Literal["1.7", "ua-1"]] = ["1.7", "ua-1"]
"""PDF/UA: tagged and titled for those who hear it."""
CALM_S = 600
"""Longer times are told in whole minutes."""
LONG_H = 48
"""From here on in days and hours."""


async def pdf(report: Report, say: Say, language: str) -> bytes:
    """Return the report as a PDF, set beside the event loop."""
    return await asyncio.to_thread(render, report, say, language)


def render(
    report: Report, say: Say, language: str, *, form: Literal["pdf", "png"] = "pdf"
) -> bytes:
    """Return the report as ``pdf``, or its first page as ``png`` to look at."""
    source = (resources.files("server.reports") / "paper.typ").read_bytes()
    data = msgspec.json.encode(_data(report, say, language)).decode()
    made: bytes | list[bytes] = typst.compile(
        source, format=form, sys_inputs={"data": data}, ppi=110,
        pdf_standards=[*STANDARDS] if form == "pdf" else None,
    )  # fmt: skip
    return made[0] if isinstance(made, list) else made


def _data(report: Report, say: Say, language: str) -> dict[str, object]:
    first, last = date.fromisoformat(report.first), date.fromisoformat(report.last)
    pictures = charts.draw(report, say, language, PAPER)
    return {
        "lang": language,
        "title": say("Waiting and service report"),
        "office": report.office,
        "period": period_words(first, last, language),
        "days": say("1 day with service")
        if report.days == 1
        else say("{n} days with service", n=report.days),
        "compared": ""
        if report.compare_first is None or report.compare_last is None
        else say("no numbers in {period} to compare with", period=period_words(
            date.fromisoformat(report.compare_first), date.fromisoformat(report.compare_last),
            language)) if not comparable(report)
        else say("compared with {period}", period=period_words(
            date.fromisoformat(report.compare_first), date.fromisoformat(report.compare_last),
            language)),
        "figures": [_tile(key, report, say, language) for key in SHOWN],
        "summary": _summary(report, say, language),
        "tables": _tables(report, say, language),
        "charts": [
            {"svg": pictures[name], "alt": title}
            for name, title in (
                ("trend", say("Waiting time over the day, in minutes") if first == last
                 else say("Waiting time over the period, in minutes")),
                ("heat", say(
                    "When it is slow: minutes within which 9 of 10 were called, by weekday and hour"
                )),
                ("waits", say("How long people waited: turns by minutes")),
                ("profile", charts.arrivals_title(report, say)),
            )
            if name in pictures
        ],
        "empty": say("No numbers were taken in this period."),
        "note": say(
            "Waits count from taking the number (or from the appointment) to the first call. "
            "Percentiles are exact within {share}.",
            share=charts.percent(MAX_ERROR, language),
        ),
        "page": say("Page"),
    }  # fmt: skip


def comparable(report: Report) -> bool:
    """Return whether there were numbers in the days to compare with."""
    return bool(report.compared and report.compared["turns"])


def period_words(first: date, last: date, language: str) -> str:
    """Return days as the page writes them (``manager/static/periodwords.js``)."""
    locale = BRITISH if language == "en" else locale_of(language)
    end = format_skeleton("yMMMd", last, locale=locale)
    if first == last:
        return end
    day_first = end.startswith(f"{last.day} ")
    if not day_first or first.year != last.year:
        return f"{format_skeleton('yMMMd', first, locale=locale)} \u2013 {end}"
    if first.month == last.month:
        return f"{first.day}\u2013{end}"
    return f"{format_skeleton('MMMd', first, locale=locale)} \u2013 {end}"


def told(value: float | None, unit: str, say: Say, language: str, *, column: bool = False) -> str:
    """Return a figure as people read it; in a ``column`` always with the same decimals."""
    if value is None:
        return "\u2013"
    if unit == "share":
        return charts.percent(value, language, column=column)
    if unit == "seconds":
        return duration(value, say)
    return charts.number(value, language)


def duration(seconds: float, say: Say) -> str:
    """Return a length of time as the page does: 45 s, 9 min 30 s, 12 min, 1 h 5 min, 2 d 5 h."""
    whole = int(charts.half_up(seconds, 0))
    if seconds >= CALM_S:
        whole = 60 * int(charts.half_up(seconds / 60, 0))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= LONG_H:
        days, hours = divmod(hours, 24)
        return say("{d} d {h} h", d=days, h=hours) if hours else say("{d} d", d=days)
    if hours:
        return say("{h} h {m} min", h=hours, m=minutes) if minutes else say("{h} h", h=hours)
    if minutes:
        return say("{m} min {s} s", m=minutes, s=rest) if rest else say("{m} min", m=minutes)
    return say("{s} s", s=rest)


def _tile(key: str, report: Report, say: Say, language: str) -> dict[str, str]:
    kpi = next(each for each in KPIS if each.key == key)
    value = report.figures[key]
    change = ""
    other = report.compared[key] if report.compared and comparable(report) else None
    if value is not None and other:
        change = say("before: {value}", value=told(other, kpi.unit, say, language))
    return {"name": say(kpi.name), "value": told(value, kpi.unit, say, language), "change": change}


def _tables(report: Report, say: Say, language: str) -> list[Table]:
    """Return the services; in a hall with many, its agencies first, so that page one is whole."""
    tables = [_table(report.services, say("Service"), say, language)]
    if len(report.services) > ON_ONE_PAGE and len(report.agencies) > 1:
        named = [ReportSlice("", each.name, each.figures) for each in report.agencies]
        tables.insert(0, _table(named, say("Agency"), say, language))
    return tables


def _table(slices: list[ReportSlice], head: str, say: Say, language: str) -> Table:
    kpis = [next(each for each in KPIS if each.key == key) for key in TABLE]
    return {
        "head": [head, *(say(each.name) for each in kpis)],
        "rows": [
            [
                f"{each.key} {each.name}".strip(),
                *(told(each.figures[k.key], k.unit, say, language, column=True) for k in kpis),
            ]
            for each in slices
        ],
    }


def _summary(report: Report, say: Say, language: str) -> list[str]:
    """Return what a busy reader should know, in sentences that follow from the figures."""
    figures = report.figures
    if not report.days:
        return []
    lines = [say(
        "{served} of {turns} turns were served; {people} people stood behind {tickets} numbers.",
        served=charts.number(figures["served"] or 0, language),
        turns=charts.number(figures["turns"] or 0, language),
        people=charts.number(figures["people"] or 0, language),
        tickets=charts.number(figures["tickets"] or 0, language),
    )]  # fmt: skip
    slow = _slowest(report.heat)
    if slow is not None and slow.wait_p90_s is not None:
        lines.append(say(
            "Waits were longest on {day} from {hour}: one in ten waited more than {n} minutes.",
            day=charts.weekday(slow.weekday, language), hour=charts.clock(slow.hour, language),
            n=charts.number(float(charts.half_up(slow.wait_p90_s / 60, 0)), language),
        ))  # fmt: skip
    short = _furthest(report.services)
    if short is not None:
        share = short.figures["within_target"] or 0
        lines.append(say(
            "{service} kept its promise least often: {share} were called within the target.",
            service=short.name, share=charts.percent(share, language),
        ))  # fmt: skip
    return lines + _beside(report, say, language)


def _beside(report: Report, say: Say, language: str) -> list[str]:
    """Return what was counted by hand at the door, apart from the figures, with how often."""
    counted = report.reception
    lines = []
    if counted is not None and counted.unnumbered:
        lines.append(say(
            "Besides, {n} visitors without a number were counted by hand; they are in no figure.",
            n=charts.number(counted.unnumbered, language),
        ))  # fmt: skip
    if counted is not None and counted.door.median_s is not None:
        lines.append(say(
            "Before the number, by hand: half of {n} people timed took at most {long} from the "
            "door to it.",
            n=charts.number(counted.door.timed, language),
            long=duration(counted.door.median_s, say),
        ))  # fmt: skip
    return lines


def _slowest(heat: list[ReportHeat]) -> ReportHeat | None:
    """Return the hour with the longest waits; one visitor at a quiet hour says nothing."""
    busiest = max((each.turns_per_day for each in heat), default=0)
    known = [
        each
        for each in heat
        if (each.wait_p90_s or 0) >= WORTH_TELLING_S and each.turns_per_day >= busiest / QUIET
    ]
    return max(known, key=lambda each: each.wait_p90_s or 0, default=None)


def _furthest(services: list[ReportSlice]) -> ReportSlice | None:
    """Return the service that missed its target most often, if any did."""
    known = [
        each
        for each in services
        if each.figures["within_target"] is not None and each.figures["within_target"] < 1
    ]
    return min(known, key=_within, default=None)


def _within(slice_: ReportSlice) -> float:
    figures: Figures = slice_.figures
    return figures["within_target"] or 0
