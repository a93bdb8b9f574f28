"""The process beside the hall that works waits out (``server.apart``).

It follows the log by itself, on a connection that only reads. What a hall's past taught is kept
for the day, so it stays through the quiet hours of a day.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec

from server.apart import answering
from server.domain.day import Millis, day_bounds
from server.domain.foretold import Foretold
from server.domain.office import Office
from server.plan.advise import advise
from server.plan.asked import AdviceAsked, AdviceFound, HindsightAsked, WaitsAsked
from server.plan.foretell import foretell
from server.plan.hindsight import Hindsight, Kept, hindsight, packed, unpacked
from server.plan.judged import Judged, drift, hits, judged, tails
from server.plan.learned import DAYS, Learned, learn
from server.plan.look import looked
from server.plan.situation import Situation, situation_of
from server.storage.beside import Beside
from server.storage.database import looking
from server.storage.queries import advices
from server.storage.queries.waits import (
    PastTurn,
    days_before,
    past_sessions,
    past_turns,
    told_waits,
)
from server.storage.transaction import SqliteTx

MANY = 60_000
"""Turns beyond which older days are not read."""
TODAY_KEPT_MS = 20_000
JUDGED_DAYS = 14
STAYS_S = 1800.0
"""Learning anew costs a second or more: it goes only when no hall has anything to ask so long."""


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

    def waits(self, tx: SqliteTx) -> Foretold | None:
        """Return how long everybody would wait."""
        situation = self._situation(tx)
        if situation is None:
            return None
        learned, today = self._learn(tx), self._read_today(tx)
        drifted = drift(self._told)
        right = tails(today.told, learned.lengths, drifted=drifted is not None)
        found = foretell(situation, learned, Random(tx.next_seq()), tails=right)  # noqa: S311
        last = hits([*self._told, *today.told])
        return msgspec.structs.replace(found, hits=last, drift=drifted)

    def advice(self, tx: SqliteTx, *, given: bool) -> AdviceFound | None:
        """Return whether one more counter would help; ``None`` where nobody wants to know."""
        situation = self._situation(tx)
        if situation is None:
            return AdviceFound()
        if not tx.office.waits.advice:
            return None
        random = Random(tx.next_seq())  # noqa: S311 - what may happen, not a secret
        found = advise(situation, self._learn(tx), random, list(tx.paused()), given=given)
        if found is None:
            return AdviceFound()
        return AdviceFound(found, packed(Kept(found, situation)))

    def _situation(self, tx: SqliteTx) -> Situation | None:
        if not tx.configured or tx.elsewhere:
            return None
        learned = self._learn(tx)
        began, ends = day_bounds(tx.day, tx.office.zone, tx.office.day_start_minutes)
        sessions = past_sessions(tx.aside, tx.branch, began, ends)
        return situation_of(tx, learned, sessions, self._read_today(tx).ended)

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
        """Return what was asked of a branch; null where it cannot be known.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        asked = msgspec.msgpack.decode(question, type=WaitsAsked | AdviceAsked | HindsightAsked)
        self._now = asked.now
        work = self._works.setdefault(asked.branch, _Work())
        if isinstance(asked, WaitsAsked):
            command: Callable[[SqliteTx], object] = work.waits
        elif isinstance(asked, AdviceAsked):
            command = partial(work.advice, given=asked.given)
        else:
            command = partial(_look_back, key=asked.advice)
        found = looked(self._beside, self._db(asked.data), asked.branch, command)
        return msgspec.msgpack.encode(found)

    def close(self) -> None:
        """Close the databases that were read."""
        for db in self._dbs.values():
            db.close()

    def _db(self, data: str) -> sqlite3.Connection:
        if data not in self._dbs:
            self._dbs[data] = looking(Path(data))
        return self._dbs[data]


def _look_back(tx: SqliteTx, key: str) -> Hindsight | None:
    """Return what came of an advice; ``None`` when it was worked out by an older program."""
    given = advices.get(tx.db, tx.branch, key)
    inputs = advices.inputs(tx.db, tx.branch, key)
    kept = None if inputs is None else unpacked(inputs)
    if given is None or kept is None:
        return None
    began, ends = day_bounds(given.day, tx.office.zone, tx.office.day_start_minutes)
    sessions = past_sessions(tx.aside, tx.branch, began, ends)
    return hindsight(kept, past_turns(tx.aside, tx.branch, given.day), sessions)


if __name__ == "__main__":
    try:
        with closing(Worker()) as worker:
            answering(worker.answer, STAYS_S)
    except sqlite3.Error as error:  # the store is away: the server asks a new child, later
        sys.exit(f"waits are not worked out: {error}")
