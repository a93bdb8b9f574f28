"""The one writer of the log: batches of commands on halls in memory, in the database thread.

One commit carries a whole batch; each command is kept or dropped alone, as by a savepoint of its
own. Whoever only looks is answered between two batches.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import structlog

from server.clock import wall_clock
from server.domain.day import Millis
from server.domain.foretold import Foretold
from server.domain.tx import Actor
from server.storage.answered import Apart
from server.storage.beside import Pace
from server.storage.branch import Behind, BranchBatch, OfficeCache
from server.storage.database import reading, transaction
from server.storage.dialect import data_version, hold_head
from server.storage.history import events_after
from server.storage.ids import Ids
from server.storage.log import Moved
from server.storage.published import Published
from server.storage.queries import offices
from server.storage.transaction import SqliteTx
from server.storage.work import RUSH, Command, Work

T = TypeVar("T")

MOST_BEHIND = 16_384
"""Tickets whose rows may wait; a start after a crash folds and writes them first."""
RUSH_SECONDS = 0.1
log = structlog.get_logger()


class Unavailable(Exception):
    """The database could not be written (disk full, file gone); nothing of the batch was kept."""


class WroteThenFailed(Exception):
    """A command failed after its first write; its cause is the command's error."""


class Writer:
    """What the database thread does with commands; it keeps the halls from batch to batch.

    Attributes:
        behind: branches with rows that wait to be written.
        rush_at: when many commands last shared a commit, on the steady clock.
        seen: the last event of each branch that was given out to be published.
    """

    def __init__(
        self, clock: Callable[[], Millis], pace: Pace, foretold: Mapping[int, Foretold]
    ) -> None:
        self._clock = clock
        self._pace = pace
        self._foretold = foretold
        self._offices = OfficeCache()
        self._ids = Ids()
        self._branches: dict[int, BranchBatch] = {}
        self._version = -1
        self.seen: dict[int, int] = {}
        self.behind: tuple[int, ...] = ()
        self.rush_at = 0.0

    def in_rush(self) -> bool:
        """Return whether many commands shared a commit a moment ago."""
        return time.monotonic() - self.rush_at < RUSH_SECONDS

    def decide(self, batch: list[Work[Any]]) -> int:
        """Decide commands apart from the database, on the halls; return how many could be.

        Nobody may use the database thread's ``run`` or ``look`` meanwhile. What is decided is only
        in memory: ``run`` makes it durable, or decides again on what another process wrote.
        """
        now = self._clock()
        for count, work in enumerate(batch):
            known = self._branches.get(work.branch)
            if known is None:
                return count
            known.apart, known.looks = True, False
            tx = SqliteTx(known, work.actor, now)
            work.error, work.published = None, []
            try:
                work.result = work.command(tx)
            except Exception as error:  # noqa: BLE001 - the caller's own
                if tx.published or known.torn:
                    self._branches.clear()  # half of it may be in the hall
                    return 0
                if isinstance(error, Apart):
                    return count
                work.error = error
            finally:
                known.apart = False
            work.published = tx.published
        return len(batch)

    def settle(
        self, db: sqlite3.Connection, batch: list[Work[Any]], *, decided: bool = False
    ) -> list[Published]:
        """As ``run``; when the database fails, that is every command's error."""
        try:
            return self.run(db, batch, decided=decided)
        except Exception as error:  # noqa: BLE001 - every waiting caller must be told
            log.error("batch_failed", error=str(error), commands=len(batch))  # noqa: TRY400
            for work in batch:
                work.error = Unavailable(str(error))
            return []

    def run(
        self, db: sqlite3.Connection, batch: list[Work[Any]], *, decided: bool = False
    ) -> list[Published]:
        """Run a batch in the database thread and commit it; return its events in order.

        Commands check before they write, so nearly all batches need no savepoint. When one
        fails after it wrote, the whole batch is rolled back and run again with a savepoint
        for each command, so that only the failing one leaves no trace; so it is on the events
        of another writer, when the log has moved.
        """
        with self._pace.writing():
            try:
                return self._attempt(db, batch, savepoints=False, decided=decided)
            except (WroteThenFailed, sqlite3.IntegrityError, Moved):
                return self._attempt(db, batch, savepoints=True)

    def _attempt(
        self,
        db: sqlite3.Connection,
        batch: list[Work[Any]],
        *,
        savepoints: bool,
        decided: bool = False,
    ) -> list[Published]:
        published: list[Published] = []
        rush = len(batch) >= RUSH
        try:
            with transaction(db):
                decided = not self._look_outside(db) and decided
                for work in batch:
                    if not decided:
                        known = self._known(db, work.branch, published)
                        if savepoints:
                            known.write()
                            self._run_in_savepoint(db, known, work)
                        else:
                            self._run_one(db, known, work)
                    published += work.published
                for known in self._branches.values():
                    behind = known.rows.behind
                    # once behind, rows wait until the rush is over
                    later = rush or (behind and known.waits)
                    known.write(later=bool(later) and behind < MOST_BEHIND)
        except BaseException:
            self._branches.clear()
            raise
        still = set(self.behind).difference(self._branches)  # not asked for since a rollback
        self.behind = (*still, *(key for key, each in self._branches.items() if each.waits))
        if rush:
            self.rush_at = time.monotonic()
        for event in published:
            self.seen[event.branch] = event.seq
        return published

    def _look_outside(self, db: sqlite3.Connection) -> bool:
        """Forget what is known of the branches when another process has written; true if so."""
        version = data_version(db)
        if version == self._version:
            return False
        self._version = version
        self._branches.clear()
        return True

    def _run_one(self, db: sqlite3.Connection, known: BranchBatch, work: Work[Any]) -> None:
        tx = SqliteTx(known, work.actor, self._clock())
        changes = db.total_changes
        work.error, work.published = None, []
        try:
            work.result = work.command(tx)
        except sqlite3.OperationalError:
            raise  # the disk, not the command: the whole batch is given up
        except Exception as error:
            if known.torn or tx.published or db.total_changes != changes:
                raise WroteThenFailed from error
            work.error = error
        else:
            work.published = tx.published

    def _run_in_savepoint(
        self, db: sqlite3.Connection, known: BranchBatch, work: Work[Any]
    ) -> None:
        db.execute("SAVEPOINT command")
        try:
            self._run_one(db, known, work)
            known.write()
        except (WroteThenFailed, sqlite3.IntegrityError) as failed:
            db.execute("ROLLBACK TO command")
            known.back()
            cause = failed.__cause__
            work.error = cause if isinstance(cause, Exception) else failed
            work.published = []
        db.execute("RELEASE command")

    def found(
        self, db: sqlite3.Connection, code: str, actor: Actor, command: Command[T]
    ) -> tuple[T, list[Published]]:
        """Add the branch called ``code`` and run its first command, both or neither."""
        with self._pace.writing(), transaction(db):
            branch = offices.add_branch(db, code)
            self._branches.pop(branch, None)
            # ids of its own: the loop may be deciding with the others at this moment
            batch = BranchBatch(db, branch, OfficeCache(), Ids())
            tx = SqliteTx(batch, actor, self._clock())
            result = command(tx)
            batch.write()
        for event in tx.published:
            self.seen[event.branch] = event.seq
        return result, tx.published

    def _missed(self, db: sqlite3.Connection, branch: int, seq: int) -> list[Published]:
        """Return events that another process appended since the last batch."""
        seen = self.seen.get(branch, 0)
        return events_after(db, branch, seen, seq) if seq > seen else []

    def look(self, db: sqlite3.Connection, batch: list[Work[Any]]) -> list[Published]:
        """Run what only looks, on what is committed."""
        published: list[Published] = []
        again: list[Work[Any]] = []
        try:
            with reading(db):
                self._look_outside(db)
                for work in batch:
                    try:
                        known = self._known(db, work.branch, published, looks=True)
                        work.result = work.command(SqliteTx(known, work.actor, self._clock()))
                    except Behind:
                        again.append(work)
                    except Exception as error:  # noqa: BLE001 - the caller's own
                        work.error = error
            if again:
                published += self.bring_up(db, [work.branch for work in again])
                published += self.look(db, again)
        except sqlite3.Error as error:
            log.error("look_failed", error=str(error))  # noqa: TRY400
            for work in batch:
                work.error = work.error or Unavailable(str(error))
        for event in published:
            self.seen[event.branch] = event.seq
        return published

    def bring_up(self, db: sqlite3.Connection, branches: Iterable[int] = ()) -> list[Published]:
        """Write the rows that wait, of every branch that is kept and of these ``branches``."""
        published: list[Published] = []
        try:
            with self._pace.writing(), transaction(db):
                self._look_outside(db)
                for branch in {*self._branches, *branches}:
                    self._known(db, branch, published).write()
        except BaseException:
            self._branches.clear()
            raise
        self.behind = tuple(set(self.behind).difference(self._branches))
        return published

    def _known(
        self, db: sqlite3.Connection, branch: int, published: list[Published], *,
        looks: bool = False,
    ) -> BranchBatch:  # fmt: skip
        """Return what is kept of a branch; ``published`` gets what others wrote meanwhile."""
        known = self._branches.get(branch)
        if known is None:
            known = BranchBatch(
                db, branch, self._offices, self._ids, looks=looks, foretold=self._foretold
            )
            self._branches[branch] = known
            published += self._missed(db, branch, known.seq)
        known.looks = looks
        return known

    def all_missed(self, db: sqlite3.Connection) -> list[Published]:
        """Return what other processes appended to any branch since the last batch."""
        published: list[Published] = []
        for branch, seq in last_seqs(db).items():
            published += self._missed(db, branch, seq)
            self.seen[branch] = max(seq, self.seen.get(branch, 0))
        return published


def run_alone(
    db: sqlite3.Connection, branch: int, actor: Actor, ids: Ids, command: Command[T]
) -> T:
    """Run one command on a plain connection, for the command line; safe beside a server."""
    with transaction(db):
        hold_head(db, branch)
        batch = BranchBatch(db, branch, OfficeCache(), ids)
        result = command(SqliteTx(batch, actor, wall_clock()))
        batch.write()
    return result


def bring_up(tx: SqliteTx) -> None:
    """Write the rows that wait: whoever is given the tables finds everything in them."""
    _ = tx.db


def last_seqs(db: sqlite3.Connection) -> dict[int, int]:
    """Return the last event number of each branch."""
    return dict(db.execute("SELECT id, seq FROM branches").fetchall())
