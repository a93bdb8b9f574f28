"""Owns the satisfaction report on paper: A4 for the file, a poster for the wall, both tagged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from importlib import resources
from typing import Literal

import msgspec
import typst

from server.reports.charts import number
from server.reports.paper import STANDARDS, period_words
from server.satisfaction.report import SurveyReport, plans_then

Kind = Literal["report", "poster"]
"""What is printed of a report; the empty questionnaire is ``form``, a paper of its own."""
Size = Literal["a4", "a3"]
Say = Callable[..., str]
Code = tuple[str, str] | None
"""An address and its QR code as SVG."""


async def pdf(
    report: SurveyReport, say: Say, language: str, kind: Kind, size: Size, code: Code = None,
    also: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """Return the report or its poster as a PDF, set beside the event loop."""
    return await asyncio.to_thread(
        render, report, say, language, kind, size, code=code, also=also
    )  # fmt: skip


def render(
    report: SurveyReport, say: Say, language: str, kind: Kind, size: Size,
    form: Literal["pdf", "png"] = "pdf", code: Code = None, also: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """Return it as ``pdf``, or its first page as ``png`` to look at.

    ``code`` leads from a poster to the published results; ``also`` are more facts.
    """
    source = (resources.files("server.satisfaction") / "paper.typ").read_bytes()
    data = msgspec.json.encode(_data(report, say, language, kind, size, code, also)).decode()
    made: bytes | list[bytes] = typst.compile(
        source, format=form, sys_inputs={"data": data}, ppi=70,
        pdf_standards=[*STANDARDS] if form == "pdf" else None,
    )  # fmt: skip
    return made[0] if isinstance(made, list) else made


def _data(
    report: SurveyReport, say: Say, language: str, kind: Kind, size: Size, code: Code,
    also: Sequence[str],
) -> dict[str, object]:  # fmt: skip
    first, last = date.fromisoformat(report.first), date.fromisoformat(report.last)
    found = report.index
    return {
        "kind": kind,
        "paper": size,
        "lang": language,
        "title": say("Satisfaction of our visitors"),
        "office": report.office,
        "period": period_words(first, last, language),
        "method": report.method_name,
        "page": say("Page"),
        "none": say("No answers in this period, so there is no index."),
        "thanks": say("Thank you to everybody who answered."),
        "few": say("Only {n} people answered: this index says little.", n=report.n)
        if report.few
        else "",
        "index": None
        if found is None
        else {
            "letter": found.letter,
            "value": decimal(found.converted, language),
            "words": found.words,
            "exact": say(
                "Index {index} of {scale}", index=decimal(found.index, language),
                scale=report.scale,
            ),
        },
        "facts": [
            say(
                "{n} of {target} answers wanted, for {served} visits that were served.",
                n=number(report.n, language), target=number(report.target, language),
                served=number(report.served, language),
            ),
            say(
                "{count} elements, answers from 1 to {scale}, equal exact weights.",
                count=len(report.elements), scale=report.scale,
            ),
            *_kept(report, say, language, kind),
            *also,
        ],
        "qr": "" if code is None else code[1],
        "scan": "" if code is None else say("All published results: {page}", page=code[0]),
        "tables": [] if kind == "poster" else _tables(report, say, language),
    }  # fmt: skip


def _kept(report: SurveyReport, say: Say, language: str, kind: Kind) -> list[str]:
    """Return how the hall was kept, beside its element of facilities; not for a wall."""
    comfort = report.comfort
    if comfort is None or kind == "poster":
        return []

    def told(n: int) -> str:
        return number(n, language)

    return [
        say("Checks made: {done} of {due}.", done=told(comfort.done), due=told(comfort.due)),
        say("Faults told: {faults}, mended: {mended}.", faults=told(comfort.faults),
            mended=told(comfort.mended)),
    ]  # fmt: skip


def right_words(n: int, today: str, say: Say, language: str) -> str:
    """Return how right waits were told lately, with the day: what hangs on a wall outlasts it."""
    return say(
        "Our estimates of the wait were right for {n} of the last 100 who waited ({day}).",
        n=n, day=_day(today, language).replace(" ", "\u00a0"),
    )  # fmt: skip


def decimal(text: str | None, language: str) -> str:
    """Return exact decimals as the reader's language writes them."""
    if text is None:
        return "\u2013"
    return text if language == "en" else text.replace(".", ",")


def _tables(report: SurveyReport, say: Say, language: str) -> list[dict[str, object]]:
    def told(text: str | None) -> str:
        return decimal(text, language)

    elements = sorted(report.elements, key=lambda each: (each.mean or "9", each.number))
    tables: list[dict[str, object]] = [
        {
            "title": say("Elements, the lowest first"),
            "head": [say("Element"), say("Answers"), say("Mean"), say("Converted"), say("Grade")],
            "rows": [
                [f"U{each.number} {each.name}", number(each.n, language), told(each.mean),
                 told(each.converted), each.letter or "\u2013"]
                for each in elements
            ],
            "note": "",
        },
        {
            "title": say("By service"),
            "head": [say("Service"), say("Answers"), say("Wanted"), say("Served"),
                     say("Index converted (IKM)")],
            "rows": [
                [each.name, number(each.n, language), number(each.target, language),
                 number(each.served, language),
                 f"{told(each.index.converted)} {each.index.letter}" if each.index else "\u2013"]
                for each in report.services
            ],
            "note": "",
        },
    ]  # fmt: skip
    if len(report.quarters) > 1:
        tables.append({
            "title": say("By quarter"),
            "head": [say("Quarter"), say("Answers"), say("Index converted (IKM)"), say("Grade")],
            "rows": [
                [each.quarter, number(each.n, language),
                 told(each.index.converted if each.index else None),
                 each.index.letter if each.index else "\u2013"]
                for each in report.quarters
            ],
            "note": "",
        })  # fmt: skip
    plans = plans_then(report)
    if plans:
        tables.append({
            "title": say("What we do about it"),
            "head": [say("What will be done?"), say("Element"), say("Until"),
                     say("What came of it?")],
            "rows": [
                [each.plan, each.name, _day(each.due, language), each.result or "\u2013"]
                for each in plans
            ],
            "note": "",
        })  # fmt: skip
    if report.others:
        tables.append({
            "title": say("For comparison only"),
            "head": [say("Weight"), say("Index converted (IKM)"), say("Grade")],
            "rows": [
                [told(each.weight), told(each.converted), each.letter] for each in report.others
            ],
            "note": say(
                "Some tables reckon with a rounded weight. The index above is exact."
            ),
        })  # fmt: skip
    return tables


def _day(text: str, language: str) -> str:
    day = date.fromisoformat(text)
    return period_words(day, day, language)
