"""How far an office's clock is from the city's: measured in the office whenever the two talk.

The city answers with its own time; half of the way there and back lies before that moment. The
office tells the result with what it sends next, so no way to the city has to be a quick one.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from server.domain.day import Millis

LONGEST_S = 4.0
"""A talk that took longer says too little: its answer may be wrong by half of it."""
KEPT_S = 600.0
"""A result that is older is told no more: a clock may have been set since."""
WRONG_MS = 10_000
"""From here on people are told. Servers that ask for the time agree within a tenth of a second, so
ten seconds mean that nobody sets this one, and that it drifts on; a talk of ``LONGEST_S`` cannot
make them by itself."""


class Apart:
    """How far the clock of this server is ahead of the city's.

    Args:
        clock: the time that counts here.
        steady: seconds that never go back.
    """

    def __init__(
        self, clock: Callable[[], Millis], steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._steady = steady
        self._measured: tuple[float, Millis] | None = None

    def begin(self) -> float:
        """Return when a talk begins, for ``answered``."""
        return self._steady()

    def answered(self, began: float, city: Millis) -> None:
        """Take what time it was in the city when it answered; 0 from one that does not say."""
        ended, here = self._steady(), self._clock()
        took = ended - began
        if city and took <= LONGEST_S:
            self._measured = ended, here - round(took * 500) - city

    def ahead(self) -> Millis | None:
        """Return by how many ms we are ahead, negative when behind; ``None`` if nobody knows."""
        if self._measured is None or self._steady() - self._measured[0] > KEPT_S:
            return None
        return self._measured[1]


def wrong_s(ahead: Millis | None) -> int:
    """Return the seconds that people are told; 0 while the clocks agree, or nobody knows."""
    return 0 if ahead is None or abs(ahead) < WRONG_MS else round(ahead / 1000)
