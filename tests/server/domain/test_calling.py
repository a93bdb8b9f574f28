"""The call: who comes next, repeated, missed, given back."""

from __future__ import annotations

import random

import pytest

from server.domain import calling, desks, issuing, serving, visits
from server.domain.errors import Conflict, Refused
from server.domain.issuing import NewTicket
from server.domain.records import Ticket, Turn
from server.domain.states import Priority, TurnState
from tests.server.rehearsal import (
    BUDI,
    SARI,
    Rehearsal,
    assert_replay_is_identical,
    office,
    on,
)


def waiting(hall: Rehearsal, *services: str, priority: Priority = Priority.REGULAR) -> list[str]:
    """Take a number for each service; return the ids."""
    return [hall.do(on(issuing.issue, NewTicket(each, priority))).ticket.id for each in services]


def opened(hall: Rehearsal, *counters: str) -> None:
    """Open counters."""
    for each in counters:
        hall.do(on(desks.open_counter, each))


def called(hall: Rehearsal, counter: str) -> str | None:
    """Call next; return the label."""
    answer = hall.do(lambda tx: calling.call_next(tx, counter))
    return None if answer is None else answer[0].label


def next_at(hall: Rehearsal, counter: str) -> tuple[Ticket, Turn]:
    """Call the next ticket; somebody must wait."""
    called = hall.do(on(calling.call_next, counter))
    assert called is not None
    return called


def test_a_counter_calls_only_for_the_services_it_offers() -> None:
    with Rehearsal() as hall:
        opened(hall, "1")
        waiting(hall, "B", "C", "A")
        assert called(hall, "1") == "A001"


def test_nobody_waits_and_nothing_is_written() -> None:
    with Rehearsal() as hall:
        opened(hall, "1")
        before = hall.dump()
        assert called(hall, "1") is None
        assert hall.dump() == before


def test_a_closed_counter_calls_nobody() -> None:
    with Rehearsal() as hall:
        waiting(hall, "A")
        with pytest.raises(Conflict) as conflict:
            called(hall, "1")
        assert conflict.value.slug == "counter-not-open"


def test_a_counter_that_still_has_a_ticket_calls_nobody() -> None:
    with Rehearsal() as hall:
        opened(hall, "1")
        waiting(hall, "A", "A")
        called(hall, "1")
        with pytest.raises(Conflict, match="A001") as conflict:
            called(hall, "1")
        assert conflict.value.slug == "counter-busy"


def test_two_counters_in_one_commit_call_two_tickets() -> None:
    with Rehearsal() as hall:
        opened(hall, "1", "2", "4")
        waiting(hall, "A", "A")
        branch = hall.branches[0]
        answers = hall.batch([(branch, SARI, on(calling.call_next, at)) for at in ("1", "2", "4")])
        labels = [None if each is None else each[0].label for each in answers]
        assert labels == ["A001", "A002", None]


def test_the_priority_cap_counts_the_calls_of_all_counters_for_the_same_service() -> None:
    with Rehearsal() as hall:
        opened(hall, "1", "2", "4")
        waiting(hall, "A", "A", "A")
        waiting(hall, "A", "A", priority=Priority.PRIORITY)
        assert [called(hall, each) for each in ("1", "2", "4")] == ["A004", "A001", "A002"]
        hall.do(lambda tx: calling.no_show(tx, "1"))
        assert called(hall, "1") == "A005"


def test_the_cap_starts_anew_each_day() -> None:
    with Rehearsal(at="2026-03-02 23:50") as hall:
        opened(hall, "1")
        waiting(hall, "A", priority=Priority.PRIORITY)
        called(hall, "1")
        hall.do(lambda tx: calling.no_show(tx, "1"))
        hall.minutes(20)
        waiting(hall, "A")
        waiting(hall, "A", priority=Priority.PRIORITY)
        assert called(hall, "1") == "A002"


def test_a_given_ticket_is_called_with_a_reason_that_stays_in_the_log() -> None:
    with Rehearsal() as hall:
        opened(hall, "1")
        _, second = waiting(hall, "A", "A")
        ticket, turn = hall.do(lambda tx: calling.call_ticket(tx, "1", second, "Sakit di tempat."))
        assert (ticket.id, turn.state) == (second, TurnState.CALLED)
        assert hall.rows("SELECT rule, why FROM turns WHERE ticket = ?", second) == [
            ("by-hand", "Sakit di tempat.")
        ]


def test_a_ticket_that_is_being_served_is_not_called_to_another_counter() -> None:
    with Rehearsal() as hall:
        opened(hall, "1", "2")
        (ticket,) = waiting(hall, "A")
        called(hall, "1")
        with pytest.raises(Conflict) as conflict:
            hall.do(lambda tx: calling.call_ticket(tx, "2", ticket, "salah"))
        assert conflict.value.slug == "impossible-transition"


def test_a_ticket_sent_to_one_counter_is_called_there_and_nowhere_else() -> None:
    with Rehearsal() as hall:
        opened(hall, "1", "2", "4")
        (ticket,) = waiting(hall, "A")
        called(hall, "1")
        hall.do(lambda tx: serving.transfer(tx, "1", to_counter="4"))
        assert called(hall, "2") is None
        with pytest.raises(Refused) as refused:
            hall.do(lambda tx: calling.call_ticket(tx, "2", ticket, "coba"))
        assert refused.value.slug == "sent-elsewhere"
        waiting(hall, "A", priority=Priority.PRIORITY)
        assert called(hall, "4") == "A001"


def test_a_repeated_call_counts_and_waits_its_gap_and_has_its_limit() -> None:
    with Rehearsal(office(rules={"max_recalls": 2, "recall_gap_seconds": 10})) as hall:
        opened(hall, "1")
        waiting(hall, "A")
        called(hall, "1")
        hall.do(lambda tx: calling.recall(tx, "1"))
        hall.seconds(9)
        with pytest.raises(Refused, match="1 seconds") as refused:
            hall.do(lambda tx: calling.recall(tx, "1"))
        assert refused.value.slug == "recall-too-soon"
        hall.seconds(1)
        hall.do(lambda tx: calling.recall(tx, "1"))
        hall.seconds(10)
        with pytest.raises(Refused, match="3 times") as refused:
            hall.do(lambda tx: calling.recall(tx, "1"))
        assert refused.value.slug == "recall-limit"
        assert hall.rows("SELECT recalls, calls FROM turns") == [(2, 1)]
        assert hall.rows("SELECT rule FROM calls ORDER BY seq") == [
            ("oldest",), ("recall",), ("recall",),
        ]  # fmt: skip


def test_repeats_are_five_seconds_apart_unless_the_office_says_otherwise() -> None:
    with Rehearsal() as hall:
        opened(hall, "1")
        waiting(hall, "A")
        called(hall, "1")
        hall.do(lambda tx: calling.recall(tx, "1"))
        hall.seconds(4)
        with pytest.raises(Refused, match="1 seconds"):
            hall.do(lambda tx: calling.recall(tx, "1"))
        hall.seconds(1)
        hall.do(lambda tx: calling.recall(tx, "1"))


def test_a_clock_set_back_keeps_nobody_from_repeating_a_call() -> None:
    with Rehearsal() as hall:
        opened(hall, "1")
        waiting(hall, "A")
        called(hall, "1")
        hall.do(lambda tx: calling.recall(tx, "1"))
        hall.minutes(-60)
        hall.do(lambda tx: calling.recall(tx, "1"))


def test_who_is_being_served_is_not_called_again() -> None:
    with Rehearsal() as hall:
        opened(hall, "1")
        waiting(hall, "A")
        called(hall, "1")
        hall.do(lambda tx: serving.start(tx, "1"))
        with pytest.raises(Conflict):
            hall.do(lambda tx: calling.recall(tx, "1"))


def test_a_call_taken_back_gives_the_old_place_in_the_queue() -> None:
    with Rehearsal() as hall:
        opened(hall, "1")
        waiting(hall, "A", "A")
        called(hall, "1")
        hall.do(lambda tx: calling.return_to_queue(tx, "1"))
        assert called(hall, "1") == "A001"
        assert hall.rows("SELECT calls FROM turns WHERE label = 'A001'") == [(2,)]


def test_a_person_cannot_act_at_a_colleagues_counter_but_a_script_can() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        waiting(hall, "A")
        with pytest.raises(Conflict, match="Ibu Sari") as conflict:
            hall.do(lambda tx: calling.call_next(tx, "1"), BUDI)
        assert conflict.value.slug == "counter-taken"
        assert called(hall, "1") == "A001"


def test_calling_is_the_same_whether_the_clock_stepped_back_or_not() -> None:
    with Rehearsal() as hall:
        opened(hall, "1")
        waiting(hall, "A")
        hall.minutes(-5)
        waiting(hall, "A")
        assert called(hall, "1") == "A001"
        (row,) = hall.rows("SELECT first_called_at - eligible_at FROM turns WHERE label = 'A001'")
        assert row[0] < 0, "the clock did step back"
        turn = hall.do(lambda tx: tx.turn_at(tx.office.counter("1").id))
        assert turn is not None
        assert turn.wait_ms == 0


def test_who_was_sent_on_and_kept_the_place_hides_nobody_past_the_limit() -> None:
    """A001 waits anew for B, before B001, who has waited past the limit of an hour."""
    with Rehearsal() as hall:
        opened(hall, "1", "3")
        waiting(hall, "A", "B")
        hall.minutes(65)
        assert called(hall, "1") == "A001"
        hall.do(on(serving.transfer, "1", to_service="B"))
        waiting(hall, "B", priority=Priority.PRIORITY)
        ticket, turn = next_at(hall, "3")
        assert (ticket.label, turn.rule) == ("A001", "over-limit")
        hall.do(on(calling.no_show, "3"))
        ticket, turn = next_at(hall, "3")
        assert (ticket.label, turn.rule) == ("B001", "over-limit")


WAITING_TOO_LONG = """
SELECT turns.label FROM turns JOIN tickets ON tickets.id = turns.ticket
WHERE turns.state = 'waiting' AND turns.priority = 'regular' AND turns.for_counter = ''
    AND turns.service IN ('B', 'C') AND turns.arrival < ? AND tickets.issued_at <= ?
"""


@pytest.mark.parametrize("seed", range(6))
def test_on_a_day_of_transfers_no_later_priority_passes_who_is_past_the_limit(seed: int) -> None:
    dice = random.Random(seed)
    with Rehearsal() as hall:
        opened(hall, "1", "3", "4")
        passed = 0
        for _ in range(120):
            hall.minutes(dice.uniform(0, 3))
            waiting(hall, "A", dice.choice("BBBC"))
            if dice.random() < 0.4:
                waiting(hall, dice.choice("BC"), priority=Priority.PRIORITY)
            if dice.random() < 0.3 and called(hall, "1"):
                to = dice.choice("BC")
                hall.do(on(serving.transfer, "1", to_service=to))
            if dice.random() < 0.8 and (here := hall.do(on(calling.call_next, "3"))):
                _, turn = here
                if turn.rule == "priority-first":
                    limit = hall.now - 60 * 60_000
                    assert hall.rows(WAITING_TOO_LONG, turn.arrival, limit) == []
                passed += turn.rule == "over-limit"
                hall.do(on(calling.no_show, "3"))
        assert passed, "the day is long enough for the limit to matter"


def test_an_appointment_sent_to_another_service_before_its_time_stays_one() -> None:
    with Rehearsal() as hall:
        opened(hall, "3")
        due = hall.now + 30 * 60_000
        placed = hall.do(on(issuing.issue, NewTicket("A", due=due)))
        _, turn = hall.do(on(visits.transfer_waiting, placed.ticket.id, to_service="B"))
        assert (turn.due, turn.eligible_at, turn.wait_ms) == (due, due, None)
        waiting(hall, "B")
        assert hall.do(lambda tx: tx.lines()["B"].booked) == 1
        assert called(hall, "3") == "B001"
        hall.do(on(calling.no_show, "3"))
        waiting(hall, "B")
        hall.minutes(31)
        _, turn = next_at(hall, "3")
        assert (turn.label, turn.rule) == ("A001", "slot")
        assert_replay_is_identical(hall.db, hall.branches[0])
