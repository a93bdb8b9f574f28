"""Owns publishing: a result is frozen as it stands; only what is published is anybody's to read.

Sentences, bursts, names of colleagues and everything about single visitors stay behind.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from server.domain.errors import NotFound, Refused
from server.satisfaction.method import Method
from server.satisfaction.report import (
    ElementFigures,
    IndexFigures,
    PlanFigures,
    SurveyReport,
    day_of,
    report,
)
from server.satisfaction.words import who
from server.storage.queries import results
from server.storage.queries.results import Published
from server.storage.transaction import SqliteTx

_by_language = msgspec.json.Decoder(dict[str, msgspec.Raw])
_report = msgspec.json.Decoder(SurveyReport)


class PublicPlan(msgspec.Struct, frozen=True):
    """What the office does about an element, with its days."""

    name: str
    plan: str
    made: str
    due: str
    result: str | None
    done: str | None


class PublicResult(msgspec.Struct, frozen=True):
    """A published result, as anybody may read it. ``published`` is the day it was."""

    first: str
    last: str
    published: str
    method: str
    scale: int
    n: int
    served: int
    target: int
    few: bool
    index: IndexFigures
    elements: list[ElementFigures]
    plans: list[PublicPlan]


class PublicResults(msgspec.Struct, frozen=True):
    """All that an office has published, the newest period first."""

    office: str
    results: list[PublicResult]


class PublishedAnswer(msgspec.Struct, frozen=True):
    """A published result in the manager's list."""

    id: str
    first: str
    last: str
    published: str
    by: str
    converted: str
    letter: str


class PublishedList(msgspec.Struct, frozen=True):
    """What is published, the newest period first; ``page`` is where anybody reads it."""

    results: list[PublishedAnswer]
    page: str


def publish(tx: SqliteTx, found: Method, first: str, last: str) -> None:
    """Publish the result of a period; the one that was published of it before gives way.

    Raises:
        Refused: there is no index, so there is nothing to publish.
    """
    reports = {
        language: _public(report(tx, found, first, last, language))
        for language in tx.office.languages
    }
    if any(each.index is None for each in reports.values()):
        raise Refused("Some elements have no answers yet, so there is no index.", slug="no-index")
    text = msgspec.json.encode(reports).decode()
    results.add(tx.aside, tx.branch, Published(tx.new_id(), first, last, tx.now, who(tx), text))
    tx.note("results_published", first=first, last=last)


def withdraw(tx: SqliteTx, key: str) -> None:
    """Take a published result back.

    Raises:
        NotFound: none of this id is published.
    """
    span = results.withdraw(tx.aside, tx.branch, key, tx.now, who(tx))
    if span is None:
        raise NotFound("There is no such published result.", slug="unknown-result")
    tx.note("results_withdrawn", first=span.first, last=span.last)


def _public(told: SurveyReport) -> SurveyReport:
    plans = [replace(each, by="") for each in told.plans]
    return replace(told, plans=plans, said=[], bursts=[])


def frozen(result: Published, language: str) -> SurveyReport:
    """Return a result as it was published, in a language or the office's first."""
    reports = _by_language.decode(result.reports)
    return _report.decode(reports.get(language) or next(iter(reports.values())))


def public_results(tx: SqliteTx, language: str) -> PublicResults:
    """Return what anybody may read of this office."""
    return PublicResults(
        tx.office.name,
        [_told(tx, each, frozen(each, language)) for each in results.listed(tx.db, tx.branch)],
    )


def _told(tx: SqliteTx, result: Published, told: SurveyReport) -> PublicResult:
    assert told.index is not None  # noqa: S101 - nothing without one is published
    return PublicResult(
        told.first, told.last, day_of(tx, result.at), told.method_name, told.scale, told.n,
        told.served, told.target, told.few, told.index, told.elements,
        [_plan(each) for each in told.plans],
    )  # fmt: skip


def _plan(plan: PlanFigures) -> PublicPlan:
    return PublicPlan(plan.name, plan.plan, plan.made, plan.due, plan.result, plan.done)


def published_list(tx: SqliteTx) -> PublishedList:
    """Return what is published, for the manager."""
    found = []
    for each in results.listed(tx.db, tx.branch):
        told = frozen(each, tx.office.languages[0])
        index = told.index
        found.append(PublishedAnswer(
            each.id, each.first, each.last, day_of(tx, each.at), each.by,
            "" if index is None else index.converted, "" if index is None else index.letter,
        ))  # fmt: skip
    return PublishedList(found, page_of(tx))


def anything_published(tx: SqliteTx) -> bool:
    """Return whether there is a result for anybody to read."""
    return bool(results.listed(tx.db, tx.branch, 1))


def page_of(tx: SqliteTx) -> str:
    """Return the path of the page with this office's published results."""
    return f"/results/{tx.office.code}"
