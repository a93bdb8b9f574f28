"""Owns how large a run is, and the made past that several benches share."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bench import history
from bench.office import prepare


class Scale(msgspec.Struct, frozen=True):
    """How much is measured.

    Attributes:
        big: old turns in the large database; the small ones have 100 and 1,000.
        screens: sockets of each fan-out.
        calls: calls of each fan-out.
        rounds: repeats of what is interleaved with its floor or its other size.
        requests: requests of one round.
        starts: starts of the server per size.
    """

    big: int
    screens: list[int]
    calls: int
    rounds: int
    requests: int
    starts: int


QUICK = Scale(big=30_000, screens=[100, 1000], calls=5, rounds=2, requests=2000, starts=2)
NORMAL = Scale(big=1_000_000, screens=[100, 1000], calls=20, rounds=5, requests=6000, starts=5)
FULL = Scale(
    big=5_000_000, screens=[100, 1000, 10_000], calls=20, rounds=7, requests=10_000, starts=5
)


class Pasts:
    """Data folders with so many old turns, made when first asked for and kept for the run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def with_turns(self, turns: int, use: str = "") -> Path:
        """Return the folder; ``use`` tells apart those that a bench adds turns to."""
        data = self.folder / f"turns-{turns}{use}"
        if data.exists():
            return data
        prepare(data)
        if turns:
            history.fill(data, turns)
        return data
