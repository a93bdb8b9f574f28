"""Owns what two builds are compared in: one case a file or two, all listed in ``CASES``.

A case opens one build on a data folder of its own and gives back a ``Measure``: called again and
again, in turns with the other build's, each call returns the case's figures once. A case knows
nothing of the other build; what it asks must be understood by both (old addresses stay, see
docs/api.md), or be left out by returning no figure of that name.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from bench.builds import Build
from bench.scale import Scale

Measure = Callable[[], dict[str, float]]
Open = Callable[[Build, Path, Scale], AbstractContextManager[Measure]]
Floor = Callable[[Path, Scale], AbstractContextManager[Measure]]


class Quantity(msgspec.Struct, frozen=True):
    """One figure of a case.

    Attributes:
        key: its name in what ``Measure`` returns.
        target: what the ratio of the newer to the older must reach, if anything was promised.
        more: whether more is better, as for rates.
    """

    key: str
    unit: str
    target: float | None = None
    more: bool = False


class Case(msgspec.Struct, frozen=True):
    """Something that two builds both do, measured the same way.

    Attributes:
        about: what is done and what the floor is, in one sentence.
        turns: old turns in the data folder, by the scale of the run.
        floor: the same figures (or some) with nothing of ours in the way.
        pairs: how often each is measured at most.
    """

    name: str
    about: str
    quantities: tuple[Quantity, ...]
    open: Open
    turns: Callable[[Scale], int]
    floor: Floor | None = None
    pairs: int = 7


def no_turns(_scale: Scale) -> int:
    """Return how many old turns a case has that needs none."""
    return 0


def big(scale: Scale) -> int:
    """Return how many old turns the large database of a run has."""
    return scale.big
