"""Who is really there: nobody is promised a counter where nobody sits."""

from __future__ import annotations

from contextlib import closing

import pytest

from server.branches import TECHNICIAN
from server.domain import calling, desks, issuing, presence, serving
from server.domain.estimate import Estimate
from server.domain.events import ClockSet
from server.domain.issuing import NewTicket, Placed
from server.domain.tx import Actor
from server.storage.branch import BranchBatch, OfficeCache
from server.storage.database import connect
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import BUDI, SARI, TOKEN, Rehearsal, office, on

DEWI = Actor("user:dewi", "manager", "Ibu Dewi", person=True)
WIDE = {
    "services": [{"code": "A", "names": {"id": "Kependudukan"}, "typical_minutes": 7}],
    "counters": [{"number": number, "services": ["A"]} for number in range(1, 13)],
}


def open_all(hall: Rehearsal, actor: Actor, *, seat: bool = True) -> None:
    for counter in range(1, 13):
        hall.do(on(desks.open_counter, str(counter), seat=seat), actor)


def newcomers(hall: Rehearsal, count: int) -> Placed:
    """Give numbers; return the last one."""
    placed = [hall.do(on(issuing.issue, NewTicket("A"))) for _ in range(count)]
    return placed[-1]


def attended(hall: Rehearsal, service: str = "A") -> bool:
    return hall.do(lambda tx: presence.attended(tx, service))


def alone(ahead: int) -> Estimate:
    """Return what one officer's line is told, by a hall that has only this one counter."""
    with Rehearsal(office(**WIDE | {"counters": WIDE["counters"][:1]})) as hall:
        hall.do(on(desks.open_counter, "1"), SARI)
        told = newcomers(hall, ahead + 1).estimate
    assert told is not None
    return told


def test_a_demos_twelve_counters_with_one_officer_promise_what_one_officer_can_do() -> None:
    with Rehearsal(office(**WIDE)) as hall:
        open_all(hall, TECHNICIAN)
        hall.do(on(desks.open_counter, "1"), SARI)
        placed = newcomers(hall, 15)
    assert placed.ahead == 14
    assert placed.estimate == alone(14)


def test_a_demo_with_nobody_at_all_promises_nothing() -> None:
    with Rehearsal(office(**WIDE)) as hall:
        open_all(hall, TECHNICIAN)
        assert newcomers(hall, 3).estimate is None
        assert not attended(hall)


@pytest.mark.parametrize(("actor", "seat"), [(TOKEN, True), (DEWI, False)])
def test_counters_that_were_opened_for_nobody_count_no_longer_after_a_while(
    actor: Actor, seat: bool
) -> None:
    with Rehearsal(office(**WIDE)) as hall:
        open_all(hall, actor, seat=seat)
        hall.minutes(30)
        hall.do(on(desks.open_counter, "1"), SARI)
        assert newcomers(hall, 15).estimate == alone(14)


def test_a_counter_with_keys_and_no_login_counts_while_it_works() -> None:
    with Rehearsal() as hall:
        hall.do(on(desks.open_counter, "1"))
        newcomers(hall, 8)
        for _ in range(6):
            hall.do(on(calling.call_next, "1"))
            hall.do(on(serving.start, "1"))
            hall.minutes(40)  # a long matter: the visitor is at the counter
            assert attended(hall)
            hall.do(on(serving.finish, "1"))
            hall.minutes(4)
            assert attended(hall)


def test_a_counter_that_worked_today_is_believed_while_nobody_comes() -> None:
    with Rehearsal() as hall:
        hall.do(on(desks.open_counter, "1"))
        newcomers(hall, 1)
        for act in (calling.call_next, serving.start, serving.finish):
            hall.do(on(act, "1"))
        hall.minutes(90)
        assert newcomers(hall, 1).estimate == Estimate(0, 0)
        hall.minutes(4)
        assert attended(hall)
        hall.minutes(2)  # and still nobody calls
        assert not attended(hall)
        hall.do(on(calling.call_next, "1"))
        assert attended(hall)


def test_a_counter_that_worked_yesterday_says_nothing_about_today() -> None:
    with Rehearsal() as hall:
        hall.do(on(desks.open_counter, "1"))
        newcomers(hall, 1)
        for act in (calling.call_next, serving.start, serving.finish):
            hall.do(on(act, "1"))
        hall.minutes(24 * 60)
        assert not attended(hall)


def test_in_the_first_minutes_of_the_morning_an_opened_counter_counts() -> None:
    periods = [
        {"days": [1, 2, 3, 4, 5], "tickets_from": "07:00", "opens": "08:00", "closes": "12:00"},
        {"days": [1, 2, 3, 4, 5], "opens": "13:00", "closes": "16:00"},
    ]
    services = [{"code": "A", "names": {"id": "KTP"}, "hours": {"periods": periods}}]
    counters = [{"number": 1, "services": ["A"]}]
    settings = office(services=services, counters=counters)
    with Rehearsal(settings, at="2026-03-02 07:05") as hall:
        hall.do(on(desks.open_counter, "1"))
        hall.minutes(50)
        assert newcomers(hall, 1).estimate == Estimate(0, 0)
        hall.minutes(15)  # 08:10
        assert attended(hall)
        hall.minutes(10)  # 08:20: somebody would have called
        assert not attended(hall)
        hall.minutes(4 * 60 + 45)  # 13:05: after lunch they are given the same time
        assert attended(hall)
        hall.minutes(15)
        assert not attended(hall)


def test_a_break_is_nobody_and_the_way_back_from_it_is_somebody() -> None:
    with Rehearsal() as hall:
        hall.do(on(desks.open_counter, "1"), SARI)
        assert attended(hall)
        hall.do(on(desks.take_break, "1", "makan siang"), SARI)
        assert not attended(hall)
        hall.minutes(60)
        hall.do(on(desks.open_counter, "1"), SARI)
        hall.minutes(60)
        assert attended(hall), "a person who logged in holds it"
        hall.do(on(desks.close_counter, "1"), SARI)
        assert not attended(hall)


def test_what_is_known_of_a_counter_outlives_a_restart_and_a_clock_that_was_set() -> None:
    with Rehearsal(office(**WIDE)) as hall:
        open_all(hall, TECHNICIAN)
        hall.do(on(desks.close_counter, "6"))
        hall.do(on(desks.open_counter, "6"))  # by the keys on the desk
        newcomers(hall, 5)
        hall.do(on(calling.call_next, "7"))
        hall.do(on(serving.start, "7"))
        hall.do(on(serving.finish, "7"))
        hall.do(on(desks.open_counter, "8"), BUDI)
        hall.now += 24 * 60 * 60_000
        hall.do(
            lambda tx: tx.append(ClockSet(was=tx.now - 24 * 60 * 60_000, by_ms=24 * 60 * 60_000))
        )

        def there(tx: SqliteTx) -> list[int]:
            numbers = {each.id: each.number for each in tx.office.counters}
            found = [each.id for each in tx.counters().values() if presence.is_there(tx, each)]
            return sorted(numbers[each] for each in found)

        assert hall.do(there) == [6, 7, 8]
        with closing(connect(hall.data)) as db:
            fresh = SqliteTx(BranchBatch(db, hall.branches[0], OfficeCache()), TOKEN, hall.now)
            assert there(fresh) == [6, 7, 8]


def test_what_waits_where_nobody_of_this_service_sits_changes_nothing() -> None:
    shared = {"services": [
        {"code": code, "names": {"id": f"Layanan {code}"}, "typical_minutes": 7}
        for code in "ABC"
    ], "counters": [
        {"number": 1, "services": ["A", "B"]}, {"number": 2, "services": ["C"]},
    ]}  # fmt: skip
    told = {}
    for beside in ("", "B", "C"):
        with Rehearsal(office(**shared)) as hall:
            for counter in "12":
                hall.do(on(desks.open_counter, counter), TOKEN)
            for _ in range(4):
                hall.do(on(issuing.issue, NewTicket("A")))
                if beside:
                    hall.do(on(issuing.issue, NewTicket(beside)))
            told[beside] = newcomers(hall, 1).estimate

    assert told["C"] == told[""] != told["B"]
