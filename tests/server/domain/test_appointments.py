"""An appointment for later stands in nobody's way, and nobody who has not come is called for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.api.answers import service_answer, ticket_answer
from server.domain import calling, desks, issuing, visits
from server.domain.errors import Invalid, Refused
from server.domain.issuing import NewTicket, Placed
from server.domain.records import Ticket, Turn
from server.reports.totals import totals
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import (
    KIOSK,
    SARI,
    Rehearsal,
    assert_replay_is_identical,
    office,
    on,
    wall,
)

MONDAY = "2026-03-02"
TWO_O_CLOCK = wall(f"{MONDAY} 14:00")
HOURS = {"periods": [
    {"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "12:00"},
    {"days": [1, 2, 3, 4, 5], "opens": "13:00", "closes": "15:00", "last_ticket": "14:30"},
], "closed_dates": ["2026-03-03"]}  # fmt: skip


@pytest.fixture
def hall() -> Iterator[Rehearsal]:
    """Ten past eight: two counters are free, six appointments at two."""
    with Rehearsal(at=f"{MONDAY} 08:10") as hall:
        for counter in ("1", "2"):
            hall.do(on(desks.open_counter, counter), SARI if counter == "1" else KIOSK)
        for _ in range(6):
            booked(hall)
        yield hall
        assert_replay_is_identical(hall.db, hall.branches[0])


def booked(hall: Rehearsal, due: int = TWO_O_CLOCK) -> Placed:
    return hall.do(on(issuing.issue, NewTicket("A", due=due)))


def told(hall: Rehearsal, ticket: Ticket) -> tuple[int, bool, str | None]:
    """Return what the ticket's own answer says: people ahead, "not yet", the time."""

    def ask(tx: SqliteTx) -> tuple[int, bool, str | None]:
        found, turn = issuing.find_ticket(tx, ticket.id)
        answer = ticket_answer(tx, found, turn, public_url="", language="id")
        return answer.ahead, answer.not_yet, answer.due_at

    return hall.do(ask)


def next_called(hall: Rehearsal, counter: str) -> Turn | None:
    found = hall.do(on(calling.call_next, counter))
    return None if found is None else found[1]


def test_who_walks_in_has_nobody_ahead_and_is_called_first(hall: Rehearsal) -> None:
    placed = hall.do(on(issuing.issue, NewTicket("A")), KIOSK)
    assert placed.ahead == 0
    assert placed.estimate is not None
    assert (placed.estimate.low_minutes, placed.estimate.high_minutes) == (0, 0)
    assert told(hall, placed.ticket) == (0, False, None)
    turn = next_called(hall, "1")
    assert turn is not None
    assert turn.label == placed.ticket.label


def test_before_their_time_they_are_counted_apart_from_who_waits(hall: Rehearsal) -> None:
    def counted() -> tuple[int, int, int]:
        service = hall.do(lambda tx: service_answer(tx, tx.office.service("A"), "id"))
        return service.waiting, service.later, hall.do(lambda tx: totals(tx, tx.day)).waiting

    assert counted() == (0, 6, 0)
    hall.do(on(issuing.issue, NewTicket("A")), KIOSK)
    assert counted() == (1, 6, 1)
    hall.now = TWO_O_CLOCK
    assert counted() == (7, 0, 7)


def test_work_that_comes_later_makes_nobodys_wait_longer(hall: Rehearsal) -> None:
    hall.do(on(issuing.issue, NewTicket("B")), KIOSK)
    one = hall.do(on(issuing.issue, NewTicket("B")), KIOSK).estimate
    with Rehearsal(at=f"{MONDAY} 08:10") as without:
        for counter in ("1", "2"):
            without.do(on(desks.open_counter, counter), SARI if counter == "1" else KIOSK)
        without.do(on(issuing.issue, NewTicket("B")), KIOSK)
        assert without.do(on(issuing.issue, NewTicket("B")), KIOSK).estimate == one


def test_nobody_is_called_before_the_time_but_by_hand(hall: Rehearsal) -> None:
    assert next_called(hall, "1") is None
    last = booked(hall)
    assert told(hall, last.ticket)[:2] == (6, True)
    hall.do(on(calling.call_ticket, "1", last.ticket.id, "sudah datang"))
    hall.now = TWO_O_CLOCK - 1
    assert next_called(hall, "2") is None
    hall.now = TWO_O_CLOCK
    turn = next_called(hall, "2")
    assert turn is not None
    assert (turn.label, turn.rule) == ("A001", "slot")


def test_who_is_sent_to_a_colleague_is_expected_there_now(hall: Rehearsal) -> None:
    one = booked(hall)
    hall.do(on(desks.open_counter, "4"))
    hall.do(on(visits.transfer_waiting, one.ticket.id, to_counter="4"))
    turn = next_called(hall, "4")
    assert turn is not None
    assert (turn.ticket, turn.rule) == (one.ticket.id, "sent-here")


def test_missed_before_the_time_one_may_come_back_until_the_grace_after_it(
    hall: Rehearsal,
) -> None:
    one = booked(hall)
    hall.do(on(calling.call_ticket, "1", one.ticket.id, "coba"))
    hall.do(on(calling.no_show, "1"))
    hall.now = TWO_O_CLOCK + 30 * 60_000
    _, turn = hall.do(on(issuing.come_back, one.ticket.id))
    assert turn.state == "waiting"
    hall.do(on(calling.call_ticket, "1", one.ticket.id, "coba"))
    hall.do(on(calling.no_show, "1"))
    hall.now += 31 * 60_000
    with pytest.raises(Refused) as late:
        hall.do(on(issuing.come_back, one.ticket.id))
    assert late.value.slug == "grace-over"


@pytest.mark.parametrize(
    ("day", "time"),
    [(MONDAY, "07:59"), (MONDAY, "12:00"), (MONDAY, "12:59"), (MONDAY, "15:00"), (MONDAY, "23:00"),
     ("2026-03-03", "09:00"), ("2026-03-07", "09:00")],
)  # fmt: skip
def test_outside_the_opening_hours_no_appointment_is_taken(day: str, time: str) -> None:
    services = [{"code": "A", "names": {}, "hours": HOURS}]
    with Rehearsal(
        office(services=services, counters=[{"number": 1, "services": ["A"]}]), at=f"{day} 08:30"
    ) as hall:
        with pytest.raises((Invalid, Refused)):
            booked(hall, wall(f"{day} {time}"))
        if day == MONDAY:
            for inside in ("08:00", "11:59", "13:00", "14:45"):
                booked(hall, wall(f"{day} {inside}"))
