"""A data folder filled by several processes holds what one process makes, or nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.demo import filling
from server.demo.history import Job, Plan, jobs_of
from server.demo.seed import demo_office, history_plan
from server.storage.database import DATABASE, connect
from tests.server.rehearsal import assert_replay_is_identical

STORED = (
    "SELECT day, label, leg, called_at, ended_at, outcome FROM turns ORDER BY day, arrival, leg"
)


def prepare(db: sqlite3.Connection) -> tuple[int, Plan]:
    db.execute("INSERT INTO branches (code) VALUES ('mpp')")
    return 1, history_plan(demo_office(), [], 7)


def jobs(plan: Plan) -> list[Job]:
    return jobs_of(plan, date(2026, 3, 12), 10, 90)


def filled(data: Path, workers: int) -> list[tuple[Any, ...]]:
    told: list[tuple[int, int, int]] = []
    turns = filling.fill(
        data, prepare, jobs, lambda *news: told.append(news), lambda _db, _branch: None, workers
    )
    assert told[-1] == (8, 8, turns)
    with closing(connect(data)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert_replay_is_identical(db, 1)
        rows = db.execute(STORED).fetchall()
    assert len(rows) == turns
    assert {each.name for each in data.iterdir()} == {DATABASE}
    return rows


def test_three_processes_write_the_same_log_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.demo.history.STRIDE", 150)
    for name in ("one", "three"):
        (tmp_path / name).mkdir()
    assert filled(tmp_path / "three", 3) == filled(tmp_path / "one", 1)


def test_a_past_that_was_cut_short_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise SystemExit(1)

    monkeypatch.setattr("server.demo.history.STRIDE", 150)
    monkeypatch.setattr(filling, "write", broken)
    with pytest.raises(filling.Interrupted):
        filling.fill(tmp_path, prepare, jobs, lambda *_: None, lambda _db, _branch: None, 2)
    assert list(tmp_path.iterdir()) == []
