"""Alarms begin when a rule is broken, end by themselves, and are written once each."""

from __future__ import annotations

import msgspec

from server.alarms import WATCHER, found, raised, settle
from server.domain import calling, desks, issuing, serving
from server.domain.foretold import Foretold
from server.domain.issuing import NewTicket
from server.plan.foretell import MODEL
from server.reports.totals import totals
from tests.server.rehearsal import KIOSK, Rehearsal, assert_replay_is_identical, office


def test_a_long_wait_and_a_service_without_a_counter_are_told_once_and_cleared() -> None:
    with Rehearsal(office(alarms={"wait_minutes": 20})) as hall:
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")), KIOSK)
        hall.do(settle, WATCHER)
        assert hall.do(raised, WATCHER) == set()
        hall.minutes(6)
        hall.do(settle, WATCHER)
        assert hall.do(raised, WATCHER) == {("nobody", "A")}
        hall.do(lambda tx: desks.open_counter(tx, "1"))
        hall.minutes(15)
        assert hall.do(found, WATCHER) == {("long_wait", "A"): (21, 20)}
        for _ in range(3):
            hall.do(settle, WATCHER)
        assert hall.do(raised, WATCHER) == {("long_wait", "A")}
        hall.do(lambda tx: calling.call_next(tx, "1"))
        hall.do(settle, WATCHER)
        assert hall.do(raised, WATCHER) == set()
        kinds = [kind for kind in hall.kinds() if kind.startswith("alarm")]
        assert kinds == ["alarm_raised", "alarm_cleared", "alarm_raised", "alarm_cleared"]
        assert_replay_is_identical(hall.db, hall.branches[0])


def test_without_a_limit_of_its_own_a_service_may_wait_twice_its_target() -> None:
    with Rehearsal(office(alarms={"nobody_minutes": 0})) as hall:
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")), KIOSK)
        hall.minutes(29)
        assert hall.do(found, WATCHER) == {}
        hall.minutes(1)
        assert hall.do(found, WATCHER) == {("long_wait", "A"): (30, 30)}


def test_who_was_sent_to_one_counter_is_not_forgotten_when_that_counter_closed() -> None:
    with Rehearsal(office(alarms={"wait_minutes": 20, "nobody_minutes": 5})) as hall:
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A")), KIOSK)
        hall.do(lambda tx: desks.open_counter(tx, "1"))
        hall.do(lambda tx: desks.open_counter(tx, "2"))
        hall.do(lambda tx: calling.call_next(tx, "1"))
        hall.do(lambda tx: serving.start(tx, "1"))
        hall.do(lambda tx: serving.transfer(tx, "1", to_counter="2"))
        hall.minutes(21)
        assert hall.do(found, WATCHER) == {("long_wait", "A"): (21, 20)}
        # the visitor is back in the line of A, which the first counter serves
        hall.do(lambda tx: desks.take_break(tx, "2", "salat"))
        assert hall.do(found, WATCHER) == {("long_wait", "A"): (21, 20)}
        hall.do(lambda tx: desks.take_break(tx, "1", "salat"))
        assert hall.do(found, WATCHER) == {("long_wait", "A"): (21, 20), ("nobody", "A"): (21, 5)}


def test_an_appointment_does_not_wait_before_its_time() -> None:
    with Rehearsal(office(alarms={"wait_minutes": 20})) as hall:
        due = hall.now + 60 * 60_000
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A", due=due)))
        hall.minutes(45)
        assert hall.do(found, WATCHER) == {}
        assert hall.do(lambda tx: totals(tx, tx.day)).longest_waiting_s is None
        hall.minutes(25)
        assert hall.do(lambda tx: totals(tx, tx.day)).longest_waiting_s == 600


def test_the_alarm_of_a_model_that_drifts_outlasts_a_start_and_ends_with_a_sound_day() -> None:
    with Rehearsal(office()) as hall:
        branch = hall.branches[0]
        drifted = Foretold(hall.now, 1, MODEL, {}, drift=61)
        hall.store.foretold[branch] = drifted
        hall.do(settle, WATCHER)
        assert hall.do(found, WATCHER) == {("waits", ""): (61, 80)}
        del hall.store.foretold[branch]  # as after a start, until the waits are worked out again
        hall.do(settle, WATCHER)
        assert hall.do(raised, WATCHER) == {("waits", "")}
        hall.store.foretold[branch] = msgspec.structs.replace(drifted, drift=None)
        hall.do(settle, WATCHER)
        assert hall.do(raised, WATCHER) == set()
        kinds = [kind for kind in hall.kinds() if kind.startswith("alarm")]
        assert kinds == ["alarm_raised", "alarm_cleared"]
