"""Owns a day in numbers: the report's figures of that day, and who is in the hall now."""

from __future__ import annotations

from server.reports.cells import count_day, merged
from server.reports.figures import Totals
from server.reports.kpi import KPIS, figures
from server.reports.reception import reception_figures
from server.storage.queries import turns
from server.storage.transaction import SqliteTx

_FIGURES = [each.key for each in KPIS if each.key in Totals.__struct_fields__]


def totals(tx: SqliteTx, day: str) -> Totals:
    """Return the numbers of one business day, counted from its turns. Definitions: docs/kpi.md."""
    known = figures(merged(count_day(tx, day).values()))
    now = turns.in_line(tx.db, tx.branch, day, tx.now)
    return Totals(
        day=day,
        waiting=now.waiting,
        serving=now.serving,
        longest_waiting_s=None if now.oldest is None else max(0, tx.now - now.oldest) / 1000,
        reception=reception_figures(tx, day, day),
        **{key: known[key] for key in _FIGURES},  # type: ignore[arg-type] # counts are whole
    )
