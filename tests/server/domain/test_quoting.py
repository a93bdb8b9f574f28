"""What people are told of a wait that was worked out: in words they use, shortened nowhere."""

from __future__ import annotations

import pytest

from server.domain.estimate import Estimate
from server.domain.foretold import Range
from server.domain.quoting import said


@pytest.mark.parametrize(("low", "high", "told"), [
    (0, 0.2, (0, 1)), (0, 3.1, (0, 4)), (3.4, 6.0, (3, 6)), (3.5, 3.6, (4, 5)),
    (9.6, 9.7, (10, 15)), (10.1, 10.2, (10, 15)), (13.7, 16, (10, 20)), (13.8, 16, (15, 20)),
    (18.7, 20, (15, 20)), (18.8, 18.9, (20, 25)), (58, 61, (55, 65)),
])  # fmt: skip
def test_minutes_are_told_one_by_one_and_then_in_fives(
    low: float, high: float, told: tuple[int, int]
) -> None:
    assert said(Range(low, (low + high) / 2, high)) == Estimate(*told)


def test_the_lower_end_is_hardly_ever_later_than_what_was_worked_out() -> None:
    for tenth in range(2000):
        low = tenth / 10
        told = said(Range(low, low + 20, low + 40))
        assert told.low_minutes - low <= 1.25
        assert low - told.low_minutes < 4
        assert told.high_minutes >= low + 40
