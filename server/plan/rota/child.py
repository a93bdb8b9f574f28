"""The process that makes rotas and tries changes (``server.apart``): ``Maker`` is what it knows.

It reads the log on a connection of its own, and keeps what it learned of a branch for the day.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from server.apart import answering, stand_last
from server.domain.day import Millis, day_bounds
from server.domain.office import Office
from server.plan import look
from server.plan.apart import learned_of
from server.plan.calendar import days_from
from server.plan.forecast import HISTORY_DAYS, Counts
from server.plan.forecasting import counts_of
from server.plan.learned import Learned
from server.plan.rota.asked import (
    Asked,
    BackAsked,
    Became,
    GoOnAsked,
    Made,
    MakeAsked,
    TriedDay,
    TryAsked,
)
from server.plan.rota.changes import changed, seated
from server.plan.rota.expecting import days_of, expected
from server.plan.rota.making import Making
from server.plan.rota.regret import DayBack, look_back
from server.plan.rota.solving import NoSolver, there
from server.plan.rota.targets import targets_of
from server.plan.rota.trial import Crowd, load_of, trial
from server.plan.rota.values import RotaRules
from server.storage.beside import Beside
from server.storage.database import looking
from server.storage.queries.waits import past_sessions, past_turns
from server.storage.transaction import SqliteTx

TRIED_RUNS = 80
STAYS_S = 600.0
MOST_CROWDS = 16
T = TypeVar("T")


class Known(msgspec.Struct, frozen=True):
    """What is known of a branch on a day: settings, the past, the business day."""

    office: Office
    learned: Learned
    counts: Counts
    today: str


def known_of(tx: SqliteTx) -> Known:
    """Read what a branch's log teaches."""
    first = days_from(tx.day, -HISTORY_DAYS)
    counts = counts_of(tx.aside, tx.branch, tx.office, first, tx.day)
    return Known(tx.office, learned_of(tx, tx.day), counts, tx.day)


class Maker:
    """Makes one rota at a time, and tries changes of any."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Known] = {}
        self._making: tuple[Making, int] | None = None
        self._crowds: dict[tuple[object, ...], Crowd] = {}

    def answer(self, question: bytes) -> bytes:
        """Answer one question; what the child does.

        Once asked for a plan, this process takes what the hall leaves of its core, and no more.
        """
        asked = msgspec.msgpack.decode(question, type=Asked)
        if isinstance(asked, TryAsked):
            return msgspec.msgpack.encode(self.tried(asked))
        if isinstance(asked, BackAsked):
            command = partial(_back, asked=asked)
            found = looked(asked.data, asked.branch, asked.now, command)
            return msgspec.msgpack.encode(Became(found))
        if isinstance(asked, MakeAsked):
            stand_last()
            return msgspec.msgpack.encode(self.begin(asked))
        return msgspec.msgpack.encode(self.go_on(asked))

    def begin(self, asked: MakeAsked) -> Made:
        """Begin with a week."""
        known = self._read(asked.data, asked.branch, asked.now)
        days = {
            day: expected(known.office, asked.rules, known.learned, known.counts, day, known.today)
            for day in days_of(asked.week)
        }
        past = sum(day < known.today for day in known.counts)
        if not any(days.values()):
            return Made(None, past, "no-history")
        if not there():
            return Made(None, past, "no-solver")
        making = Making(known.office, asked.rules, days, known.learned, own=asked.own)
        self._making = (making, past)
        return Made(making.progress(), past)

    def go_on(self, _asked: GoOnAsked) -> Made:
        """Work for a moment."""
        if self._making is None:
            return Made(None, 0, "nothing-begun")
        making, past = self._making
        try:
            return Made(making.step(), past)
        except NoSolver:
            return Made(None, past, "no-solver")

    def tried(self, asked: TryAsked) -> TriedDay:
        """Say what comes of shifts and changes."""
        known = self._read(asked.data, asked.branch, asked.now)
        crowd = self._crowd(known, asked)
        if crowd is None:
            return TriedDay(None)
        seats = changed(seated(known.office, asked.rules, asked.shifts), asked.changes)
        targets = targets_of(known.office, asked.rules.target)
        needed = load_of(crowd.expected, known.learned)
        return TriedDay(trial(crowd, seats, targets, needed).outcome)

    def _crowd(self, known: Known, asked: TryAsked) -> Crowd | None:
        rules: RotaRules = asked.rules
        key = (asked.data, asked.branch, known.today, asked.day, asked.people, rules.opens,
               rules.closes, id(known))  # fmt: skip
        if key not in self._crowds:
            day = expected(known.office, rules, known.learned, known.counts, asked.day, known.today)
            if day is None:
                return None
            if len(self._crowds) >= MOST_CROWDS:
                self._crowds.clear()
            self._crowds[key] = Crowd(
                known.office, day.times(asked.people / 100), known.learned, TRIED_RUNS, asked.day
            )
        return self._crowds[key]

    def _read(self, data: str, branch: int, now: Millis) -> Known:
        """Return what is known; read anew on another day and with other settings."""
        known = self._known.get((data, branch))

        def read(tx: SqliteTx) -> Known:
            if known is not None and (known.today, known.office) == (tx.day, tx.office):
                return known
            return known_of(tx)

        found = self._known[data, branch] = looked(data, branch, now, read)
        return found


def _back(tx: SqliteTx, asked: BackAsked) -> DayBack | None:
    """Return what became of a planned day, by the log."""
    day, office = asked.plan.day, tx.office
    began, ends = day_bounds(day, office.zone, office.day_start_minutes)
    return look_back(
        office, asked.rules, asked.targets, asked.plan, asked.version,
        past_turns(tx.aside, tx.branch, day), past_sessions(tx.aside, tx.branch, began, ends),
    )  # fmt: skip


def looked(data: str, branch: int, now: Millis, command: Callable[[SqliteTx], T]) -> T:
    """Return what a command sees of the last commit, without a word to the server."""
    with closing(looking(Path(data))) as db:
        return look.looked(Beside(lambda: now), db, branch, command)


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would keep a thread a core
    answering(Maker().answer, STAYS_S)
