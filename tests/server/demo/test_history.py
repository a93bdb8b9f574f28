"""A made-up past is played by the real commands, and whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.demo.history import (
    Plan,
    count_checks,
    enlarged,
    fill,
    jobs_of,
    working_days,
    write_history,
)
from server.demo.memory import MemoryStage
from server.demo.seed import demo_office, history_plan
from server.demo.simulator import Day
from server.domain.calling import call_next
from server.domain.closing import close_past_days
from server.domain.desks import open_counter
from server.domain.issuing import NewTicket, issue
from server.reports.rollups import differences, due
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import DATABASE, connect, transaction
from server.storage.history import envelopes
from server.storage.queries import comfort
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import TOKEN, assert_replay_is_identical, wall


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Eight working days of the demo hall, in a database of their own."""
    with closing(connect(tmp_path_factory.mktemp("past"))) as db:
        db.execute("INSERT INTO branches (code) VALUES ('mpp')")
        plan = history_plan(demo_office(), [], 7)
        write_history(db, 1, plan, jobs_of(plan, date(2026, 3, 12), 10, 90))
        count_checks(db, 1)
        yield db


def test_the_log_alone_gives_the_same_rows(past: Any) -> None:  # noqa: ANN401
    assert_replay_is_identical(past, 1)


def test_a_made_up_day_has_every_kind_of_thing_that_happens_in_a_hall(past: Any) -> None:  # noqa: ANN401
    kinds = {each.event.kind for each in envelopes(past, 1, 0, 2**60)}
    assert kinds >= {
        "issued", "called", "recalled", "started", "finished", "held", "no_show", "returned",
        "transferred", "cancelled", "counter_changed", "day_closed",
    }  # fmt: skip


def test_in_a_past_the_hall_was_looked_after_and_two_faults_are_left_for_today(past: Any) -> None:  # noqa: ANN401
    places = {each.code for each in demo_office().comfort.places}
    days = comfort.past_days(past, 1, "2026-01-01", "2026-03-12")
    assert len(days) == 8 * len(places)
    assert {each.place for each in days} == places
    assert sum(each.due for each in days) > sum(each.done for each in days) > 0
    assert sorted(each.state for each in comfort.open_faults(past, 1)) == ["open", "working"]
    assert comfort.mended(past, 1, "2026-01-01", 0)


def test_the_roll_ups_of_a_past_are_those_counted_from_its_log(past: Any) -> None:  # noqa: ANN401
    tx = SqliteTx(BranchBatch(past, 1, OfficeCache()), TOKEN, wall("2026-03-13 08:00"))
    days = [day for (day,) in past.execute("SELECT day FROM rollup_days")]
    assert len(days) == 8
    assert due(tx) == []
    assert [differences(tx, day) for day in days] == [[]] * 8


def test_a_past_leaves_nothing_open_and_every_day_rolled_up(past: Any) -> None:  # noqa: ANN401
    open_turns = (
        "SELECT COUNT(*) FROM turns WHERE state IN ('waiting', 'held', 'called', 'serving')"
    )
    assert past.execute(open_turns).fetchone() == (0,)
    assert past.execute("SELECT COUNT(*) FROM days WHERE closed_at IS NULL").fetchone() == (0,)
    assert past.execute("SELECT COUNT(*) FROM rollup_days").fetchone() == (8,)


def test_a_branch_with_a_past_goes_on_with_the_commands(past: Any, tmp_path: Path) -> None:  # noqa: ANN401
    past.execute("VACUUM INTO ?", (str(tmp_path / DATABASE),))
    with closing(connect(tmp_path)) as db:

        def do(at: str, command: Callable[[SqliteTx], Any]) -> Any:  # noqa: ANN401
            with transaction(db):
                batch = BranchBatch(db, 1, OfficeCache())
                result = command(SqliteTx(batch, TOKEN, wall(at)))
                batch.write()
            return result

        do("2026-03-13 08:00", lambda tx: open_counter(tx, "1"))
        placed = do("2026-03-13 08:01", lambda tx: issue(tx, NewTicket("A")))
        assert placed.ticket.label == "A001"
        assert do("2026-03-13 08:02", lambda tx: call_next(tx, "1")) is not None
        do("2026-03-14 00:01", close_past_days)
        assert_replay_is_identical(db, 1)


def test_the_same_seed_tells_the_same_story_and_another_one_another() -> None:
    def times(seed: int) -> list[int]:
        office = demo_office()
        stage = MemoryStage(office)
        Day(office, "2026-03-03", 40, str(seed), stage, {}).play(to_the_end=False)
        return [each.ticket.issued_at for each in stage.hall.visits.values()]

    assert len(times(1)) == 40
    assert times(1) == times(1)
    assert times(1) != times(2)


def test_two_demos_of_the_same_seed_fit_into_one_city(past: Any, tmp_path: Path) -> None:  # noqa: ANN401
    with closing(connect(tmp_path)) as db:
        db.execute("INSERT INTO branches (code) VALUES ('mpp')")
        plan = history_plan(demo_office(), [], 7)
        write_history(db, 1, plan, jobs_of(plan, date(2026, 3, 12), 2, 90))
        for table in ("tickets", "comfort_checks", "comfort_faults"):
            there, here = ({row[0] for row in each.execute(f"SELECT id FROM {table}")}  # noqa: S608
                           for each in (past, db))  # fmt: skip
            assert here, table
            assert not here & there, table


def test_a_past_that_was_cut_short_leaves_nothing(tmp_path: Path) -> None:
    def prepare(db: sqlite3.Connection) -> tuple[int, Plan]:
        db.execute("INSERT INTO branches (code) VALUES ('mpp')")
        return 1, history_plan(demo_office(), [], 7)

    def stop(done: int, _days: int, _turns: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(
            tmp_path, prepare, lambda plan: jobs_of(plan, date(2026, 3, 12), 10, 40), stop,
            lambda _db, _branch: None,
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_one_left_goes_with_the_next(tmp_path: Path) -> None:
    (tmp_path / "unfinished-killed").mkdir()
    (tmp_path / "unfinished-killed" / DATABASE).touch()

    def prepare(db: sqlite3.Connection) -> tuple[int, Plan]:
        db.execute("INSERT INTO branches (code) VALUES ('mpp')")
        return 1, history_plan(demo_office(), [], 7)

    turns = fill(
        tmp_path, prepare, lambda plan: jobs_of(plan, date(2026, 3, 12), 1, 5),
        lambda _done, _days, _turns: None, lambda _db, _branch: None,
    )  # fmt: skip
    assert turns > 0
    assert [each.name for each in tmp_path.iterdir()] == [DATABASE]


def test_a_past_rests_on_weekends_and_holidays() -> None:
    days = working_days(date(2026, 3, 25), 9)
    assert [day.isoformat() for day in days] == ["2026-03-17", "2026-03-25"]


def test_many_visitors_get_many_counters() -> None:
    office = demo_office()
    assert enlarged(office, 225) is office
    assert len(enlarged(office, 1000).counters) == 48
