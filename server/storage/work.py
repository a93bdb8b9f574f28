"""Commands and questions on their way to the writer, first come first."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from server.domain.tx import Actor
from server.storage.published import Published
from server.storage.transaction import SqliteTx

T = TypeVar("T")
Command = Callable[[SqliteTx], T]

RUSH = 4
"""Commands that come together from which on rows may wait, and light ones are decided apart."""
MAX_BATCH = 256
MOST_LIGHT = 64
"""Light commands that are decided at once: a millisecond or two of the event loop."""
IDLE_ROUNDS = 4
"""Rounds of the event loop, of some microseconds, in which nobody came: then nobody is near."""


class Work(Generic[T]):
    """A command that waits for its turn, or is done: what it gave, or its error.

    Attributes:
        look: it only asks.
        light: it takes few microseconds, and nearly always needs no table.
    """

    __slots__ = (
        "actor", "branch", "command", "error", "future", "light", "look", "published", "result",
    )  # fmt: skip

    def __init__(
        self, branch: int, actor: Actor, command: Command[T], future: asyncio.Future[T], *,
        look: bool = False, light: bool = False,
    ) -> None:  # fmt: skip
        self.look = look
        self.light = light
        self.branch = branch
        self.actor = actor
        self.command = command
        self.future = future
        self.result: T | None = None
        self.error: Exception | None = None
        self.published: list[Published] = []


class Line:
    """Work that waits; the event loop adds to it, and both threads take from it."""

    def __init__(self) -> None:
        self._works: deque[Work[Any]] = deque()

    def __len__(self) -> int:
        """Return how much waits."""
        return len(self._works)

    def add(self, work: Work[Any]) -> None:
        """Take work that comes last."""
        self._works.append(work)

    def batch(self) -> list[Work[Any]]:
        """Take a batch off the line; the other thread may take from it as well."""
        return list(self._taken())

    def _taken(self) -> Iterator[Work[Any]]:
        for _ in range(MAX_BATCH):
            try:
                yield self._works.popleft()
            except IndexError:
                return

    def begins_light(self, least: int) -> bool:
        """Return whether so many wait, and a light command is the first."""
        return len(self._works) >= max(1, least) and self._works[0].light

    async def gather(self) -> None:
        """Let those come that are on their way: a commit costs as much as ten light commands."""
        waits, idle = 0, 0
        while idle < IDLE_ROUNDS and len(self._works) < MOST_LIGHT:
            idle = idle + 1 if len(self._works) == waits else 0
            waits = len(self._works)
            await asyncio.sleep(0)

    def light(self) -> list[Work[Any]]:
        """Take the light commands at the head of the line, while nobody else takes from it."""
        works = self._works
        taken: list[Work[Any]] = []
        while works and works[0].light and len(taken) < MOST_LIGHT:
            taken.append(works.popleft())
        return taken

    def back(self, works: list[Work[Any]]) -> None:
        """Put commands back to the head of the line; the first is not light after all."""
        self._works.extendleft(reversed(works))
        if works:
            works[0].light = False


def never_mind(future: asyncio.Future[None]) -> None:
    """Take the end of work that nobody waits for; the rows still wait for the next quiet moment."""
    if not future.cancelled():
        future.exception()
