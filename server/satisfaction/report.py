"""Owns the survey's report: index, elements, sample and trend of a period, from counted answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

import msgspec

from server.comfort.figures import ComfortFigures, figures
from server.domain.day import Millis, local
from server.domain.names import named, reading_order, service_name
from server.reports.cube import Cube, Filter
from server.satisfaction.index import FEW, Index, Tally, element_grade, index, rounded, with_weight
from server.satisfaction.method import Grade, Method
from server.satisfaction.sample import krejcie_morgan
from server.storage.queries import survey
from server.storage.queries.survey import RESPONDENTS, Count
from server.storage.transaction import SqliteTx

LOWEST = 3
"""Elements with the lowest means need a dated plan (PermenPANRB 14/2017)."""


class IndexFigures(msgspec.Struct, frozen=True):
    """An index as it is told: four decimals, converted to 100, its grade."""

    index: str
    converted: str
    letter: str
    words: str


class OtherIndex(msgspec.Struct, frozen=True):
    """What others would get who reckon with a rounded weight; never the index itself."""

    weight: str
    converted: str
    letter: str


class ElementFigures(msgspec.Struct, frozen=True):
    """One element. ``marks``: how many gave each answer, the worst first."""

    key: str
    number: int
    name: str
    n: int
    mean: str | None
    weighted: str | None
    converted: str | None
    letter: str | None
    marks: list[int]
    lowest: bool = False


class ServiceFigures(msgspec.Struct, frozen=True):
    """One service: answers, people served, answers wanted for them, and the index."""

    code: str
    name: str
    n: int
    served: int
    target: int
    index: IndexFigures | None


class QuarterFigures(msgspec.Struct, frozen=True):
    """One quarter of a year, as far as it lies in the period."""

    quarter: str
    n: int
    index: IndexFigures | None


class BurstFigures(msgspec.Struct, frozen=True):
    """Many answers in ten minutes in one way."""

    day: str
    minute: int
    n: int


class PlanFigures(msgspec.Struct, frozen=True):
    """What is to be done about an element, with the days it was planned, is due and was done."""

    id: str
    element: str
    name: str
    plan: str
    due: str
    by: str
    result: str | None
    late: bool
    made: str
    done: str | None


class SaidFigures(msgspec.Struct, frozen=True):
    """A sentence that somebody wrote at the end; whose it is nobody knows."""

    id: str
    day: str
    service: str
    said: str


class SurveyReport(msgspec.Struct, frozen=True):
    """The satisfaction of a period.

    Attributes:
        method: its key; ``method_name`` for people. scale: the best answer.
        n: questionnaires; ``served``: people's visits served; ``target``: answers wanted for them.
        few: so few answered that the index says little.
        others: the same answers by rounded weights, for comparison.
        bursts: ten minutes with strikingly many answers.
        said: the newest suggestions; the file has all of them.
        comfort: checks, faults and mending in the whole hall; null where nothing is looked at.
    """

    office: str
    first: str
    last: str
    method: str
    method_name: str
    scale: int
    n: int
    served: int
    target: int
    few: bool
    index: IndexFigures | None
    others: list[OtherIndex]
    elements: list[ElementFigures]
    services: list[ServiceFigures]
    quarters: list[QuarterFigures]
    plans: list[PlanFigures]
    bursts: list[BurstFigures]
    said: list[SaidFigures]
    comfort: ComfortFigures | None = None


def report(
    tx: SqliteTx, found: Method, first: str, last: str, language: str, service: str | None = None
) -> SurveyReport:  # fmt: skip
    """Return the report of a period, of one service or of all."""
    counted = survey.counts(tx.db, tx.branch, found.key, first, last)
    mine = [each for each in counted if service is None or each.service == service]
    served = {
        key: cell.served
        for (key,), cell in Cube(tx, first, last, Filter()).by("service", services=False).items()
        if service is None or key == service
    }
    tallies, marks = tallied(mine)
    whole = index(found, tallies)
    lowest = _lowest(found, tallies)
    n = respondents(mine)
    means = {key: tally.mean() for key, tally in tallies.items()}
    return SurveyReport(
        office=tx.office.name,
        first=first,
        last=last,
        method=found.key,
        method_name=named(found.names, language, ""),
        scale=found.scale,
        n=n,
        served=sum(served.values()),
        target=sum(map(krejcie_morgan, served.values())),
        few=0 < n < FEW,
        index=told(whole, language),
        others=[
            OtherIndex(weight, f"{rounded(other.converted, 2)}", other.grade.letter)
            for weight in (found.other_weights if whole else [])
            for other in [with_weight(found, {k: m for k, m in means.items() if m}, weight)]
        ],
        elements=[
            _element(found, number, tallies, marks, language, lowest)
            for number in range(len(found.elements))
        ],
        services=_services(tx, found, mine, served, language),
        quarters=_quarters(found, mine, language),
        plans=_plans(tx, found, language),
        bursts=[
            BurstFigures(each.day, each.minute, each.n)
            for each in survey.bursts(tx.db, tx.branch, first, last)
        ],
        said=[
            SaidFigures(
                each.id.hex(), each.day, service_name(tx.office, each.service, language), each.said
            )
            for each in survey.said(tx.db, tx.branch, first, last, service)
        ],
        comfort=figures(tx, first, last) if tx.office.comfort.places else None,
    )


def plans_then(told: SurveyReport) -> list[PlanFigures]:
    """Return the plans that a paper of the period tells: not those that were done before it."""
    return [each for each in told.plans if each.done is None or each.done >= told.first]


def tallied(counted: Iterable[Count]) -> tuple[dict[str, Tally], dict[str, dict[int, int]]]:
    """Return sums and numbers of answers by element, and how many gave each answer."""
    marks: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for each in counted:
        if each.element != RESPONDENTS:
            marks[each.element][each.mark] += each.n
    tallies = {
        key: Tally(sum(by.values()), sum(mark * n for mark, n in by.items()))
        for key, by in marks.items()
    }
    return tallies, marks


def told(found: Index | None, language: str) -> IndexFigures | None:
    """Return an index as it is written."""
    if found is None:
        return None
    return IndexFigures(
        f"{rounded(found.exact, 4)}", f"{rounded(found.converted, 2)}", found.grade.letter,
        named(found.grade.names, language, ""),
    )  # fmt: skip


def respondents(counted: Iterable[Count]) -> int:
    """Return how many answered at all."""
    return sum(each.n for each in counted if each.element == RESPONDENTS)


def _lowest(found: Method, tallies: Mapping[str, Tally]) -> set[str]:
    """Return the elements with the lowest means; none while some have no answers.

    Of equal ones the first of the questionnaire, as lists show them.
    """
    means = {key: tally.mean() for key, tally in tallies.items() if tally.n}
    if len(means) < len(found.elements):
        return set()
    order = sorted((each.key for each in found.elements), key=lambda key: means[key] or Fraction(0))
    return set(order[:LOWEST])


def _element(
    found: Method, place: int, tallies: Mapping[str, Tally], marks: Mapping[str, Mapping[int, int]],
    language: str, lowest: set[str],
) -> ElementFigures:  # fmt: skip
    element = found.elements[place]
    tally = tallies.get(element.key, Tally())
    mean = tally.mean()
    grade: Grade | None = None if mean is None else element_grade(found, mean)
    by = marks.get(element.key, {})
    return ElementFigures(
        key=element.key,
        number=place + 1,
        name=named(element.names, language, ""),
        n=tally.n,
        mean=None if mean is None else f"{rounded(mean, 4)}",
        weighted=None if mean is None else f"{rounded(mean * found.weights()[element.key], 4)}",
        converted=None if mean is None else f"{rounded(mean * 100 / found.scale, 2)}",
        letter=None if grade is None else grade.letter,
        marks=[by.get(mark, 0) for mark in range(1, found.scale + 1)],
        lowest=element.key in lowest,
    )


def _services(
    tx: SqliteTx, found: Method, counted: list[Count], served: Mapping[str, int], language: str
) -> list[ServiceFigures]:
    """Return each service that is asked about, or had answers, in the settings' order."""
    groups: dict[str, list[Count]] = defaultdict(list)
    for each in counted:
        groups[each.service].append(each)
    names = {each.code: named(each.names, language, "") for each in tx.office.services}
    codes = [code for code in names if code in groups or served.get(code)]
    codes += sorted((groups.keys() | served.keys()) - names.keys(), key=reading_order)
    return [
        ServiceFigures(
            code, names.get(code, code), respondents(groups[code]), served.get(code, 0),
            krejcie_morgan(served.get(code, 0)),
            told(index(found, tallied(groups[code])[0]), language),
        )
        for code in codes
    ]  # fmt: skip


def _quarters(found: Method, counted: list[Count], language: str) -> list[QuarterFigures]:
    groups: dict[str, list[Count]] = defaultdict(list)
    for each in counted:
        year, month = each.period.split("-")
        groups[f"{year}-Q{(int(month) + 2) // 3}"].append(each)
    return [
        QuarterFigures(
            quarter, respondents(mine), told(index(found, tallied(mine)[0]), language)
        )
        for quarter, mine in sorted(groups.items())
    ]  # fmt: skip


def _plans(tx: SqliteTx, found: Method, language: str) -> list[PlanFigures]:
    names = {each.key: named(each.names, language, "") for each in found.elements}
    return [
        PlanFigures(
            each.id, each.element, names.get(each.element, each.element), each.plan, each.due,
            each.by, each.result,
            late=each.done_at is None and each.due < tx.day,
            made=day_of(tx, each.at),
            done=None if each.done_at is None else day_of(tx, each.done_at),
        )
        for each in survey.plans(tx.db, tx.branch, found.key)
    ]  # fmt: skip


def day_of(tx: SqliteTx, at: Millis) -> str:
    """Return the office's calendar day of a moment."""
    return local(at, tx.office.zone).date().isoformat()
