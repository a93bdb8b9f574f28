"""Giving and giving back numbers."""

from __future__ import annotations

import pytest

from server.auth.registry import put_printer
from server.domain import calling, desks, issuing
from server.domain.errors import Conflict, Invalid, NotFound, Refused
from server.domain.issuing import MAX_COPIES, NewTicket
from server.domain.records import Turn
from server.domain.states import Outcome, Priority, TurnState
from server.domain.tx import Actor
from tests.server.rehearsal import KIOSK, TOKEN, Rehearsal, office, on


def take(hall: Rehearsal, service: str = "A", priority: Priority = Priority.REGULAR) -> str:
    """Take a number and return the ticket's id."""
    return hall.do(lambda tx: issuing.issue(tx, NewTicket(service, priority)), KIOSK).ticket.id


def missed(hall: Rehearsal) -> str:
    """Return a ticket that was called and did not come."""
    ticket = take(hall)
    hall.do(lambda tx: desks.open_counter(tx, "1"))
    hall.do(lambda tx: calling.call_next(tx, "1"))
    hall.do(lambda tx: calling.no_show(tx, "1"))
    return ticket


def now(hall: Rehearsal, ticket: str) -> Turn:
    """Return the ticket's present turn."""
    return hall.do(lambda tx: issuing.present_turn(tx, ticket))


def test_each_service_counts_its_own_numbers_from_one() -> None:
    with Rehearsal() as hall:
        for service in "AABA":
            take(hall, service)
        assert hall.rows("SELECT label FROM tickets ORDER BY id") == [
            ("A001",), ("A002",), ("B001",), ("A003",),
        ]  # fmt: skip


def test_numbers_begin_anew_on_the_next_business_day_and_not_at_midnight_elsewhere() -> None:
    with Rehearsal(office(rules={"day_start": "04:00"}), at="2026-03-02 23:30") as hall:
        take(hall)
        hall.minutes(4 * 60)  # half past three in the night
        take(hall)
        hall.minutes(60)
        take(hall)
        assert hall.rows("SELECT day, label FROM tickets ORDER BY id") == [
            ("2026-03-02", "A001"), ("2026-03-02", "A002"), ("2026-03-03", "A001"),
        ]  # fmt: skip


def test_the_quota_of_a_service_is_kept_and_the_other_services_go_on() -> None:
    services = [
        {"code": "A", "names": {"id": "Satu"}, "quota": 2},
        {"code": "B", "names": {"id": "Dua"}},
    ]
    with Rehearsal(office(services=services, counters=[])) as hall:
        take(hall)
        take(hall)
        with pytest.raises(Refused) as refused:
            take(hall)
        assert (refused.value.slug, refused.value.field) == ("quota-used-up", "service")
        take(hall, "B")


def test_a_ticket_is_asked_for_in_a_language_of_this_office() -> None:
    with Rehearsal() as hall, pytest.raises(Invalid) as invalid:
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A", language="de")))
    assert invalid.value.field == "language"


def test_a_closed_service_gives_no_number_and_says_when_it_opens() -> None:
    hours = {"periods": [{"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "15:00"}]}
    services = [{"code": "A", "names": {"id": "Satu"}, "hours": hours}]
    settings = office(services=services, counters=[], zone_label="WITA")
    with Rehearsal(settings, at="2026-03-06 15:00") as hall:
        with pytest.raises(Refused, match=r"2026-03-09 08:00 WITA") as refused:
            take(hall)
        assert refused.value.slug == "service-closed"


def test_a_paused_service_tells_its_notice_and_keeps_the_places() -> None:
    with Rehearsal() as hall:
        first = take(hall)
        hall.do(lambda tx: desks.pause_service(tx, "A", "Listrik padam sebentar."))
        with pytest.raises(Refused, match="Listrik padam sebentar"):
            take(hall)
        assert now(hall, first).state is TurnState.WAITING
        hall.do(lambda tx: desks.resume_service(tx, "A"))
        take(hall)


def test_the_wait_that_was_told_is_kept_with_the_number_of_people_ahead() -> None:
    with Rehearsal() as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"))
        take(hall)
        placed = hall.do(lambda tx: issuing.issue(tx, NewTicket("A")))
        assert placed.ahead == 1
        assert placed.estimate is not None
        (data,) = hall.rows("SELECT data FROM events ORDER BY seq DESC LIMIT 1")[0]
        assert '"ahead":1' in data
        assert f'"high_minutes":{placed.estimate.high_minutes}' in data


@pytest.mark.parametrize(
    ("actor", "outcome"),
    [(KIOSK, Outcome.CANCELLED_BY_VISITOR), (TOKEN, Outcome.CANCELLED_BY_STAFF)],
)
def test_a_number_given_back_says_by_whom(actor: Actor, outcome: Outcome) -> None:
    with Rehearsal() as hall:
        ticket = take(hall)
        _, turn = hall.do(lambda tx: issuing.cancel(tx, ticket), actor)
        assert (turn.state, turn.outcome) == (TurnState.CANCELLED, outcome)


def test_a_missed_visitor_comes_back_to_the_old_place_within_the_grace_time() -> None:
    with Rehearsal(office(rules={"grace_minutes": 20})) as hall:
        first = missed(hall)
        take(hall)
        hall.minutes(20)
        hall.do(lambda tx: issuing.come_back(tx, first))
        called = hall.do(lambda tx: calling.call_next(tx, "1"))
        assert called is not None
        assert called[0].id == first


def test_after_the_grace_time_a_missed_number_is_over() -> None:
    with Rehearsal(office(rules={"grace_minutes": 20})) as hall:
        ticket = missed(hall)
        hall.minutes(20.1)
        with pytest.raises(Refused) as refused:
            hall.do(lambda tx: issuing.come_back(tx, ticket))
        assert refused.value.slug == "grace-over"
        assert now(hall, ticket).outcome is Outcome.NO_SHOW


def test_a_number_of_yesterday_does_not_come_back() -> None:
    with Rehearsal(at="2026-03-02 23:55") as hall:
        ticket = missed(hall)
        hall.minutes(10)
        with pytest.raises(Conflict) as conflict:
            hall.do(lambda tx: issuing.come_back(tx, ticket))
        assert conflict.value.slug == "other-day"


def test_a_ticket_that_waits_again_stands_at_no_counter() -> None:
    with Rehearsal() as hall:
        ticket = missed(hall)
        _, turn = hall.do(lambda tx: issuing.come_back(tx, ticket))
        assert (turn.state, turn.outcome) == (TurnState.WAITING, None)


def test_a_reprint_is_marked_as_a_copy_and_has_its_limit() -> None:
    with Rehearsal() as hall:
        put_printer(hall.db, hall.branches[0], "hall", "file:/dev/null", None, "p1", 0)
        ticket = take(hall)
        copies = []
        for _ in range(MAX_COPIES):
            hall.seconds(1)
            copies.append(hall.do(lambda tx: issuing.reprint(tx, ticket))[2].copy)
        assert copies == [1, 2, 3, 4, 5]
        with pytest.raises(Conflict) as conflict:
            hall.do(lambda tx: issuing.reprint(tx, ticket))
        assert conflict.value.slug == "too-many-copies"


def test_a_kiosk_prints_on_its_own_printer_and_others_on_the_shared_one() -> None:
    with Rehearsal() as hall:
        branch = hall.branches[0]
        put_printer(hall.db, branch, "own", "file:/dev/null", "kiosk-1", "own", 0)
        put_printer(hall.db, branch, "shared", "file:/dev/null", None, "shared", 1)
        at_kiosk = hall.do(lambda tx: issuing.issue(tx, NewTicket("A")), KIOSK)
        at_desk = hall.do(lambda tx: issuing.issue(tx, NewTicket("A")), TOKEN)
        assert at_kiosk.print is not None
        assert at_desk.print is not None
        assert (at_kiosk.print.printer, at_desk.print.printer) == ("own", "shared")


def test_without_a_printer_the_number_is_given_all_the_same() -> None:
    with Rehearsal() as hall:
        assert hall.do(lambda tx: issuing.issue(tx, NewTicket("A"))).print is None


def test_a_ticket_of_another_branch_does_not_exist_here() -> None:
    with Rehearsal(office(), office(code="other")) as hall:
        ticket = take(hall)
        for command in (issuing.cancel, issuing.come_back, issuing.reprint):
            with pytest.raises(NotFound):
                hall.do(on(command, ticket), TOKEN, hall.branches[1])
