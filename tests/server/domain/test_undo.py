"""Taking back a slip: within ten seconds, only what can be taken back, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from server.domain import calling, desks, issuing, serving, supervising, undo, visits
from server.domain.errors import Conflict, Refused
from server.domain.issuing import NewTicket
from server.domain.states import Priority
from tests.server.rehearsal import Rehearsal, assert_replay_is_identical, on

Act = Callable[[Any], Any]
FROM_CALLED: list[tuple[str, Act]] = [
    ("start", on(serving.start, "1")),
    ("no-show", on(calling.no_show, "1")),
    ("return", on(calling.return_to_queue, "1")),
    ("hold", on(serving.hold, "1", "Fotokopi", 5)),
    ("transfer", on(serving.transfer, "1", to_service="B")),
]
FROM_SERVING: list[tuple[str, Act]] = [
    ("finish", on(serving.finish, "1")),
    ("hold", on(serving.hold, "1", "Fotokopi", 5)),
    ("transfer to a counter", on(serving.transfer, "1", to_counter="2")),
    ("one more service", on(visits.add_service, "1", "B")),
]


@pytest.fixture
def hall() -> Iterator[Rehearsal]:
    """Two open counters, and A001 called to counter 1."""
    with Rehearsal() as hall:
        hall.do(on(desks.open_counter, "1"))
        hall.do(on(desks.open_counter, "2"))
        hall.do(on(issuing.issue, NewTicket("A")))
        hall.minutes(3)
        hall.do(on(calling.call_next, "1"))
        hall.seconds(20)
        yield hall


def here(hall: Rehearsal) -> object:
    """Return the turn at counter 1, as far as time does not change it."""
    counter = hall.do(lambda tx: tx.office.counter("1").id)
    turn = hall.do(lambda tx: tx.turn_at(counter))
    assert turn is not None
    return (turn.label, turn.leg, turn.state, turn.started_at, turn.ended_at, turn.hold_until)


@pytest.mark.parametrize(
    ("serving_first", "act"),
    [(False, act) for _, act in FROM_CALLED] + [(True, act) for _, act in FROM_SERVING],
    ids=[name for name, _ in FROM_CALLED] + [f"serving {name}" for name, _ in FROM_SERVING],
)
def test_for_ten_seconds_a_slip_is_taken_back_as_if_it_had_not_been(
    hall: Rehearsal, act: Act, *, serving_first: bool
) -> None:
    if serving_first:
        hall.do(on(serving.start, "1"))
        hall.minutes(2)
    before = here(hall)
    hall.do(act)
    hall.seconds(10)
    hall.do(on(undo.undo, "1"))
    assert here(hall) == before
    with pytest.raises(Refused, match="nothing to undo"):
        hall.do(on(undo.undo, "1"))
    assert_replay_is_identical(hall.db, hall.branches[0])


def test_a_class_that_was_corrected_meanwhile_stays_corrected(hall: Rehearsal) -> None:
    ticket, _ = hall.do(on(serving.start, "1"))
    hall.do(on(visits.add_service, "1", "B"))
    hall.do(on(visits.change_ticket, ticket.id, priority=Priority.PRIORITY))
    again, turn = hall.do(on(undo.undo, "1"))
    assert (again.priority, turn.priority, turn.service) == ("priority", "priority", "A")
    assert_replay_is_identical(hall.db, hall.branches[0])


def test_after_ten_seconds_it_is_too_late(hall: Rehearsal) -> None:
    hall.do(on(serving.start, "1"))
    hall.seconds(10.001)
    before = hall.dump()
    with pytest.raises(Refused, match="nothing to undo"):
        hall.do(on(undo.undo, "1"))
    assert hall.dump() == before


def test_a_call_was_heard_and_is_not_taken_back(hall: Rehearsal) -> None:
    hall.do(on(calling.recall, "1"))
    with pytest.raises(Refused, match="nothing to undo"):
        hall.do(on(undo.undo, "1"))


def test_who_was_called_elsewhere_since_stays_there(hall: Rehearsal) -> None:
    hall.do(on(calling.return_to_queue, "1"))
    hall.do(on(calling.call_next, "2"))
    with pytest.raises(Refused) as refused:
        hall.do(on(undo.undo, "1"))
    assert refused.value.slug == "moved-on"


def test_a_counter_that_has_called_the_next_one_takes_nothing_back(hall: Rehearsal) -> None:
    hall.do(on(serving.start, "1"))
    hall.do(on(issuing.issue, NewTicket("A")))
    hall.do(on(serving.finish, "1"))
    hall.do(on(calling.call_next, "1"))
    with pytest.raises(Refused):
        hall.do(on(undo.undo, "1"))


def test_a_supervisor_who_frees_a_counter_is_not_undone_at_it(hall: Rehearsal) -> None:
    hall.do(on(serving.start, "1"))
    hall.do(on(supervising.release, "1", "queue"))
    with pytest.raises((Refused, Conflict)):
        hall.do(on(undo.undo, "1"))
    assert hall.rows("SELECT state FROM turns") == [("waiting",)]
