"""Ids and tokens: in order, never twice, never guessable."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from server.storage.ids import Ids


@given(st.lists(st.integers(1_700_000_000_000, 1_700_000_000_050), max_size=200))
def test_ids_grow_strictly_also_when_the_clock_steps_back(moments: list[int]) -> None:
    ids = Ids()
    made = [ids.new(each) for each in moments]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_is_a_uuid_of_version_7_that_tells_its_moment() -> None:
    made = uuid.UUID(hex=Ids().new(1_772_409_600_000))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == 1_772_409_600_000


def test_many_ids_within_one_millisecond_stay_in_order() -> None:
    ids = Ids()
    made = [ids.new(1_772_409_600_000) for _ in range(20_000)]
    assert made == sorted(set(made))


def test_a_tracking_token_has_128_bits_that_no_other_has() -> None:
    ids = Ids()
    tokens = {ids.token(1_772_409_600_000) for _ in range(5000)}
    secrets = {each[8:] for each in tokens}
    assert len(secrets) == 5000
    assert {len(each) for each in secrets} == {22}  # 128 bits in base64
