"""How a number is written, and that none comes twice a day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import Refused
from server.domain.numbering import label, next_number


def test_a_number_is_its_letter_and_at_least_the_digits_the_office_chose() -> None:
    assert label("A", 7, 3) == "A007"
    assert label("B1", 12, 2) == "B112"


def test_the_thousandth_visitor_keeps_all_digits() -> None:
    assert label("A", 1000, 3) == "A1000"


@given(st.integers(1, 2000), st.integers(1, 6))
def test_two_numbers_of_a_service_never_read_alike(number: int, width: int) -> None:
    assert label("A", number, width) != label("A", number + 1, width)
    assert int(label("A", number, width)[1:]) == number


@given(st.integers(0, 10**6))
def test_without_a_limit_numbers_go_on_one_by_one(last: int) -> None:
    assert next_number(last, 0) == last + 1


def test_the_last_number_of_the_day_is_an_end_and_not_a_way_back_to_one() -> None:
    assert next_number(98, 99) == 99
    with pytest.raises(Refused) as refused:
        next_number(99, 99)
    assert refused.value.slug == "numbers-used-up"
