"""The wait range that visitors are told: honest, or not told at all."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from server.domain.estimate import Estimate, estimate_wait
from server.domain.office import Service

A = Service(code="A", names={"id": "Kependudukan"}, typical_minutes=7, spread=0.8)


def test_nothing_is_told_when_no_counter_is_open() -> None:
    assert estimate_wait(A, ahead=4, work={"A": 28}, offers={}) is None


def test_nothing_is_told_when_the_open_counters_serve_only_others() -> None:
    assert estimate_wait(A, ahead=4, work={"A": 28}, offers={("B",): 2, ("C", "D"): 1}) is None


def test_with_nobody_ahead_the_visitor_is_told_at_once() -> None:
    assert estimate_wait(A, ahead=0, work={}, offers={("A",): 1}) == Estimate(0, 0)


def test_the_range_is_what_one_works_out_by_hand() -> None:
    """Four ahead at three counters of their own, seven minutes each, spread 0.8.

    Middle: 4 * 7 / 3 = 9.3 minutes, told as 9. Late: 9.33 + 0.8416 * 2 * 7 * 0.8 / 3 = 12.5,
    told as 15 (steps of five beyond ten).
    """
    told = estimate_wait(A, ahead=4, work={"A": 28}, offers={("A",): 3})
    assert told == Estimate(9, 15)


def test_a_shared_counter_counts_for_its_share_of_the_work_that_waits() -> None:
    """One counter for A and D: 14 + 7 minutes of A and 21 of D wait, so half of it is A's.

    Two ahead: 2 * 7 / 0.5 = 28, told as 25. Late: 28 + 0.8416 * 1.414 * 7 * 0.8 / 0.5 = 41.3,
    told as 45.
    """
    told = estimate_wait(A, ahead=2, work={"A": 14, "D": 21}, offers={("A", "D"): 1})
    assert told == Estimate(25, 45)


people = st.integers(0, 300)
minutes = st.floats(0.5, 60)
counters = st.integers(1, 20)


@given(people, st.integers(1, 50), minutes, counters, st.floats(0, 300))
def test_more_people_ahead_never_make_the_wait_shorter(
    ahead: int, more: int, typical: float, open_counters: int, other: float
) -> None:
    service = msgspec.structs.replace(A, typical_minutes=typical)
    offers = {("A",): open_counters, ("A", "B"): 1}

    def told(people_ahead: int) -> Estimate:
        work = {"A": people_ahead * typical, "B": other}
        estimate = estimate_wait(service, people_ahead, work, offers)
        assert estimate is not None
        return estimate

    few, many = told(ahead), told(ahead + more)
    assert many.low_minutes >= few.low_minutes
    assert many.high_minutes >= few.high_minutes


@given(people, minutes, st.floats(0, 5), counters)
def test_the_range_is_whole_minutes_and_never_upside_down(
    ahead: int, typical: float, spread: float, open_counters: int
) -> None:
    service = msgspec.structs.replace(A, typical_minutes=typical, spread=spread)
    told = estimate_wait(service, ahead, {"A": ahead * typical}, {("A",): open_counters})
    assert told is not None
    assert 0 <= told.low_minutes <= told.high_minutes
    if ahead:
        assert told.low_minutes < told.high_minutes, "a single figure is a promise"


@given(st.integers(1, 300), minutes, counters)
def test_the_middle_of_the_wait_lies_within_the_range(
    ahead: int, typical: float, open_counters: int
) -> None:
    service = msgspec.structs.replace(A, typical_minutes=typical)
    told = estimate_wait(service, ahead, {"A": ahead * typical}, {("A",): open_counters})
    assert told is not None
    assert told.low_minutes <= ahead * typical / open_counters <= told.high_minutes


@given(st.integers(1, 100), counters)
def test_another_open_counter_never_makes_the_wait_longer(ahead: int, open_counters: int) -> None:
    work = {"A": ahead * A.typical_minutes}
    few = estimate_wait(A, ahead, work, {("A",): open_counters})
    more = estimate_wait(A, ahead, work, {("A",): open_counters + 1})
    assert few is not None
    assert more is not None
    assert more.high_minutes <= few.high_minutes
