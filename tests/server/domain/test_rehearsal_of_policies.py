"""A rehearsed day: the same visitors under every policy, and what each policy promises."""

from __future__ import annotations

import pytest

from server.branches import read_office
from server.demo.rehearsal import rehearse, visitors
from server.demo.seed import OFFICE
from server.domain.policies import POLICIES

DAY = visitors(read_office(OFFICE), 300, seed=3)


@pytest.mark.parametrize("policy", POLICIES)
def test_everybody_of_the_day_is_called_under_every_policy(policy: str) -> None:
    waits = rehearse(read_office(OFFICE), DAY, policy)  # type: ignore[arg-type]
    assert sum(group.n for group in waits.values()) == 300
    assert all(0 <= group.p50 <= group.p90 <= group.longest for group in waits.values())


def test_the_same_seed_gives_the_same_day_and_the_same_waits() -> None:
    again = visitors(read_office(OFFICE), 300, seed=3)
    assert again == DAY
    assert rehearse(read_office(OFFICE), again, "fair") == rehearse(
        read_office(OFFICE), DAY, "fair"
    )


def test_strict_priority_is_quicker_for_priority_and_fair_protects_the_others() -> None:
    office = read_office(OFFICE)
    crowded = visitors(office, 420, seed=3)
    fair, strict = rehearse(office, crowded, "fair"), rehearse(office, crowded, "priority")
    assert strict["priority"].p90 <= fair["priority"].p90
    assert fair["priority"].p90 < fair["regular"].p90
