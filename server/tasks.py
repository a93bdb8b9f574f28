"""Owns background tasks: each has a name, is restarted when it fails, and ends at shutdown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
OFTEN = 3
"""Deaths in a row after which a task counts as failing."""
SOUND_S = 60.0
"""A task that lived so long was well: its deaths before are forgotten."""


class Supervisor:
    """Keeps named background tasks running until ``stop``.

    A task that raises is logged and started again after a pause that doubles up to 30 s.
    A task that returns is done.

    Args:
        from_outside: whether an error is none of the program's (a bad disk): told without a trace.
    """

    def __init__(self, from_outside: Callable[[Exception], bool] = lambda _error: False) -> None:
        self._from_outside = from_outside
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._deaths: dict[str, int] = {}
        self._started: dict[str, float] = {}

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Start ``work`` under ``name``; a running task of that name is left alone."""
        known = self._tasks.get(name)
        if known is None or known.done():
            self._tasks[name] = asyncio.get_running_loop().create_task(
                self._keep(name, work), name=name
            )

    async def cancel(self, name: str) -> None:
        """End one task and wait until it has."""
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def failing(self) -> list[str]:
        """Return the names of tasks that died several times in a row, and are not well since."""
        now = time.monotonic()
        return sorted(
            name
            for name, deaths in self._deaths.items()
            if deaths >= OFTEN and now - self._started[name] < SOUND_S
        )

    async def stop(self) -> None:
        """End all tasks, the last started first."""
        for name in reversed(list(self._tasks)):
            await self.cancel(name)

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        pause = FIRST_PAUSE
        while True:
            self._started[name] = time.monotonic()
            try:
                await work()
            except Exception as error:
                if time.monotonic() - self._started[name] >= SOUND_S:
                    self._deaths[name], pause = 0, FIRST_PAUSE
                self._deaths[name] = self._deaths.get(name, 0) + 1
                log.exception(
                    "task_failed", task=name, why=repr(error), restart_in_s=pause,
                    exc_info=not self._from_outside(error),
                )  # fmt: skip
                self._started[name] = time.monotonic()
            else:
                self._deaths.pop(name, None)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
