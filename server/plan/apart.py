"""The process beside the hall that works waits out (``server.apart``).

It follows the log by itself, on a connection that only reads. What a hall's past taught is kept
for the day, so it stays through the quiet hours of a day.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec

from server.apart import answering
from server.domain.day import Millis, day_bounds
from server.domain.foretold import Foretold
from server.domain.office import Office
from server.domain.tx import Actor
from server.plan.asked import WaitsAsked
from server.plan.foretell import foretell
from server.plan.judged import Judged, drift, hits, judged, tails
from server.plan.learned import DAYS, Learned, learn
from server.plan.situation import situation_of
from server.storage.beside import Beside
from server.storage.database import looking
from server.storage.queries.waits import (
    PastTurn,
    days_before,
    past_sessions,
    past_turns,
    told_waits,
)
from server.storage.transaction import SqliteTx

LEARNER = Actor("waits", "system")
MANY = 60_000
"""Turns beyond which older days are not read."""
TODAY_KEPT_MS = 20_000
JUDGED_DAYS = 14
STAYS_S = 1800.0
"""Learning anew costs a second or more: it goes only when no hall has anything to ask so long."""


class _Look:
    """A question about a branch, as ``Beside`` answers it."""

    def __init__(self, branch: int, command: Callable[[SqliteTx], object]) -> None:
        self.branch = branch
        self.actor = LEARNER
        self.command = command
        self.result: object = None
        self.error: Exception | None = None


class _Today(NamedTuple):
    """What ended today and what was told, as of a moment ago."""

    at: Millis = 0
    day: str = ""
    ended: Sequence[PastTurn] = ()
    told: Sequence[Judged] = ()


class _Work:
    """Works the waits of one branch out, and remembers what its log taught."""

    def __init__(self) -> None:
        self._learned: tuple[str, Office, Learned] | None = None
        self._told: list[Judged] = []
        self._today = _Today()

    def __call__(self, tx: SqliteTx) -> Foretold | None:
        if not tx.configured or tx.elsewhere:
            return None
        learned = self._learn(tx)
        began, ends = day_bounds(tx.day, tx.office.zone, tx.office.day_start_minutes)
        sessions = past_sessions(tx.aside, tx.branch, began, ends)
        today = self._read_today(tx)
        situation = situation_of(tx, learned, sessions, today.ended)
        if situation is None:
            return None
        drifted = drift(self._told)
        right = tails(today.told, learned.lengths, drifted=drifted is not None)
        found = foretell(situation, learned, Random(tx.next_seq()), tails=right)  # noqa: S311
        last = hits([*self._told, *today.told])
        return msgspec.structs.replace(found, hits=last, drift=drifted)

    def _learn(self, tx: SqliteTx) -> Learned:
        known = self._learned
        if known is None or known[0] != tx.day or known[1] is not tx.office:
            self._learned = known = (tx.day, tx.office, learned_of(tx, tx.day))
            yesterday = date.fromisoformat(tx.day) - timedelta(days=1)
            first = yesterday - timedelta(days=JUDGED_DAYS)
            rows = told_waits(tx.aside, tx.branch, first.isoformat(), yesterday.isoformat())
            self._told = judged(rows, tx.office.zone)
        return known[2]

    def _read_today(self, tx: SqliteTx) -> _Today:
        known = self._today
        if known.day != tx.day or not 0 <= tx.now - known.at < TODAY_KEPT_MS:
            turns = past_turns(tx.aside, tx.branch, tx.day)
            told = judged(told_waits(tx.aside, tx.branch, tx.day, tx.day), tx.office.zone)
            self._today = _Today(tx.now, tx.day, [each for each in turns if each.ended_at], told)
        return self._today


def learned_of(tx: SqliteTx, day: str) -> Learned:
    """Return what the log before a business day teaches."""
    office = tx.office
    first = (date.fromisoformat(day) - timedelta(days=DAYS)).isoformat()
    turns: list[PastTurn] = []
    began: dict[str, Millis] = {}
    for each in days_before(tx.aside, tx.branch, day, first):
        if len(turns) > MANY:
            break
        turns += past_turns(tx.aside, tx.branch, each)
        began[each] = day_bounds(each, office.zone, office.day_start_minutes)[0]
    ends = day_bounds(day, office.zone, office.day_start_minutes)[0]
    sessions = past_sessions(tx.aside, tx.branch, min(began.values(), default=ends), ends)
    return learn(office.services, day, turns, sessions, began)


class Worker:
    """Answers one question after the other, each on the last commit."""

    def __init__(self) -> None:
        self._now: Millis = 0
        self._beside = Beside(lambda: self._now)
        self._dbs: dict[str, sqlite3.Connection] = {}
        self._works: dict[int, _Work] = {}

    def answer(self, question: bytes) -> bytes:
        """Return the waits of a branch; null where they cannot be known.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        asked = msgspec.msgpack.decode(question, type=WaitsAsked)
        self._now = asked.now
        look = _Look(asked.branch, self._works.setdefault(asked.branch, _Work()))
        self._beside.look(self._db(asked.data), [look])
        if look.error is not None:
            raise look.error
        return msgspec.msgpack.encode(look.result)

    def _db(self, data: str) -> sqlite3.Connection:
        if data not in self._dbs:
            self._dbs[data] = looking(Path(data))
        return self._dbs[data]


if __name__ == "__main__":
    answering(Worker().answer, STAYS_S)
