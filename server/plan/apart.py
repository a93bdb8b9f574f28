"""The process beside the hall that works waits out: ``python -m server.plan.apart DATA``.

It follows the log by itself, on a connection that only reads, with the least claim to the
processor and, where there is more than one core, not on the hall's. It ends when its input does.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import BinaryIO, NamedTuple

import msgspec

from server.apart import step_back
from server.domain.day import Millis, day_bounds
from server.domain.foretold import Foretold
from server.domain.office import Office
from server.domain.tx import Actor
from server.plan.foretell import foretell
from server.plan.frames import LENGTH, MOST, Answer, Ask, frame
from server.plan.judged import Judged, drift, hits, judged, tails
from server.plan.learned import DAYS, Learned, learn
from server.plan.situation import situation_of
from server.storage.beside import Beside
from server.storage.database import DATABASE
from server.storage.dialect import prepare
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
NICE = 15


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
        if not tx.configured:
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

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._now: Millis = 0
        self._beside = Beside(lambda: self._now)
        self._works: dict[int, _Work] = {}

    def answer(self, ask: Ask) -> Answer:
        """Return the waits of a branch.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        self._now = ask.now
        look = _Look(ask.branch, self._works.setdefault(ask.branch, _Work()))
        self._beside.look(self._db, [look])
        if look.error is not None:
            raise look.error
        return Answer(ask.branch, look.result if isinstance(look.result, Foretold) else None)


def main(data: Path, asked: BinaryIO, told: BinaryIO) -> None:
    """Answer until nothing more is asked."""
    step_back(NICE)
    decoder = msgspec.msgpack.Decoder(Ask)
    with closing(sqlite3.connect(data / DATABASE, isolation_level=None)) as db:
        prepare(db, readonly=True)
        worker = Worker(db)
        while len(head := asked.read(LENGTH.size)) == LENGTH.size:
            (length,) = LENGTH.unpack(head)
            if length > MOST:
                return
            told.write(frame(worker.answer(decoder.decode(asked.read(length)))))
            told.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
