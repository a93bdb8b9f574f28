"""Roll-ups of months: the figures of their days, out of use when a day was counted again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from server.clock import wall_clock
from server.demo.history import jobs_of, write_history
from server.demo.seed import demo_office, history_plan
from server.domain.tx import Actor
from server.reports.cells import Cell
from server.reports.cube import Cube, Filter
from server.reports.months import due_months, good_months, month_differences, write_month
from server.reports.rollups import differences, write_at_once
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import connect, transaction
from server.storage.transaction import SqliteTx
from tests.server.process import Server
from tests.server.waiting import until

READER = Actor("reader", "system")
SPAN = ("2026-02-16", "2026-04-10")
"""Half of February, all of March, a third of April."""
QUESTIONS: tuple[tuple[str, ...], ...] = (
    (), ("counter",), ("service", "counter"), ("service",), ("priority",), ("day",),
    ("hour",), ("hour", "counter"), ("day", "service", "priority"),
)  # fmt: skip
FILTERS = (
    Filter(), Filter(services=("A", "C")), Filter(counter=3), Filter(priority="priority"),
    Filter(services=("B",), counter=2, priority="regular"), Filter(services=("nothing",)),
)  # fmt: skip

Answers = dict[tuple[Filter, tuple[str, ...]], dict[tuple[object, ...], Cell]]


@pytest.fixture
def past(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A demo office from February to April."""
    with closing(connect(tmp_path)) as db:
        db.execute("INSERT INTO branches (code) VALUES ('mpp')")
        plan = history_plan(demo_office(), [], 3)
        write_history(db, 1, plan, jobs_of(plan, date(2026, 4, 10), 54, 40))
        yield db


def view(db: sqlite3.Connection) -> SqliteTx:
    return SqliteTx(BranchBatch(db, 1, OfficeCache()), READER, wall_clock())


def answers(db: sqlite3.Connection) -> Answers:
    cubes = [(keep, Cube(view(db), *SPAN, keep)) for keep in FILTERS]
    return {
        (keep, parts): {key: cell for key, cell in cube.by(*parts).items() if cell != Cell()}
        for keep, cube in cubes
        for parts in QUESTIONS
    }


def rolled(db: sqlite3.Connection, month: str) -> None:
    with transaction(db):
        write_month(view(db), month)


def test_months_answer_every_question_as_their_days_do(past: sqlite3.Connection) -> None:
    by_days = answers(past)
    assert due_months(view(past)) == ["2026-02", "2026-03", "2026-04"]
    for month in due_months(view(past)):
        rolled(past, month)
        assert month_differences(view(past), month) == []
    assert due_months(view(past)) == []
    assert answers(past) == by_days
    # and March is really read from its month: what is changed there is what is told
    past.execute("UPDATE rollups SET turns = turns + 1000 WHERE grain LIKE 'month-%'")
    changed = answers(past)
    for keep, parts, by_month in (
        (Filter(), ("counter",), True), (Filter(), ("service", "counter"), True),
        (Filter(counter=3), (), True), (Filter(), ("day",), False), (Filter(), ("hour",), False),
    ):  # fmt: skip
        assert (changed[keep, parts] != by_days[keep, parts]) == by_month
    lines = month_differences(view(past), "2026-03")
    assert any("the log says" in str(line) or "differs" in str(line) for line in lines)
    rolled(past, "2026-03")
    assert month_differences(view(past), "2026-03") == []


def test_a_day_that_is_counted_again_takes_its_month_out_of_use(past: sqlite3.Connection) -> None:
    for month in due_months(view(past)):
        rolled(past, month)
    with transaction(past):
        write_at_once(view(past), "2026-03-03")
    assert good_months(view(past)) == ["2026-02", "2026-04"]
    assert due_months(view(past)) == ["2026-03"]
    past.execute("UPDATE days SET changed_seq = 1000000000000 WHERE day = '2026-04-01'")
    assert good_months(view(past)) == ["2026-02"]
    assert due_months(view(past)) == ["2026-03"]  # April waits for its day
    rolled(past, "2026-03")
    assert good_months(view(past)) == ["2026-02", "2026-03"]


def test_a_damaged_histogram_is_told_and_mended(past: sqlite3.Connection) -> None:
    for month in due_months(view(past)):
        rolled(past, month)
    for damage, day, told in (
        (b"\x01\x02\xff", "2026-03", "a histogram differs"),  # the month alone
        (b"torn", "2026-03-03", "a day of it is damaged"),
        (b"\x01\xff\xff\x01\x00\x00\x00", "2026-03-03", "a day of it is damaged"),
    ):
        past.execute("UPDATE rollups SET waits = ? WHERE day = ?", (damage, day))
        assert any(told in str(line) for line in month_differences(view(past), "2026-03"))
        if day != "2026-03":
            found = differences(view(past), day)
            assert any("a histogram differs" in str(line) for line in found)
            with transaction(past):
                write_at_once(view(past), day)
            assert differences(view(past), day) == []
        rolled(past, "2026-03")
        assert month_differences(view(past), "2026-03") == []


async def test_the_server_makes_months_and_doctor_finds_and_mends_a_wrong_one(
    tmp_path: Path,
) -> None:
    with Server(tmp_path / "data") as server:
        server.ramah("demo", "--days", "70", "--per-day", "20")
        server.start()
        made = "SELECT month FROM rollup_months ORDER BY month"
        until(lambda: len(server.query(made)) >= 2, "months are rolled up")
        assert server.ramah("doctor").returncode == 0
        ((first,),) = server.query("SELECT MIN(day) FROM rollup_days")
        with server.database() as db:
            db.execute("UPDATE rollups SET waits = ?", (b"torn",))
        async with server.client("manager", "mpp") as manager:
            answer = await manager.get(f"/api/reports?from={first}")
        assert (answer.status, answer.json["type"]) == (500, "urn:ramah:problem:figures-damaged")
        assert "ramah doctor --repair" in answer.json["detail"]
        assert "Traceback" not in server.stderr()
        server.stop()
        server.ramah("doctor", "--repair")
        assert server.ramah("doctor").returncode == 0
        with closing(sqlite3.connect(tmp_path / "data" / "ramah.db")) as db:
            db.execute("UPDATE rollups SET served = served + 1 WHERE grain = 'month-desk'")
            db.commit()
        told = server.ramah("doctor")
        assert told.returncode == 1
        assert "served is" in told.stdout
        server.ramah("doctor", "--repair")
        assert server.ramah("doctor").returncode == 0
