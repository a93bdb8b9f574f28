"""A log in a file: what travels on a stick where there is no line, and what is put aside."""

from __future__ import annotations

import gzip
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from server.city import parts, taking
from server.city.taking import Stand
from server.domain.errors import Invalid, NotFound
from server.domain.tx import Actor
from server.storage.ids import Ids
from server.storage.queries import boxes, offices
from server.storage.writer import run_alone

PAGE = 1000
AT_ONCE = 4000
"""Events of a file that are taken together: each time the hall is read anew."""
UNFINISHED = ".part"


def write(db: sqlite3.Connection, branch: int, head: parts.Head, after: int, path: Path) -> int:
    """Write a branch's log behind event ``after`` to a new file; return its last event.

    That event goes along: who takes the file sees whether it is the one that came before. It is
    whole or not there: a stick that is pulled out leaves no half log behind.

    Raises:
        Invalid: it is there already.
    """
    if path.exists():
        raise Invalid("The file exists already; nothing was written.", field="file")
    part = path.with_name(path.name + UNFINISHED)
    try:
        with _private(part) as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
            for line in parts.lines(head, _rows(db, branch, max(0, after - 1), head.newest)):
                packed.write(line)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return head.newest


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file that its owner alone may read, and see it onto the disk."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _rows(db: sqlite3.Connection, branch: int, after: int, newest: int) -> Iterator[boxes.Ahead]:
    for first in range(after + 1, newest + 1, PAGE):
        yield from boxes.of_log(db, branch, range(first, min(first + PAGE, newest + 1)))


def take(db: sqlite3.Connection, branch: int, actor: Actor, path: Path) -> Stand:
    """Take a file into the city's tables; what was taken stays, also when the rest is damaged.

    Raises:
        Invalid: it is damaged, or no log. Conflict: its numbers are another branch's. Others: as
            ``taking.take``.
    """
    if boxes.box(db, branch) is None:
        raise NotFound("No box was admitted for this branch: ramah city admit CODE")
    run = partial(run_alone, db, branch, actor, Ids())
    try:
        with gzip.open(path) as file:
            head, events = parts.read(file)
            stand = run(partial(taking.take, head=head, events=()))
            for some in _chunks(events):
                stand = run(partial(taking.take, head=head, events=some))
        while stand.ahead:
            before, stand = stand, run(taking.go_on)
            if stand.seq == before.seq:
                break
    except sqlite3.IntegrityError:
        raise taking.taken() from None
    return stand


def _chunks(events: Iterator[parts.Event]) -> Iterator[list[parts.Event]]:
    """Yield events a few thousand at a time, also those before a damage, which is raised then."""
    some: list[parts.Event] = []
    try:
        for each in events:
            some.append(each)
            if len(some) == AT_ONCE:
                yield some
                some = []
    except Invalid:
        yield some
        raise
    yield some


def head(db: sqlite3.Connection, branch: int, version: str) -> parts.Head:
    """Return what a file of this branch begins with; the log of a box keeps its own name.

    Raises:
        NotFound: there is no event yet.
    """
    known = offices.branch(db, branch)
    box = boxes.box(db, branch)
    history = offices.history(db, branch) if box is None else box.history
    if not known.seq or history is None:
        raise NotFound("The log of '{code}' is empty so far.", code=known.code)
    return parts.head_of(db, known.code, history, known.seq, version)
