"""Owns background tasks: each has a name, is restarted when it fails, and ends at shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0


class Supervisor:
    """Keeps named background tasks running until ``stop``.

    A task that raises is logged and started again after a pause that doubles up to 30 s.
    A task that returns is done.
    """

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

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

    async def stop(self) -> None:
        """End all tasks, the last started first."""
        for name in reversed(list(self._tasks)):
            await self.cancel(name)

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await work()
            except Exception:
                log.exception("task_failed", task=name, restart_in_s=pause)
            else:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
