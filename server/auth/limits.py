"""Owns how often somebody may try: failed logins and pairing codes, and whose turn it is to hash.

A wall after a few failures would let a stranger lock a person out. Here each further failure
only makes the wait longer, up to a bound, and only for the one who fails: keys hold the client's
address, and browsers that a person logged in with before have keys of their own. Time is the
monotonic clock's: a wall clock set back refuses nobody.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

KEYS = 10_000
FORGET_S = 900.0
"""Failures of a key are forgotten after so long without another one."""


@dataclass
class _Failures:
    count: int = 0
    last: float = 0.0
    until: float = 0.0


class Attempts:
    """Counts tries that failed, per key; bounded, the keys of longest ago are forgotten first.

    Args:
        allowed: failures before the first wait.
        first_s: the first wait, seconds; each further failure doubles it.
        longest_s: the longest wait, seconds.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        allowed: int,
        first_s: float,
        longest_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowed = allowed
        self._first = first_s
        self._longest = longest_s
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait_s(self, key: str) -> int:
        """Return the whole seconds until ``key`` may try again; 0 when it may now."""
        found = self._of(key)
        left = found.until - self._clock() if found is not None else 0.0
        return max(0, -int(-left // 1)) if left > 0 else 0

    def failures(self, key: str) -> int:
        """Return how often ``key`` failed of late."""
        found = self._of(key)
        return found.count if found is not None else 0

    def began(self, key: str) -> None:
        """Count one try before it is checked, so that many at once count too."""
        found = self._of(key) or _Failures()
        found.count += 1
        found.last = self._clock()
        over = found.count - self._allowed
        if over >= 0:
            found.until = found.last + min(self._longest, self._first * 2 ** min(over, 20))
        self._failures[key] = found
        self._failures.move_to_end(key)
        while len(self._failures) > KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of ``key``: it was the right person."""
        self._failures.pop(key, None)

    def forgive(self, key: str) -> None:
        """Take the latest try of ``key`` back: it did not fail."""
        found = self._failures.get(key)
        if found is not None:
            found.count -= 1
            found.until = 0.0 if found.count < self._allowed else found.until

    def _of(self, key: str) -> _Failures | None:
        found = self._failures.get(key)
        if found is not None and self._clock() - found.last > FORGET_S:
            del self._failures[key]
            return None
        return found


class Full(Exception):
    """More wait for their turn than there is room for, and this one has the least claim to it."""


class Turns:
    """Few at once, the others by weight: who failed often of late waits behind who did not.

    Checking a password takes 64 MB and a core for a moment. A flood of guesses must neither
    fill the memory nor stand before a person who types the right one.

    Args:
        places: how many at once.
        waiting: how many may wait; beyond, the heaviest is sent away.
    """

    def __init__(self, places: int = 2, waiting: int = 100) -> None:
        self._free = places
        self._most = waiting
        self._number = count()
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, weight: int) -> AsyncIterator[None]:
        """Wait for a place and hold it.

        Raises:
            Full: there is no room to wait.
        """
        if self._free:
            self._free -= 1
        else:
            await self._wait(weight)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, weight: int) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        mine = (weight, next(self._number), future)
        heapq.heappush(self._queue, mine)
        self._queue = [each for each in self._queue if not each[2].done()]
        heapq.heapify(self._queue)
        if len(self._queue) > self._most:
            worst = max(self._queue)
            self._queue.remove(worst)
            heapq.heapify(self._queue)
            worst[2].set_exception(Full())
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self._pass_on()  # the place came at the moment the asker went
            raise

    def _pass_on(self) -> None:
        while self._queue:
            future = heapq.heappop(self._queue)[2]
            if not future.done():
                future.set_result(None)
                return
        self._free += 1
