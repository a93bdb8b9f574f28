"""The end of a business day: everything gets an end, nothing is deleted."""

from __future__ import annotations

from server.domain import calling, desks, issuing, serving, visits
from server.domain.closing import close_past_days, take_back
from server.domain.issuing import NewTicket
from tests.server.rehearsal import CLOCK, SARI, Rehearsal, assert_replay_is_identical, on


def busy_evening(hall: Rehearsal) -> None:
    """Leave one ticket in each open state, and two counters open."""
    for service in "AAAB":
        hall.do(on(issuing.issue, NewTicket(service)))
    hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
    hall.do(lambda tx: desks.open_counter(tx, "2"))
    hall.do(lambda tx: desks.open_counter(tx, "4"))
    hall.do(lambda tx: calling.call_next(tx, "1"))  # A001 is served
    hall.do(lambda tx: serving.start(tx, "1"))
    hall.do(lambda tx: calling.call_next(tx, "2"))  # A002 is called
    hall.do(lambda tx: calling.call_next(tx, "4"))  # A003 rests
    hall.do(lambda tx: serving.hold(tx, "4"))


def states(hall: Rehearsal) -> list[tuple[object, ...]]:
    """Return label, state, outcome and by whom each turn ended."""
    return hall.rows("SELECT label, state, outcome, ended_by FROM turns ORDER BY label")


def test_what_is_left_over_gets_its_end_by_the_clock() -> None:
    with Rehearsal(at="2026-03-02 16:00") as hall:
        busy_evening(hall)
        hall.minutes(8 * 60)
        assert hall.do(close_past_days, CLOCK) == 4
        assert states(hall) == [
            ("A001", "closed", "served", "automatic"),
            ("A002", "closed", "expired", "automatic"),
            ("A003", "expired", "expired", "automatic"),
            ("B001", "expired", "expired", "automatic"),
        ]
        assert_replay_is_identical(hall.db, hall.branches[0])


def test_a_morning_begins_with_nobody_at_a_desk() -> None:
    with Rehearsal(at="2026-03-02 16:00") as hall:
        busy_evening(hall)
        hall.minutes(8 * 60)
        hall.do(close_past_days, CLOCK)
        assert set(hall.rows("SELECT state, holder FROM counters")) == {("closed", None)}
        hall.do(lambda tx: desks.open_counter(tx, "3"), SARI)


def test_in_a_demo_the_counters_stay_open_over_night() -> None:
    with Rehearsal(at="2026-03-02 16:00") as hall:
        busy_evening(hall)
        hall.minutes(8 * 60)
        hall.do(lambda tx: close_past_days(tx, close_counters=False), CLOCK)
        assert set(hall.rows("SELECT state FROM counters")) == {("open",)}
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        assert hall.do(lambda tx: calling.call_next(tx, "1")) is not None


def test_closing_a_day_again_changes_nothing() -> None:
    with Rehearsal(at="2026-03-02 16:00") as hall:
        busy_evening(hall)
        hall.minutes(8 * 60)
        hall.do(close_past_days, CLOCK)
        before = hall.dump()
        assert hall.do(close_past_days, CLOCK) == 0
        assert hall.dump() == before


def test_the_present_day_is_left_alone() -> None:
    with Rehearsal(at="2026-03-02 16:00") as hall:
        busy_evening(hall)
        before = hall.dump()
        assert hall.do(close_past_days, CLOCK) == 0
        assert hall.dump() == before


def test_after_days_without_power_every_day_is_closed_in_order() -> None:
    with Rehearsal(at="2026-03-02 16:00") as hall:
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        hall.minutes(24 * 60)
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        hall.minutes(5 * 24 * 60)
        assert hall.do(close_past_days, CLOCK) == 2
        assert hall.rows("SELECT day FROM days WHERE closed_at IS NOT NULL ORDER BY day") == [
            ("2026-03-02",), ("2026-03-03",),
        ]  # fmt: skip
        assert hall.kinds()[-2:] == ["day_closed", "day_closed"]


def test_a_number_taken_while_the_clock_was_set_back_over_midnight_is_not_forgotten() -> None:
    with Rehearsal(at="2026-03-02 23:59") as hall:
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        hall.minutes(2)
        hall.do(close_past_days, CLOCK)
        hall.minutes(-2)  # the clock is corrected, it is yesterday again
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        hall.minutes(10)
        hall.do(close_past_days, CLOCK)
        assert states(hall) == [
            ("A001", "expired", "expired", "automatic"),
            ("A002", "expired", "expired", "automatic"),
        ]


def test_an_end_is_taken_back_while_somebody_in_service_keeps_the_day_open() -> None:
    """A clock a day ahead at ten: all who waited ended, the day did not; both go on."""
    with Rehearsal(at="2026-03-02 22:30") as hall:
        for _ in range(3):
            hall.do(on(issuing.issue, NewTicket("A")))
        for counter in ("1", "2"):
            hall.do(on(desks.open_counter, counter))
        hall.do(on(calling.call_next, "1"))
        hall.do(on(serving.start, "1"))
        called = hall.do(on(calling.call_next, "2"))
        assert called is not None
        waiting = called[0].id
        hall.do(on(calling.return_to_queue, "2"))
        hall.do(on(visits.transfer_waiting, waiting, to_counter="2"))
        hall.minutes(120)
        assert hall.do(close_past_days, CLOCK) == 2
        assert hall.kinds().count("day_closed") == 0
        taken = hall.do(take_back, SARI)
        assert (taken.days, taken.back) == (["2026-03-02"], ["A002", "A003"])
        # who had been sent to a counter that closed for the night waits for all of them
        hall.do(on(desks.open_counter, "4"))
        called = hall.do(on(calling.call_next, "4"))
        assert called is not None
        assert called[0].label == "A002"
        hall.do(on(serving.finish, "1"))
        assert_replay_is_identical(hall.db, hall.branches[0])
