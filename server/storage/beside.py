"""Owns looking at the halls beside the writer, while a commit takes long.

The writer's hall holds what is not durable yet, and its thread waits for the disk. Here are other
halls, which follow the log as it is committed: a screen never waits for a slow disk.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import structlog

from server.domain.day import Millis
from server.domain.foretold import Foretold
from server.domain.tx import Actor
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import reading
from server.storage.transaction import SqliteTx

SLOW_S = 0.15
"""A commit that takes longer lets nobody wait who only looks."""
TOLD_S = 1.0
"""One that takes longer is told in the log."""
REMEMBERED_S = 60.0
BAD_S, BAD_TIMES, STUCK_S = 0.4, 10, 5.0
"""A disk is in trouble with so many commits of so long within a minute, or one of that long."""
log = structlog.get_logger()


class Look(Protocol):
    """A question about a branch: ``result`` or ``error`` is its answer."""

    branch: int
    actor: Actor
    command: Callable[[SqliteTx], object]
    result: object
    error: Exception | None


class Beside:
    """The halls as of the last commit, in the thread that asks; nothing here is ever written."""

    def __init__(
        self, clock: Callable[[], Millis], foretold: Mapping[int, Foretold] | None = None
    ) -> None:
        self._clock = clock
        self._foretold = {} if foretold is None else foretold
        self._offices = OfficeCache()
        self._branches: dict[int, BranchBatch] = {}

    def look(self, db: sqlite3.Connection, looks: Sequence[Look]) -> None:
        """Answer questions on one commit."""
        fresh: set[int] = set()
        try:
            with reading(db):
                for each in looks:
                    known = self._branches.get(each.branch)
                    if known is None or (each.branch not in fresh and not known.goes_on()):
                        known = BranchBatch(
                            db, each.branch, self._offices, reader=True, foretold=self._foretold
                        )
                        self._branches[each.branch] = known
                    fresh.add(each.branch)
                    try:
                        each.result = each.command(SqliteTx(known, each.actor, self._clock()))
                    except Exception as error:  # noqa: BLE001 - the caller's own
                        each.error = error
        except BaseException:
            self._branches.clear()
            raise


class Pace:
    """How long commits take: the one under way, and the slowest of the last minute."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._since: float | None = None
        self._slow: deque[tuple[float, float]] = deque(maxlen=1000)
        self._told_at = -REMEMBERED_S

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A batch is written; at the end it is durable, or given up."""
        self._since = since = self._now()
        try:
            yield
        finally:
            self._since = None
            self._note(self._now() - since)

    def _note(self, took: float) -> None:
        now = self._now()
        if took < SLOW_S:
            return
        self._slow.append((now, took))
        if took >= TOLD_S and now - self._told_at >= REMEMBERED_S:
            self._told_at = now
            log.warning("disk_slow", commit_s=round(took, 2))

    def under_way(self) -> float:
        """Return for how many seconds the present commit has been under way; 0 for none."""
        since = self._since
        return 0.0 if since is None else self._now() - since

    def trouble(self) -> float:
        """Return the seconds of the slowest commit when the disk is in trouble, else 0."""
        slowest, first = self.slowest(), self._now() - REMEMBERED_S
        bad = sum(at >= first and took >= BAD_S for at, took in list(self._slow))
        return slowest if bad >= BAD_TIMES or slowest >= STUCK_S else 0.0

    def slowest(self) -> float:
        """Return the seconds of the slowest commit of the last minute, also one under way."""
        first = self._now() - REMEMBERED_S
        lately = [took for at, took in list(self._slow) if at >= first]
        under_way = self.under_way()
        return max([under_way if under_way >= SLOW_S else 0.0, *lately])
