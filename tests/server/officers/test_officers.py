"""Those who serve: a break in time, help without a sound, and a pulse that names nobody."""

from __future__ import annotations

from typing import Any

import pytest

from server.alarms import found, settle
from server.domain import calling, desks, issuing, serving
from server.domain.errors import Conflict, Invalid, Refused
from server.domain.issuing import NewTicket
from server.domain.tx import Actor
from server.officers import breaks, pulse, quiet
from server.storage.queries.officers import QuietCall
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import (
    BUDI,
    CLOCK,
    KIOSK,
    SARI,
    TOKEN,
    Rehearsal,
    assert_replay_is_identical,
    office,
    on,
)

DEWI = Actor("user:dewi", "manager", "Ibu Dewi", person=True)
RINA = Actor("user:rina", "manager", "Ibu Rina", person=True)


def serve(hall: Rehearsal, minutes: float) -> None:
    """Let Sari serve one visitor for so long."""
    hall.do(on(issuing.issue, NewTicket("A")), KIOSK)
    hall.do(on(calling.call_next, "1"), SARI)
    hall.do(on(serving.start, "1"), SARI)
    hall.minutes(minutes)
    hall.do(on(serving.finish, "1"), SARI)


def why(hall: Rehearsal, actor: Actor = SARI) -> tuple[str, int] | None:
    nudge = hall.do(breaks.nudge, actor)
    return None if nudge is None else (nudge.why, nudge.n)


def test_a_break_is_suggested_after_long_cases_in_a_row_and_to_nobody_else() -> None:
    rules = {"long_cases": 3, "long_minutes": 20, "break_after_minutes": 0}
    with Rehearsal(office(officers=rules)) as hall:
        hall.do(on(desks.open_counter, "1"), SARI)
        for minutes in (25, 25, 5, 21, 22):
            serve(hall, minutes)
            assert why(hall) is None
        serve(hall, 20)
        assert why(hall) == ("long", 3)
        assert why(hall, BUDI) is None
        assert why(hall, DEWI) is None
        hall.do(on(desks.take_break, "1", "istirahat", 10), SARI)
        assert why(hall) is None, "who rests is left alone"
        hall.minutes(10)
        hall.do(on(desks.open_counter, "1"), SARI)
        assert why(hall) is None, "and begins anew"


def test_a_break_is_suggested_after_hours_whatever_counter_it_was() -> None:
    rules = {"long_cases": 0, "break_after_minutes": 120}
    with Rehearsal(office(officers=rules)) as hall:
        hall.do(on(desks.open_counter, "1"), SARI)
        hall.minutes(100)
        hall.do(on(desks.close_counter, "1"), SARI)
        hall.minutes(2)
        hall.do(on(desks.open_counter, "2"), SARI)
        hall.minutes(17)
        assert why(hall) is None
        hall.minutes(1)
        assert why(hall) == ("time", 120), "changing counters is no rest"
        hall.do(on(desks.close_counter, "2"), SARI)
        hall.minutes(30)
        hall.do(on(desks.open_counter, "2"), SARI)
        assert why(hall) is None
        hall.minutes(121)
        assert why(hall) == ("time", 121)
    with Rehearsal(office(officers={"long_cases": 0, "break_after_minutes": 0})) as hall:
        hall.do(on(desks.open_counter, "1"), SARI)
        hall.minutes(600)
        assert why(hall) is None, "an office may do without"


def test_nothing_of_a_nudge_is_kept() -> None:
    with Rehearsal(office(officers={"break_after_minutes": 60})) as hall:
        hall.do(on(desks.open_counter, "1"), SARI)
        hall.minutes(61)
        before = hall.dump()
        assert why(hall) == ("time", 61)
        assert hall.dump() == before


def quiet_call(hall: Rehearsal) -> QuietCall:
    hall.do(on(desks.open_counter, "3"), SARI)
    return hall.do(on(quiet.call, "3"), SARI)


def alarms(hall: Rehearsal) -> list[Any]:
    return hall.rows("SELECT rule, subject FROM alarms WHERE rule = 'quiet_call'")


def test_a_quiet_call_raises_the_alarm_at_once_and_stays_until_two_say_it_is_over() -> None:
    with Rehearsal() as hall:
        call = quiet_call(hall)
        assert alarms(hall) == [("quiet_call", "3")]
        assert hall.do(on(quiet.call, "3"), SARI).id == call.id, "held again, it is the same call"
        hall.do(settle, CLOCK)
        assert alarms(hall) == [("quiet_call", "3")], "the watch leaves it on"
        hall.do(on(quiet.going, call.id), DEWI)
        assert hall.do(on(quiet.over, call.id, "salah tekan"), SARI).step == "confirmed"
        assert hall.do(on(quiet.over, call.id, "salah tekan"), SARI).step == "confirmed", (
            "whoever stands before the counter may force the officer to say so"
        )
        assert alarms(hall) == [("quiet_call", "3")]
        ended = hall.do(on(quiet.over, call.id), DEWI)
        assert (ended.step, ended.reason) == ("ended", "salah tekan")
        assert alarms(hall) == []
        assert ("quiet_call", "3") not in hall.do(found, CLOCK)
        assert hall.do(on(quiet.over, call.id), RINA).step == "ended"
        assert hall.do(on(quiet.call, "3"), SARI).id != call.id
        assert_replay_is_identical(hall.db, hall.branches[0])


def test_one_who_directs_the_hall_ends_a_quiet_call_alone_with_a_reason_only() -> None:
    with Rehearsal() as hall:
        call = quiet_call(hall)
        with pytest.raises(Refused):
            hall.do(on(quiet.over, call.id, "tidak apa-apa"), BUDI)
        assert hall.do(on(quiet.over, call.id), DEWI).step == "confirmed"
        assert hall.do(on(quiet.over, call.id), DEWI).step == "confirmed", "still one person"
        assert hall.do(on(quiet.over, call.id, "Pengunjung sudah pulang."), DEWI).step == "ended"
    with Rehearsal() as hall:
        call = quiet_call(hall)
        hall.do(on(quiet.over, call.id), DEWI)
        assert hall.do(on(quiet.over, call.id), RINA).step == "ended"


def test_nobody_calls_quietly_from_anothers_counter_or_where_the_office_does_without() -> None:
    with Rehearsal() as hall:
        hall.do(on(desks.open_counter, "3"), SARI)
        with pytest.raises(Conflict):
            hall.do(on(quiet.call, "3"), BUDI)
    with Rehearsal(office(officers={"quiet_call": False})) as hall:
        hall.do(on(desks.open_counter, "3"), SARI)
        with pytest.raises(Refused):
            hall.do(on(quiet.call, "3"), SARI)


MARKS = {"energy": 1, "support": 4, "respect": 3}


def officer(number: int) -> Actor:
    return Actor(f"user:{number}", "staff", f"Petugas {number}", person=True)


def give(hall: Rehearsal, number: int, **marks: int) -> None:
    hall.do(lambda tx: pulse.answer(tx, MARKS | marks), officer(number))


def told(hall: Rehearsal) -> list[pulse.PulseMonth]:
    return hall.do(pulse.report, DEWI)


def test_the_pulse_is_told_from_five_answers_on_and_only_when_its_month_is_over() -> None:
    with Rehearsal(at="2026-03-02 08:00") as hall:
        for number in range(4):
            give(hall, number)
        hall.now += 40 * 86_400_000
        for number in range(5):
            give(hall, number, energy=4 if number else 1)
        assert told(hall) == [pulse.PulseMonth("2026-03", shown=False, n=None, marks={})]
        hall.now += 30 * 86_400_000
        may, march = told(hall)
        assert (may.n, may.marks["energy"]) == (5, [1, 0, 0, 4])
        assert not march.shown


def test_an_officer_answers_once_a_month_and_managers_and_scripts_not_at_all() -> None:
    with Rehearsal(at="2026-03-02 08:00") as hall:
        assert hall.do(pulse.due, officer(1))
        give(hall, 1)
        assert not hall.do(pulse.due, officer(1))
        with pytest.raises(Conflict):
            give(hall, 1, energy=4)
        for nobody in (DEWI, TOKEN, KIOSK):
            assert not hall.do(pulse.due, nobody)
            with pytest.raises(Refused):
                hall.do(lambda tx: pulse.answer(tx, MARKS), nobody)
        for wrong in ({}, {"energy": 1}, MARKS | {"energy": 5}, MARKS | {"more": 1}):
            with pytest.raises(Invalid):
                hall.do(on(pulse.answer, wrong), officer(2))


def test_no_table_tells_whose_answer_is_whose() -> None:
    """Given in another order by others, the same answers leave the same database."""
    kept = []
    for order in ([(1, 1), (2, 4), (3, 2)], [(3, 1), (1, 2), (2, 4)]):
        with Rehearsal(at="2026-03-02 08:00") as hall:
            before = hall.dump()
            events = hall.kinds()
            for number, energy in order:
                hall.minutes(7)
                give(hall, number, energy=energy)
            assert hall.kinds() == events
            given, sums = (
                hall.rows(f"SELECT * FROM {name}")  # noqa: S608
                for name in ("pulse_given", "pulse_sums")
            )
            kept.append((given, sums))

            def wipe(tx: SqliteTx) -> None:
                tx.aside.execute("DELETE FROM pulse_given")
                tx.aside.execute("DELETE FROM pulse_sums")

            hall.do(wipe, CLOCK)
            assert hall.dump() == before, "nothing else was written"
    assert kept[0] == kept[1]


def test_who_answered_is_forgotten_when_the_month_is_over() -> None:
    with Rehearsal(at="2026-03-02 08:00") as hall:
        give(hall, 1)
        hall.do(pulse.erase, CLOCK)
        assert len(hall.rows("SELECT * FROM pulse_given")) == 1
        hall.now += 40 * 86_400_000
        for _ in range(2):
            hall.do(pulse.erase, CLOCK)
        assert hall.rows("SELECT * FROM pulse_given") == []
        assert len(hall.rows("SELECT * FROM pulse_sums")) == 3
