"""The service itself: start, hold, transfer, finish, and the time it took."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.domain import calling, desks, issuing, serving
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.issuing import NewTicket
from server.domain.states import Outcome, TurnState
from tests.server.rehearsal import Rehearsal, office, on


@pytest.fixture
def hall() -> Iterator[Rehearsal]:
    """A hall with four open counters and one ticket called to counter 2."""
    with Rehearsal() as hall:
        for counter in ("1", "2", "3", "4"):
            hall.do(on(desks.open_counter, counter))
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        hall.minutes(6)
        hall.do(lambda tx: calling.call_next(tx, "2"))
        yield hall


def row(hall: Rehearsal, leg: int = 1) -> dict[str, object]:
    """Return one leg of the ticket."""
    cursor = hall.db.execute("SELECT * FROM turns WHERE leg = ?", (leg,))
    names = [each[0] for each in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def test_walk_and_service_are_measured_apart(hall: Rehearsal) -> None:
    hall.seconds(40)
    hall.do(lambda tx: serving.start(tx, "2"))
    hall.minutes(7)
    _, turn = hall.do(lambda tx: serving.finish(tx, "2", "KTP"))
    assert turn.wait_ms == 6 * 60_000
    assert turn.walk_ms == 40_000
    assert turn.service_ms == 7 * 60_000
    assert (turn.outcome, turn.outcome_code, turn.ended_by) == (Outcome.SERVED, "KTP", "hand")


def test_the_walk_counts_from_the_last_call(hall: Rehearsal) -> None:
    hall.minutes(2)
    hall.do(lambda tx: calling.recall(tx, "2"))
    hall.seconds(15)
    _, turn = hall.do(lambda tx: serving.start(tx, "2"))
    assert turn.walk_ms == 15_000
    assert turn.wait_ms == 6 * 60_000, "the wait ended with the first call"


def test_a_hold_is_left_out_of_the_service_time(hall: Rehearsal) -> None:
    hall.do(lambda tx: serving.start(tx, "2"))
    hall.minutes(3)
    _, held = hall.do(lambda tx: serving.hold(tx, "2", "Fotokopi", 20))
    assert (held.state, held.hold_reason) == (TurnState.HELD, "Fotokopi")
    assert held.hold_until == hall.now + 20 * 60_000
    hall.minutes(25)
    hall.do(lambda tx: issuing.come_back(tx, held.ticket))
    hall.minutes(1)
    hall.do(lambda tx: calling.call_next(tx, "1"))
    hall.do(lambda tx: serving.start(tx, "1"))
    hall.minutes(2)
    _, turn = hall.do(lambda tx: serving.finish(tx, "1"))
    assert turn.service_ms == 5 * 60_000
    assert turn.counter_number == 1
    assert (turn.hold_reason, turn.hold_until) == (None, None)


def test_service_cannot_end_before_it_began(hall: Rehearsal) -> None:
    with pytest.raises(Conflict) as conflict:
        hall.do(lambda tx: serving.finish(tx, "2"))
    assert conflict.value.params["state"] == "called"


def test_a_counter_without_a_ticket_says_so(hall: Rehearsal) -> None:
    with pytest.raises(Conflict, match="Counter 1 has no ticket"):
        hall.do(lambda tx: serving.start(tx, "1"))


def test_the_clock_set_back_during_service_gives_no_negative_time(hall: Rehearsal) -> None:
    hall.do(lambda tx: serving.start(tx, "2"))
    hall.minutes(-10)
    _, turn = hall.do(lambda tx: serving.finish(tx, "2"))
    assert turn.service_ms == 0


def test_a_transfer_ends_one_turn_and_opens_the_next(hall: Rehearsal) -> None:
    hall.do(lambda tx: serving.start(tx, "2"))
    hall.minutes(4)
    ticket, turn = hall.do(lambda tx: serving.transfer(tx, "2", to_service="B", note="lanjut"))
    assert ticket.service == "A"
    assert (turn.leg, turn.service, turn.state) == (2, "B", TurnState.WAITING)
    assert turn.eligible_at == hall.now
    first = row(hall, 1)
    assert (first["outcome"], first["service_ms"]) == ("transferred", 4 * 60_000)
    assert row(hall, 2)["note"] == "lanjut"


def test_who_is_sent_on_does_not_queue_anew(hall: Rehearsal) -> None:
    hall.do(lambda tx: issuing.issue(tx, NewTicket("B")))
    hall.do(lambda tx: serving.transfer(tx, "2", to_service="B"))
    called = hall.do(lambda tx: calling.call_next(tx, "3"))
    assert called is not None
    assert called[0].label == "A001"


def test_where_the_office_wants_it_a_transfer_goes_to_the_end() -> None:
    with Rehearsal(office(rules={"transfer_position": "end"})) as hall:
        hall.do(lambda tx: desks.open_counter(tx, "2"))
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        hall.do(lambda tx: issuing.issue(tx, NewTicket("B")))
        hall.do(lambda tx: calling.call_next(tx, "2"))
        hall.do(lambda tx: serving.transfer(tx, "2", to_service="B"))
        called = hall.do(lambda tx: calling.call_next(tx, "2"))
        assert called is not None
        assert called[0].label == "B001"


@pytest.mark.parametrize(
    ("to", "field"),
    [
        ({}, "service"),
        ({"to_service": "A"}, "service"),
        ({"to_counter": "2"}, "counter"),
        ({"to_service": "C", "to_counter": "1"}, "counter"),
    ],
)
def test_a_transfer_to_nowhere_new_is_refused(
    hall: Rehearsal, to: dict[str, str], field: str
) -> None:
    before = hall.dump()
    with pytest.raises(Invalid) as invalid:
        hall.do(lambda tx: serving.transfer(tx, "2", **to))
    assert invalid.value.field == field
    assert hall.dump() == before


@pytest.mark.parametrize("to", [{"to_service": "X"}, {"to_counter": "9"}])
def test_a_transfer_to_what_is_not_there_is_not_found(hall: Rehearsal, to: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        hall.do(lambda tx: serving.transfer(tx, "2", **to))


def test_a_transfer_to_a_counter_of_other_services_changes_the_service(hall: Rehearsal) -> None:
    _, turn = hall.do(lambda tx: serving.transfer(tx, "2", to_counter="3"))
    assert turn.service == "B"
