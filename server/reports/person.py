"""Owns one person's figures: for that person and the manager, never side by side with others."""

from __future__ import annotations

from server.api.figures import PersonFigures
from server.domain.errors import NotFound
from server.reports.cells import DEFAULT_TARGET_MS, Cell, count_turn
from server.reports.cube import Cube, Filter
from server.reports.kpi import figures
from server.storage.transaction import SqliteTx

MAX_DAYS = 92
SHOWN = ("served", "transferred", "walk_mean_s", "service_mean_s", "service_p50_s",
         "service_p90_s", "recall_share", "closed_by_clock")  # fmt: skip
"""Only what a person can influence; waits are the hall's, not the person's."""
SELECT_TURNS = """
SELECT turns.service, turns.counter_number, turns.priority, turns.leg, turns.eligible_at,
    turns.first_called_at, turns.started_at, turns.ended_at, turns.service_ms, turns.walk_ms,
    turns.outcome, turns.recalls, turns.ended_by, 0, turns.eligible_at
FROM turns WHERE branch = ? AND day >= ? AND day <= ? AND staff = ?
"""


def figures_of(tx: SqliteTx, person: str, first: str, last: str) -> PersonFigures:
    """Return a person's figures beside those of all together.

    Raises:
        NotFound: nobody of this branch has this id.
    """
    row = tx.db.execute(
        "SELECT name FROM users WHERE id = ? AND branch = ?", (person, tx.branch)
    ).fetchone()
    if row is None:
        raise NotFound("There is no such person here.", slug="unknown-person", field="person")
    cell = Cell()
    for turn in tx.db.execute(SELECT_TURNS, (tx.branch, first, last, f"user:{person}")):
        count_turn(cell, turn, DEFAULT_TARGET_MS)
    everybody = figures(Cube(tx, first, last, Filter()).total())
    own = figures(cell)
    return PersonFigures(
        name=row[0],
        first=first,
        last=last,
        figures={key: own[key] for key in SHOWN},
        everybody={key: everybody[key] for key in SHOWN if key.endswith(("_s", "_share"))},
    )
