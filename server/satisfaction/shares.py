"""Owns the cache of which share of each service's visitors to invite: reckoned once an hour."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from server.domain.day import Millis
from server.satisfaction import survey
from server.storage.transaction import SqliteTx

HOUR_MS = 3_600_000
T = TypeVar("T")


class Study(Protocol):
    """Runs a long question about one branch."""

    def __call__(self, query: Callable[[SqliteTx], T], /) -> Awaitable[T]:
        """Return its answer."""


class Shares:
    """Keeps the shares of each branch until the hour is over."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Millis, dict[str, float]]] = {}

    async def of(self, branch: int, now: Millis, study: Study) -> dict[str, float]:
        """Return a branch's shares by service code, from 0 to 1."""
        kept = self._kept.get(branch)
        if kept is not None and kept[0] == now // HOUR_MS:
            return kept[1]
        shares = await study(survey.shares)
        self._kept[branch] = (now // HOUR_MS, shares)
        return shares
