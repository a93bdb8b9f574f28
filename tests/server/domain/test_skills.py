"""What a counter offers now: its services, the person's skills, the supervisor's word."""

from __future__ import annotations

import msgspec
import pytest

from server.domain import desks
from server.domain.errors import Invalid, Refused
from server.domain.tx import Actor
from tests.server.rehearsal import SARI, Rehearsal

ONLY_B = msgspec.structs.replace(SARI, skills=frozenset("B"))
DEWI = Actor("user:dewi", "manager", "Ibu Dewi", person=True)


def test_a_counter_offers_what_it_has_and_the_person_can_serve() -> None:
    with Rehearsal() as hall:
        assert hall.do(lambda tx: desks.open_counter(tx, "2"), ONLY_B).services == ["B"]
        with pytest.raises(Refused) as refused:
            hall.do(lambda tx: desks.open_counter(tx, "1"), msgspec.structs.replace(
                ONLY_B, id="user:budi"))  # fmt: skip
        assert refused.value.slug == "no-skill"


def test_staff_offer_less_and_only_a_supervisor_offers_more() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"), SARI)
        assert hall.do(lambda tx: desks.offer(tx, "4", ["C", "A"]), SARI).services == ["A", "C"]
        hall.do(lambda tx: desks.take_break(tx, "4", "salat", 15), SARI)
        assert hall.do(lambda tx: desks.open_counter(tx, "4"), SARI).services == ["A", "C"]
        with pytest.raises(Invalid):
            hall.do(lambda tx: desks.open_counter(tx, "1", services=["B"]))
        opened = hall.do(lambda tx: desks.open_counter(tx, "1", services=["B"], seat=False), DEWI)
        assert (opened.services, opened.holder) == (["B"], None)


def test_who_sits_down_at_a_counter_that_a_supervisor_opened_offers_what_was_chosen() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1", services=["B", "C"], seat=False), DEWI)
        assert hall.do(lambda tx: desks.open_counter(tx, "1"), SARI).services == ["B", "C"]


def test_what_was_chosen_is_offered_as_far_as_the_person_can_serve_it() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4", services=["B", "C"], seat=False), DEWI)
        assert hall.do(lambda tx: desks.open_counter(tx, "4"), ONLY_B).services == ["B"]
        hall.do(lambda tx: desks.close_counter(tx, "4"), ONLY_B)
        hall.do(lambda tx: desks.open_counter(tx, "4", services=["C"], seat=False), DEWI)
        assert hall.do(lambda tx: desks.open_counter(tx, "4"), ONLY_B).services == ["B"]
