"""The business day: the branch's own calendar day, whatever zone the server runs in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.day import business_day, day_bounds, iso, local, millis

JAKARTA, MAKASSAR, JAYAPURA = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
zones = st.sampled_from([JAKARTA, MAKASSAR, JAYAPURA, "UTC", "America/New_York"])
moments = st.integers(1_500_000_000_000, 2_500_000_000_000)
day_starts = st.integers(0, 1439)


def utc(text: str) -> int:
    """Return a moment given in UTC."""
    return millis(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "day"),
    [(JAKARTA, "2026-03-02"), (MAKASSAR, "2026-03-03"), (JAYAPURA, "2026-03-03")],
)
def test_at_half_past_four_in_the_afternoon_utc_the_east_has_the_next_day(
    zone: str, day: str
) -> None:
    assert business_day(utc("2026-03-02 16:30"), zone) == day


def test_a_day_that_starts_at_four_counts_the_night_as_the_day_before() -> None:
    four = 4 * 60
    assert business_day(utc("2026-03-02 19:59"), MAKASSAR, four) == "2026-03-02"
    assert business_day(utc("2026-03-02 20:00"), MAKASSAR, four) == "2026-03-03"


def test_a_day_begins_and_ends_on_the_branchs_wall_clock() -> None:
    assert day_bounds("2026-03-02", MAKASSAR) == (utc("2026-03-01 16:00"), utc("2026-03-02 16:00"))
    first, after = day_bounds("2026-03-02", JAYAPURA, 240)
    assert (first, after) == (utc("2026-03-01 19:00"), utc("2026-03-02 19:00"))


def test_a_day_in_spring_has_23_hours_where_clocks_are_changed() -> None:
    first, after = day_bounds("2026-03-08", "America/New_York")
    assert after - first == 23 * 3_600_000


@given(moments, zones, day_starts)
def test_every_moment_lies_within_the_bounds_of_its_own_day(
    now: int, zone: str, day_start: int
) -> None:
    if zone == "America/New_York":
        day_start = 0  # a day start within the hour that is skipped or doubled is nobody's wish
    first, after = day_bounds(business_day(now, zone, day_start), zone, day_start)
    assert first <= now < after


@given(moments, zones, st.integers(0, 86_400_000))
def test_a_day_never_goes_backwards_while_the_clock_goes_on(
    now: int, zone: str, later: int
) -> None:
    assert business_day(now, zone) <= business_day(now + later, zone)


@pytest.mark.parametrize(
    ("zone", "starts", "night"),
    [("Europe/Berlin", 150, "2026-10-25"), ("America/St_Johns", 90, "2026-11-01"),
     ("America/New_York", 90, "2026-11-01"),
     ("America/Havana", 30, "2026-11-01")],
)  # fmt: skip
def test_where_the_day_begins_in_the_double_hour_it_begins_once(
    zone: str, starts: int, night: str
) -> None:
    noon = day_bounds(night, zone)[0] - 12 * 3_600_000
    days = [business_day(noon + each * 60_000, zone, starts) for each in range(36 * 60)]
    assert days == sorted(days)
    assert len(set(days)) == 2
    first, _ = day_bounds(night, zone, starts)
    assert business_day(first, zone, starts) == night


@given(moments, zones)
def test_a_moment_survives_being_written_and_read(now: int, zone: str) -> None:
    assert millis(datetime.fromisoformat(iso(now, zone))) == now
    assert millis(local(now, zone)) == now


def test_moments_are_written_with_their_zone() -> None:
    assert iso(utc("2026-03-02 01:02:03")) == "2026-03-02T01:02:03.000Z"
    assert iso(utc("2026-03-02 01:02:03") + 45, MAKASSAR) == "2026-03-02T09:02:03.045+08:00"
