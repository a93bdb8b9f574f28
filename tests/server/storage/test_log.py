"""The log as a store's port: events go on top of the one that was known, or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import pytest

from server.branches import configure
from server.clock import wall_clock
from server.domain import calling, desks, issuing
from server.domain.errors import Conflict
from server.domain.issuing import NewTicket
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import connect, transaction
from server.storage.ids import Ids
from server.storage.log import Moved, SqliteLog
from server.storage.rows import Rows
from server.storage.store import Store
from server.storage.transaction import SqliteTx
from server.storage.writer import Writer, run_alone
from tests.server.rehearsal import TOKEN, assert_replay_is_identical, office, on

pytestmark = pytest.mark.both_stores
NOW = wall_clock()


def take(tx: SqliteTx) -> str:
    """Take a number."""
    return issuing.issue(tx, NewTicket("A")).ticket.label


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An open store with one branch."""
    with closing(connect(tmp_path)) as db:
        configure(db, office())
    store = await Store.open(tmp_path)
    yield store
    await store.close()


def test_who_comes_too_late_writes_nothing_and_is_told_what_came_in_between(
    tmp_path: Path,
) -> None:
    with closing(connect(tmp_path)) as db:
        configure(db, office())
        slow = BranchBatch(db, 1, OfficeCache())
        decided = SqliteTx(slow, TOKEN, NOW)
        take(decided)
        run_alone(db, 1, TOKEN, Ids(), take)
        with pytest.raises(Moved) as moved, transaction(db):
            slow.write()
        assert [each.event.kind for each in moved.value.since] == ["issued"]
        assert db.execute("SELECT COUNT(*) FROM events").fetchone() == (2,), "settings, one number"
        assert db.execute("SELECT COUNT(*) FROM tickets").fetchone() == (1,)
        again = BranchBatch(db, 1, OfficeCache())
        with transaction(db):
            assert take(SqliteTx(again, TOKEN, NOW)) == "A002", "decided again"
            again.write()
        assert_replay_is_identical(db, 1)


@pytest.mark.one_file
async def test_commands_are_decided_again_when_the_log_has_moved(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = SqliteLog.append
    refused: list[int] = []

    def first_too_late(
        log: SqliteLog, branch: int, expected: int, seq: int, rows: Rows, *, later: bool
    ) -> int:
        if not refused:
            refused.append(seq)
            raise Moved([])
        return append(log, branch, expected, seq, rows, later=later)

    monkeypatch.setattr(SqliteLog, "append", first_too_late)
    labels = await asyncio.gather(*(store.transact(1, TOKEN, take) for _ in range(20)))
    assert refused
    assert labels == [f"A{number:03d}" for number in range(1, 21)]
    with closing(connect(tmp_path)) as db:
        assert db.execute("SELECT MAX(seq), COUNT(*) FROM events").fetchone() == (21, 21)
        assert_replay_is_identical(db, 1)


@pytest.mark.one_file
async def test_two_writers_of_one_log_decide_again_on_what_the_other_one_did(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers, as over a city's database: none notices the other before it appends."""
    monkeypatch.setattr(Writer, "_look_outside", lambda _writer, _db: None)
    since: list[list[str]] = []
    append = SqliteLog.append

    def noted(
        log: SqliteLog, branch: int, expected: int, seq: int, rows: Rows, *, later: bool
    ) -> int:
        try:
            return append(log, branch, expected, seq, rows, later=later)
        except Moved as moved:
            since.append([each.event.kind for each in moved.since])
            raise

    monkeypatch.setattr(SqliteLog, "append", noted)
    other = await Store.open(tmp_path)
    try:
        await store.transact(1, TOKEN, on(desks.open_counter, "1"))
        both = (store, other)
        labels = [await both[turn % 2].transact(1, TOKEN, take) for turn in range(8)]
        assert since == [["issued"]] * 6, "all but the first of each were decided twice"
        first = await store.transact(1, TOKEN, on(calling.call_next, "1"))
        assert first is not None
        with pytest.raises(Conflict):  # a moment ago it would have called the same one
            await other.transact(1, TOKEN, on(calling.call_next, "1"))
        assert since[6:] == [["issued"], ["called"]]
    finally:
        await other.close()
    assert labels == [f"A{number:03d}" for number in range(1, 9)]
    with closing(connect(tmp_path)) as db:
        assert_replay_is_identical(db, 1)


@pytest.mark.one_file
def test_the_head_tells_up_to_which_event_all_rows_are_written(tmp_path: Path) -> None:
    with closing(connect(tmp_path)) as db:
        configure(db, office())
        batch = BranchBatch(db, 1, OfficeCache())
        seen = []
        for later in (True, True, False):
            with transaction(db):
                take(SqliteTx(batch, TOKEN, NOW))
                batch.write(later=later)
            seen.append(_head(db))
        assert seen == [(2, 1), (3, 1), (4, 4)]


def test_whoever_asks_only_for_the_next_number_folds_no_hall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(connect(tmp_path)) as db:
        configure(db, office())
        run_alone(db, 1, TOKEN, Ids(), take)
        folded = Mock(side_effect=AssertionError("the hall was folded"))
        monkeypatch.setattr("server.storage.branch.load_hall", folded)
        assert SqliteTx(BranchBatch(db, 1, OfficeCache()), TOKEN, NOW).next_seq() == 3


def _head(db: sqlite3.Connection) -> tuple[int, int]:
    seq, rows_seq = db.execute("SELECT seq, rows_seq FROM branches").fetchone()
    return int(seq), int(rows_seq)
