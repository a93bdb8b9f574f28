"""A clock that jumps ends no day, and nobody in the hall loses anything by it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.alarms import WATCHER, found
from server.clock import HOLD_MS, Clock
from server.comfort.photos import Photos
from server.domain import calling, desks, issuing, serving
from server.domain.closing import GOES_ON_MS, close_past_days, take_back
from server.domain.errors import Conflict
from server.domain.issuing import NewTicket
from server.housekeeping import Housekeeping
from server.reports.rollups import differences, due, write_at_once
from server.timekeeping import let_jump_count
from tests.server.rehearsal import (
    CLOCK,
    KIOSK,
    SARI,
    Rehearsal,
    assert_replay_is_identical,
    office,
    on,
    wall,
)

DAY, NEXT = "2026-03-02", "2026-03-03"
HOUR, MINUTE = 3_600_000, 60_000
A = NewTicket("A")


@dataclass
class Machine:
    """A machine with a wall clock that anybody can set and a steady one that nobody can."""

    wall: int = wall(f"{DAY} 10:00")
    steady: int = 7_000

    def pass_by(self, ms: int) -> None:
        self.wall += ms
        self.steady += ms

    def clock(self, last: int | None = None) -> Clock:
        clock = Clock(lambda: self.wall, lambda: self.steady)
        clock.begin(last)
        return clock


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.mark.parametrize("jump", [24 * HOUR, -24 * HOUR, HOUR, -HOUR, 14 * 365 * 24 * HOUR])
def test_a_jump_counts_only_after_it_has_held(machine: Machine, jump: int) -> None:
    clock = machine.clock()
    before = clock()
    machine.wall += jump
    machine.pass_by(17_000)
    assert clock() == before + 17_000
    assert not clock.sure()
    assert clock.step() == 0
    machine.pass_by(HOLD_MS)
    assert clock() == before + 17_000 + HOLD_MS
    assert clock.step() == jump
    assert clock() == machine.wall
    assert clock.sure()


def test_a_jump_that_was_taken_back_never_counted(machine: Machine) -> None:
    clock = machine.clock()
    machine.wall += 24 * HOUR
    clock()
    machine.pass_by(HOLD_MS - 1)
    clock()
    machine.wall -= 24 * HOUR
    assert clock() == machine.wall
    assert clock.sure()
    machine.pass_by(HOLD_MS)
    assert clock.step() == 0


def test_a_clock_that_jumps_about_has_to_hold_anew_each_time(machine: Machine) -> None:
    clock = machine.clock()
    for _ in range(6):
        machine.wall += 5 * HOUR
        clock()
        machine.pass_by(HOLD_MS // 2)
        assert clock.step() == 0


def test_corrections_of_seconds_are_followed_at_once(machine: Machine) -> None:
    clock = machine.clock()
    for by in (900, -2_500, 30_000):
        machine.wall += by
        assert clock() == machine.wall
        assert clock.sure()


def test_a_person_may_say_that_the_new_time_is_right(machine: Machine) -> None:
    clock = machine.clock()
    machine.wall += 24 * HOUR
    jump = clock.jump()
    assert jump is not None
    assert (jump.by_ms, jump.counts_in_ms) == (24 * HOUR, HOLD_MS)
    assert clock.step(anyway=True) == 24 * HOUR
    assert clock() == machine.wall


@pytest.mark.parametrize("off", [-24 * HOUR, -2 * HOUR, 14 * 365 * 24 * HOUR, 5 * 24 * HOUR])
def test_a_start_long_before_or_after_the_last_event_goes_on_from_there(
    machine: Machine, off: int
) -> None:
    last = machine.wall
    machine.wall += off
    clock = machine.clock(last)
    assert clock() == last
    assert not clock.sure()
    machine.pass_by(HOLD_MS)
    assert clock.step() == off
    assert clock() == machine.wall


def test_the_morning_after_has_todays_date_at_once_but_ends_no_day_before_it_held(
    machine: Machine,
) -> None:
    last = machine.wall
    machine.wall += 15 * HOUR
    clock = machine.clock(last)
    assert clock() == machine.wall
    assert not clock.sure()
    machine.pass_by(HOLD_MS)
    assert clock.sure()


class Jumping(Rehearsal):
    """A hall on a machine whose clock jumps."""

    def __init__(self) -> None:
        self.machine = Machine()
        super().__init__(at=f"{DAY} 10:00")
        self.store.clock = self.machine.clock()
        self.keeper = Housekeeping(
            self.store, None, Photos(self.data), close_counters=True  # type: ignore[arg-type]
        )  # fmt: skip

    def jumps(self) -> None:
        """See whether a jump counts by now."""
        self._runner.run(let_jump_count(self.store))

    def tidy(self) -> None:
        """Do what the clock does four times a minute."""
        self.jumps()
        for branch in self.branches:
            self.do(self.keeper._tidy, CLOCK, branch)  # noqa: SLF001


@pytest.fixture
def hall() -> Iterator[Jumping]:
    with Jumping() as hall:
        yield hall
        assert_replay_is_identical(hall.db, hall.branches[0])


def states(hall: Rehearsal) -> dict[str, str]:
    return dict(hall.rows("SELECT label, state FROM turns ORDER BY label"))


def test_a_day_ahead_for_seconds_ends_nothing_and_gives_no_number_twice(hall: Jumping) -> None:
    hall.do(on(desks.open_counter, "1"))
    hall.do(on(issuing.issue, A), KIOSK)
    hall.machine.wall += 24 * HOUR
    hall.machine.pass_by(17_000)
    hall.tidy()
    assert hall.do(on(issuing.issue, A), KIOSK).ticket.label == "A002"
    hall.machine.wall -= 24 * HOUR
    hall.tidy()
    assert states(hall) == {"A001": "waiting", "A002": "waiting"}
    assert hall.do(on(calling.call_next, "1")) is not None
    assert "day_closed" not in hall.kinds()


def test_a_jump_that_held_takes_waits_grace_and_logins_along(hall: Jumping) -> None:
    hall.do(on(desks.open_counter, "1"))
    missed = hall.do(on(issuing.issue, A), KIOSK).ticket
    hall.do(on(calling.call_next, "1"))
    hall.do(on(calling.no_show, "1"))
    hall.do(on(issuing.issue, A), KIOSK)
    hall.db.execute(
        "INSERT INTO users (id, branch, login, name, role, password, created_at) "
        "VALUES ('u', 1, 'u', 'U', 'staff', '', 0)"
    )
    hall.db.execute(
        "INSERT INTO sessions (hash, user, expires_at) VALUES ('s', 'u', ?)",
        (hall.machine.wall + HOUR,),
    )
    hall.machine.wall += 3 * HOUR
    hall.tidy()
    hall.machine.pass_by(HOLD_MS)
    hall.tidy()
    assert "clock_set" in hall.kinds()
    (expires,) = hall.rows("SELECT expires_at FROM sessions")[0]
    assert expires == hall.machine.wall + HOUR - HOLD_MS
    hall.do(on(issuing.come_back, missed.id))
    hall.do(on(calling.call_next, "1"))
    hall.do(on(calling.no_show, "1"))
    second = hall.do(on(calling.call_next, "1"))
    assert second is not None
    assert (second[0].label, second[1].wait_ms) == ("A002", HOLD_MS)


def test_a_jump_takes_logins_along_also_where_no_hall_is_ruled(hall: Jumping) -> None:
    """As on the server of a city whose offices have servers of their own."""
    with hall.db:
        hall.db.execute("INSERT INTO boxes (branch) VALUES (1)")
        hall.db.execute(
            "INSERT INTO users (id, branch, login, name, role, password, created_at) "
            "VALUES ('u', 1, 'u', 'U', 'city', '', 0)"
        )
        hall.db.execute(
            "INSERT INTO sessions (hash, user, expires_at) VALUES ('s', 'u', ?)",
            (hall.machine.wall + HOUR,),
        )
    for jump in (24 * HOUR, -2 * HOUR):
        before = hall.rows("SELECT expires_at FROM sessions")[0][0]
        hall.machine.wall += jump
        hall.jumps()
        hall.machine.pass_by(HOLD_MS)
        hall.jumps()
        assert hall.rows("SELECT expires_at FROM sessions")[0][0] == before + jump
    assert "clock_set" not in hall.kinds(), "the office's own server says what its clock did"


def test_the_first_visitors_of_a_box_that_began_with_yesterdays_time_stay_in_line(
    hall: Jumping,
) -> None:
    hall.do(on(issuing.issue, A), KIOSK)  # was left over when the power went
    hall.machine.pass_by(20 * MINUTE)
    hall.store.clock = hall.machine.clock(hall.machine.wall)
    hall.do(on(desks.open_counter, "1"))
    for _ in range(3):
        hall.machine.pass_by(MINUTE)
        hall.do(on(issuing.issue, A), KIOSK)
    hall.do(on(calling.call_next, "1"))  # whoever it is
    hall.machine.wall += 20 * HOUR  # the time server is found
    hall.tidy()
    hall.machine.pass_by(HOLD_MS)
    hall.tidy()
    assert states(hall) == {
        "A001": "called", "A002": "waiting", "A003": "waiting", "A004": "waiting",
    }  # fmt: skip
    assert hall.do(on(issuing.issue, A), KIOSK).ticket.label == "A005"
    hall.do(on(calling.no_show, "1"))
    second = hall.do(on(calling.call_next, "1"))
    assert second is not None
    assert (second[0].label, second[1].day, second[1].wait_ms) == (
        "A002", NEXT, 2 * MINUTE + HOLD_MS,
    )  # fmt: skip
    for day in hall.do(due, CLOCK):
        hall.do(on(write_at_once, day), CLOCK)
        assert hall.do(on(differences, day), CLOCK) == []


@pytest.mark.parametrize("ahead", [11 * HOUR, -2 * HOUR])
def test_who_came_before_a_power_cut_keeps_the_times_of_the_right_clock(
    hall: Jumping, ahead: int
) -> None:
    hall.do(on(desks.open_counter, "1"))
    hall.do(on(issuing.issue, A), KIOSK)
    began = hall.rows("SELECT since FROM counters WHERE since > 0")
    hall.machine.pass_by(10 * MINUTE)
    last = hall.machine.wall
    hall.do(on(issuing.issue, A), KIOSK)
    hall.machine.wall += 5 * MINUTE + ahead
    hall.machine.steady = 30_000
    hall.store.clock = hall.machine.clock(last)
    hall.machine.pass_by(MINUTE)
    hall.do(on(issuing.issue, A), KIOSK)
    hall.machine.wall -= ahead  # the time server is found
    hall.tidy()
    hall.machine.pass_by(HOLD_MS)
    hall.tidy()
    start = last - 10 * MINUTE
    came = [at - start for (at,) in hall.rows("SELECT issued_at FROM tickets ORDER BY label")]
    assert came == [0, 10 * MINUTE, 16 * MINUTE]
    assert hall.rows("SELECT since FROM counters WHERE since > 0") == began
    called = hall.do(on(calling.call_next, "1"))
    assert called is not None
    assert (called[0].label, called[1].wait_ms) == ("A001", 16 * MINUTE + HOLD_MS)


@pytest.mark.parametrize("by", [24 * HOUR, -24 * HOUR])
def test_a_clock_that_was_a_day_wrong_for_long_and_is_right_again_loses_nobody(
    hall: Jumping, by: int
) -> None:
    hall.do(on(desks.open_counter, "1"))

    def two_come() -> None:
        for _ in range(2):
            hall.machine.pass_by(MINUTE)
            hall.do(on(issuing.issue, A), KIOSK)

    two_come()
    for jump in (by, -by):
        hall.machine.wall += jump
        hall.tidy()
        hall.machine.pass_by(HOLD_MS)
        hall.tidy()
        two_come()
    assert set(hall.rows("SELECT label, day, state FROM turns")) == {
        (f"A00{at}", DAY, "waiting") for at in range(1, 7)
    }
    called = hall.do(on(calling.call_next, "1"))
    assert called is not None
    assert called[0].label == "A001"


def test_a_day_that_ended_by_a_wrong_clock_can_be_taken_back(hall: Jumping) -> None:
    """Those who were there before the program began, as after an update at noon."""
    hall.do(on(desks.open_counter, "1"))
    for _ in range(3):
        hall.do(on(issuing.issue, A), KIOSK)
    hall.do(on(calling.call_next, "1"))
    hall.do(on(serving.start, "1"))
    hall.do(on(serving.hold, "1"))
    hall.machine.wall += 24 * HOUR
    hall.tidy()
    hall.machine.pass_by(HOLD_MS)
    hall.tidy()
    assert states(hall) == {"A001": "expired", "A002": "expired", "A003": "expired"}
    assert hall.do(lambda tx: found(tx)[("day_end", "")], WATCHER) == (3, 0)
    done = hall.do(take_back, SARI)
    assert (done.days, done.into, done.left) == ([DAY], NEXT, [])
    assert sorted(done.back) == ["A001", "A002", "A003"]
    assert states(hall) == {"A001": "held", "A002": "waiting", "A003": "waiting"}
    assert hall.do(on(issuing.issue, A), KIOSK).ticket.label == "A004"
    hall.do(on(desks.open_counter, "1"))
    called = hall.do(on(calling.call_next, "1"))
    assert called is not None
    assert called[0].label == "A002"
    with pytest.raises(Conflict):
        hall.do(take_back, SARI)
    hall.tidy()
    assert states(hall)["A003"] == "waiting"
    for day in hall.do(due, CLOCK):
        hall.do(on(write_at_once, day), CLOCK)
    assert hall.do(on(differences, DAY), CLOCK) == []


def test_taken_back_after_the_clock_was_mended_the_day_itself_goes_on(hall: Jumping) -> None:
    hall.do(on(issuing.issue, A), KIOSK)
    hall.machine.wall += 24 * HOUR
    hall.tidy()
    hall.machine.pass_by(HOLD_MS)
    hall.tidy()
    hall.do(on(write_at_once, DAY), CLOCK)
    hall.machine.wall -= 24 * HOUR
    hall.tidy()
    hall.machine.pass_by(HOLD_MS)
    hall.tidy()
    done = hall.do(take_back, SARI)
    assert (done.into, done.back) == (DAY, ["A001"])
    assert hall.do(on(issuing.issue, A), KIOSK).ticket.label == "A002"
    assert hall.do(due, CLOCK) == []
    hall.machine.pass_by(15 * HOUR)
    hall.tidy()
    assert hall.do(due, CLOCK) == [DAY]
    hall.do(on(write_at_once, DAY), CLOCK)
    assert hall.do(on(differences, DAY), CLOCK) == []


def test_who_has_the_same_number_today_is_not_called_twice() -> None:
    with Rehearsal(office(), at=f"{DAY} 23:59") as hall:
        for _ in range(2):
            hall.do(on(issuing.issue, A), KIOSK)
        hall.minutes(2)
        hall.end_day()
        assert hall.do(on(issuing.issue, A), KIOSK).ticket.label == "A001"
        done = hall.do(take_back, SARI)
        assert (done.back, done.left) == (["A002"], ["A001"])
        assert hall.do(on(issuing.issue, A), KIOSK).ticket.label == "A003"
        assert_replay_is_identical(hall.db, hall.branches[0])


def test_after_an_hour_an_ended_day_stays_ended() -> None:
    with Rehearsal(office(), at=f"{DAY} 23:59") as hall:
        hall.do(on(issuing.issue, A), KIOSK)
        hall.minutes(2)
        hall.end_day()
        hall.minutes(61)
        with pytest.raises(Conflict) as late:
            hall.do(take_back, SARI)
        assert late.value.slug == "no-day-ended"


def test_midnight_in_a_service_does_not_cut_it_off() -> None:
    with Rehearsal(office(), at=f"{DAY} 23:50") as hall:
        hall.do(on(desks.open_counter, "1"), SARI)
        hall.do(on(issuing.issue, A), KIOSK)
        hall.do(on(issuing.issue, A), KIOSK)
        hall.do(on(calling.call_next, "1"), SARI)
        hall.do(on(serving.start, "1"), SARI)
        hall.minutes(15)
        hall.end_day()
        assert states(hall) == {"A001": "serving", "A002": "expired"}
        _, turn = hall.do(on(serving.finish, "1"), SARI)
        assert (turn.day, turn.ended_by, turn.service_ms) == (DAY, "hand", 15 * MINUTE)
        hall.end_day()
        assert hall.rows("SELECT day FROM days WHERE closed_at IS NULL") == []
        assert hall.do(on(calling.call_next, "1"), SARI) is None  # not refused: still open
        hall.do(on(issuing.issue, A), KIOSK)
        assert hall.do(on(calling.call_next, "1"), SARI) is not None


def test_a_service_that_was_forgotten_over_midnight_ends_by_the_clock() -> None:
    with Rehearsal(office(), at=f"{DAY} 23:50") as hall:
        hall.do(on(desks.open_counter, "1"), SARI)
        hall.do(on(issuing.issue, A), KIOSK)
        hall.do(on(calling.call_next, "1"), SARI)
        hall.do(on(serving.start, "1"), SARI)
        hall.minutes(15)
        hall.end_day()
        hall.now += GOES_ON_MS
        assert hall.do(close_past_days, CLOCK) == 1
        assert states(hall) == {"A001": "closed"}
        assert hall.rows("SELECT state FROM counters") == [("closed",)]


@pytest.mark.parametrize("called_again", [False, True])
def test_served_then_held_then_night_is_an_outcome_of_its_own(*, called_again: bool) -> None:
    with Rehearsal(office(), at=f"{DAY} 16:00") as hall:
        hall.do(on(desks.open_counter, "1"), SARI)
        first = hall.do(on(issuing.issue, A), KIOSK).ticket
        hall.do(on(issuing.issue, A), KIOSK)
        hall.do(on(calling.call_next, "1"), SARI)
        hall.do(on(serving.start, "1"), SARI)
        hall.minutes(20)
        hall.do(on(serving.hold, "1", "berkas"), SARI)
        if called_again:  # and did not come before the night
            hall.do(on(issuing.come_back, first.id), SARI)
            hall.do(on(calling.call_next, "1"), SARI)
        hall.minutes(12 * 60)
        hall.end_day()
        assert hall.rows("SELECT label, outcome, service_ms FROM turns ORDER BY label") == [
            ("A001", "unfinished", 20 * MINUTE), ("A002", "expired", 0),
        ]  # fmt: skip
        hall.do(on(write_at_once, DAY), CLOCK)
        assert hall.do(on(differences, DAY), CLOCK) == []
        day = "SELECT SUM(unfinished), SUM(expired) FROM rollups WHERE grain = 'day'"
        assert hall.rows(day) == [(1, 1)]


def test_the_manager_is_told_while_the_clock_is_in_doubt(hall: Jumping) -> None:
    hall.machine.wall -= 24 * HOUR
    told = hall.do(lambda tx: found(tx, hall.store.clock.jump()), WATCHER)
    assert told == {("clock", ""): (-24 * 60, 0)}


def test_numbers_before_and_after_the_evening_of_the_time_zone_are_of_one_day() -> None:
    """Vancouver is eight hours behind: 16:00 there is midnight in Greenwich."""
    with Rehearsal(office(zone="America/Vancouver")) as hall:
        for time in ("15:59", "19:30"):
            hall.now = wall(f"{DAY} {time}", "America/Vancouver")
            hall.do(on(issuing.issue, A), KIOSK)
        assert hall.rows("SELECT day, label FROM tickets ORDER BY label") == [
            (DAY, "A001"), (DAY, "A002"),
        ]  # fmt: skip


def test_a_hold_and_the_way_back_keep_the_wait() -> None:
    with Rehearsal(office(), at=f"{DAY} 09:00") as hall:
        hall.do(on(desks.open_counter, "1"))
        hall.do(on(issuing.issue, A), KIOSK)
        hall.minutes(10)
        hall.do(on(calling.call_next, "1"))
        hall.do(on(serving.hold, "1"))
        hall.minutes(20)
        ticket = hall.rows("SELECT ticket FROM turns")[0][0]
        hall.do(on(issuing.come_back, ticket))
        hall.minutes(5)
        again = hall.do(on(calling.call_next, "1"))
        assert again is not None
        assert again[1].wait_ms == 10 * MINUTE


@pytest.mark.parametrize("off", [-24 * HOUR, 14 * 365 * 24 * HOUR])
def test_a_store_that_opens_with_a_wrong_clock_goes_on_in_the_last_day(
    tmp_path: Path, off: int
) -> None:
    from server.storage.store import Store  # noqa: PLC0415

    machine = Machine()
    with Rehearsal(at=f"{DAY} 10:00", data=tmp_path) as hall:
        hall.do(on(issuing.issue, A), KIOSK)
    machine.wall += off

    async def label() -> str:
        clock = Clock(lambda: machine.wall, lambda: machine.steady)
        store = await Store.open(tmp_path, clock=clock)
        try:
            placed = await store.transact(1, KIOSK, on(issuing.issue, A))
        finally:
            await store.close()
        return placed.ticket.label

    assert asyncio.run(label()) == "A002"
