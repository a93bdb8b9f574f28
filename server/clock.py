"""Owns what time it is: the wall clock, trusted only where a steady clock beside it agrees.

A small box without a battery starts with yesterday's time, a wrong time server or a slip of the
hand moves the clock by a day for half a minute. A day of the queue must not end by that. So a jump
counts only after it has held for some minutes, or when a person says that it is right; until then
the program goes on by the steady clock from the time it had. Everything in the program that asks
for a moment asks here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

import msgspec

from server.domain.day import Millis

FOLLOWED_MS = 60_000
"""Corrections up to this are followed at once: time servers make them."""
HOLD_MS = 5 * 60_000
"""How long a jump has to hold before it counts."""
LONG_AGO_MS = 4 * 86_400_000
"""A start so long after the last event may be a wrong clock, and is treated like a jump."""
NIGHT_MS = 3_600_000
"""A start so long after the last event ends no day before the time has held."""
FRESH_MS = 3 * 60_000
"""A program that begins so soon after its machine has written nothing on it before."""
STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def wall_clock() -> Millis:
    """Return the present moment by the machine's clock, right or not."""
    return time.time_ns() // 1_000_000


def steady_clock() -> Millis:
    """Return milliseconds since some moment: nobody can set it, and it goes on in sleep."""
    return time.clock_gettime_ns(STEADY) // 1_000_000


class Jump(msgspec.Struct, frozen=True):
    """A jump of the wall clock that does not count yet.

    Attributes:
        by_ms: how far the wall clock is ahead of the time that counts; negative when behind.
        counts_in_ms: when it counts, if it holds.
    """

    by_ms: int
    counts_in_ms: int


class Clock:
    """The program's time; calling it gives the present moment.

    Safe to ask from every thread. Only ``step`` lets a jump count, so that one place can see to
    what hangs on it.

    Args:
        wall: the machine's clock.
        steady: one that never jumps.
    """

    def __init__(
        self,
        wall: Callable[[], Millis] = wall_clock,
        steady: Callable[[], Millis] = steady_clock,
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._lock = Lock()
        self._ahead = wall() - steady()
        """The time that counts, less the steady clock."""
        self._jump: tuple[int, Millis] | None = None
        """What the wall clock says instead, and since when by the steady clock."""
        self._unsure_until: Millis = 0
        self._began = wall()
        self._fresh: Millis = 0

    @property
    def began(self) -> Millis:
        """When this program began, by the time that counts now: later moments were seen by it."""
        return self._began

    def machine_began(self) -> Millis:
        """When the machine was turned on, by the time that counts: before, another clock ran."""
        return max(self._fresh, self._ahead)

    def __call__(self) -> Millis:
        """Return the present moment."""
        wall, steady = self._wall(), self._steady()
        gap = wall - steady - self._ahead
        if self._jump is None and -FOLLOWED_MS <= gap <= FOLLOWED_MS:
            self._ahead += gap
            return wall
        return self._in_doubt(wall, steady)

    def _in_doubt(self, wall: Millis, steady: Millis) -> Millis:
        with self._lock:
            ahead = wall - steady
            gap = ahead - self._ahead
            if -FOLLOWED_MS <= gap <= FOLLOWED_MS:
                self._jump, self._ahead = None, ahead
                return wall
            if self._jump is None or abs(ahead - self._jump[0]) > FOLLOWED_MS:
                self._jump = (ahead, steady)
            return steady + self._ahead

    def begin(self, last: Millis | None) -> None:
        """Begin after the last event of the log: a clock before it, or far after it, is unsure."""
        wall, steady = self._wall(), self._steady()
        with self._lock:
            if last is None:
                return
            if steady < FRESH_MS:
                self._fresh = last + 1
            if wall - last > NIGHT_MS:
                self._unsure_until = steady + HOLD_MS
            if wall < last - FOLLOWED_MS or wall > last + LONG_AGO_MS:
                self._ahead = last - steady
                self._jump = (wall - steady, steady)
            self._began = steady + self._ahead

    def jump(self) -> Jump | None:
        """Return the jump that does not count yet, if there is one."""
        self()
        with self._lock:
            if self._jump is None:
                return None
            ahead, since = self._jump
            return Jump(ahead - self._ahead, max(0, since + HOLD_MS - self._steady()))

    def sure(self) -> bool:
        """Return whether the time has held long enough to end a day by it."""
        return self.jump() is None and self._steady() >= self._unsure_until

    def step(self, *, anyway: bool = False) -> int:
        """Let a jump count that has held (or ``anyway``); return by how many ms the time moved."""
        jump = self.jump()
        if anyway:
            self._unsure_until = 0
        if jump is None or (jump.counts_in_ms and not anyway):
            return 0
        with self._lock:
            self._ahead += jump.by_ms
            self._began += jump.by_ms
            self._jump = None
            self._unsure_until = 0
        return jump.by_ms

    def steady(self) -> Millis:
        """Return the steady clock, for limits and pauses that no setting may change."""
        return self._steady()
