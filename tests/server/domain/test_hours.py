"""Opening hours: the Friday of an Indonesian office, last tickets, holidays."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.hours import Hours, Period, open_status

WITA = ZoneInfo("Asia/Makassar")
OFFICE = Hours(
    periods=[
        Period([1, 2, 3, 4], "08:00", "15:00", tickets_from="07:30", last_ticket="14:30"),
        Period([5], "08:00", "11:30", tickets_from="07:30"),
        Period([5], "13:30", "15:00", last_ticket="14:30"),
    ],
    closed_dates=["2026-03-19", "2026-03-20"],  # Nyepi and the leave after it
)


def at(text: str) -> datetime:
    """Return a moment on Balikpapan's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=WITA)


@pytest.mark.parametrize(
    ("when", "given_until"),
    [
        ("2026-03-02 07:30", "2026-03-02 14:30"),  # Monday, before the doors
        ("2026-03-02 14:29", "2026-03-02 14:30"),
        ("2026-03-06 07:30", "2026-03-06 11:30"),  # Friday morning
        ("2026-03-06 11:29", "2026-03-06 11:30"),
        ("2026-03-06 13:30", "2026-03-06 14:30"),  # after Friday prayer
    ],
)
def test_numbers_are_given_while_the_office_is_open(when: str, given_until: str) -> None:
    status = open_status(OFFICE, at(when))
    assert status.tickets
    assert status.until == at(given_until)


@pytest.mark.parametrize(
    ("when", "next_opening"),
    [
        ("2026-03-02 07:29", "2026-03-02 07:30"),
        ("2026-03-02 14:30", "2026-03-03 07:30"),  # after the last ticket
        ("2026-03-06 11:30", "2026-03-06 13:30"),  # Friday prayer
        ("2026-03-06 12:15", "2026-03-06 13:30"),
        ("2026-03-06 14:30", "2026-03-09 07:30"),  # over the week-end
        ("2026-03-07 10:00", "2026-03-09 07:30"),
        ("2026-03-18 16:00", "2026-03-23 07:30"),  # Wednesday before the holidays
        ("2026-03-19 10:00", "2026-03-23 07:30"),
    ],
)
def test_a_closed_service_says_when_it_opens_again(when: str, next_opening: str) -> None:
    status = open_status(OFFICE, at(when))
    assert not status.tickets
    assert status.until is None
    assert status.next_opening == at(next_opening)


def test_a_service_without_hours_is_always_open() -> None:
    assert open_status(None, at("2026-03-08 03:00")).tickets


def test_hours_up_to_midnight_end_with_the_day() -> None:
    night = Hours([Period([6], "20:00", "24:00")])
    assert open_status(night, at("2026-03-07 23:59")).until == at("2026-03-08 00:00")
    assert not open_status(night, at("2026-03-08 00:00")).tickets


def test_a_service_that_never_opens_promises_nothing() -> None:
    status = open_status(Hours([]), at("2026-03-02 10:00"))
    assert not status.tickets
    assert status.next_opening is None


def test_the_same_moment_is_read_on_the_branchs_own_clock() -> None:
    """07:45 in Jakarta is 08:45 in Makassar: one office is open, the other is not yet."""
    jakarta = datetime.fromisoformat("2026-03-02 07:15").replace(tzinfo=ZoneInfo("Asia/Jakarta"))
    assert not open_status(OFFICE, jakarta).tickets
    assert open_status(OFFICE, jakarta.astimezone(WITA)).tickets


clocks = st.integers(0, 1440)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Any stretch that makes sense: numbers end no later than service."""
    marks = sorted(draw(st.lists(clocks, min_size=4, max_size=4)))
    tickets_from, opens, last, closes = (f"{mark // 60:02d}:{mark % 60:02d}" for mark in marks)
    days = draw(st.lists(st.integers(1, 7), min_size=1, unique=True))
    return Period(days, opens, closes, tickets_from, last)


weeks = st.builds(
    Hours,
    st.lists(periods(), min_size=1, max_size=4),
    st.lists(st.dates(datetime(2026, 3, 1).date(), datetime(2026, 3, 20).date()).map(str)),  # noqa: DTZ001
)
moments = st.integers(0, 14 * 1440).map(lambda m: at("2026-03-01") + timedelta(minutes=m))


def gives_numbers(hours: Hours, when: datetime) -> bool:
    """The same question, asked minute by minute and with strings."""
    if when.strftime("%Y-%m-%d") in hours.closed_dates:
        return False
    clock = when.strftime("%H:%M")
    return any(
        when.isoweekday() in each.days and str(each.tickets_from) <= clock < str(each.last_ticket)
        for each in hours.periods
    )


@given(weeks, moments)
def test_numbers_are_given_exactly_in_the_hours_that_are_written_down(
    hours: Hours, when: datetime
) -> None:
    assert open_status(hours, when).tickets == gives_numbers(hours, when)


@given(weeks, moments, st.floats(0, 1))
def test_the_next_opening_is_true_and_nothing_opens_before_it(
    hours: Hours, when: datetime, somewhere: float
) -> None:
    status = open_status(hours, when)
    if status.tickets:
        assert status.until is not None
        assert status.until > when
        between = when + (status.until - when) * somewhere * 0.999
        assert open_status(hours, between).tickets
    elif status.next_opening is not None:
        assert open_status(hours, status.next_opening).tickets or any(
            each.tickets_from == each.last_ticket for each in hours.periods
        )
        between = when + (status.next_opening - when) * somewhere * 0.999
        assert not open_status(hours, between).tickets
