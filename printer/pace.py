"""Owns how long a printer may take: limits follow the bytes, and count from the last progress.

A serial line behind a network box passes 960 bytes a second on, and whatever the systems between
have taken already waits there unseen. Whoever cuts such a paper off prints it again and again.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

SLOWEST = 480.0
"""Bytes a second of the slowest line that is believed in: 4800 baud."""
_UNSEEN = 4.0
"""The wait for bytes that are on their way unseen is at most so many times the limit itself."""
_AT_LEAST = 4.0
"""A printer whose speed was measured may take so many times as long as it took."""
_TRICKLE = 60.0
"""Bytes a second; slower lines are not believed in: who takes less, all in all, is given up."""


class Pace:
    """When one job has to be given up. May be asked from any thread.

    Args:
        seconds: longest time without any progress.
        size: bytes of the job.
        rate: bytes a second that the way is known to take; 0 for not known.
    """

    def __init__(self, seconds: float, size: int = 0, rate: float = 0.0) -> None:
        self.seconds = seconds
        self.given_up = threading.Event()
        self._unseen = min(size / max(SLOWEST, rate / _AT_LEAST), seconds * _UNSEEN)
        if 0 < rate < SLOWEST:  # known to be slower than what is believed otherwise
            self._unseen = size / max(rate, _TRICKLE)
        now = time.monotonic()
        self._moved_at = now
        self._end = now + 2 * (seconds + self._unseen) + size / _TRICKLE

    @property
    def patience(self) -> float:
        """Seconds that may pass without a sign, while bytes are on their way unseen."""
        return self.seconds + self._unseen

    def moved(self) -> None:
        """There was progress: a byte was taken, or an answer came."""
        self._moved_at = time.monotonic()

    @property
    def ends_at(self) -> float:
        """When the job is given up if nothing moves, by ``time.monotonic``."""
        return min(self._moved_at + self.patience, self._end)

    def check(self) -> None:
        """Go on.

        Raises:
            TimeoutError: nothing moved for too long, or nobody waits for this job any more.
        """
        if self.given_up.is_set() or time.monotonic() > self.ends_at:
            raise TimeoutError("not all was taken in time")


class Apart:
    """Runs one printer's blocking work in a thread of its own, so that a hanging one holds nobody.

    A thread that hangs in the system cannot be ended. It is left behind, and until it comes back
    nothing else is begun: an unreachable file share costs one thread, not one for each attempt.
    """

    def __init__(self) -> None:
        self._busy = threading.Lock()

    async def run(self, pace: Pace, work: Callable[[], T]) -> T:
        """Return what ``work`` returns; it should call ``pace.check`` where it waits.

        Raises:
            TimeoutError: it did not come back in time.
        """
        if not self._busy.acquire(blocking=False):
            raise TimeoutError("the last job still hangs in the system")
        future = self._begun(work)
        try:
            while True:
                rest = pace.ends_at - time.monotonic() + 1.0  # it should notice by itself before
                done, _ = await asyncio.wait({future}, timeout=max(0.05, rest))
                if done:
                    return future.result()
                if time.monotonic() > pace.ends_at + 1.0:
                    raise TimeoutError("it hangs in the system")
        finally:
            pace.given_up.set()

    def _begun(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Begin ``work`` in a new thread; when that ends, nothing hangs any more."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def tell(put: Callable[[Any], None], what: object) -> None:
            self._busy.release()
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody wants to know
                loop.call_soon_threadsafe(partial(_settle, put, what))

        def body() -> None:
            try:
                told = work()
            except BaseException as caught:  # noqa: BLE001  # raised again where it is awaited
                tell(future.set_exception, caught)
            else:
                tell(future.set_result, told)

        def begin() -> None:
            try:
                threading.Thread(target=body, name="printer", daemon=True).start()
            except RuntimeError as caught:  # the system has no room for a thread
                tell(future.set_exception, OSError(str(caught)))

        # a thread runs where its maker may, and the loop keeps to one core
        loop.run_in_executor(None, begin)
        return future


def _settle(put: Callable[[T], None], what: T) -> None:
    with contextlib.suppress(asyncio.InvalidStateError):  # nobody waits any more
        put(what)
