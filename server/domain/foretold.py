"""How long each newcomer would wait, worked out beside the hall: a quote only looks it up.

Made by ``server.plan`` in a process of its own from the hall as it stands, at most once a second.
"""

from __future__ import annotations

import msgspec

from server.domain.day import Millis
from server.domain.states import Priority

FRESH_MS = 60_000
"""What is older is not told any more."""


class Range(msgspec.Struct, frozen=True, gc=False):
    """A wait in minutes: the ends of what is told, and its middle. Not rounded."""

    low: float
    middle: float
    high: float

    def moved(self, by: float) -> Range:
        """Return the range for a place so many minutes later; none is below 0."""
        return Range(max(0.0, self.low + by), max(0.0, self.middle + by), max(0.0, self.high + by))


class LineRange(msgspec.Struct, frozen=True, gc=False):
    """What a newcomer of one line would wait.

    Attributes:
        ahead: how many stood before them then.
        step: minutes that one person more before them costs.
        range: ``None`` when it cannot be known: nobody is expected who could call them.
    """

    ahead: int
    step: float
    range: Range | None = None


class Foretold(msgspec.Struct, frozen=True, gc=False):
    """The waits of one hall as of event ``seq``.

    Attributes:
        lines: of a newcomer, by service code and class.
        places: of everybody who waits, by their place in line (``Turn.arrival``).
        staffed: somebody is at a counter.
        hits: of the last hundred who waited, how many were told right; ``None`` before a hundred.
        drift: per cent told right on the last day, when the model was out of bounds on two.
    """

    at: Millis
    seq: int
    model: str
    lines: dict[str, dict[Priority, LineRange]]
    places: dict[int, Range] = {}
    staffed: bool = False
    hits: int | None = None
    drift: int | None = None

    def fresh(self, now: Millis) -> bool:
        """Return whether it may still be told."""
        return 0 <= now - self.at <= FRESH_MS

    def grows_old(self) -> bool:
        """Return whether time alone makes it wrong: somebody waits, or may be served."""
        return self.staffed or bool(self.places)

    def knows(self, service: str) -> bool:
        """Return whether the service was there when it was worked out."""
        return service in self.lines

    def newcomer(self, service: str, priority: Priority, ahead: int) -> Range | None:
        """Return the wait of somebody who comes now, with ``ahead`` people before them."""
        line = self.lines.get(service, {}).get(priority)
        if line is None or line.range is None:
            return None
        return (
            line.range
            if ahead == line.ahead
            else line.range.moved((ahead - line.ahead) * line.step)
        )

    def waiting(self, arrival: int, now: Millis) -> Range | None:
        """Return what is left of the wait of somebody in line; ``None`` when not known."""
        known = self.places.get(arrival)
        return None if known is None else known.moved((self.at - now) / 60_000)
