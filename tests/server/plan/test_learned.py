"""What the log teaches: pools of service times, and how a day usually goes on."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from statistics import mean

from server.domain.office import Service
from server.plan.learned import MINUTE, Lengths, busy, learn, shifts_of
from server.plan.simulator import Break, Served
from server.storage.queries.waits import PastSession, PastTurn

HOUR = 60 * MINUTE
A, B = Service("A", {"id": "A"}, typical_minutes=10, spread=0.5), Service("B", {"id": "B"})
MONDAY = date(2026, 3, 2)


def turn(
    day: str, at: int, minutes: float, then: str | None = None, counter: str = "1"
) -> PastTurn:
    return PastTurn(day, "A", "regular", 1, at, counter, at, at + int(minutes * MINUTE), True, then)


def day_of(back: int) -> tuple[str, int]:
    day = MONDAY - timedelta(days=back)
    return day.isoformat(), back * -24 * HOUR


def test_a_service_without_a_past_takes_as_long_as_configured() -> None:
    learned = learn([A, B], MONDAY.isoformat(), [], [], {})
    random = Random(1)
    drawn = [learned.at_desk("A").draw(random).length / MINUTE for _ in range(4000)]
    assert 10 < mean(drawn) < 11
    assert min(drawn) < 5
    assert max(drawn) > 25
    assert learned.pattern(random) is None


def test_two_hundred_turns_take_the_place_of_what_is_configured() -> None:
    day, began = day_of(1)
    turns = [turn(day, began + n, 4, "B" if n % 10 == 0 else None) for n in range(200)]
    known = learn([A], MONDAY.isoformat(), turns, [], {day: began}).at_desk("A")
    drawn = [known.draw(Random(n)) for n in range(1000)]
    assert {each.length for each in drawn} == {4 * MINUTE}
    assert 60 < sum(each.then == "B" for each in drawn) < 140
    half = learn([A], MONDAY.isoformat(), turns[:100], [], {day: began}).at_desk("A")
    assert 380 < sum(half.draw(Random(n)).length == 4 * MINUTE for n in range(1000)) < 620


def test_recent_weeks_weigh_more() -> None:
    old, new = day_of(59), day_of(1)
    turns = [turn(old[0], old[1], 20) for _ in range(200)]
    turns += [turn(new[0], new[1], 5) for _ in range(200)]
    known = learn([A], MONDAY.isoformat(), turns, [], dict([old, new])).at_desk("A")
    assert 0.8 < mean(known.draw(Random(n)).length == 5 * MINUTE for n in range(1000)) < 0.95


def test_whoever_sits_there_long_already_needs_what_such_people_still_need() -> None:
    lengths = Lengths([Served(5 * MINUTE)] * 50 + [Served(30 * MINUTE, "B")] * 50)
    random = Random(1)
    assert {lengths.rest(10 * MINUTE, random) for _ in range(50)} == {Served(20 * MINUTE, "B")}
    assert lengths.rest(90 * MINUTE, random).length > 0
    slow = {lengths.rest(50 * MINUTE, random, 2.0) for _ in range(50)}
    assert slow == {Served(10 * MINUTE, "B")}


def sessions(began: int, lunch: int, late: int = 0) -> list[PastSession]:
    spans = [("open", 8 * HOUR + late, lunch), ("break", lunch, lunch + HOUR // 2),
             ("open", lunch + HOUR // 2, 15 * HOUR), ("closed", 15 * HOUR, None)]  # fmt: skip
    return [
        PastSession("1", state, began + since, None if until is None else began + until)
        for state, since, until in spans
    ]


def test_a_rest_begins_when_it_was_meant_to_and_not_when_the_last_visitor_left() -> None:
    days = [day_of(7 * weeks) for weeks in (1, 2, 3, 4)]
    rows = [each for n, (_, at) in enumerate(days) for each in sessions(at, 12 * HOUR + n * MINUTE)]
    learned = learn([A], MONDAY.isoformat(), [], rows, dict(days))
    assert {each.shifts["1"].rests[0] for each in learned.patterns} == {Break(12 * HOUR, HOUR // 2)}


def test_weekdays_that_work_alike_tell_of_each_other_and_fridays_do_not() -> None:
    days = [day_of(7 * weeks) for weeks in (1, 2, 3)]
    alike, friday = day_of(6), day_of(3)
    rows = [each for _, at in [*days, alike] for each in sessions(at, 12 * HOUR)]
    rows += sessions(friday[1], 11 * HOUR)
    learned = learn([A], MONDAY.isoformat(), [], rows, dict([*days, alike, friday]))
    weights = {each.day: each.weight for each in learned.patterns}
    assert weights.keys() == {day for day, _ in [*days, alike]}
    assert weights[alike[0]] < weights[days[0][0]]
    assert learned.opening("1", Random(1)) == 8 * HOUR
    assert learned.opening("2", Random(1)) is None


def test_a_counter_that_closes_long_before_the_last_has_its_own_end() -> None:
    early = [
        PastSession("2", "open", 8 * HOUR, 11 * HOUR),
        PastSession("2", "closed", 11 * HOUR, None),
    ]
    shifts = shifts_of([*sessions(0, 12 * HOUR), *early], 0)
    assert shifts["2"].closes == 11 * HOUR
    assert shifts["1"].closes is None


def test_whoever_was_held_kept_a_desk_busy_before_the_last_call_too() -> None:
    day, began = day_of(1)
    held = turn(day, began, 3)._replace(calls=2, service_ms=9 * MINUTE)
    assert busy(held) == 11 * MINUTE
    assert busy(turn(day, began, 3)) == 3 * MINUTE
    assert busy(turn(day, began, 3)._replace(ended_at=None)) == 0
