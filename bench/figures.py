"""Owns how results are told: a figure beside its budget and its floor, as a table and as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

Comparison = Literal["<", ">=", ""]


class Figure(msgspec.Struct, frozen=True):
    """One measured number.

    Attributes:
        name: what was measured, ``bench: what``.
        value: in ``unit``; the median when there were several runs.
        budget: what it must keep, with ``compare``; ``None`` for a number only told.
        floor: what the machine could do in the same run with nothing of ours; same unit.
        note: how it was measured, or what the floor was.
    """

    name: str
    value: float
    unit: str
    budget: float | None = None
    compare: Comparison = ""
    floor: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The figure over its floor; for rates the floor over the figure. 1 is the limit."""
        if not self.floor or not self.value:
            return None
        return self.floor / self.value if self.unit.endswith("/s") else self.value / self.floor

    @property
    def ok(self) -> bool | None:
        """Whether it keeps its budget; ``None`` without one."""
        if self.budget is None:
            return None
        return self.value < self.budget if self.compare == "<" else self.value >= self.budget


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value with at least ``share`` of all at or below it."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the middle value (nearest rank)."""
    return quantile(values, 0.5)


def told(value: float) -> str:
    """Return a number with about three digits and thousands apart: 8,140 or 4.21."""
    size = abs(value)
    if size >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}"  # noqa: PLR2004


HEADINGS = ("what", "budget", "figure", "floor", "ratio", "")


def row(figure: Figure) -> tuple[str, ...]:
    """Return the cells of one figure."""
    budget = "" if figure.budget is None else f"{figure.compare} {told(figure.budget)}"
    ratio = figure.ratio
    verdict = {True: "ok", False: "OVER", None: ""}[figure.ok]
    return (
        figure.name,
        budget,
        f"{told(figure.value)} {figure.unit}",
        "" if figure.floor is None else told(figure.floor),
        "" if ratio is None else f"{ratio:.1f}x",
        verdict,
    )


def table(figures: Sequence[Figure]) -> str:
    """Return all figures as lines of text, columns aligned, notes below their figure."""
    head, *rows = columns([HEADINGS, *(row(figure) for figure in figures)]).split("\n")
    lines = [head, rows.pop(0)]
    for figure, cells in zip(figures, rows, strict=True):
        lines.append(cells)
        if figure.note:
            lines.append(f"    {figure.note}")
    return "\n".join(lines)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as lines, aligned, the first underlined."""
    widths = [max(len(each[at]) for each in rows) for at in range(len(rows[0]))]

    def line(cells: Sequence[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        text = first[0].ljust(first[1]) + "".join("  " + c.rjust(w) for c, w in others)
        return text.rstrip()

    head, *others = rows
    return "\n".join([line(head), "  ".join("-" * width for width in widths), *map(line, others)])
