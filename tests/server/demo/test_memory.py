"""A day thought through under every rule: the same visitors, and what each rule promises."""

from __future__ import annotations

import pytest

from server.demo.memory import waits_under
from server.demo.seed import demo_office
from server.domain.policies import POLICIES, PolicyName


@pytest.mark.parametrize("policy", POLICIES)
def test_everybody_of_the_day_is_called_under_every_policy(policy: PolicyName) -> None:
    waits = waits_under(demo_office(), policy, 300, 3)
    assert sum(group.n for group in waits.values()) == 300
    assert all(0 <= group.p50 <= group.p90 <= group.longest for group in waits.values())


def test_the_same_seed_gives_the_same_waits() -> None:
    assert waits_under(demo_office(), "fair", 300, 3) == waits_under(demo_office(), "fair", 300, 3)


def test_strict_priority_is_quicker_for_priority_and_fair_protects_the_others() -> None:
    fair = waits_under(demo_office(), "fair", 420, 3)
    strict = waits_under(demo_office(), "priority", 420, 3)
    assert strict["priority"].p90 <= fair["priority"].p90
    assert fair["priority"].p90 < fair["regular"].p90
