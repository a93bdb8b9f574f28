"""The traps of the field: what a hall does on odd days, and what the figures must say then."""

from __future__ import annotations

from typing import Any

import pytest

from server.branches import configure, put_in_force
from server.domain import calling, desks, issuing, serving, undo
from server.domain.errors import Invalid
from server.domain.events import Configured
from server.domain.issuing import NewTicket
from server.domain.tx import Actor
from server.housekeeping import close_removed
from server.reports.cube import Cube, Filter
from server.reports.figures import LogChoice, LogChoices
from server.reports.kpi import Desk, figures
from server.reports.lines import Lines
from server.reports.log import Turns
from server.reports.names import Names
from server.reports.pages import View, page
from server.reports.report import Asked, report
from server.reports.rollups import differences, due, write_at_once
from server.reports.totals import totals
from server.storage.queries.forms import Csv
from server.storage.queries.log import Only, Place, Span
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import CLOCK, KIOSK, Rehearsal, office, on, wall

DAY = "2026-03-02"
A, B = NewTicket("A"), NewTicket("B")
READER = Actor("reader", "system")
SHARED = {
    "tickets": "tickets", "people": "people", "served": "served", "no_show": "no_show",
    "cancelled": "cancelled", "expired": "expired", "transferred": "transferred",
    "wait_mean_s": "wait_mean_s", "wait_p50_s": "wait_p50_s", "wait_p90_s": "wait_p90_s",
    "service_mean_s": "service_mean_s", "within_target": "within_target",
}  # fmt: skip
"""Figures that the page of the day and the reports both tell."""


def told(hall: Rehearsal, day: str = DAY, last: str = "") -> dict[str, float | None]:
    """Return the figures of a day: from the log, from roll-ups when closed, and from the page.

    They must agree, or the test fails here.
    """

    def read(tx: Any) -> dict[str, float | None]:  # noqa: ANN401
        cube = Cube(tx, day, last or day, Filter())
        opened = [sum(each) for each in zip(*cube.desks().values(), strict=True)]
        return figures(cube.total(), Desk(*opened))

    found = hall.do(read, READER)
    if not last:
        page = hall.do(lambda tx: totals(tx, day), READER)
        for key, name in SHARED.items():
            shown, here = getattr(page, name), found[key]
            assert (here is None) is (shown is None), key
            if shown is not None:
                assert here == pytest.approx(shown, rel=1 / 64, abs=0.05), key
    for each in hall.do(due, READER):
        hall.do(on(write_at_once, each), READER)
        assert hall.do(on(differences, each), READER) == []
    assert hall.do(read, READER) == found
    return found


def serve(hall: Rehearsal, minutes: float, counter: str = "4") -> None:
    """Call the next visitor at once and serve for some minutes."""
    hall.do(lambda tx: calling.call_next(tx, counter))
    hall.do(lambda tx: serving.start(tx, counter))
    hall.seconds(minutes * 60)
    hall.do(lambda tx: serving.finish(tx, counter))


def test_a_day_without_visitors_has_no_shares_and_no_averages() -> None:
    with Rehearsal(office(), at=f"{DAY} 08:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.minutes(120)
        found = hall.do(lambda tx: report(tx, Asked(DAY, DAY)), READER)
        assert found.days == 0
        assert not any((found.trend, found.heat, found.hours, found.services))
        for key, value in found.figures.items():
            assert not value, key


def test_one_turn_alone_is_every_percentile() -> None:
    with Rehearsal(office(), at=f"{DAY} 08:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
        hall.minutes(7)
        serve(hall, 3)
        found = told(hall)
        for key in ("wait_mean_s", "wait_p50_s", "wait_p90_s", "wait_p95_s", "wait_max_s"):
            assert found[key] == 420, key
        for key in ("service_mean_s", "service_p50_s", "service_p90_s"):
            assert found[key] == 180, key
        assert (found["within_target"], found["service_level"], found["left_share"]) == (1, 1, 0)
        assert found["occupancy"] == pytest.approx(3 / 10)


def test_an_appointment_waits_from_its_time_whether_the_visitor_came_early_or_late() -> None:
    with Rehearsal(office(), at=f"{DAY} 08:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        nine = hall.now + 60 * 60_000
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A", due=nine)))  # an hour early
        hall.minutes(65)
        serve(hall, 5)  # called at 09:05: waited 5 minutes
        hall.minutes(10)  # 09:20
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A", due=nine)))  # twenty minutes late
        hall.minutes(2)
        serve(hall, 5)  # waited 2
        found = told(hall)
        assert (found["wait_mean_s"], found["wait_max_s"]) == (210, 300)


def test_an_appointment_that_is_called_before_its_time_waited_nothing() -> None:
    with Rehearsal(office(), at=f"{DAY} 08:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        due_at = hall.now + 60 * 60_000
        made = hall.do(lambda tx: issuing.issue(tx, NewTicket("A", due=due_at)))
        hall.minutes(10)
        hall.do(lambda tx: calling.call_ticket(tx, "4", made.ticket.id, "sepi"))
        found = told(hall)
        assert found["wait_max_s"] == 0
        assert found["within_target"] == 1


def test_a_day_that_starts_at_four_takes_the_night_before_it() -> None:
    with Rehearsal(office(rules={"day_start": "04:00"}), at="2026-03-03 00:30") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)  # half past midnight: still Monday
        hall.minutes(6)
        serve(hall, 4)
        hall.minutes(240)  # 04:40
        hall.end_day()
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)  # Tuesday's first
        assert told(hall)["served"] == 1
        monday = hall.do(lambda tx: report(tx, Asked(DAY, DAY)), READER)
        assert [each.key for each in monday.hours] == ["00"]
        assert {each.weekday for each in monday.heat} == {1}
        assert told(hall, "2026-03-03")["tickets"] == 1


def test_a_wait_across_midnight_belongs_to_the_day_the_number_was_taken() -> None:
    with Rehearsal(office(rules={"day_start": "04:00"}), at=f"{DAY} 23:50") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
        hall.minutes(20)
        serve(hall, 5)
        found = told(hall)
        assert (found["wait_max_s"], found["service_mean_s"]) == (1200, 300)


@pytest.mark.parametrize(
    ("day", "open_hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)]
)
def test_the_days_when_clocks_change_are_as_long_as_they_are(day: str, open_hours: int) -> None:
    """Berlin leaps from 02:00 to 03:00 on 29 March and back on 25 October."""
    with Rehearsal(office(zone="Europe/Berlin")) as hall:
        hall.now = wall(f"{day} 00:00", "Europe/Berlin")
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
        hall.minutes(90)  # across the leap
        serve(hall, 60)
        hall.now = wall(f"{day} 23:59", "Europe/Berlin")
        hall.do(lambda tx: desks.close_counter(tx, "4"))
        hall.minutes(60)
        hall.end_day()
        found = told(hall, day)
        assert found["wait_max_s"] == 90 * 60
        assert found["service_mean_s"] == 60 * 60
        assert found["per_counter_hour"] == pytest.approx(1 / (open_hours - 1 / 60))


def test_a_service_that_was_renamed_or_removed_keeps_its_row_and_its_last_name() -> None:
    agencies = [{"code": "kua", "names": {"id": "KUA"}}]
    first = [
        {"code": "A", "names": {"id": "Nikah"}, "agency": "kua"},
        {"code": "B", "names": {"id": "Lama"}},
    ]
    desk = {"counters": [{"number": 4, "services": ["B"]}]}
    before = office(
        services=first, agencies=agencies, counters=[{"number": 4, "services": ["A", "B"]}]
    )
    with Rehearsal(before, at=f"{DAY} 08:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        for each in (A, B):
            hall.do(on(issuing.issue, each), KIOSK)
            serve(hall, 5)
        hall.minutes(24 * 60)
        hall.end_day()
        configure(hall.db, office(services=[{"code": "B", "names": {"id": "Baru"}}], **desk))
        told(hall)
        found = hall.do(lambda tx: report(tx, Asked(DAY, DAY)), READER)
        assert [(each.key, each.name) for each in found.services] == [("A", "Nikah"), ("B", "Baru")]
        assert [(each.key, each.name) for each in found.agencies] == [("kua", "KUA")]
        span = Span(DAY, DAY)
        rows, _ = hall.do(lambda tx: page(tx, View(span), "id"), READER)
        assert [(each.service_name, each.agency) for each in rows] == [
            ("Nikah", "kua"),
            ("Baru", None),
        ]

        def services(only: Only) -> list[str]:
            asked = View(span, only)
            return [each.service for each in hall.do(lambda tx: page(tx, asked, "id"), READER)[0]]

        choices = hall.do(lambda tx: Names(tx, "id").choices(tx.office), READER)
        assert choices == LogChoices(
            services=[LogChoice("B", "Baru", past=False), LogChoice("A", "Nikah", past=True)],
            agencies=[LogChoice("kua", "KUA", past=True)],
            counters=[LogChoice("4", "", past=False)],
        )
        assert services(Only(agency="kua")) == services(Only(service="A", agency="kua")) == ["A"]
        assert services(Only(service="A")) == ["A"]
        assert services(Only(counter=4)) == ["A", "B"]
        text = hall.do(
            lambda tx: Lines(Turns(tx, "id"), Csv()).after(tx, span, Only(), Place(DAY)), READER
        )
        assert b",Nikah,kua," in text.text
        with pytest.raises(Invalid, match="no such agency"):
            services(Only(agency="polres"))
        with pytest.raises(Invalid, match="no service 'C'"):
            services(Only(service="C"))
        with pytest.raises(Invalid, match="no service 'B'"):
            services(Only(service="B", agency="kua"))
        with pytest.raises(Invalid, match="no counter '9'"):
            services(Only(counter=9))


def test_a_counter_that_was_taken_out_while_open_is_not_open_for_ever() -> None:
    counters = [{"number": number, "services": ["A"]} for number in (3, 4)]
    with Rehearsal(office(counters=counters), at=f"{DAY} 08:00") as hall:
        for counter in ("3", "4"):
            hall.do(on(desks.open_counter, counter))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
        hall.do(on(calling.call_next, "3"))
        gone = hall.do(lambda tx: tx.office.counter("3").id)
        hall.do(on(put_in_force, Configured(2, office(counters=counters[1:]))), CLOCK)
        hall.do(close_removed, CLOCK)  # not while somebody stands there
        assert hall.kinds().count("counter_changed") == 2
        hall.do(on(calling.no_show, gone))
        hall.do(close_removed, CLOCK)
        hall.do(close_removed, CLOCK)  # again changes nothing
        assert hall.kinds().count("counter_changed") == 3
        hall.now = wall("2026-03-03 00:01")
        hall.end_day()
        hall.minutes(8 * 60)
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
        serve(hall, 60)
        hall.do(lambda tx: desks.close_counter(tx, "4"))
        hall.minutes(24 * 60)
        hall.end_day()
        assert told(hall, "2026-03-03")["per_counter_hour"] == pytest.approx(60 / 61)
        assert told(hall, "2026-03-03")["occupancy"] == pytest.approx(60 / 61)  # closed at 00:01


def test_a_target_changed_in_the_middle_of_a_period_counts_for_the_days_that_followed() -> None:
    def rules(minutes: int) -> Any:  # noqa: ANN401
        return office(
            services=[{"code": "A", "names": {"id": "A"}, "target_minutes": minutes}],
            counters=[{"number": 4, "services": ["A"]}],
        )

    with Rehearsal(rules(10), at=f"{DAY} 08:00") as hall:
        for version, target in enumerate((10, 30), start=2):
            hall.do(on(SqliteTx.append, Configured(version, rules(target))))
            hall.do(lambda tx: desks.open_counter(tx, "4"))
            hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
            hall.minutes(20)  # too long by the first, in time by the second
            serve(hall, 5)
            hall.minutes(24 * 60)
            hall.end_day()
        assert told(hall)["within_target"] == 0
        assert told(hall, "2026-03-03")["within_target"] == 1
        assert told(hall, DAY, "2026-03-03")["within_target"] == 0.5


def test_a_slip_that_was_taken_back_leaves_no_trace_in_the_figures() -> None:
    with Rehearsal(office(), at=f"{DAY} 08:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
        hall.minutes(5)
        hall.do(lambda tx: calling.call_next(tx, "4"))
        hall.do(lambda tx: serving.start(tx, "4"))
        hall.minutes(4)
        hall.do(lambda tx: serving.transfer(tx, "4", to_service="B"))
        hall.seconds(3)
        hall.do(lambda tx: undo.undo(tx, "4"))
        found = told(hall)
        assert (found["turns"], found["transferred"], found["served"]) == (1, 0, 0)
        hall.minutes(2)
        hall.do(lambda tx: serving.finish(tx, "4"))
        found = told(hall)
        assert (found["turns"], found["served"], found["transferred"]) == (1, 1, 0)
        assert found["service_mean_s"] == pytest.approx(363, abs=4)
        assert found["wait_mean_s"] == 300


def test_a_day_that_opened_again_is_counted_again() -> None:
    with Rehearsal(office(), at=f"{DAY} 08:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
        hall.minutes(24 * 60)
        hall.end_day()
        assert told(hall)["expired"] == 1
        hall.minutes(-20 * 60)  # a clock that was set back by hand: the same day goes on
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
        serve(hall, 5)
        found = told(hall)
        assert (found["tickets"], found["served"], found["expired"]) == (2, 1, 1)
        hall.minutes(24 * 60)
        hall.end_day()
        assert hall.do(due, READER) == [DAY]
        assert told(hall)["tickets"] == 2


def test_numbers_that_nobody_called_are_in_no_wait_but_in_the_service_level() -> None:
    with Rehearsal(office(), at=f"{DAY} 08:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        for _ in range(3):
            hall.do(lambda tx: issuing.issue(tx, NewTicket("A", people=2)), KIOSK)
        serve(hall, 5)
        hall.minutes(24 * 60)
        hall.end_day()
        found = told(hall)
        assert (found["tickets"], found["people"], found["expired"]) == (3, 6, 2)
        assert found["wait_mean_s"] == 0
        assert found["within_target"] == 1
        assert found["service_level"] == pytest.approx(1 / 3)
        assert found["left_share"] == pytest.approx(2 / 3)
        assert found["closed_by_clock"] == 0, "left over is counted apart"


def test_services_stand_in_a_report_as_people_count_f2_before_f10() -> None:
    services = [
        {"code": code, "prefix": prefix, "names": {"id": code}}
        for code, prefix in (("F10", "C"), ("f1", "A"), ("F2", "B"))
    ]
    counters = [{"number": 1, "services": ["F10", "F2", "f1"]}]
    with Rehearsal(office(services=services, counters=counters), at=f"{DAY} 08:00") as hall:
        for code in ("F10", "F2", "f1"):
            hall.do(on(issuing.issue, NewTicket(code)), KIOSK)
        found = hall.do(lambda tx: report(tx, Asked(DAY, DAY)), READER)
    assert [each.key for each in found.services] == ["f1", "F2", "F10"]
