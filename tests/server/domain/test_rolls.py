"""A hall with a paper roll and no kiosk: staff just call the next number."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain import calling, desks, issuing, rolls, serving
from server.domain.errors import Conflict, Invalid, NotFound, Refused
from server.domain.issuing import NewTicket
from tests.server.rehearsal import KIOSK, TOKEN, Rehearsal, office, on


def torn(**more: Any) -> Rehearsal:  # noqa: ANN401
    rules = {"numbers": "roll"} | more.pop("rules", {})
    return Rehearsal(office(rules=rules, **more))


def call(hall: Rehearsal, counter: str = "1") -> str:
    """Open the counter if needed, call the next number, serve it, and return its label."""
    hall.do(lambda tx: desks.open_counter(tx, counter))
    called = hall.do(lambda tx: calling.call_next(tx, counter))
    hall.do(lambda tx: serving.start(tx, counter))
    hall.do(lambda tx: serving.finish(tx, counter))
    assert called is not None
    return called[0].label


def test_each_call_takes_the_next_number_of_the_roll_at_whichever_counter() -> None:
    with torn() as hall:
        assert [call(hall, each) for each in ("1", "2", "1", "3")] == [
            "A001", "A002", "A003", "B001",
        ]  # fmt: skip
        assert hall.rows("SELECT DISTINCT channel, state FROM tickets JOIN turns "
                         "ON turns.ticket = tickets.id AND turns.branch = tickets.branch") == [
            ("roll", "done"),
        ]  # fmt: skip
        assert hall.rows("SELECT COUNT(*) FROM print_jobs") == [(0,)]  # the roll is the paper


def test_the_number_that_hangs_on_the_roll_is_told_once_in_the_morning() -> None:
    with torn() as hall:
        hall.do(lambda tx: rolls.begin_at(tx, "A", 45))
        assert [call(hall), call(hall)] == ["A045", "A046"]
        hall.do(lambda tx: rolls.begin_at(tx, "A", 47))  # what comes next anyway changes nothing
        assert call(hall) == "A047"
        for number in (45, 47):
            with pytest.raises(Conflict) as refused:
                hall.do(on(rolls.begin_at, "A", number))
            assert refused.value.slug == "number-called"
        with pytest.raises(Invalid):
            hall.do(lambda tx: rolls.begin_at(tx, "A", 1000))
        with pytest.raises(NotFound):
            hall.do(lambda tx: rolls.begin_at(tx, "Q", 7))
        assert call(hall, "3") == "B001"


def test_who_holds_a_number_is_called_after_closing_too() -> None:
    hours = {"periods": [{"days": [1], "opens": "08:00", "closes": "09:00"}]}
    with torn(hours=hours) as hall:
        hall.minutes(8 * 60)
        assert call(hall) == "A001"


def test_a_number_that_is_put_back_is_called_again_before_the_next() -> None:
    with torn() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"))
        hall.do(lambda tx: calling.call_next(tx, "1"))
        hall.do(lambda tx: calling.return_to_queue(tx, "1"))
        assert [call(hall), call(hall)] == ["A001", "A002"]


def test_numbers_of_a_roll_are_given_by_nobody_else_and_end_with_it() -> None:
    with torn(rules={"number_wrap": 2}) as hall:
        for who in (KIOSK, TOKEN):
            with pytest.raises(Refused) as refused:
                hall.do(lambda tx: issuing.issue(tx, NewTicket("A")), who)
            assert refused.value.slug == "paper-roll"
        assert [call(hall), call(hall)] == ["A001", "A002"]
        with pytest.raises(Refused) as ended:
            call(hall)
        assert ended.value.slug == "numbers-used-up"


def test_without_a_roll_nobody_is_called_when_nobody_waits() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"))
        assert hall.do(lambda tx: calling.call_next(tx, "1")) is None
        with pytest.raises(Conflict):
            hall.do(lambda tx: rolls.begin_at(tx, "A", 7))
