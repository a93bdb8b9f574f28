"""What is thought through beside the halls: waits, and whether one more counter would help."""

from __future__ import annotations

from pathlib import Path

from server.apart import Apart
from server.plan.advisor import Advisor
from server.plan.foreteller import Foreteller
from server.storage.store import Store


class Thinking:
    """One process beside the halls for both, as what it learned from the log serves both.

    Attributes:
        runs: what runs for ever, by name.
    """

    def __init__(self, data: Path, store: Store) -> None:
        self._store = store
        child = Apart("server.plan.apart")
        self._foreteller = Foreteller(data, store, child)
        self._advisor = Advisor(data, store, child)
        self.runs = {"waits": self._foreteller.run, "advice": self._advisor.run}

    def heard(self, branch: int, kind: str) -> None:
        """Take the branch and kind of an event that was just told, if the branch is ours."""
        if not self._store.owners.has(branch):
            return
        self._foreteller.heard(branch, kind)
        self._advisor.heard(branch, kind)
