"""Places are looked at by the clock; what is missed and what is mended is counted for good."""

from __future__ import annotations

from typing import Any

import pytest

from server.comfort import faults, rounds, told
from server.comfort.erasure import erase
from server.comfort.figures import figures
from server.comfort.schedule import opening, stretches
from server.domain import issuing
from server.domain.day import local
from server.domain.errors import Invalid, NotFound, Refused
from server.domain.issuing import NewTicket
from server.domain.office import Office
from server.domain.tx import Actor
from server.storage.transaction import SqliteTx
from tests.server.comfort.places import COMFORT
from tests.server.rehearsal import (
    BUDI,
    CLOCK,
    KIOSK,
    Rehearsal,
    assert_replay_is_identical,
    office,
    on,
    wall,
)

PHONE = Actor("token:p1", "care", "Pak Joko")
DEWI = Actor("user:dewi", "manager", "Ibu Dewi", person=True)
HOURS = {"periods": [{"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "15:00"}]}


def comfortable(**more: Any) -> Office:  # noqa: ANN401
    return office(comfort=COMFORT, hours=HOURS, **more)


def clocks(found: Office, place: str, day: str = "2026-03-02") -> list[str]:
    known = found.comfort.place(place)
    assert known is not None
    return [
        f"{local(each.start, found.zone):%H:%M}-{local(each.due, found.zone):%H:%M}"
        for each in stretches(found, known, day)
    ]


def test_a_place_is_looked_at_all_through_the_opening_or_around_its_times() -> None:
    here = comfortable()
    assert clocks(here, "toilet") == ["07:00-10:00", "10:00-12:00", "12:00-14:00", "14:00-15:00"]
    assert clocks(here, "seats") == ["07:00-08:30", "12:00-13:30"]
    assert clocks(here, "ramp") == []
    assert clocks(here, "toilet", "2026-03-01") == [], "a Sunday"
    holiday = comfortable(closed_dates=["2026-03-02"])
    assert clocks(holiday, "toilet") == []
    always = office(comfort=COMFORT)
    assert opening(always, "2026-03-01") == (480, 960), "without hours: the usual ones"


MONDAY, TUESDAY, WEDNESDAY = "2026-03-02", "2026-03-03", "2026-03-04"
EVENT = {"days": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "13:00"}
LATE = {"days": [1, 2, 3, 4, 5], "opens": "07:00", "closes": "20:00"}


def with_hours(*services: dict[str, Any] | None, **more: Any) -> Office:  # noqa: ANN401
    return office(comfort=COMFORT, services=[
        {"code": code, "names": {"id": code}, "prefix": code, "hours": hours}
        for code, hours in zip("AB", services, strict=False)
    ], counters=[{"number": 1, "services": ["A"]}], **more)  # fmt: skip


def test_closed_and_special_days_count_with_weekly_hours_and_without() -> None:
    special = [{"first": TUESDAY, "periods": [EVENT]}, {"first": WEDNESDAY}]
    for weekly in ({"hours": HOURS}, {}):
        here = with_hours(None, None, special_days=special, closed_dates=[MONDAY], **weekly)
        days = [opening(here, each) for each in (MONDAY, TUESDAY, WEDNESDAY)]
        assert days == [None, (9 * 60, 13 * 60), None], weekly
        assert clocks(here, "toilet", TUESDAY) == ["08:00-11:00", "11:00-13:00"]
    ramadan = [{"first": MONDAY, "last": TUESDAY, "periods": [EVENT]}]
    one = with_hours(None, None, hours=HOURS, special_days=[{**ramadan[0], "services": ["A"]}])
    assert opening(one, MONDAY) == (8 * 60, 15 * 60), "the other service is open as ever"


def test_the_hall_is_open_from_the_first_service_to_the_last() -> None:
    here = with_hours({"periods": [EVENT]}, {"periods": [LATE]}, hours=HOURS)
    assert opening(here, MONDAY) == (7 * 60, 20 * 60)
    half = with_hours({"periods": [LATE]}, None)
    assert opening(half, MONDAY) == (7 * 60, 20 * 60), "the usual hours lie within"
    assert opening(half, "2026-03-01") == (480, 960), "the one without hours is open on Sundays"


def test_what_is_left_at_the_end_of_a_day_is_asked_for_only_when_it_is_worth_a_walk() -> None:
    every = [{**COMFORT["places"][0], "every_minutes": 180}]
    here = office(comfort={"places": every}, hours=HOURS)
    assert clocks(here, "toilet") == ["07:00-11:00", "11:00-15:00"]


def do_check(hall: Rehearsal, place: str, *wrong: str, said: str = "") -> list[str]:
    def command(tx: SqliteTx) -> list[str]:
        known = tx.office.comfort.place(place)
        assert known is not None
        return [each.id for each in rounds.check(tx, known, wrong, said)]

    return hall.do(command, PHONE)


def tell(hall: Rehearsal, place: str, item: str, said: str = "") -> str:
    def command(tx: SqliteTx) -> str:
        known = tx.office.comfort.place(place)
        assert known is not None
        return faults.tell(tx, known, item, said).id

    return hall.do(command, Actor("visitor", "visitor"))


def test_a_day_that_is_over_is_counted_once_and_what_was_missed_stands_in_the_morning() -> None:
    with Rehearsal(comfortable(), at="2026-03-02 07:40") as hall:
        do_check(hall, "toilet")
        do_check(hall, "seats")
        hall.now = wall("2026-03-02 08:00")
        hall.do(on(issuing.issue, NewTicket("A")), KIOSK)
        for at in ("10:30", "11:50", "16:00"):
            hall.now = wall(f"2026-03-02 {at}")
            do_check(hall, "toilet")
        found = {place.code: slots for place, slots in hall.do(rounds.today, CLOCK)}
        assert [each.state for each in found["toilet"]] == ["done", "done", "missed", "missed"]
        hall.now = wall("2026-03-03 07:00")
        hall.end_day()
        for _ in range(2):
            hall.do(rounds.count, CLOCK)
        over = hall.do(lambda tx: told.morning(tx, "2026-03-02", "id"), CLOCK)
        shown = [(each.place_name, each.done, each.due) for each in over.missed]
        assert shown == [("Kursi tunggu", 1, 2), ("Toilet", 2, 4)]
        later = hall.do(lambda tx: figures(tx, "2026-03-01", "2026-03-31"), CLOCK)
        assert (later.due, later.done) == (6, 3)
        hall.do(lambda tx: rounds.act(tx, "2026-03-02", "toilet", "Jadwal diganti."), DEWI)
        (_, done) = hall.do(lambda tx: told.morning(tx, "2026-03-02", "id"), CLOCK).missed
        assert (done.action, done.read) == ("Jadwal diganti.", "Ibu Dewi")
        with pytest.raises(NotFound):
            hall.do(lambda tx: rounds.read(tx, "2026-03-02", "ramp"), DEWI)


def test_a_day_without_visitors_misses_nothing() -> None:
    with Rehearsal(comfortable(), at="2026-03-02 07:40") as hall:
        hall.now = wall("2026-03-03 07:00")
        hall.do(rounds.count, CLOCK)
        assert hall.rows("SELECT * FROM comfort_days") == []


def test_what_is_told_twice_is_one_fault_and_it_is_mended_once() -> None:
    with Rehearsal(comfortable(), at="2026-03-02 08:00") as hall:
        key = tell(hall, "toilet", "soap", "Sabun habis ya")
        hall.minutes(5)
        assert tell(hall, "toilet", "soap") == key
        assert do_check(hall, "toilet", "soap", "floor")[0] == key
        hall.minutes(10)
        hall.do(lambda tx: faults.move(tx, key, "working"), PHONE)
        assert [each.place for each in hall.do(lambda tx: list(tx.hall.cared.values()), CLOCK)] == [
            "toilet"
        ]
        hall.do(lambda tx: faults.move(tx, key, "seen"), DEWI)
        hall.minutes(15)
        hall.do(lambda tx: faults.move(tx, key, "mended", "Sabun diisi."), BUDI)
        hall.do(lambda tx: faults.move(tx, key, "mended"), PHONE)
        shown = hall.do(lambda tx: told.fault(tx, faults.one(tx, key), "id"), CLOCK)
        assert (shown.state, shown.minutes, shown.on_it) == ("mended", 30, "Pak Joko")
        assert (shown.mended_by, shown.action, shown.read) == (
            "Bapak Budi",
            "Sabun diisi.",
            "Ibu Dewi",
        )
        assert [each.said for each in shown.notes] == ["Sabun habis ya", "", ""]
        assert not hall.do(lambda tx: tx.hall.cared, CLOCK)
        with pytest.raises(Refused):
            hall.do(lambda tx: faults.move(tx, key, "working"), PHONE)
        assert tell(hall, "toilet", "soap") != key, "it is empty again: that is new"
        told_of = hall.do(lambda tx: figures(tx, "2026-03-02", "2026-03-02"), CLOCK)
        assert (told_of.faults, told_of.mended, told_of.median_minutes) == (3, 1, 30.0)
        assert hall.kinds().count("fault_reported") == 3
        assert_replay_is_identical(hall.db, hall.branches[0])


def test_a_stranger_fills_neither_the_log_nor_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "MOST_AN_HOUR", faults.MOST_NOTES + 1)
    with Rehearsal(comfortable(), at="2026-03-02 08:00") as hall:
        for _ in range(faults.MOST_NOTES + 3):
            tell(hall, "toilet", "soap", "lagi")
        assert hall.kinds().count("fault_reported") == 1
        assert hall.rows("SELECT COUNT(*) FROM comfort_notes") == [(faults.MOST_NOTES,)]
        with pytest.raises(Invalid):
            tell(hall, "toilet", "tidak-ada")
        tell(hall, "toilet", "floor")
        with pytest.raises(Refused) as refused:
            tell(hall, "seats", "broken")
        assert refused.value.slug == "told-often"
        hall.minutes(61)
        tell(hall, "seats", "broken")


def test_sentences_names_and_photos_go_after_their_time_and_figures_stay() -> None:
    here = comfortable(satisfaction={"kept_days": 200})
    with Rehearsal(here, at="2026-03-02 08:00") as hall:
        key = tell(hall, "toilet", "soap", "Bu Ani lupa mengisi")
        hall.do(lambda tx: faults.add_photo(tx, key, "a.jpg"), PHONE)
        hall.do(lambda tx: faults.move(tx, key, "mended", "Diisi."), PHONE)

        def kept() -> tuple[int, int, int]:
            ((photos, words, hands),) = hall.rows(
                "SELECT (SELECT COUNT(photo) FROM comfort_notes), "
                "(SELECT COUNT(*) FROM comfort_notes), (SELECT COUNT(*) FROM comfort_hands)"
            )
            return photos, words, hands

        seen = []
        for days in (29, 31, 199, 201):
            hall.now = wall("2026-03-02 08:00") + days * 86_400_000
            for _ in range(2):
                hall.do(erase, CLOCK)
            seen.append(kept())
        assert seen == [(1, 2, 1), (0, 2, 1), (0, 2, 1), (0, 0, 0)]
        assert hall.do(lambda tx: figures(tx, "2026-03-01", "2026-03-31"), CLOCK).mended == 1
        assert "Ani" not in hall.dump(), "nor in the log of events"


def test_words_and_photos_that_show_somebody_are_erased_with_a_trace() -> None:
    with Rehearsal(comfortable(), at="2026-03-02 08:00") as hall:
        key = tell(hall, "toilet", "soap", "Pak Anu malas")
        hall.do(lambda tx: faults.add_photo(tx, key, "b.jpg"), PHONE)
        hall.do(lambda tx: faults.black_out(tx, key), DEWI)
        shown = hall.do(lambda tx: told.fault(tx, faults.one(tx, key), "id"), CLOCK)
        assert shown.blacked
        assert {(each.said, each.photo) for each in shown.notes} == {("", None)}
        assert "Anu" not in hall.dump()
        assert hall.rows("SELECT name FROM deeds WHERE what = 'fault_blacked'") == [("Ibu Dewi",)]


def test_a_jump_of_the_clock_makes_no_repair_longer() -> None:
    from server.domain.events import ClockSet  # noqa: PLC0415

    with Rehearsal(comfortable(), at="2026-03-02 08:00") as hall:
        key = tell(hall, "toilet", "soap")
        hall.do(lambda tx: faults.move(tx, key, "working"), PHONE)
        hall.minutes(300)
        hall.do(lambda tx: tx.append(ClockSet(tx.now - 290 * 60_000, 290 * 60_000)), CLOCK)
        hall.do(lambda tx: faults.move(tx, key, "mended"), PHONE)
        shown = hall.do(lambda tx: told.fault(tx, faults.one(tx, key), "id"), CLOCK)
        assert shown.minutes == 10
        assert_replay_is_identical(hall.db, hall.branches[0])
