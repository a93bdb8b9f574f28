"""The satisfaction index by agency, over many halls: answers are counts, and counts add up.

A service belongs to the agency that its hall's settings name for it (a shared hall has many), else
to the hall's own. Answers stay with the server that asked: those of an office with a server of its
own are not in the city.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from server.auth.reach import Part
from server.domain.names import agency_key, reading_order
from server.reports.names import Names
from server.satisfaction.index import FEW, index
from server.satisfaction.method import method
from server.satisfaction.report import IndexFigures, respondents, tallied, told
from server.satisfaction.survey import asked_here
from server.storage.queries import survey
from server.storage.queries.survey import Count
from server.storage.transaction import SqliteTx


class AgencySatisfaction(msgspec.Struct, frozen=True):
    """One agency.

    Attributes:
        name: "" for services of no agency in particular.
        halls: in which somebody answered. n: questionnaires.
        few: so few answered that the index says little.
        index: null when nobody answered one of the elements.
    """

    name: str
    halls: int
    n: int
    few: bool
    index: IndexFigures | None


class CitySatisfaction(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/city/satisfaction``: business days, both in.

    Attributes:
        whole: all of them together; null when nobody answered.
        elsewhere: halls whose answers are with a server of their own.
    """

    first: str
    last: str
    whole: AgencySatisfaction | None
    agencies: list[AgencySatisfaction]
    elsewhere: int


Answers = dict[tuple[str, str], list[Count]]
"""What visitors answered, by method and name of the agency."""


def answers(tx: SqliteTx, first: str, last: str, part: Part) -> Answers:
    """Count the answers of one hall, or of a part of it; reads only."""
    found: Answers = defaultdict(list)
    asked = asked_here(tx)
    if asked is not None:
        counted = survey.counts(tx.db, tx.branch, asked.key, first, last)
        names = Names(tx, tx.office.languages[0], {each.service for each in counted})
        for each in filter(lambda one: part.takes(one.service), counted):
            name = names.agency(names.agency_of(each.service)) or tx.office.agency
            found[asked.key, name].append(each)
    return found


def by_agency(
    first: str, last: str, halls: Iterable[Answers], elsewhere: int, language: str
) -> CitySatisfaction:
    """Return the index of each agency, by name; agencies are not ranked."""
    counted: Answers = defaultdict(list)
    offering: Counter[tuple[str, str]] = Counter()
    called: dict[str, str] = {}
    asking = 0
    for hall in halls:
        asking += bool(hall)
        for (asked, name), its in hall.items():
            key = asked, agency_key(name)
            called.setdefault(key[1], name)
            counted[key] += its
            offering[key] += 1
    found = [
        _figures(asked, called[name], offering[asked, name], its, language)
        for (asked, name), its in counted.items()
    ]
    asked_by = {asked for asked, _ in counted}
    whole = None
    if len(asked_by) == 1:  # answers by two methods are no one index
        every = [each for its in counted.values() for each in its]
        whole = _figures(asked_by.pop(), "", asking, every, language)
    # services of no agency stand last
    found.sort(key=lambda each: (not each.name, reading_order(each.name)))
    return CitySatisfaction(first, last, whole, found, elsewhere)


def _figures(
    asked: str, name: str, halls: int, counted: Iterable[Count], language: str
) -> AgencySatisfaction:
    its = list(counted)
    n, found = respondents(its), method(asked)
    tallies, _ = tallied(its)
    return AgencySatisfaction(name, halls, n, 0 < n < FEW, told(index(found, tallies), language))
