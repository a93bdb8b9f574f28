"""Figures worked out by hand, from the log and from roll-ups alike, with the traps of the field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.domain import calling, desks, issuing, serving, visits
from server.domain.issuing import NewTicket
from server.domain.states import Priority
from server.domain.tx import Actor
from server.reports.cube import Cube, Filter
from server.reports.kpi import KPIS, Desk, figures, markdown
from server.reports.report import Asked, report
from server.reports.rollups import differences, due, write_at_once
from server.reports.totals import totals
from tests.server.rehearsal import KIOSK, Rehearsal, office

DAY = "2026-03-02"
A, B = NewTicket("A"), NewTicket("B")
READER = Actor("reader", "system")


def settings() -> Any:  # noqa: ANN401
    return office(
        services=[
            {"code": "A", "names": {"id": "A"}, "agency": None, "target_minutes": 10},
            {"code": "B", "names": {"id": "B"}, "target_minutes": 10},
            {"code": "C", "names": {"id": "C"}, "target_minutes": 10},
        ]
    )


@pytest.fixture(scope="module")
def story() -> Iterator[Rehearsal]:
    """One day, told step by step; the times are in the comments of the tests below."""
    with Rehearsal(settings(), at=f"{DAY} 08:00") as hall:
        do, minutes = hall.do, hall.minutes
        do(lambda tx: desks.open_counter(tx, "4"))  # 08:00
        plain = do(lambda tx: issuing.issue(tx, A), KIOSK)  # A001
        family = do(lambda tx: issuing.issue(tx, NewTicket("B", people=4)), KIOSK)  # B001
        lost = do(lambda tx: issuing.issue(tx, NewTicket("C")), KIOSK)  # C001
        minutes(5)
        do(lambda tx: calling.call_next(tx, "4"))  # 08:05 A001, waited 5
        minutes(1)
        do(lambda tx: serving.start(tx, "4"))  # 08:06
        minutes(4)
        do(lambda tx: serving.hold(tx, "4", "fotokopi", 10))  # 08:10 held after 4
        do(lambda tx: calling.call_next(tx, "4"))  # B001, waited 10
        minutes(2)
        do(lambda tx: calling.recall(tx, "4"))  # 08:12
        minutes(1)
        do(lambda tx: serving.start(tx, "4"))  # 08:13, walk 1
        minutes(7)
        do(lambda tx: serving.transfer(tx, "4", to_service="C"))  # 08:20, B served 7
        do(lambda tx: issuing.come_back(tx, plain.ticket.id))
        minutes(2)
        do(lambda tx: calling.call_ticket(tx, "4", plain.ticket.id, "kembali"))  # 08:22
        do(lambda tx: serving.start(tx, "4"))
        minutes(3)
        do(lambda tx: serving.finish(tx, "4"))  # 08:25, A served 4 + 3
        do(lambda tx: calling.call_ticket(tx, "4", lost.ticket.id, "lama"))  # C001, waited 25
        minutes(1)
        do(lambda tx: calling.no_show(tx, "4"))  # 08:26
        minutes(4)
        do(lambda tx: issuing.come_back(tx, lost.ticket.id))  # a recalled no-show
        do(lambda tx: calling.call_ticket(tx, "4", lost.ticket.id, "hadir"))  # 08:30
        do(lambda tx: serving.start(tx, "4"))
        minutes(5)
        do(lambda tx: serving.finish(tx, "4"))  # 08:35, C001 served 5
        do(lambda tx: calling.call_ticket(tx, "4", family.ticket.id, "alih"))  # leg 2, waited 15
        do(lambda tx: serving.start(tx, "4"))
        minutes(25)
        do(lambda tx: serving.finish(tx, "4"))  # 09:00, served 25
        gone = do(lambda tx: issuing.issue(tx, A), KIOSK)  # A002, gives up
        minutes(30)
        do(lambda tx: issuing.cancel(tx, gone.ticket.id), KIOSK)  # 09:30
        do(lambda tx: desks.take_break(tx, "4", "salat"))
        minutes(30)
        do(lambda tx: desks.close_counter(tx, "4"))  # 10:00; open 1.5 h, break 0.5 h
        late = NewTicket("B", Priority.PRIORITY)
        do(lambda tx: issuing.issue(tx, late), KIOSK)  # B002, left over
        hall.minutes(15 * 60)  # 01:00 of the next day
        hall.end_day()
        yield hall


def told(hall: Rehearsal, keep: Filter = Filter()) -> dict[str, float | None]:  # noqa: B008
    def read(tx: Any) -> dict[str, float | None]:  # noqa: ANN401
        cube = Cube(tx, DAY, DAY, keep)
        times = cube.desks()[4]
        return figures(cube.total(), Desk(*times))

    return hall.do(read, READER)


EXPECTED = {
    "tickets": 5, "people": 8, "turns": 6, "served": 3, "no_show": 0, "cancelled": 1,
    "expired": 1, "transferred": 1, "closed_by_clock": 0,
    "wait_mean_s": (5 + 10 + 25 + 15) / 4 * 60, "wait_max_s": 1500,
    "within_target": 2 / 4, "service_level": 2 / 6, "left_share": 2 / 5,
    "transfer_share": 1 / 4, "recall_share": 1 / 4, "walk_mean_s": (1 + 1 + 0 + 0) / 4 * 60,
    "service_mean_s": (7 + 5 + 25) / 3 * 60,
    "occupancy": (7 + 7 + 5 + 25) / 90, "per_counter_hour": 3 / 1.5,
}  # fmt: skip
"""A001 5 min, B001 10, C001 25 (its first call), leg 2 of B001 15; A002 and B002 never called."""


@pytest.mark.parametrize("rolled", [False, True])
def test_the_figures_are_those_worked_out_by_hand(story: Rehearsal, rolled: bool) -> None:
    if rolled:
        story.do(lambda tx: write_at_once(tx, DAY), READER)
        assert story.do(due, READER) == []
    else:
        assert story.do(due, READER) == [DAY]
    found = told(story)
    assert {key: found[key] for key in EXPECTED} == pytest.approx(EXPECTED)
    # nearest rank over 5, 10, 15 and 25 minutes, told within 1.6 %
    assert found["wait_p50_s"] == pytest.approx(600, rel=1 / 64)
    assert found["wait_p90_s"] == pytest.approx(1500, rel=1 / 64)


@pytest.mark.parametrize(
    ("keep", "turns"),
    [
        (Filter(services=("C",)), 2),  # C001, and the second turn of B001
        (Filter(services=("A", "B")), 4),
        (Filter(counter=4), 4),
        (Filter(counter=3), 0),
        (Filter(priority="priority"), 1),
        (Filter(services=("B",), priority="regular"), 1),
    ],
)
def test_a_filter_counts_the_same_from_every_grain(
    story: Rehearsal, keep: Filter, turns: int
) -> None:
    def read(tx: Any) -> set[int]:  # noqa: ANN401
        cube = Cube(tx, DAY, DAY, keep)
        parts = ((), ("day",), ("hour",), ("counter",), ("hour", "counter"), ("service",))
        return {sum(cell.turns for cell in cube.by(*each).values()) for each in parts}

    assert story.do(read, READER) == {turns}
    story.do(lambda tx: write_at_once(tx, DAY), READER)
    assert story.do(read, READER) == {turns}


def test_doctor_says_in_words_what_is_wrong(story: Rehearsal) -> None:
    story.do(lambda tx: write_at_once(tx, DAY), READER)
    assert story.do(lambda tx: differences(tx, DAY), READER) == []
    story.db.execute("UPDATE rollups SET served = served + 1 WHERE grain = 'day' AND service = 'A'")
    story.db.execute("DELETE FROM rollups WHERE grain = 'hour' AND service = 'C'")
    lines = story.do(lambda tx: differences(tx, DAY), READER)
    assert any("served is 2, the log says 1" in str(line) for line in lines)
    assert any("turns of the log are missing (hour)" in str(line) for line in lines)
    story.do(lambda tx: write_at_once(tx, DAY), READER)
    assert story.do(lambda tx: differences(tx, DAY), READER) == []


def test_a_new_target_does_not_change_the_figures_of_a_past_day(story: Rehearsal) -> None:
    before = told(story)["within_target"]
    later = [each | {"target_minutes": 60} for each in _services()]
    from server.branches import configure  # noqa: PLC0415

    configure(story.db, office(services=later))
    story.do(lambda tx: write_at_once(tx, DAY), READER)
    assert told(story)["within_target"] == before


def _services() -> list[dict[str, Any]]:
    return [{"code": code, "names": {"id": code}} for code in "ABC"]


def test_a_report_tells_day_hour_and_counter(story: Rehearsal) -> None:
    found = story.do(lambda tx: report(tx, Asked(DAY, DAY, language="id")), READER)
    assert [each.key for each in found.services] == ["A", "B", "C"]
    assert [(each.key, each.figures["turns"]) for each in found.counters] == [("4", 4)]
    assert [(each.key, each.figures["turns"]) for each in found.hours] == [
        ("08", 4), ("09", 1), ("10", 1),
    ]  # fmt: skip
    # 5, 10, 15 and 25 minutes: on an edge the middle of the bucket decides, 1.6 % around it
    assert [(each.from_minutes, each.turns) for each in found.waits if each.turns] == [
        (0, 1), (5, 1), (15, 1), (20, 1),
    ]  # fmt: skip
    assert {each.weekday for each in found.heat} == {1}


def test_a_turn_left_open_over_the_evening_does_not_stretch_the_service_times() -> None:
    with Rehearsal(settings(), at=f"{DAY} 15:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        for minutes in (6, 9 * 60):  # finished by hand; forgotten until the day closed
            hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
            hall.do(lambda tx: calling.call_next(tx, "4"))
            hall.do(lambda tx: serving.start(tx, "4"))
            hall.minutes(minutes)
            if minutes < 60:
                hall.do(lambda tx: serving.finish(tx, "4"))
        hall.minutes(60)
        hall.end_day()
        found = told(hall)
        assert (found["served"], found["closed_by_clock"]) == (2, 1)
        assert found["service_mean_s"] == 360
        assert found["service_p90_s"] == pytest.approx(360, rel=1 / 64)
        assert hall.do(lambda tx: totals(tx, DAY), READER).service_mean_s == 360


def test_a_counter_that_nobody_closed_was_open_until_somebody_last_did_something() -> None:
    with Rehearsal(settings(), at=f"{DAY} 14:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))  # 14:00
        hall.do(lambda tx: desks.open_counter(tx, "3"))
        for _ in range(2):
            hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
            hall.do(lambda tx: calling.call_next(tx, "4"))
            hall.do(lambda tx: serving.start(tx, "4"))
            hall.minutes(30)
            hall.do(lambda tx: serving.finish(tx, "4"))  # 14:30, 15:00
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
        hall.do(lambda tx: calling.call_next(tx, "4"))
        hall.minutes(60)
        hall.do(lambda tx: serving.start(tx, "4"))  # 16:00, and then home
        hall.do(lambda tx: desks.take_break(tx, "3", "salat"))  # never back
        hall.minutes(10 * 60)
        hall.end_day()
        assert told(hall)["occupancy"] == pytest.approx(60 / 120)
        assert told(hall)["per_counter_hour"] == pytest.approx(3 / 2)
        times = hall.do(lambda tx: Cube(tx, DAY, DAY, Filter()).desks(), READER)
        assert times[3] == (120 * 60_000, 0)  # how long the break was is not known
        hall.do(lambda tx: write_at_once(tx, DAY), READER)
        assert hall.do(lambda tx: Cube(tx, DAY, DAY, Filter()).desks(), READER) == times


def test_two_services_in_one_visit_are_two_served_turns_of_one_number() -> None:
    with Rehearsal(settings(), at=f"{DAY} 09:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, NewTicket("A", people=3)), KIOSK)
        hall.minutes(2)
        hall.do(lambda tx: calling.call_next(tx, "4"))
        hall.do(lambda tx: serving.start(tx, "4"))
        hall.minutes(5)
        hall.do(lambda tx: visits.add_service(tx, "4", "B"))
        hall.do(lambda tx: calling.call_next(tx, "4"))
        hall.do(lambda tx: serving.start(tx, "4"))
        hall.minutes(3)
        hall.do(lambda tx: serving.finish(tx, "4"))
        found = told(hall)
        assert [found[key] for key in ("tickets", "people", "turns", "served")] == [1, 3, 2, 2]
        assert found["transferred"] == 0
        assert found["service_mean_s"] == (5 + 3) / 2 * 60
        assert found["wait_mean_s"] == 60  # two minutes for the first, none for the second


def test_the_day_page_and_the_report_agree_on_a_past_day_with_another_target_since() -> None:
    from server.branches import configure  # noqa: PLC0415

    with Rehearsal(settings(), at=f"{DAY} 09:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "4"))
        hall.do(lambda tx: issuing.issue(tx, A), KIOSK)
        hall.minutes(12)
        hall.do(lambda tx: calling.call_next(tx, "4"))
        hall.minutes(20 * 60)
        hall.end_day()
        services = [each | {"target_minutes": 60} for each in _services()]
        configure(hall.db, office(services=services))
        assert told(hall)["within_target"] == 0
        assert hall.do(lambda tx: totals(tx, DAY), READER).within_target == 0


def test_the_manual_says_what_the_program_reckons() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "kpi.md").read_text("utf-8")
    assert markdown() in manual


def test_the_page_explains_figures_in_the_same_words() -> None:
    tiles = (Path(__file__).parents[3] / "manager" / "static" / "totals.js").read_text("utf-8")
    shared = [kpi for kpi in KPIS if f"t('{kpi.meaning}')" in tiles]
    assert {kpi.key for kpi in shared} >= {
        "served", "no_show", "cancelled", "wait_p50_s", "wait_p90_s", "wait_mean_s",
        "service_mean_s",
    }  # fmt: skip


def test_percentiles_of_a_month_are_near_the_exact_ones(tmp_path: Path) -> None:
    from datetime import date  # noqa: PLC0415

    from server.clock import wall_clock  # noqa: PLC0415
    from server.demo.history import jobs_of, write_history  # noqa: PLC0415
    from server.demo.seed import demo_office, history_plan  # noqa: PLC0415
    from server.storage.branch import BranchBatch, OfficeCache  # noqa: PLC0415
    from server.storage.database import connect  # noqa: PLC0415
    from server.storage.transaction import SqliteTx  # noqa: PLC0415
    from tests.server.reports.exact import percentile  # noqa: PLC0415

    with closing(connect(tmp_path)) as db:
        db.execute("INSERT INTO branches (code) VALUES ('mpp')")
        plan = history_plan(demo_office(), [], 2)
        write_history(db, 1, plan, jobs_of(plan, date(2026, 4, 30), 28, 120))
        tx = SqliteTx(BranchBatch(db, 1, OfficeCache()), READER, wall_clock())
        cube = Cube(tx, "2026-04-01", "2026-04-30", Filter())
        assert cube.unrolled == []
        cells = cube.by("service")
        for (service,), cell in cells.items():
            waits = sorted(
                row[0]
                for row in db.execute(
                    "SELECT MAX(0, first_called_at - eligible_at) / 1000.0 FROM turns "
                    "WHERE service = ? AND first_called_at IS NOT NULL",
                    (service,),
                )
            )
            found = figures(cell)
            for key, share in (("wait_p50_s", 0.5), ("wait_p90_s", 0.9), ("wait_p95_s", 0.95)):
                exact = percentile(waits, share)
                assert found[key] == pytest.approx(exact, rel=0.016, abs=0.05)
        assert len(cells) >= 6
