"""Percentiles by nearest rank, as docs/kpi.md promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
