"""Owns the clock that a store goes by."""

from __future__ import annotations

from collections.abc import Callable

from server.clock import Clock
from server.domain.day import Millis
from server.storage.queries import offices
from server.storage.thread import Thread


async def clock_of(writer: Thread, clock: Callable[[], Millis] | None) -> Clock:
    """Return the clock of a store, which never stands before the last event of its log.

    Without one the time is the machine's, as far as it can be trusted after that event; a function
    is taken as it is.
    """
    if clock is None or isinstance(clock, Clock):
        known = clock or Clock()
        known.begin(await writer.run(offices.last_moment))
        return known
    return Clock(clock, clock)
