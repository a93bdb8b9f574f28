"""Has forecasts and verdicts made beside the hall, one at a time."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from server.apart import Apart, NoChild
from server.domain.day import Millis
from server.domain.errors import Refused
from server.domain.office import Office
from server.plan.asked import Forecast, ForecastAsked, Verdicts, VerdictsAsked

PATIENCE_S = 60.0
KEPT_S = 300.0
MOST = 64
T = TypeVar("T")


class Studies:
    """Asks the process that reads the log; the hall is never asked."""

    def __init__(self, data: Path) -> None:
        self._data = str(data.resolve())
        self._child = Apart("server.plan.studies")
        self._one = asyncio.Lock()
        self._kept: dict[tuple[int, str], tuple[float, Office, Forecast]] = {}

    async def forecast(self, branch: int, office: Office, day: str, now: Millis) -> Forecast:
        """Return what is expected of a day; kept for some minutes, or until settings change.

        Raises:
            Refused: it cannot be made now.
        """
        async with self._one:
            known = self._kept.get((branch, day))
            if known is not None and time.monotonic() - known[0] < KEPT_S and known[1] == office:
                return known[2]
            found = await self._ask(ForecastAsked(self._data, branch, day, now), Forecast)
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[branch, day] = (time.monotonic(), office, found)
            return found

    async def verdicts(self, branch: int, zone: str, first: str, last: str, today: str) -> Verdicts:
        """Return how right the waits told on business days were.

        Raises:
            Refused: it cannot be said now.
        """
        async with self._one:
            asked = VerdictsAsked(self._data, branch, zone, first, last, today)
            return await self._ask(asked, Verdicts)

    def close(self) -> None:
        """Let the child go."""
        self._child.close()

    async def _ask(self, asked: ForecastAsked | VerdictsAsked, kind: type[T]) -> T:
        try:
            told = await self._child.within(msgspec.msgpack.encode(asked), PATIENCE_S)
            return msgspec.msgpack.decode(told, type=kind)
        except (NoChild, TimeoutError, msgspec.DecodeError) as error:
            raise Refused(
                "The log cannot be read just now. Please try again in a minute.", slug="no-study"
            ) from error
