"""Owns a day in numbers. Definitions: docs/kpi.md."""

from __future__ import annotations

from server.reports.cells import DEFAULT_TARGET_MS, targets_on
from server.reports.figures import Totals
from server.reports.histogram import histogram, percentiles_s
from server.storage.queries import turns
from server.storage.transaction import SqliteTx


def totals(tx: SqliteTx, day: str) -> Totals:
    """Return the numbers of one business day, counted from its turns."""
    key = (tx.branch, day)
    by_state: dict[str, int] = {}
    by_outcome: dict[str, int] = {}
    for state, outcome, count in turns.states(tx.db, *key):
        by_state[state] = by_state.get(state, 0) + count
        if outcome is not None:
            by_outcome[outcome] = by_outcome.get(outcome, 0) + count
    tickets, people = turns.taken(tx.db, *key)
    waits = turns.waits(tx.db, *key)
    targets = targets_on(tx, day)
    within = sum(wait <= targets.get(service, DEFAULT_TARGET_MS) for service, wait in waits)
    longest = max((wait for _, wait in waits), default=0)
    half, most = percentiles_s(histogram(wait for _, wait in waits), (0.5, 0.9), longest)
    oldest, later = turns.in_line(tx.db, *key, tx.now)
    served_ms = turns.mean_service_ms(tx.db, *key)
    return Totals(
        day=day,
        tickets=tickets,
        people=people,
        waiting=by_state.get("waiting", 0) - later + by_state.get("held", 0),
        serving=by_state.get("called", 0) + by_state.get("serving", 0),
        served=by_outcome.get("served", 0),
        no_show=by_outcome.get("no_show", 0),
        cancelled=by_outcome.get("cancelled_by_visitor", 0)
        + by_outcome.get("cancelled_by_staff", 0),
        transferred=by_outcome.get("transferred", 0),
        expired=by_outcome.get("expired", 0),
        unfinished=by_outcome.get("unfinished", 0),
        wait_mean_s=sum(wait for _, wait in waits) / len(waits) / 1000 if waits else None,
        wait_p50_s=half,  # as a report tells it: one figure for one question
        wait_p90_s=most,
        service_mean_s=None if served_ms is None else served_ms / 1000,
        longest_waiting_s=None if oldest is None else max(0, tx.now - oldest) / 1000,
        within_target=within / len(waits) if waits else None,
    )
