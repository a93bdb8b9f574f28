"""Percentiles by sorting everything: what the reports' histograms are compared with."""

from __future__ import annotations

from collections.abc import Sequence

from server.reports.histogram import rank


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """Return exactly what histograms tell within their buckets.

    It is the smallest value with at least ``share`` of all at or below it (nearest rank),
    ``None`` for no values; ``ordered`` must be sorted.
    """
    if not ordered:
        return None
    return ordered[rank(len(ordered), share) - 1]
