"""Owns what lies ready for phones that look: whose token it is, and the answer of this second.

A phone page costs the database nothing after its first look, and a crowd with one address costs
one look a second.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

from server.api.types import TrackAnswer

K = TypeVar("K")
V = TypeVar("V")

KNOWN = 20_000
ANSWERS = 4_000


class _Latest(Generic[K, V]):
    """A mapping that keeps the keys used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


class Tracks:
    """Remembers what never changes, and for a second what does."""

    def __init__(self) -> None:
        self._tickets: _Latest[str, tuple[int, str]] = _Latest(KNOWN)
        self._answers: _Latest[tuple[str, str], tuple[tuple[int, int], TrackAnswer]] = _Latest(
            ANSWERS
        )

    def ticket(self, token: str) -> tuple[int, str] | None:
        """Return (branch, ticket) of a token that was looked up before."""
        return self._tickets.get(token)

    def found(self, token: str, branch: int, ticket: str) -> None:
        """Remember whose token it is: it stays that for ever."""
        self._tickets.put(token, (branch, ticket))

    def answer(self, token: str, language: str, moment: tuple[int, int]) -> TrackAnswer | None:
        """Return what was answered at the same moment: (last event told, second)."""
        kept = self._answers.get((token, language))
        return kept[1] if kept is not None and kept[0] == moment else None

    def answered(
        self, token: str, language: str, moment: tuple[int, int], answer: TrackAnswer
    ) -> None:
        """Keep an answer for whoever asks at the same moment."""
        self._answers.put((token, language), (moment, answer))
