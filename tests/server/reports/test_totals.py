"""Percentiles by nearest rank, as docs/kpi.md promises."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.records import Turn
from server.domain.states import Priority, TurnState
from server.storage.database import migrate
from tests.server.reports.exact import percentile


@pytest.mark.parametrize(
    ("values", "share", "result"),
    [
        ([], 0.5, None),
        ([7], 0.5, 7),
        ([7], 0.9, 7),
        ([1, 2], 0.5, 1),
        ([1, 2, 3, 4], 0.5, 2),
        ([1, 2, 3, 4, 5], 0.5, 3),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, 9),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 0.9, 10),
        ([15, 20, 35, 40, 50], 0.4, 20),
    ],
)
def test_a_percentile_is_a_value_that_occurred(
    values: list[float], share: float, result: float | None
) -> None:
    assert percentile(values, share) == result


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=200), st.sampled_from([0.5, 0.9]))
def test_the_share_of_visitors_at_or_below_it_is_at_least_the_one_asked_for(
    values: list[int], share: float
) -> None:
    ordered = sorted(values)
    found = percentile(ordered, share)
    assert found in values
    below = [each for each in ordered if each < found]
    up_to = [each for each in ordered if each <= found]
    assert len(up_to) >= share * len(ordered) - 1e-9
    assert len(below) < share * len(ordered) + 1e-9


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(*[st.none() | st.integers(0, 10**7)] * 3), min_size=1, max_size=20),
    st.integers(0, 10**7),
)
def test_tables_and_rules_mean_the_same_by_a_wait_and_by_a_service(
    turns_now: list[tuple[int | None, int | None, int | None]], eligible: int
) -> None:
    """``turns.wait_ms`` and ``served_ms`` are said in SQL and in ``Turn``: nowhere else."""
    with closing(sqlite3.connect(":memory:")) as db:
        migrate(db)
        db.execute("PRAGMA foreign_keys = OFF")
        for leg, (called, started, ended) in enumerate(turns_now):
            turn = Turn(
                "t", leg, "2026-03-02", "A001", "A", Priority.REGULAR, TurnState.DONE, 1, 1,
                eligible,
                first_called_at=called, started_at=started, ended_at=ended, service_ms=leg * 1000,
            )  # fmt: skip
            row = msgspec.structs.asdict(turn) | {"branch": 1}
            names = ", ".join(row)
            places = ", ".join(f":{name}" for name in row)
            db.execute(f"INSERT INTO turns ({names}) VALUES ({places})", row)  # noqa: S608
            (told,) = db.execute("SELECT wait_ms, served_ms FROM turns WHERE leg = ?", (leg,))
            assert told == (turn.wait_ms, turn.served_ms)
