"""Owns waiting in tests: ask again until it is so, or say what was still missing."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds; a bound for a machine that is very busy, not an expectation."""


def until(ask: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """Return the first true answer of ``ask``; fail with ``what`` when none comes."""
    deadline = time.monotonic() + patience
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"after {patience:.0f} s still not: {what}")
        time.sleep(0.02)


async def soon(
    ask: Callable[[], object | Awaitable[object]], what: str, patience: float = PATIENCE
) -> None:
    """Like ``until``, for the event loop; ``ask`` may be a coroutine function."""
    deadline = time.monotonic() + patience
    while True:
        answer = ask()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"after {patience:.0f} s still not: {what}")
        await asyncio.sleep(0.02)
