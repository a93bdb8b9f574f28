"""The waits of a hall as it stands: newcomers in every line, and everybody who waits."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeVar

import msgspec

from server.demo.memory import DAY, MemoryStage
from server.demo.seed import demo_office
from server.demo.simulator import HOST
from server.domain.calling import call_next
from server.domain.day import Millis, day_bounds
from server.domain.desks import close_counter, open_counter, take_break
from server.domain.foretold import Foretold
from server.domain.issuing import NewTicket, issue
from server.domain.office import Office
from server.domain.serving import start
from server.domain.states import Priority
from server.domain.tx import Actor
from server.plan.foretell import MODEL, foretell, range_of
from server.plan.learned import MINUTE, Learned, learn
from server.plan.situation import situation_of
from server.storage.queries.waits import PastSession

T = TypeVar("T")
REGULAR, PRIORITY = Priority.REGULAR, Priority.PRIORITY
SITS = Actor("user:1", "staff", "Ayu", person=True)


class Hall:
    """A hall at ten in the morning."""

    def __init__(self) -> None:
        office = demo_office()
        steady = [msgspec.structs.replace(each, spread=0.01) for each in office.services]
        self.office: Office = msgspec.structs.replace(office, services=steady)
        self.stage = MemoryStage(self.office)
        self.began, _ = day_bounds(DAY, office.zone)
        self.at: Millis = self.began + 600 * MINUTE
        self.sessions: list[PastSession] = []

    def do(self, act: Callable[..., T], *args: object, who: Actor = HOST) -> T:
        return self.stage.do(self.at, who, lambda tx: act(tx, *args))

    def open(self, *counters: int) -> None:
        for number in counters:
            who = Actor(f"user:{number}", "staff", "Ayu", person=True)
            self.do(open_counter, str(number), who=who)
            key = self.office.counter(str(number)).id
            self.sessions.append(PastSession(key, "open", self.at, None))

    def take(self, service: str, priority: Priority = REGULAR, times: int = 1) -> None:
        for _ in range(times):
            self.do(issue, NewTicket(service, priority))

    def learned(self) -> Learned:
        return learn(self.office.services, DAY, [], [], {})

    def waits(self, learned: Learned | None = None) -> Foretold:
        known = learned or self.learned()

        def look(tx: object) -> Foretold:
            found = situation_of(tx, known, self.sessions, [])  # type: ignore[arg-type]
            assert found is not None
            return foretell(found, known, Random(1))

        return self.do(look)


def middle(waits: Foretold, service: str, priority: Priority = REGULAR) -> float:
    found = waits.lines[service][priority].range
    assert found is not None
    return found.middle


def test_each_newcomer_waits_for_those_before_them_at_the_counters_that_serve_them() -> None:
    hall = Hall()
    hall.open(4, 6)
    hall.take("B", times=3)
    hall.do(call_next, "4", who=Actor("user:4", "staff", "Ayu", person=True))
    waits = hall.waits()
    typical = hall.office.service("B").typical_minutes
    assert waits.model == MODEL
    assert abs(middle(waits, "B") - 3 * (typical + 0.7)) < 1
    assert middle(waits, "C") == 0
    assert waits.lines["B"][REGULAR].ahead == 2
    assert len(waits.places) == 2
    first, second = (waits.places[each] for each in sorted(waits.places))
    assert second.middle - first.middle > typical - 1


def test_what_was_served_already_counts() -> None:
    hall = Hall()
    hall.open(4)
    hall.take("B")
    who = Actor("user:4", "staff", "Ayu", person=True)
    hall.do(call_next, "4", who=who)
    hall.do(start, "4", who=who)
    before = middle(hall.waits(), "B")
    hall.at += 8 * MINUTE
    assert abs(before - middle(hall.waits(), "B") - 8) < 0.5


def test_priority_goes_ahead_as_the_offices_rule_lets_it() -> None:
    hall = Hall()
    hall.open(4)
    hall.take("B", times=5)
    hall.do(call_next, "4", who=Actor("user:4", "staff", "Ayu", person=True))
    waits = hall.waits()
    assert middle(waits, "B", PRIORITY) < middle(waits, "B") / 2


def test_a_line_that_nobody_is_expected_for_is_not_known() -> None:
    hall = Hall()
    hall.open(4)
    waits = hall.waits()
    assert waits.lines["C"][REGULAR].range is None
    assert waits.newcomer("C", REGULAR, 0) is None


def test_a_counter_that_was_closed_is_not_expected_again_and_one_at_rest_is() -> None:
    hall = Hall()
    hall.open(4, 5, 6)
    hall.do(close_counter, "6", who=Actor("user:6", "staff", "Ayu", person=True))
    for counter in ("4", "5"):
        hall.do(
            take_break,
            counter,
            "Istirahat",
            who=Actor(f"user:{counter}", "staff", "A", person=True),
        )
    waits = hall.waits()
    assert waits.lines["C"][REGULAR].range is None
    assert 20 < middle(waits, "B") <= 60


def test_a_hall_before_its_doors_open_knows_when_they_usually_do() -> None:
    hall = Hall()
    hall.at = hall.began + 450 * MINUTE
    key = hall.office.counter("4").id
    began = hall.began - 7 * 24 * 60 * MINUTE
    usual = [PastSession(key, "open", began + 480 * MINUTE, began + 900 * MINUTE)]
    learned = learn(hall.office.services, DAY, [], usual, {"2026-02-24": began})
    assert abs(middle(hall.waits(learned), "B") - 30) < 1


def test_a_fresh_range_moves_with_the_line_and_an_old_one_is_not_told() -> None:
    hall = Hall()
    hall.open(4)
    hall.take("B", times=4)
    waits = hall.waits()
    line = waits.lines["B"][REGULAR]
    later = waits.newcomer("B", REGULAR, line.ahead + 1)
    assert later is not None
    assert line.range is not None
    assert later.middle == line.range.middle + line.step
    assert waits.fresh(hall.at + 59_000)
    assert not waits.fresh(hall.at + 61_000)
    assert not waits.fresh(hall.at - 1)


def test_of_those_who_wait_nearly_four_in_five_are_inside_before_it_is_rounded() -> None:
    evenly = [float(n) for n in range(100)]
    busy = range_of([5 + each for each in evenly], 100)
    assert busy is not None
    assert sum(busy.low <= 5 + each <= busy.high for each in evenly) == 77
    half = range_of([0.0] * 50 + [5 + each for each in evenly[:50]], 100)
    assert half is not None
    assert half.low == 0
    assert 38 <= sum(5 + each <= half.high for each in evenly[:50]) <= 42
    assert range_of(evenly[:70], 100) is None
