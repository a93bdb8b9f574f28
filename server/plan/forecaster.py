"""Has forecasts made beside the hall, one at a time, and keeps each for some minutes."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from pathlib import Path

import msgspec

from server.domain.day import Millis
from server.domain.errors import Refused
from server.plan.forecasting import Forecast
from server.plan.foreteller import ROOT

PATIENCE_S = 60.0
KEPT_S = 300.0
MOST = 64


class Forecaster:
    """Starts the process that reads the log; the hall is never asked."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._one = asyncio.Lock()
        self._kept: dict[tuple[int, str], tuple[float, Forecast]] = {}

    async def forecast(self, branch: int, day: str, now: Millis) -> Forecast:
        """Return what is expected of a day.

        Raises:
            Refused: it cannot be made now.
        """
        async with self._one:
            known = self._kept.get((branch, day))
            if known is not None and time.monotonic() - known[0] < KEPT_S:
                return known[1]
            found = await self._made(branch, day, now)
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[branch, day] = (time.monotonic(), found)
            return found

    async def _made(self, branch: int, day: str, now: Millis) -> Forecast:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.plan.forecasting", str(self._data.resolve()),
            str(branch), day, str(now), cwd=ROOT, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(PATIENCE_S):
                told, _ = await process.communicate()
            return msgspec.json.decode(told, type=Forecast)
        except (TimeoutError, msgspec.DecodeError) as error:
            raise Refused(
                "The forecast cannot be made just now. Please try again in a minute.",
                slug="no-forecast",
            ) from error
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
