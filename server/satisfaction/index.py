"""Owns the arithmetic of the survey: means, index, conversion, grade. Exact until it is written.

    NRR of an element = sum of its answers / number of answers to it       1 .. scale
    index             = sum over the elements of NRR x weight              1 .. scale
    converted         = index x 100 / scale                                25 .. 100 for scale 4

Source: annex of PermenPANRB 14/2017, whose weight of nine elements is 1/9 and not the 0.11 that it
prints. Everything is a fraction of whole numbers: 91.475 as a float would be rounded down.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from server.satisfaction.method import Grade, Method

FEW = 30
"""Fewer answers than this make an index that says little; it is told with that warning."""


class Tally(msgspec.Struct, frozen=True):
    """Answers to one element: how many, and their sum."""

    n: int = 0
    total: int = 0

    def mean(self) -> Fraction | None:
        """Return the mean answer (NRR); ``None`` without answers."""
        return Fraction(self.total, self.n) if self.n else None


class Index(msgspec.Struct, frozen=True):
    """A satisfaction index: exact, converted to a scale of 100, and its grade."""

    exact: Fraction
    converted: Fraction
    grade: Grade


def index(method: Method, tallies: Mapping[str, Tally]) -> Index | None:
    """Return the index; ``None`` when nobody answered one of the elements."""
    means = {key: tally.mean() for key, tally in tallies.items()}
    found = {key: mean for key, mean in means.items() if mean is not None}
    return of_means(method, found) if len(found) == len(method.elements) else None


def of_means(method: Method, means: Mapping[str, Fraction]) -> Index:
    """Return the index of means that are known exactly, one for each element of the method."""
    weights = method.weights()
    return _graded(method, sum((means[key] * weights[key] for key in weights), Fraction(0)))


def with_weight(method: Method, means: Mapping[str, Fraction], weight: str) -> Index:
    """Return what somebody gets who multiplies each mean by the same rounded weight."""
    return _graded(method, sum(means.values(), Fraction(0)) * Fraction(weight))


def element_grade(method: Method, mean: Fraction) -> Grade:
    """Return the grade of a single element."""
    return _graded(method, mean).grade


def _graded(method: Method, exact: Fraction) -> Index:
    converted = exact * 100 / method.scale
    return Index(exact, converted, method.grade(rounded(converted, 2)))


def rounded(value: Fraction, digits: int) -> Decimal:
    """Return a value with so many decimals, halves up, as the interval table is read."""
    scaled = (value * 10**digits * 2 + 1) // 2
    return Decimal(int(scaled)).scaleb(-digits)
