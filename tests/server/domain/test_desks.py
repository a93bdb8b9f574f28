"""The counters as desks: who sits where, open, closed, on a break."""

from __future__ import annotations

import pytest

from server.branches import configure
from server.domain import calling, desks, issuing, serving
from server.domain.errors import Conflict
from server.domain.issuing import NewTicket
from server.domain.states import CounterState
from tests.server.rehearsal import BUDI, SARI, TOKEN, Rehearsal, office, on


def test_opening_a_counter_twice_changes_nothing_and_writes_nothing() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        before = hall.dump()
        assert hall.do(lambda tx: desks.open_counter(tx, "1"), SARI).holder == SARI.id
        assert hall.dump() == before


def test_a_colleague_takes_a_seat_over_only_when_asked_to() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        with pytest.raises(Conflict, match="Ibu Sari"):
            hall.do(lambda tx: desks.open_counter(tx, "1"), BUDI)
        now = hall.do(lambda tx: desks.open_counter(tx, "1", take_over=True), BUDI)
        assert now.holder == BUDI.id
        with pytest.raises(Conflict, match="Bapak Budi"):
            hall.do(lambda tx: calling.call_next(tx, "1"), SARI)


def test_a_person_has_one_seat() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        with pytest.raises(Conflict, match="counter 1") as conflict:
            hall.do(lambda tx: desks.open_counter(tx, "2"), SARI)
        assert conflict.value.slug == "another-seat"
        hall.do(lambda tx: desks.close_counter(tx, "1"), SARI)
        hall.do(lambda tx: desks.open_counter(tx, "2"), SARI)


def test_a_script_may_open_every_counter_without_taking_the_seat() -> None:
    with Rehearsal() as hall:
        for counter in ("1", "2", "3"):
            assert hall.do(on(desks.open_counter, counter), TOKEN).holder is None
        assert hall.do(lambda tx: desks.open_counter(tx, "1"), SARI).holder == SARI.id


def test_a_counter_with_a_ticket_neither_closes_nor_takes_a_break() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"))
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        hall.do(lambda tx: calling.call_next(tx, "1"))
        for act in (desks.close_counter, lambda tx, at: desks.take_break(tx, at, "istirahat")):
            with pytest.raises(Conflict, match="A001") as conflict:
                hall.do(on(act, "1"))
            assert conflict.value.slug == "counter-busy"


def test_on_a_break_the_seat_is_kept_and_nobody_is_called() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        now = hall.do(lambda tx: desks.take_break(tx, "1", "salat"), SARI)
        assert (now.state, now.holder, now.reason) == (CounterState.BREAK, SARI.id, "salat")
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        with pytest.raises(Conflict, match="break"):
            hall.do(lambda tx: calling.call_next(tx, "1"), SARI)
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        assert hall.do(lambda tx: calling.call_next(tx, "1"), SARI) is not None


def test_a_closed_counter_takes_no_break() -> None:
    with Rehearsal() as hall, pytest.raises(Conflict, match="closed"):
        hall.do(lambda tx: desks.take_break(tx, "1", "salat"))


def test_every_session_of_a_counter_is_kept_from_when_to_when() -> None:
    with Rehearsal() as hall:
        start = hall.now
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        hall.minutes(60)
        hall.do(lambda tx: desks.take_break(tx, "1", "salat"), SARI)
        hall.minutes(30)
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        hall.minutes(90)
        hall.do(lambda tx: desks.close_counter(tx, "1"), SARI)
        sessions = hall.rows(
            "SELECT state, reason, (from_at - ?) / 60000, (to_at - from_at) / 60000 "
            "FROM counter_sessions ORDER BY seq",
            start,
        )
        assert sessions == [
            ("open", None, 0, 60), ("break", "salat", 60, 30), ("open", None, 90, 90),
            ("closed", None, 180, None),
        ]  # fmt: skip


def test_pausing_twice_with_the_same_words_writes_nothing() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.pause_service(tx, "A", "rapat"))
        before = hall.dump()
        hall.do(lambda tx: desks.pause_service(tx, "A", "rapat"))
        hall.do(lambda tx: desks.resume_service(tx, "B"))
        assert hall.dump() == before


def test_a_person_whose_counter_was_removed_from_the_settings_can_sit_elsewhere() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        remaining = [{"number": 2, "services": ["A", "B"]}]
        configure(hall.db, office(counters=remaining))
        assert hall.do(lambda tx: desks.open_counter(tx, "2"), SARI).holder == SARI.id


def test_a_ticket_served_at_a_counter_that_was_removed_can_still_be_finished() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"))
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        hall.do(lambda tx: calling.call_next(tx, "1"))
        hall.do(lambda tx: serving.start(tx, "1"))
        gone = hall.rows("SELECT counter FROM turns")[0][0]
        configure(hall.db, office(counters=[{"number": 2, "services": ["A"]}]))
        hall.do(lambda tx: serving.finish(tx, gone))
