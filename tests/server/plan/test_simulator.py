"""The simulator makes the hall's own calls, and tagged people change nothing in it."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from itertools import count
from random import Random
from typing import Any, TypeVar

import msgspec
import pytest

from server.demo.memory import DAY, MemoryStage
from server.demo.seed import demo_office
from server.demo.simulator import HOST
from server.domain.calling import call_next
from server.domain.day import day_bounds
from server.domain.desks import open_counter
from server.domain.issuing import NewTicket, issue
from server.domain.office import Counter, Office
from server.domain.policies import POLICIES, Policy, PolicyName
from server.domain.policy import Head
from server.domain.serving import finish, start
from server.domain.states import Priority
from server.plan.simulator import NEVER, Break, Desk, Served, Simulation

T = TypeVar("T")
MINUTE = 60_000
FAIR = Policy(services=("A",))


def person(arrival: int, at: int, service: str = "A", *, priority: bool = False) -> Head:
    cls = Priority.PRIORITY if priority else Priority.REGULAR
    return Head(str(arrival), 1, service, cls, arrival, at, 60 * MINUTE)


class Floor:
    """A day in which the real commands are given as soon as a counter is free."""

    def __init__(self, office: Office, people: Sequence[Head], lengths: Sequence[int]) -> None:
        self.stage = MemoryStage(office)
        self.began, _ = day_bounds(DAY, office.zone)
        self.lengths, self.calls = lengths, list[tuple[int, int, str]]()
        self.free = {each.id: 0 for each in office.counters}
        self.idle: list[Counter] = []
        self.of: dict[str, int] = {}
        for each in office.counters:
            self.do(0, open_counter, each.id)
        events = [(each.eligible_at, 0, each) for each in people if not each.booked]
        heap: list[tuple[int, int, Head | Counter]] = [*events]
        heap += [(0, n, each) for n, each in enumerate(office.counters, 1)]
        heapq.heapify(heap)
        order = count(100)
        while heap:
            at, _, who = heapq.heappop(heap)
            if isinstance(who, Head):
                placed = self.do(at, issue, NewTicket(who.service, who.priority))
                self.of[placed.ticket.id] = who.arrival
                free = [each for each in office.counters if each in self.idle]
                first = next((each for each in free if who.service in each.services), None)
                if first is None:
                    continue
                self.idle.remove(first)
                who = first
            length = self.call(at, who)
            if length:
                heapq.heappush(heap, (at + length, next(order), who))
            else:
                self.idle.append(who)

    def do(self, at: int, act: Callable[..., T], *args: object) -> T:
        return self.stage.do(self.began + at, HOST, lambda tx: act(tx, *args))

    def call(self, at: int, counter: Counter) -> int:
        if counter.id in self.stage.hall.at_counter:
            self.do(at, start, counter.id)
            self.do(at, finish, counter.id)
        called = self.do(at, call_next, counter.id)
        if called is None:
            return 0
        arrival = self.of[called[0].id]
        self.calls.append((at, arrival, counter.id))
        return self.lengths[arrival]


@pytest.mark.parametrize("policy", POLICIES)
def test_the_simulator_makes_the_very_calls_of_the_hall(policy: PolicyName) -> None:
    office = demo_office()
    rules = msgspec.structs.replace(office.rules, policy=policy)
    counters = [msgspec.structs.replace(each, weights={"A": 3}) for each in office.counters]
    office = msgspec.structs.replace(office, rules=rules, counters=counters)
    for seed in range(3):
        random = Random(seed)
        codes = ["A", "B", "C", "D", "E", "F"]
        moments = sorted(random.randrange(5 * 60 * MINUTE) for _ in range(150))
        people = []
        for n, at in enumerate(moments):
            limit, target = office.promise(code := random.choice(codes))
            cls = Priority.PRIORITY if random.random() < 0.2 else Priority.REGULAR
            people.append(Head(str(n), 1, code, cls, n, at, limit, target_ms=target))
        lengths = [int(random.lognormvariate(13.3, 0.7)) for _ in people]
        desks = [
            Desk(each.id, Policy(policy, 3, 2, each.services, each.weights))
            for each in office.counters
        ]
        calls: list[tuple[int, int, str]] = []

        def serve(head: Head, *_: object, of: Sequence[int] = lengths) -> Served:
            return Served(of[head.arrival])

        def seen(head: Head, desk: Desk | None, at: int, to: list[Any] = calls) -> None:
            to.append((at, head.arrival, desk and desk.key))

        Simulation(desks).run(0, people, serve, seen)
        assert len(calls) == 150
        assert calls == Floor(office, people, lengths).calls


def test_tagged_people_learn_their_wait_and_change_nobody_elses() -> None:
    random = Random(7)
    places = [*range(20), *range(2000, 2040)]
    people = [
        person(place, n * MINUTE, priority=random.random() < 0.3) for n, place in enumerate(places)
    ]
    lengths = {place: random.randrange(1, 9) * MINUTE for place in places}

    def run(tagged: Sequence[Head], real: Sequence[Head] = ()) -> dict[int, int]:
        noted: dict[int, int] = {}

        def seen(head: Head, _desk: Desk | None, at: int) -> None:
            noted[head.arrival] = at

        desks = [Desk("1", FAIR), Desk("2", FAIR, free_at=4 * MINUTE)]
        Simulation(desks, [*people[:20], *real], tagged=tagged).run(
            20 * MINUTE, people[20:], lambda head, *_: Served(lengths[head.arrival]), seen
        )
        return noted

    regular, first = person(1000, 20 * MINUTE), person(1001, 20 * MINUTE, priority=True)
    lengths |= {1000: MINUTE, 1001: MINUTE}
    alone, beside = run([]), run([regular, first])
    assert {place: at for place, at in beside.items() if place in alone} == alone
    assert beside[1000] == run([], [regular])[1000]
    assert beside[1001] == run([], [first])[1001]


def test_a_desk_rests_when_it_is_free_and_calls_nobody_after_its_end() -> None:
    people = [person(n, 0) for n in range(4)]
    calls: list[tuple[int, int]] = []
    desk = Desk("1", FAIR, breaks=[Break(5, 100)], ends=130)
    Simulation([desk]).run(
        0, people, lambda *_: Served(10), lambda head, _d, at: calls.append((head.arrival, at))
    )
    assert calls == [(0, 0), (1, 110), (2, 120)]


def test_whoever_goes_on_to_another_service_keeps_the_place_in_line() -> None:
    both = Policy(services=("A", "B"))
    people = [person(0, 0), person(1, 0), person(2, 0)]
    calls: list[tuple[str, int]] = []

    def serve(head: Head, _desk: Desk, _at: int) -> Served:
        return Served(10, "B" if head.arrival == 0 and head.leg == 1 else None)

    desks = [Desk("1", both)]
    Simulation(desks).run(0, people, serve, lambda head, _d, _a: calls.append(
        (head.service, head.arrival)))  # fmt: skip
    assert calls == [("A", 0), ("B", 0), ("A", 1), ("A", 2)]
    assert Simulation(desks).run(0, [], serve, lambda *_: None, until=NEVER) == 0
