"""Owns what is kept of log-ins that failed: deeds with a count, so that who guesses fills no disk.

The first failure of somebody from an address is a deed at once. What follows within a quarter of
an hour is one more, with how many there were. Beyond so many a day, all are one deed an hour.
What was typed is never kept: a name that nobody has may be a password in the wrong field.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import msgspec
import structlog

from server.domain.deeds import About
from server.domain.tx import Actor
from server.storage.queries import people
from server.storage.store import Busy, Store, Unavailable
from server.storage.transaction import SqliteTx

WINDOW_S = 900.0
BEYOND_S = 3600.0
AT_ONCE = 20
"""So many are counted one by one at the same time, in each office."""
A_DAY = 200
"""So many a day, in each office: with what follows, 424 deeds at most, 310,000 in two years."""
DAY_S = 86_400.0
LOOK_S = 30.0

SOMEBODY = Actor("nobody", "nobody")
KINDS = {
    "password": ("login_failed", "logins_failed"),
    "name": ("stranger_failed", "strangers_failed"),
    "step": ("step_failed", "steps_failed"),
    "proof": ("proof_failed", "proofs_failed"),
}
"""What did not fit (the password; a login that nobody has; the second step after it; a password or
PIN of who is logged in), and the deeds that tell of the first time and of those that followed."""
Kind = Literal["password", "name", "step", "proof"]
log = structlog.get_logger()


class Failure(NamedTuple):
    """What failed: in which branch (0: it cannot be known), as whom, from where."""

    branch: int
    kind: Kind
    person: str
    place: str


class Line(NamedTuple):
    """A deed to write."""

    branch: int
    actor: Actor
    what: str
    about: About


@dataclass
class _Window:
    actor: Actor
    began: float
    more: int = 0


@dataclass
class _Beyond:
    began: float
    count: int = 0


class Failures:
    """Reckons which deeds to write; bounded in memory and in deeds. Time is the monotonic clock's.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[Failure, _Window] = {}
        self._beyond: dict[int, _Beyond] = {}
        self._named: Counter[tuple[int, int]] = Counter()

    def failed(self, failure: Failure, actor: Actor) -> list[Line]:
        """Count a failure; return the deed that tells of it, if it is one of its own."""
        now = self._clock()
        window = self._open.get(failure)
        if window is not None:
            window.more += 1
            return []
        day = (failure.branch, int(now // DAY_S))
        at_once = sum(each.branch == failure.branch for each in self._open)
        if at_once >= AT_ONCE or self._named[day] >= A_DAY:
            self._beyond.setdefault(failure.branch, _Beyond(now)).count += 1
            return []
        self._named[day] += 1
        self._open[failure] = _Window(actor, now)
        return [Line(failure.branch, actor, KINDS[failure.kind][0], _about(failure))]

    def due(self, *, all_of_them: bool = False) -> list[Line]:
        """Return the deeds of what is over; of all that was counted when the server ends."""
        now = self._clock()
        lines = []
        for failure, window in list(self._open.items()):
            if all_of_them or now - window.began >= WINDOW_S:
                del self._open[failure]
                if window.more:
                    about = _about(failure) | {"n": window.more}
                    lines.append(Line(failure.branch, window.actor, KINDS[failure.kind][1], about))
        for branch, beyond in list(self._beyond.items()):
            if all_of_them or now - beyond.began >= BEYOND_S:
                del self._beyond[branch]
                lines.append(Line(branch, SOMEBODY, "failed_beyond", {"n": beyond.count}))
        today = int(now // DAY_S)
        for key in [each for each in self._named if each[1] != today]:
            del self._named[key]
        return lines


def _about(failure: Failure) -> About:
    return {"person": failure.person} if failure.person and failure.kind != "proof" else {}


class FailedLogins:
    """Keeps failed log-ins as deeds, and counts them for whose log-in it was."""

    def __init__(self, store: Store, failures: Failures | None = None) -> None:
        self._store = store
        self._failures = failures or Failures()
        self._tries: Counter[tuple[int, str]] = Counter()

    def note(
        self, branch: int | None, kind: Kind, person: str, actor: Actor, *, own: bool = False
    ) -> None:
        """Take note of a failure; nobody waits for that, so it takes as long for every name.

        ``own``: on a browser that the person has logged in on before.
        """
        failure = Failure(branch or 0, kind, person, actor.place)
        if person and branch and not own:
            self._tries[branch, person] += 1
        for line in self._failures.failed(failure, actor):
            self._write_soon(line)

    def taken(self, branch: int, person: str) -> int:
        """Return, once, how many failures of somebody are not in the table yet."""
        return self._tries.pop((branch, person), 0)

    async def run(self) -> None:
        """Write what is over, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            for line in self._failures.due():
                self._write_soon(line)
            await self._count()

    async def flush(self) -> None:
        """Write all that was counted: the server ends."""
        for line in self._failures.due(all_of_them=True):
            if line.branch:
                await self._store.transact(line.branch, line.actor, _written(line))
        await self._count()

    async def _count(self) -> None:
        tries, self._tries = self._tries, Counter()
        for (branch, person), number in tries.items():
            try:
                await self._store.transact(branch, SOMEBODY, _counted(person, number))
            except (Busy, Unavailable):
                self._tries[branch, person] += number

    def _write_soon(self, line: Line) -> None:
        if not line.branch:  # several offices are run here, and nobody's name was typed
            log.warning("logins_failed", what=line.what, place=line.actor.place, **line.about)
            return
        # a disk that cannot be written has worse to tell than this
        self._store.note(line.branch, line.actor, _written(line), lambda: None)


def _written(line: Line) -> Callable[[SqliteTx], None]:
    return lambda tx: tx.note(line.what, **line.about)


def _counted(person: str, number: int) -> Callable[[SqliteTx], None]:
    return lambda tx: people.count_failed(tx.aside, person, number)


def somebody_at(place: str) -> Actor:
    """Return who is not known yet, at an address."""
    return msgspec.structs.replace(SOMEBODY, place=place)
