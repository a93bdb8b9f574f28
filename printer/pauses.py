"""Pauses between attempts: longer after each failure, never all printers at the same moment."""

from __future__ import annotations

import asyncio
import random

BACK_OFF_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before the next attempt; the last one repeats."""
SPOILT = 3
"""So many copies of one paper may lie in a printer that fails amid each; then it has to wait."""
SPOILT_S = 300.0
"""Seconds before one more of them."""
JITTER = 0.2
STORE_RETRY_S = 5.0
"""Longest pause while nothing can be written: paper should follow soon once there is room again."""


def longest_pause_s() -> float:
    """Return the seconds that no planned pause is longer than."""
    return (1 + JITTER) * max(*BACK_OFF_S, SPOILT_S)


def back_off_s(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row, 20 % more or less."""
    base = BACK_OFF_S[min(max(failures, 1), len(BACK_OFF_S)) - 1]
    return base * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # no secret


def store_pause_s(errors: int) -> float:
    """Return the seconds to wait after the store failed so often in a row."""
    return min(STORE_RETRY_S, back_off_s(errors))


async def wait(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for the event, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
