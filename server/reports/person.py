"""Owns one person's figures: for that person and the manager, never side by side with others."""

from __future__ import annotations

from server.domain.errors import NotFound
from server.reports.cells import DEFAULT_TARGET_MS, Cell, count_turn
from server.reports.cube import Cube, Filter
from server.reports.figures import PersonFigures
from server.reports.kpi import figures
from server.storage.queries.people import name_of
from server.storage.queries.turns import of_person
from server.storage.transaction import SqliteTx

MAX_DAYS = 92
SHOWN = ("served", "transferred", "walk_mean_s", "service_mean_s", "service_p50_s",
         "service_p90_s", "recall_share", "closed_by_clock")  # fmt: skip
"""Only what a person can influence; waits are the hall's, not the person's."""


def figures_of(tx: SqliteTx, person: str, first: str, last: str) -> PersonFigures:
    """Return a person's figures beside those of all together.

    Raises:
        NotFound: nobody of this branch has this id.
    """
    name = name_of(tx.db, tx.branch, person)
    if name is None:
        raise NotFound("There is no such person here.", slug="unknown-person", field="person")
    cell = Cell()
    for turn in of_person(tx.db, tx.branch, (first, last), f"user:{person}"):
        count_turn(cell, turn, DEFAULT_TARGET_MS)
    everybody = figures(Cube(tx, first, last, Filter()).total())
    own = figures(cell)
    return PersonFigures(
        name=name,
        first=first,
        last=last,
        figures={key: own[key] for key in SHOWN},
        everybody={key: everybody[key] for key in SHOWN if key.endswith(("_s", "_share"))},
    )
