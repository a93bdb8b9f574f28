"""Who was sent to one counter never waits for a counter that cannot call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from server.branches import put_in_force
from server.domain import calling, desks, issuing, presence, serving, supervising, visits
from server.domain.errors import Conflict, Invalid, NotFound, Refused
from server.domain.events import Configured
from server.domain.issuing import NewTicket
from server.domain.tx import Actor
from tests.server.rehearsal import BUDI, SARI, Rehearsal, assert_replay_is_identical, office, on

DEWI = Actor("user:dewi", "manager", "Ibu Dewi", person=True)


@pytest.fixture
def hall() -> Iterator[Rehearsal]:
    """Counters 1, 2 and 4 are open, Ibu Sari sits at 2; A001 was sent from 1 to 2, A002 waits."""
    with Rehearsal() as hall:
        hall.do(on(desks.open_counter, "1"))
        hall.do(on(desks.open_counter, "4"))
        hall.do(on(desks.open_counter, "2"), SARI)
        for _ in range(2):
            hall.do(on(issuing.issue, NewTicket("A")))
        hall.do(on(calling.call_next, "1"))
        hall.do(on(serving.transfer, "1", to_counter="2", note="berkas lengkap"))
        yield hall


def next_at(hall: Rehearsal, counter: str) -> str | None:
    called = hall.do(on(calling.call_next, counter))
    return None if called is None else called[0].label


def waits_for(hall: Rehearsal) -> list[tuple[str, str]]:
    """Return who waits for one counter alone, and whether that one can call them."""
    return hall.rows(
        "SELECT turns.label, counters.state FROM turns LEFT JOIN counters "
        "ON counters.id = turns.for_counter WHERE turns.state = 'waiting' AND for_counter <> ''"
    )


def remove_counter_2(hall: Rehearsal) -> None:
    counters = [{"number": number, "services": ["A"]} for number in (1, 4)]
    hall.do(on(put_in_force, Configured(2, office(counters=counters))))


ENDS: list[tuple[str, Callable[[Rehearsal], Any]]] = [
    ("closes", lambda hall: hall.do(on(desks.close_counter, "2"), SARI)),
    ("is closed by the supervisor",
     lambda hall: hall.do(on(desks.close_counter, "2", take_over=True), DEWI)),
    ("goes on a break", lambda hall: hall.do(on(desks.take_break, "2", "salat", 15), SARI)),
    ("offers something else", lambda hall: hall.do(on(desks.offer, "2", ["B"]), SARI)),
    ("is taken over by somebody who offers something else",
     lambda hall: hall.do(on(desks.open_counter, "2", take_over=True, services=["B"]), BUDI)),
    ("is taken out of the settings", remove_counter_2),
]  # fmt: skip


@pytest.mark.parametrize("end", [end for _, end in ENDS], ids=[name for name, _ in ENDS])
def test_when_the_counter_ends_a_colleague_calls_the_visitor_at_the_old_place(
    hall: Rehearsal, end: Callable[[Rehearsal], Any]
) -> None:
    assert waits_for(hall) == [("A001", "open")]
    end(hall)
    assert waits_for(hall) == []
    assert next_at(hall, "4") == "A001"
    assert hall.rows("SELECT note FROM turns WHERE state = 'called'") == [("berkas lengkap",)]
    assert_replay_is_identical(hall.db, hall.branches[0])


def test_who_comes_back_from_a_break_in_time_calls_the_visitor(hall: Rehearsal) -> None:
    hall.do(on(desks.take_break, "2", "sebentar", 5), SARI)
    hall.do(on(desks.open_counter, "2"), SARI)
    assert next_at(hall, "2") == "A001"


def test_a_held_number_that_comes_back_waits_for_nobody_who_left(hall: Rehearsal) -> None:
    assert next_at(hall, "2") == "A001"
    ticket, _ = hall.do(on(serving.hold, "2", "fotokopi", 5))
    hall.do(on(desks.close_counter, "2"), SARI)
    hall.do(on(issuing.come_back, ticket.id))
    assert waits_for(hall) == []
    assert next_at(hall, "4") == "A001"


def test_a_number_that_is_freed_of_a_counter_is_not_kept_for_it(hall: Rehearsal) -> None:
    assert next_at(hall, "2") == "A001"
    hall.do(on(supervising.release, "2", "queue"), DEWI)
    assert next_at(hall, "4") == "A001"


def test_only_the_number_that_is_meant_is_freed(hall: Rehearsal) -> None:
    assert next_at(hall, "2") == "A001"
    ((meant,),) = hall.rows("SELECT id FROM tickets WHERE label = 'A001'")
    hall.do(on(calling.no_show, "2"))
    while True:  # nobody is there; then somebody else
        before = hall.dump()
        with pytest.raises(Conflict, match="A001 is no longer at counter 2"):
            hall.do(on(supervising.release, "2", "queue", meant), DEWI)
        assert hall.dump() == before
        if hall.do(lambda tx: tx.turn_at(tx.office.counter("2").id)) is not None:
            break
        hall.do(on(issuing.issue, NewTicket("A")))
        assert next_at(hall, "2") is not None
    with pytest.raises(NotFound):
        hall.do(on(supervising.release, "2", "queue", "no-such-ticket"), DEWI)


def test_a_removed_counter_is_closed_and_its_person_free(hall: Rehearsal) -> None:
    gone = hall.do(lambda tx: tx.office.counter("2").id)
    remove_counter_2(hall)
    now = hall.do(lambda tx: tx.counters()[gone])
    assert (now.state, now.holder) == ("closed", None)
    assert hall.do(lambda tx: sum(presence.offers(tx).values())) == 2


def test_a_removed_counter_with_a_visitor_finishes_and_keeps_nobody_waiting(
    hall: Rehearsal,
) -> None:
    assert next_at(hall, "2") == "A001"
    hall.do(on(issuing.issue, NewTicket("B")))
    hall.do(on(calling.call_next, "4"))
    hall.do(on(serving.transfer, "4", to_counter="2"))
    gone = hall.do(lambda tx: tx.office.counter("2").id)
    remove_counter_2(hall)
    assert waits_for(hall) == []
    hall.do(on(serving.start, gone))
    assert hall.do(on(serving.finish, gone))[0].label == "A001"


@pytest.mark.parametrize("state", ["never opened", "closed", "break"])
def test_nobody_is_sent_to_a_counter_that_is_not_open(hall: Rehearsal, state: str) -> None:
    if state == "never opened":
        where = "3"
    else:
        where = "2"
        rests = on(desks.take_break, "2", "salat")
        hall.do(rests if state == "break" else on(desks.close_counter, "2"), SARI)
    assert next_at(hall, "1") is not None
    before = hall.dump()
    with pytest.raises(Conflict) as conflict:
        hall.do(on(serving.transfer, "1", to_counter=where))
    assert (conflict.value.slug, conflict.value.field) == ("counter-not-open", "counter")
    assert hall.dump() == before


def test_nobody_is_sent_for_what_the_counter_does_not_offer_now(hall: Rehearsal) -> None:
    hall.do(on(desks.offer, "2", ["B"]), SARI)
    assert next_at(hall, "1") == "A001"
    with pytest.raises(Invalid):
        hall.do(on(serving.transfer, "1", to_service="A", to_counter="2"))
    _, turn = hall.do(on(serving.transfer, "1", to_counter="2"))
    assert turn.service == "B"


def test_a_visit_goes_on_here_only_with_what_is_offered_here(hall: Rehearsal) -> None:
    assert next_at(hall, "1") == "A002"
    hall.do(on(serving.start, "1"))
    with pytest.raises(Invalid) as invalid:
        hall.do(on(visits.add_service, "1", "C", here=True))
    assert invalid.value.field == "here"


def test_a_colleague_may_pull_a_number_back_to_its_line(hall: Rehearsal) -> None:
    ((ticket,),) = hall.rows("SELECT ticket FROM turns WHERE state = 'waiting' AND leg = 2")
    with pytest.raises(Refused):
        hall.do(on(calling.call_ticket, "4", ticket, "coba"))
    hall.do(on(visits.transfer_waiting, ticket, to_service="A"))
    assert next_at(hall, "4") == "A001"
