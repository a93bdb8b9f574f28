"""Percentiles from merged buckets are near the exact ones, by the error that is promised."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.reports.histogram import (
    BUCKETS,
    LONGEST,
    MAX_ERROR,
    SHORT_ERROR_MS,
    UNIT_MS,
    bounds_ms,
    bucket_of,
    counts,
    decode,
    encode,
    lane,
    percentiles_s,
)
from tests.server.reports.exact import percentile

durations = st.lists(st.integers(0, LONGEST * UNIT_MS), min_size=1, max_size=200)
SHARES = (0.5, 0.9, 0.95)


def histogram(durations_ms: list[int]) -> int:
    return sum(map(lane, durations_ms))


def test_buckets_follow_each_other_without_gap_or_overlap() -> None:
    end = 0
    for bucket in range(BUCKETS):
        low, high = bounds_ms(bucket)
        assert low == end
        assert bucket_of(low) == bucket_of(high - 1) == bucket
        end = high
    assert bucket_of(10**12) == BUCKETS - 1


@given(durations)
def test_a_percentile_is_as_near_as_promised(values: list[int]) -> None:
    told = percentiles_s(histogram(values), SHARES, max(values))
    for share, near in zip(SHARES, told, strict=True):
        exact = percentile(sorted(values), share)
        assert exact is not None
        assert near is not None
        assert abs(near * 1000 - exact) <= max(exact * MAX_ERROR, SHORT_ERROR_MS)


@given(durations, durations)
def test_merging_is_counting_all_together(some: list[int], others: list[int]) -> None:
    merged = decode(encode(histogram(some))) + decode(encode(histogram(others)))
    assert merged == histogram(some + others)
    assert sum(count for _, count in counts(merged)) == len(some) + len(others)


def test_nothing_has_no_percentile_and_one_value_is_all_of_them() -> None:
    assert percentiles_s(0, SHARES, 0) == [None, None, None]
    assert percentiles_s(histogram([5000]), SHARES, 5000) == [5.0, 5.0, 5.0]
    assert encode(0) == b""
    assert decode(b"") == 0
