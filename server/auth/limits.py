"""Owns how often somebody may try: failed logins and pairing codes."""

from __future__ import annotations

from collections import OrderedDict, deque

from server.domain.day import Millis

KEYS = 10_000


class Attempts:
    """Counts tries that failed per key in a sliding window; bounded, oldest keys forgotten.

    Args:
        allowed: failures in the window before the next try is refused.
        window_s: length of the window, seconds.
    """

    def __init__(self, allowed: int, window_s: int) -> None:
        self._allowed = allowed
        self._window = window_s * 1000
        self._failures: OrderedDict[str, deque[Millis]] = OrderedDict()

    def wait_s(self, key: str, now: Millis) -> int:
        """Return the seconds until ``key`` may try again; 0 when it may now."""
        failures = self._failures.get(key)
        if failures is None:
            return 0
        while failures and now - failures[0] >= self._window:
            failures.popleft()
        if len(failures) < self._allowed:
            return 0
        return max(1, -(-(failures[0] + self._window - now) // 1000))

    def began(self, key: str, now: Millis) -> None:
        """Count one try before it is checked, so that many at once count too."""
        failures = self._failures.setdefault(key, deque(maxlen=self._allowed))
        failures.append(now)
        self._failures.move_to_end(key)
        while len(self._failures) > KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of ``key``: it was the right person."""
        self._failures.pop(key, None)

    def forgive(self, key: str) -> None:
        """Take the latest try of ``key`` back: it did not fail."""
        failures = self._failures.get(key)
        if failures:
            failures.pop()
