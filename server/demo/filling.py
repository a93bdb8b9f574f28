"""Owns filling a fresh data folder with a made-up past, with all processors at once.

Each process plays every n-th run of days and writes it when it is its turn: a token goes round,
so the log grows in order while the others play on. The file is filled without a journal and
without waiting for the disk, under another name; it becomes the database when it is complete, so
a past that was cut short leaves nothing behind.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection, wait
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from tempfile import TemporaryDirectory

from server.demo.history import (
    Job,
    Plan,
    Progress,
    configure,
    play,
    roll_up_months,
    strides,
    write,
)
from server.storage.database import DATABASE, connect

FAST = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -64000",
)
"""For a file that is thrown away when anything goes wrong before it is complete."""
SAVED_TURNS = 10_000
MANY = 2_000_000
"""Turns from which on a report needs months made of days; of fewer the server makes them."""


class Interrupted(OSError):
    """A process that made the past ended before its time."""


def fill(
    data: Path,
    prepare: Callable[[sqlite3.Connection], tuple[int, Plan]],
    jobs: Callable[[Plan], list[Job]],
    progress: Progress,
    finish: Callable[[sqlite3.Connection, int], None],
    workers: int = 0,
) -> int:
    """Make the database of ``data``, which must have none yet; return how many turns it has.

    Args:
        data: the folder.
        prepare: adds the branch and its people to the empty database; returns both.
        jobs: says which days to play.
        progress: is told how far it is.
        finish: what remains to be done when the past is there.
        workers: processes; 0 for one on each processor.

    Raises:
        Interrupted: one of the processes ended early.
    """
    with TemporaryDirectory(dir=data, prefix="unfinished-") as folder:
        unfinished = Path(folder)
        with closing(connect(unfinished)) as db:
            _hurry(db)
            branch, plan = prepare(db)
            days = jobs(plan)
            if days:
                configure(db, branch, plan, days)
        turns = _played_and_written(
            unfinished, branch, plan, days, progress, workers or os.cpu_count() or 1
        )
        with closing(connect(unfinished)) as db:
            if turns > MANY:
                roll_up_months(db, branch)
            finish(db, branch)
            db.execute("PRAGMA optimize")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _to_disk(unfinished / DATABASE)
        (unfinished / DATABASE).replace(data / DATABASE)
        _to_disk(data)
    return turns


def _hurry(db: sqlite3.Connection) -> None:
    for pragma in FAST:
        db.execute(pragma)


def _to_disk(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _played_and_written(
    data: Path, branch: int, plan: Plan, jobs: list[Job], progress: Progress, workers: int
) -> int:
    runs = list(strides(jobs))
    workers = max(1, min(workers, len(runs)))
    # No connection is open here and no thread runs, so the processes may begin as copies.
    context = multiprocessing.get_context("fork")
    tokens = [context.Semaphore(int(place == 0)) for place in range(workers)]
    processes, pipes = [], []
    for place in range(workers):
        told, tell = context.Pipe(duplex=False)
        process = context.Process(
            target=_work,
            args=(data, branch, plan, runs[place::workers], tell, tokens[place],
                  tokens[(place + 1) % workers]),
            daemon=True,
        )  # fmt: skip
        process.start()
        tell.close()
        processes.append(process)
        pipes.append(told)
    try:
        return _watch(pipes, len(jobs), _saving(data / DATABASE, progress))
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _saving(path: Path, progress: Progress) -> Progress:
    """Return the progress that also sends what is written to the disk now and then.

    The disk works while the others play, and the end need not wait for it.
    """
    saved = 0

    def told(done: int, days: int, turns: int) -> None:
        nonlocal saved
        if turns - saved >= SAVED_TURNS:
            saved = turns
            _to_disk(path)
        progress(done, days, turns)

    return told


def _watch(pipes: list[Connection], all_days: int, progress: Progress) -> int:
    days = turns = 0
    while days < all_days:
        heard = wait(pipes)
        for pipe in [each for each in pipes if each in heard]:
            try:
                news: tuple[int, int] | None = pipe.recv()
            except EOFError:  # the others would wait for it for ever
                raise Interrupted("a process that made the past ended early") from None
            if news is None:
                pipes.remove(pipe)
                continue
            days, turns = days + news[0], turns + news[1]
            progress(days, all_days, turns)
    return turns


def _work(
    data: Path, branch: int, plan: Plan, runs: list[list[Job]], tell: Connection,
    mine: Semaphore, next_one: Semaphore,
) -> None:  # fmt: skip
    with closing(sqlite3.connect(data / DATABASE, isolation_level=None)) as db:
        _hurry(db)
        for run in runs:
            played = play(plan, branch, run)
            mine.acquire()
            write(db, branch, played)
            next_one.release()
            tell.send((played.days, played.turns))
    tell.send(None)
