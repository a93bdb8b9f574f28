"""Shares are told honestly, and a half is rounded as the page's browser rounds it."""

from __future__ import annotations

import pytest

from server.reports.charts import number, percent


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.9996, "99,9%"), (0.99951, "99,9%"), (1.0, "100%"), (0.0, "0%"), (0.0004, "0,1%"),
        (0.000001, "0,1%"), (1 / 16, "6,3%"), (0.5, "50%"),
    ],
)  # fmt: skip
def test_a_share_is_never_everything_below_one_nor_nothing_above_nought(
    share: float, told: str
) -> None:
    assert percent(share, "id") == told


@pytest.mark.parametrize(
    ("value", "told"), [(0.25, "0.3"), (2.5, "2.5"), (6.25, "6.3"), (0.75, "0.8")]
)
def test_a_half_is_rounded_up(value: float, told: str) -> None:
    assert number(value, "en") == told
