"""Days that are unlike others: a month of Ramadan, one day off, hours of one service, any clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.branches import described
from server.domain.hours import OpenStatus, last_start, open_status, past_last_ticket, works_at
from server.domain.office import Office

WEEK = [1, 2, 3, 4, 5, 6, 7]
HEAD: dict[str, Any] = {
    "code": "hall", "name": "Kantor", "zone": "Asia/Makassar",
    "services": [
        {"code": "A", "names": {"id": "Surat"}},
        {"code": "B", "names": {"id": "Kasir"}, "hours": {
            "periods": [{"days": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "12:00"}],
            "closed_dates": ["2026-12-28"],
        }},
    ],
    "counters": [{"number": 1, "services": ["A", "B"]}],
    "hours": {"periods": [{"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "15:00"}]},
}  # fmt: skip


def day(first: str, *spans: str, last: str = "", days: Any = WEEK, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return special days; ``spans`` are their hours, such as 08:00-14:00."""
    periods = [
        dict(zip(("opens", "closes"), span.split("-"), strict=True), days=days) for span in spans
    ]
    return {"first": first, "last": last, "periods": periods, **more}


def office(*special: dict[str, Any], **more: Any) -> Office:  # noqa: ANN401
    return described(HEAD | more | {"special_days": list(special)})


def at(of: Office, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(of.zone))


def status(of: Office, text: str, service: str = "A") -> OpenStatus:
    return open_status(of.hours_of(of.service(service)), at(of, text))


def given(of: Office, text: str, service: str = "A") -> str:
    """Return until when numbers are given, or when next, as people would write it."""
    found = status(of, text, service)
    when = found.until if found.tickets else found.next_opening
    return f"{'until' if found.tickets else 'from'} {when:%Y-%m-%d %H:%M}" if when else "never"


RAMADAN = day("2026-02-18", "08:00-14:00", last="2026-03-19", days=[1, 2, 3, 4])
FRIDAYS = {"days": [5], "opens": "08:00", "closes": "11:30"}
RAMADAN["periods"].append(FRIDAYS)


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("2026-02-17 14:30", "until 2026-02-17 15:00"),  # the day before
        ("2026-02-18 13:59", "until 2026-02-18 14:00"),
        ("2026-02-18 14:00", "from 2026-02-19 08:00"),
        ("2026-02-20 11:00", "until 2026-02-20 11:30"),  # a Friday
        ("2026-02-20 11:30", "from 2026-02-23 08:00"),  # no week-end in Ramadan either
        ("2026-03-19 13:00", "until 2026-03-19 14:00"),  # the last day is in
        ("2026-03-20 14:30", "until 2026-03-20 15:00"),  # and the day after is as always
    ],
)
def test_a_month_of_other_hours_begins_and_ends_on_its_days(when: str, told: str) -> None:
    assert given(office(RAMADAN), when) == told


def test_special_days_take_the_place_of_a_services_own_hours_too() -> None:
    assert given(office(RAMADAN), "2026-02-18 13:00", "B") == "until 2026-02-18 14:00"
    assert given(office(), "2026-02-18 13:00", "B") == "from 2026-02-19 09:00"


def test_special_days_of_one_service_leave_the_others_alone() -> None:
    of = office(RAMADAN | {"services": ["B"]})
    assert given(of, "2026-02-18 14:30") == "until 2026-02-18 15:00"
    assert given(of, "2026-02-18 13:00", "B") == "until 2026-02-18 14:00"


def test_services_may_have_other_hours_each_from_the_same_day_on() -> None:
    of = office(
        day("2026-02-18", "08:00-14:00", last="2026-03-19", services=["A"]),
        day("2026-02-18", "10:00-11:00", last="2026-03-19", services=["B"]),
    )
    assert given(of, "2026-02-19 10:30") == "until 2026-02-19 14:00"
    assert given(of, "2026-02-19 10:30", "B") == "until 2026-02-19 11:00"


def test_one_day_off_in_a_stretch_is_off_and_one_day_of_other_hours_has_them() -> None:
    of = office(RAMADAN, day("2026-03-18"), day("2026-03-19", "09:00-10:00"))
    assert given(of, "2026-03-18 09:00") == "from 2026-03-19 09:00"
    assert given(of, "2026-03-19 09:30") == "until 2026-03-19 10:00"
    assert given(of, "2026-03-19 10:00") == "from 2026-03-20 08:00"


def test_a_day_without_service_counts_within_a_stretch_but_not_against_a_day_of_its_own() -> None:
    closed = {"closed_dates": ["2026-02-24", "2026-02-25"]}
    of = office(RAMADAN, day("2026-02-25", "09:00-10:00"), **closed)
    assert given(of, "2026-02-24 09:00") == "from 2026-02-25 09:00"
    assert given(of, "2026-02-25 09:30") == "until 2026-02-25 10:00"


def test_a_saturday_can_be_opened_for_once() -> None:
    of = office(day("2026-12-26", "08:00-12:00"))
    assert given(of, "2026-12-25 15:00") == "from 2026-12-26 08:00"
    assert given(of, "2026-12-26 09:00", "B") == "until 2026-12-26 12:00"
    assert given(of, "2026-12-26 12:00", "B") == "from 2026-12-29 09:00"  # B is closed on the 28th


def test_an_office_without_hours_is_always_open_but_on_its_special_days() -> None:
    bare = {key: each for key, each in HEAD.items() if key != "hours"}
    of = described(bare | {"special_days": [day("2026-12-24", "08:00-12:00"), day("2026-12-25")]})
    assert given(of, "2026-12-24 11:00") == "until 2026-12-24 12:00"
    assert given(of, "2026-12-24 12:00") == "from 2026-12-26 00:00"
    assert status(of, "2026-12-26 03:00").tickets


def test_days_closed_for_longer_than_anybody_looks_ahead_promise_nothing() -> None:
    of = office(day("2026-01-01", last="2026-12-31"))
    assert given(of, "2026-02-18 09:00") == "never"
    assert given(of, "2026-12-20 09:00") == "from 2027-01-01 08:00"


def test_the_last_number_of_a_special_day_counts_as_on_any_other() -> None:
    special = day("2026-12-24", "08:00-12:00")
    special["periods"][0] |= {"last_ticket": "11:00", "tickets_from": "07:30"}
    of = office(special)
    times = of.hours_of(of.service("A"))
    assert times is not None
    assert given(of, "2026-12-24 07:30") == "until 2026-12-24 11:00"
    assert past_last_ticket(times, at(of, "2026-12-24 11:30"))
    assert works_at(times, at(of, "2026-12-24 11:30"))
    assert not works_at(times, at(of, "2026-12-24 12:00"))
    assert last_start(times, at(of, "2026-12-24 10:00")) == at(of, "2026-12-24 08:00")


# The day on which a zone's clocks go forward, the one on which they go back, and how many hours
# each of them has. Balikpapan's never change; St John's is half an hour beside the others.
ZONES = [
    ("Europe/Berlin", "2026-03-29", 23),
    ("Europe/Berlin", "2026-10-25", 25),
    ("America/St_Johns", "2026-03-08", 23),
    ("America/St_Johns", "2026-11-01", 25),
    ("Asia/Makassar", "2026-03-29", 24),
    ("Asia/Makassar", "2026-10-25", 24),
]


@pytest.mark.parametrize(("zone", "odd", "hours"), ZONES)
def test_special_hours_are_kept_by_the_wall_clock_on_days_of_odd_length(
    zone: str, odd: str, hours: int
) -> None:
    of = office(day(odd, "00:00-24:00"), zone=zone)  # a Sunday, on which it is closed otherwise
    midnight = at(of, odd)
    minutes = [
        datetime.fromtimestamp(midnight.timestamp() + 60 * minute, ZoneInfo(zone))
        for minute in range(26 * 60)
    ]
    times = of.hours_of(of.service("A"))
    opened = [each for each in minutes if open_status(times, each).tickets]
    assert len(opened) == hours * 60
    assert {each.date().isoformat() for each in opened} == {odd}
    assert given(of, f"{odd} 12:00") == f"until {midnight + timedelta(days=1):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(("zone", "odd", "_hours"), ZONES)
def test_the_opening_after_an_odd_night_is_told_with_the_right_offset(
    zone: str, odd: str, _hours: int
) -> None:
    of = office(day(odd, "08:00-09:00"), zone=zone)
    evening = at(of, odd) - timedelta(hours=4)  # the day before, by the wall clock
    opening = open_status(of.hours_of(of.service("A")), evening).next_opening
    assert opening is not None
    assert opening.isoformat() == at(of, f"{odd} 08:00").isoformat()
    assert opening.utcoffset() == at(of, f"{odd} 12:00").utcoffset()


def told(of: Office, moments: list[datetime]) -> list[str]:
    """Return the minutes at which numbers begin or end, with what was said a minute before."""
    times = of.hours_of(of.service("A"))
    assert times is not None
    found, before = [], open_status(times, moments[0])
    for each in moments[1:]:
        now = open_status(times, each)
        if now.tickets != before.tickets:
            said = before.until if before.tickets else before.next_opening
            assert said is not None
            assert said.timestamp() == each.timestamp()  # what was promised is what happens
            found.append(f"{'opens' if now.tickets else 'closes'} {each:%H:%M%z}")
        before = now
    return found


def night(zone: str, odd: str) -> list[datetime]:
    first = datetime.fromisoformat(odd).replace(tzinfo=ZoneInfo(zone)).timestamp()
    return [datetime.fromtimestamp(first + 60 * each, ZoneInfo(zone)) for each in range(8 * 60)]


@pytest.mark.parametrize(
    ("zone", "odd", "hours", "happens"),
    [
        # the break from 02:15 to 02:45 never is: the clocks go from 02:00 to 03:00
        ("Europe/Berlin", "2026-03-29", "00:00-02:15 02:45-06:00", ["closes 06:00+0200"]),
        ("America/St_Johns", "2026-03-08", "00:00-02:15 02:45-06:00", ["closes 06:00-0230"]),
        # it closes and opens inside the hour that is left out: at its end
        ("Europe/Berlin", "2026-03-29", "00:00-02:30 04:00-06:00",
         ["closes 03:00+0200", "opens 04:00+0200", "closes 06:00+0200"]),
        ("America/St_Johns", "2026-03-08", "01:00-01:30 02:30-05:00",
         ["opens 01:00-0330", "closes 01:30-0330", "opens 03:00-0230", "closes 05:00-0230"]),
        # a break inside the hour that comes twice is made once, the first time
        ("Europe/Berlin", "2026-10-25", "00:00-02:15 02:45-06:00",
         ["closes 02:15+0200", "opens 02:45+0200", "closes 06:00+0100"]),
        ("America/St_Johns", "2026-11-01", "00:00-01:15 01:45-05:00",
         ["closes 01:15-0230", "opens 01:45-0230", "closes 05:00-0330"]),
        # hours that lie in that hour altogether are not given again
        ("Europe/Berlin", "2026-10-25", "02:10-02:40", ["opens 02:10+0200", "closes 02:40+0200"]),
        ("Asia/Makassar", "2026-03-29", "00:00-02:15 02:45-06:00",
         ["closes 02:15+0800", "opens 02:45+0800", "closes 06:00+0800"]),
    ],
)  # fmt: skip
def test_on_the_night_of_a_clock_change_what_is_told_is_what_happens(
    zone: str, odd: str, hours: str, happens: list[str]
) -> None:
    of = office(day(odd, *hours.split()), zone=zone)
    assert told(of, night(zone, odd)) == happens
