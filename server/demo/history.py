"""A made-up past: days of a busy hall, played by the real commands and written day by day."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec

from server.clock import wall_clock
from server.comfort import rounds
from server.demo import care, profile
from server.demo.simulator import Day
from server.domain.checks import completed
from server.domain.day import Millis, day_bounds, local
from server.domain.events import AnyEvent, Configured, Envelope
from server.domain.office import Counter, Office
from server.domain.tx import Actor, Tx
from server.reports.months import due_months, write_month
from server.reports.rollups import write_at_once
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import DATABASE, connect, transaction
from server.storage.dialect import safe_again, unsafe
from server.storage.queries.turns import number_of
from server.storage.transaction import SqliteTx

T = TypeVar("T")

VISITORS_PER_COUNTER = 22
MANY = 2_000_000
UNFINISHED = "unfinished-"
"""Turns from which on a report needs months made of days; of fewer the server makes them."""
ACTOR = Actor("command-line", "admin", "command line")
Job = tuple[str, int]
"""A day and how many visitors come."""
Progress = Callable[[int, int, int], None]
"""Is told days done, days, turns done."""


class Plan(msgspec.Struct, frozen=True):
    """What is needed to play a day."""

    office: Office
    seed: int
    staff: dict[int, Actor]


def enlarged(office: Office, per_day: int) -> Office:
    """Return the office with as many counters as ``per_day`` visitors need, in the same mix."""
    times = max(1, -(-per_day // (VISITORS_PER_COUNTER * len(office.counters))))
    counters = [
        Counter(number=number + 1, services=office.counters[number % len(office.counters)].services)
        for number in range(times * len(office.counters))
    ]
    return completed(msgspec.structs.replace(office, counters=counters)) if times > 1 else office


def working_days(last: date, days: int) -> list[date]:
    """Return the office's open days among the ``days`` calendar days that end with ``last``."""
    calendar = (last - timedelta(days=each) for each in range(days - 1, -1, -1))
    return [day for day in calendar if profile.works(day)]


def jobs_of(plan: Plan, last: date, days: int, per_day: int) -> list[Job]:
    """Return the days to play that end with ``last``, each with its number of visitors."""
    random = Random(plan.seed)  # noqa: S311 - a repeatable story
    return [
        (day.isoformat(), profile.volume(day, per_day, random)) for day in working_days(last, days)
    ]


class _PastTx(SqliteTx):
    """A command of the past, of which no screen is told."""

    def append(self, event: AnyEvent) -> int:
        each = Envelope(self.hall.seq + 1, self.now, self.actor.id, event)
        self._batch.follow(each)
        return each.seq


class _BranchStage:
    """A stage whose rows are written when the day is over."""

    def __init__(self, batch: BranchBatch) -> None:
        self._batch = batch

    def do(self, at: Millis, actor: Actor, command: Callable[[Tx], T]) -> T:
        return command(_PastTx(self._batch, actor, at))


def write_history(
    db: sqlite3.Connection, branch: int, plan: Plan, jobs: Sequence[Job],
    progress: Progress = lambda _done, _all, _turns: None,
) -> int:  # fmt: skip
    """Play a past behind the branch's last event; return how many turns it has.

    Each day is closed, rolled up and committed alone. A branch without settings gets the plan's
    from the beginning of the first day on.
    """
    if not jobs:
        return 0
    office, turns = plan.office, 0
    batch = BranchBatch(db, branch, OfficeCache())
    first, _ = day_bounds(jobs[0][0], office.zone, office.day_start_minutes)
    collects = gc.isenabled()
    gc.disable()  # a day has no cycles, and looking for them costs a tenth of the time
    try:
        for done, (day, count) in enumerate(jobs, start=1):
            with transaction(db):
                if batch.office is None:
                    SqliteTx(batch, ACTOR, first - 1).append(Configured(1, office))
                seed = f"{plan.seed}/{day}"
                played = Day(office, day, count, seed, _BranchStage(batch), plan.staff)
                for step in care.steps(office, day, seed, last=done == len(jobs)):
                    played.also(*step)
                played.play()
                batch.write()
                tx = SqliteTx(batch, ACTOR, day_bounds(day, office.zone)[1] + 20_000)
                turns += number_of(db, branch, day)
                write_at_once(tx, day)
            batch.hall.days.pop(day, None)
            progress(done, len(jobs), turns)
    finally:
        if collects:
            gc.enable()
    return turns


def count_checks(db: sqlite3.Connection, branch: int) -> None:
    """Count the checks of all days, of which the server would count the last ones only."""
    with transaction(db):
        tx = SqliteTx(BranchBatch(db, branch, OfficeCache()), ACTOR, wall_clock())
        rounds.count(tx, since="")


def roll_up_months(db: sqlite3.Connection, branch: int) -> None:
    """Roll the months up that are over, so that the first report need not wait for it."""
    with transaction(db):
        tx = SqliteTx(BranchBatch(db, branch, OfficeCache()), ACTOR, wall_clock())
        for month in due_months(tx):
            write_month(tx, month)


def fill(
    data: Path,
    prepare: Callable[[sqlite3.Connection], tuple[int, Plan]],
    jobs: Callable[[Plan], list[Job]],
    progress: Progress,
    finish: Callable[[sqlite3.Connection, int], None],
) -> int:
    """Make the database of ``data``, which must have none yet; return how many turns it has.

    It is filled without a journal under another name and becomes the database when it is
    complete. What a killed one left is taken away; the caller holds the folder's lock.

    Args:
        data: the folder.
        prepare: adds the branch and its people to the empty database; returns both.
        jobs: says which days to play.
        progress: is told how far it is.
        finish: what remains to be done when the past is there.
    """
    for left in data.glob(UNFINISHED + "*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=data, prefix=UNFINISHED) as folder:
        unfinished = Path(folder)
        with closing(connect(unfinished)) as db:
            unsafe(db)
            branch, plan = prepare(db)
            turns = write_history(db, branch, plan, jobs(plan), progress)
            if turns > MANY:
                roll_up_months(db, branch)
            finish(db, branch)
            safe_again(db)
        _to_disk(unfinished / DATABASE)
        (unfinished / DATABASE).replace(data / DATABASE)
        _to_disk(data)
    return turns


def _to_disk(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def yesterday(office: Office) -> date:
    """Return the calendar day before today in the office."""
    return local(wall_clock(), office.zone).date() - timedelta(days=1)
