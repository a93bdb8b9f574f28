"""Owns the survey's answers as files: a row a respondent, and below what the rule asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from server.domain.day import local
from server.domain.errors import Refused
from server.domain.names import named
from server.reports.smallbook import Cell, Sheet
from server.reports.workbook import MEDIA as XLSX
from server.satisfaction.method import About, Method
from server.satisfaction.report import SurveyReport, plans_then
from server.storage.queries import survey
from server.storage.queries.survey import Answer
from server.storage.transaction import SqliteTx

MEDIA = {"csv": ("text/csv", "csv"), "csv-sheet": ("text/csv", "csv"), "xlsx": (XLSX, "xlsx")}
MOST_ROWS = 100_000
MINUTE_MS = 60_000
Say = Callable[..., str]


def rows(tx: SqliteTx, found: Method, shown: SurveyReport, language: str, say: Say) -> Sheet:
    """Return the sheet of a period: respondents, then sum, mean, weighted mean, index.

    Raises:
        Refused: more answers than a sheet should hold.
    """
    if shown.n > MOST_ROWS:
        raise Refused(
            "That is more than {most} answers. Please choose a shorter period.",
            slug="too-many", most=MOST_ROWS,
        )  # fmt: skip
    services = {each.code: each.name for each in shown.services}
    head: list[Cell] = [
        say("No."), say("Date"), say("Service"), say("Channel"),
        *(f"U{each.number} {each.name}" for each in shown.elements),
        *(named(each.names, language, each.key) for each in found.about),
        say("Suggestion"),
    ]  # fmt: skip
    channels = {"phone": say("Phone"), "paper": say("Paper")}
    lines = list(_respondents(tx, found, shown, services, channels))
    return [head, *lines, [], *_sums(found, shown, say)]


def _respondents(
    tx: SqliteTx, found: Method, shown: SurveyReport, services: dict[str, str],
    channels: dict[str, str],
) -> Iterator[list[Cell]]:  # fmt: skip
    kept = survey.answers(tx.db, tx.branch, found.key, shown.first, shown.last)

    def told(each: Answer, about: About) -> str | None:
        if about.by_clock and each.channel != survey.PAPER:
            return about.at(f"{local(each.minute * MINUTE_MS, tx.office.zone):%H:%M}")
        return each.about.get(about.key)

    for number, each in enumerate(kept, 1):
        yield [
            number, date.fromisoformat(each.day), services.get(each.service, each.service),
            channels.get(each.channel, each.channel),
            *(each.marks.get(element.key) for element in found.elements),
            *(told(each, about) for about in found.about),
            each.said,
        ]  # fmt: skip


def _sums(found: Method, shown: SurveyReport, say: Say) -> Iterator[list[Cell]]:
    sums = [sum(mark * n for mark, n in enumerate(each.marks, 1)) for each in shown.elements]

    def line(words: str, values: list[Cell]) -> list[Cell]:
        return [None, words, None, None, *values]

    yield line(say("Sum of answers"), [*sums])
    yield line(say("Answers"), [each.n for each in shown.elements])
    yield line(say("Mean (NRR)"), [_decimal(each.mean) for each in shown.elements])
    yield line(
        say("Weighted mean (NRR x {weight})", weight=f"1/{len(found.elements)}"),
        [_decimal(each.weighted) for each in shown.elements],
    )
    if shown.index is not None:
        yield line(say("Index"), [Decimal(shown.index.index)])
        words = f"{shown.index.letter} ({shown.index.words})"
        yield line(say("Index converted (IKM)"), [Decimal(shown.index.converted), words])
    for other in shown.others:
        yield line(
            say("For comparison only, with weight {weight}", weight=other.weight),
            [Decimal(other.converted), other.letter],
        )
    yield from _lowest(shown, line, say)
    yield line(say("Scale"), [f"1-{shown.scale}"])
    yield line(say("Period"), [date.fromisoformat(shown.first), date.fromisoformat(shown.last)])
    yield line(say("Respondents"), [shown.n])
    yield line(say("Served in the period"), [shown.served])
    yield line(say("Answers wanted (Krejcie and Morgan)"), [shown.target])
    yield line(say("Method"), [shown.method_name])


def _lowest(
    shown: SurveyReport, line: Callable[[str, list[Cell]], list[Cell]], say: Say
) -> Iterator[list[Cell]]:
    """Give the elements that need a plan, the lowest first, each with what is done about it."""
    lowest = sorted(
        (each for each in shown.elements if each.lowest),
        key=lambda each: (each.mean or "", each.number),
    )
    if lowest:
        yield line(say("Lowest elements"), [
            say("Element"), say("Mean (NRR)"), say("What will be done?"), say("Until"),
            say("What came of it?"), say("Done on"),
        ])  # fmt: skip
    for each in lowest:
        name = f"U{each.number} {each.name}"
        mine = [plan for plan in plans_then(shown) if plan.element == each.key]
        for plan in mine:
            done = None if plan.done is None else date.fromisoformat(plan.done)
            until = date.fromisoformat(plan.due)
            told: list[Cell] = [name, _decimal(each.mean), plan.plan, until, plan.result, done]
            yield line("", told)
        if not mine:
            yield line("", [name, _decimal(each.mean), say("No plan yet.")])


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
