"""Owns what happens before and beside the numbers: who needed none, and the way to one.

None of it is mixed into the figures of turns: these are counted by hand, and told with how often.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median

from server.reports.figures import ArrivalFigures, CountedKind, DoorFigures, ReceptionFigures
from server.storage.queries import assistance, reception
from server.storage.transaction import SqliteTx


def reception_figures(tx: SqliteTx, first: str, last: str) -> ReceptionFigures:
    """Return what was counted at the door on some business days, both ends in."""
    names = {each.code: each.names for each in tx.office.reception.kinds}
    found = {each.what: each.n for each in reception.counted(tx.db, tx.branch, first, last)}
    kinds = [
        CountedKind(code, names.get(code, {}), found.get(code, 0))
        for code in [*names, *sorted(found.keys() - names.keys())]
    ]
    seconds = reception.door_seconds(tx.db, tx.branch, first, last)
    lines = reception.lines(tx.db, tx.branch, first, last)
    ways = assistance.ways(tx.db, tx.branch, first, last)
    return ReceptionFigures(
        sum(found.values()),
        kinds,
        DoorFigures(
            len(seconds), _round(median(seconds)) if seconds else None,
            _round(fmean(seconds)) if seconds else None,
            lines.n, None if lines.mean is None else round(lines.mean, 1), lines.most,
        ),
        ArrivalFigures(len(ways), median_s(ways)),
    )  # fmt: skip


def median_s(ms: Sequence[int]) -> float | None:
    """Return the median of times in ms as seconds; ``None`` without any."""
    return _round(median(ms) / 1000) if ms else None


def _round(seconds: float) -> float:
    return round(seconds, 1)
