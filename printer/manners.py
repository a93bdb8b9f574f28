"""Owns what is learnt of one printer's way to talk: what it answers, and how fast it is.

Who ever answered is not mute: when such a printer is silent, something is wrong and papers wait.
Who never answered is left in peace, and prints unverified.
"""

from __future__ import annotations

import time

from printer.errors import PrintError

_TELLING = 2000
"""Bytes from which on a paper tells something about a printer's speed."""

_LATE = 4.0
"""Who answered too late is waited for so many times as long: twelve seconds instead of three."""


class Manners:
    """One printer's manners.

    Args:
        quiet_s: how long a question that was never answered is not asked again.
    """

    def __init__(self, quiet_s: float) -> None:
        self.confirms = False
        """It answered GS r at least once."""
        self.rate = 0.0
        """Bytes a second of the slowest paper it confirmed; 0 for not known."""
        self.ease = 1.0
        """Its answers are waited for so many times as long as usual."""
        self._quiet_s = quiet_s
        self._answered: set[int] = set()
        self._silent_until: dict[int, float] = {}
        self._unconfirming_until = 0.0

    @property
    def talks(self) -> bool:
        """It answered at least once."""
        return bool(self._answered)

    def asked(self, question: int, *, looking: bool) -> bool:
        """Whether to ask this. A paper need not wait for a mute printer; a look has time."""
        if question in self._answered:
            return True
        until = self._silent_until.get(question)
        if not self._answered and self._silent_until:
            until = max(self._silent_until.values())  # not one answer so far: mute as a whole
        return until is None or (looking and time.monotonic() >= until)

    def heard(self, question: int) -> None:
        """Note an answer, in time or late."""
        self._answered.add(question)
        self._silent_until.pop(question, None)

    def heard_late(self, question: int) -> None:
        """Note an answer that came when nobody waited for it any more: this printer needs time."""
        self.heard(question)
        self.ease = _LATE

    def silent(self, question: int, *, others: bool, unsure: bool = False) -> None:
        """Note that no answer came; ``others``: though it answered other questions just now.

        Raises:
            PrintError: it answered before and says nothing at all now, so it is in trouble.
        """
        if question in self._answered:
            if others:
                return
            raise PrintError("timeout", "it does not answer any more", unsure=unsure)
        self._silent_until[question] = time.monotonic() + self._quiet_s

    @property
    def worth_confirming(self) -> bool:
        """Whether to ask it to confirm a paper."""
        return self.confirms or time.monotonic() >= self._unconfirming_until

    def confirmed(self, size: int, seconds: float) -> None:
        """Note a confirmed paper of so many bytes, and how long it took."""
        self.confirms = True
        if size >= _TELLING:
            rate = size / max(seconds, 0.001)
            self.rate = min(self.rate or rate, rate)

    def not_confirmed(self) -> None:
        """Note that it is well but does not say that a paper is done."""
        self._unconfirming_until = time.monotonic() + self._quiet_s
