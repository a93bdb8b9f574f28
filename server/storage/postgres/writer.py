"""The writer over PostgreSQL: others write too, and the line can be cut amid a commit.

Each batch locks the heads of its branches in the order of their numbers, in a statement of its
own, and folds what others appended meanwhile. Should a lock fail to keep somebody out, the
comparison of the heads does: then everything is decided again.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import structlog

from server.domain.day import Millis
from server.domain.events import Envelope
from server.domain.foretold import Foretold
from server.storage.beside import Pace
from server.storage.branch import Behind
from server.storage.database import reading
from server.storage.history import decode_event
from server.storage.log import Moved
from server.storage.postgres.connection import Gone, Postgres
from server.storage.published import Published
from server.storage.transaction import SqliteTx
from server.storage.work import Work
from server.storage.writer import Unavailable, Writer, WroteThenFailed, last_seqs

Head = tuple[int, int, int, int]

HEADS = """
SELECT id, seq, rows_seq, settings_version FROM branches WHERE id = ANY($1::bigint[]) ORDER BY id
"""
SINCE = """
SELECT events.branch, seq, at, actor, data
FROM events JOIN unnest($1::bigint[], $2::bigint[]) AS known (branch, last)
    ON events.branch = known.branch AND seq > last
ORDER BY events.branch, seq
"""
ATTEMPTS = 5
"""Times a batch is decided again when a head moved in spite of its lock."""
UNSURE_S, UNSURE_STEP_S = 3.0, 0.2
"""How long a commit without an answer is looked up, before nobody knows: pages wait for eight
seconds, and a repeat under its key finds what was kept."""
WRITTEN = "SELECT at, data FROM events WHERE branch = ? AND seq = ?"
log = structlog.get_logger()


class CityWriter(Writer):
    """What a server's database thread does with commands, beside other servers."""

    def __init__(
        self, clock: Callable[[], Millis], pace: Pace, foretold: Mapping[int, Foretold]
    ) -> None:
        super().__init__(clock, pace, foretold)
        self._changed_beside = False

    def forget_beside(self) -> None:
        """Read again, before the next batch, what no event tells."""
        self._changed_beside = True

    # ---------------------------------------------------------------- commands

    def run(
        self, db: sqlite3.Connection, batch: list[Work[Any]], *, decided: bool = False
    ) -> list[Published]:
        """Run a batch in the database thread and commit it; return its events in order."""
        del decided  # only the database says what others did
        savepoints = False
        with self._pace.writing():
            for again in range(ATTEMPTS):
                try:
                    return self._attempt(db, batch, savepoints=savepoints)
                except Moved:
                    log.info("decided_again", times=again + 1)
                except (WroteThenFailed, sqlite3.IntegrityError):
                    savepoints = True
            return self._attempt(db, batch, savepoints=savepoints)

    def _attempt(
        self,
        db: sqlite3.Connection,
        batch: list[Work[Any]],
        *,
        savepoints: bool,
        decided: bool = False,
    ) -> list[Published]:
        del decided
        store, branches = _postgres(db), sorted({work.branch for work in batch})
        published: list[Published] = []
        own: list[Published] = []
        try:
            store.begin(lock=branches)
            # in a statement of its own: one that waited for the lock would read what was before
            published += self._follow(db, store.heads(HEADS, branches))
            for work in batch:
                known = self._known(db, work.branch, published)
                if savepoints:
                    known.write()
                    self._run_in_savepoint(db, known, work)
                else:
                    self._run_one(db, known, work)
                own += work.published
            with store.gathering() as gathered:
                for branch in branches:
                    gathered.branch = branch
                    self._branches[branch].write()
            self._commit(store, own)
        except BaseException:
            for branch in branches:
                self._branches.pop(branch, None)
            store.rollback()
            raise
        published += own
        self._note_told(published)
        return published

    def _commit(self, store: Postgres, own: Sequence[Published]) -> None:
        """Commit; without an answer, look whether it was kept.

        Raises:
            Gone: it was not kept, or nobody knows.
        """
        try:
            store.commit()
        except Gone:
            if not own or not self._was_kept(store, own[-1]):
                raise
            log.warning("commit_found", branch=own[-1].branch, seq=own[-1].seq)

    def _was_kept(self, store: Postgres, last: Published) -> bool:
        """Read an event back. Its branch is locked before: a commit under way has it locked."""
        ends = time.monotonic() + UNSURE_S
        while True:
            try:
                store.begin(lock=[last.branch])
                row = store.execute(WRITTEN, (last.branch, last.seq)).fetchone()
                store.rollback()
            except sqlite3.Error:
                store.rollback()
                if time.monotonic() > ends:
                    raise
                time.sleep(UNSURE_STEP_S)
            else:
                return row is not None and last.is_written(*row)

    # ---------------------------------------------------------------- what others did

    def _follow(
        self, db: sqlite3.Connection, heads: Iterable[Head], *, load: bool = True
    ) -> list[Published]:
        """Fold what others appended to branches; return what was not told here yet.

        With ``load`` every branch is kept from now on, else only those that are kept follow.
        """
        if self._changed_beside:
            self._changed_beside = False
            for each in self._branches.values():
                each.forget_beside()
        told: list[Published] = []
        heads = list(heads)
        read = self._read(db, heads, load=load)
        for branch, seq, rows_seq, version in heads:
            known = self._branches.get(branch)
            if known is not None and known.head != (seq, rows_seq):
                behind = known.head[0] <= seq  # else a standby took over that lacked something
                events = read.get(branch)
                since = known.follow_to(seq, rows_seq, version, events) if behind else None
                if since is None:
                    del self._branches[branch]
                else:
                    seen = self.seen.get(branch, 0)
                    told += [each for each in since if each.seq > seen]
            if branch not in self._branches:
                if load:
                    self._known(db, branch, told)
                else:
                    events = read.get(branch)
                    told += self._missed(db, branch, seq) if events is None else [
                        Published(branch, each.seq, each.at, each.event) for each in events
                    ]  # fmt: skip
        return told

    def _read(
        self, db: sqlite3.Connection, heads: Sequence[Head], *, load: bool
    ) -> dict[int, list[Envelope]]:
        """Read in one round what others appended to many branches; for one it is not worth it."""
        after: dict[int, int] = {}
        for branch, seq, *_ in heads:
            known = self._branches.get(branch)
            if known is not None or not load:
                last = self.seen.get(branch, 0) if known is None else known.head[0]
                if last < seq:
                    after[branch] = last
        if len(after) <= 1:
            return {}
        found: dict[int, list[Envelope]] = {branch: [] for branch in after}
        read = _postgres(db).events(SINCE, list(after), list(after.values()))
        for branch, seq, at, actor, data in read:
            found[branch].append(Envelope(seq, at, actor, decode_event(data)))
        return found

    def missed(
        self, db: sqlite3.Connection, branches: Iterable[int] | None = None
    ) -> list[Published]:
        """Return what others appended to some branches, or to any, and was not told here yet."""
        with reading(db):
            if branches is None:
                seqs = last_seqs(db).items()
                branches = [branch for branch, seq in seqs if seq != self.seen.get(branch, 0)]
            heads = _postgres(db).heads(HEADS, sorted(set(branches)))
            told = self._follow(db, heads, load=False)
        self._note_told(told)
        for branch, seq, *_ in heads:
            self.seen[branch] = seq
        return told

    def all_missed(self, db: sqlite3.Connection) -> list[Published]:
        """Return what others appended to any branch and was not told here yet."""
        return self.missed(db)

    def _note_told(self, told: Iterable[Published]) -> None:
        for event in told:
            self.seen[event.branch] = event.seq

    # ---------------------------------------------------------------- looks, and all else

    def _look_outside(self, db: sqlite3.Connection) -> bool:
        del db
        return False

    def look(self, db: sqlite3.Connection, batch: list[Work[Any]]) -> list[Published]:
        """Run what only looks, on what is committed."""
        told: list[Published] = []
        branches = sorted({work.branch for work in batch})
        try:
            with reading(db):
                told += self._follow(db, _postgres(db).heads(HEADS, branches))
                for work in batch:
                    known = self._known(db, work.branch, told, looks=True)
                    try:
                        work.result = work.command(SqliteTx(known, work.actor, self._clock()))
                    except sqlite3.OperationalError:
                        raise
                    except Exception as error:  # noqa: BLE001 - the caller's own
                        work.error = error
        except (sqlite3.Error, Behind) as error:
            log.error("look_failed", error=str(error))  # noqa: TRY400
            for branch in branches:
                self._branches.pop(branch, None)
            for work in batch:
                work.error = work.error or Unavailable(str(error))
            return []
        self._note_told(told)
        return told

    def bring_up(self, db: sqlite3.Connection, branches: Iterable[int] = ()) -> list[Published]:
        """Write no rows: here every commit holds them."""
        del db, branches
        return []


def _postgres(db: sqlite3.Connection) -> Postgres:
    return cast("Postgres", db)
