"""All call policies: nobody idles, nobody is forgotten, the same lines give the same call."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.policies import POLICIES, SLOT, Past, Policy, PolicyName, newcomers_place, select
from server.domain.policy import Choice, Head
from server.domain.states import Priority

REGULAR, PRIORITY = Priority.REGULAR, Priority.PRIORITY
MINUTE = 60_000
LIMITS = {"A": 30, "B": 60, "C": 45}
TARGETS = {"A": 5, "B": 20, "C": 10}
WEIGHTS = {"A": 3, "B": 1, "C": 2}

names = st.sampled_from(POLICIES)
services = st.sampled_from("ABC")
classes = st.sampled_from(Priority)


def head(arrival: int, **more: object) -> Head:
    """Return the first ticket of a line, at moment 0."""
    fields: dict[str, object] = {
        "service": "A", "priority": REGULAR, "eligible_at": 0, "max_wait_ms": 60 * MINUTE,
    } | more  # fmt: skip
    return Head(f"t{arrival}", 1, arrival=arrival, **fields)  # type: ignore[arg-type]


def called(choice: Choice | None) -> tuple[int, str]:
    assert choice is not None
    return choice.head.arrival, choice.rule


@dataclass
class Hall:
    """Lines of a hall and one counter that serves all of them."""

    policy: Policy
    now: int = 0
    arrivals: int = 0
    waiting: list[Head] = field(default_factory=list)
    past: deque[Past] = field(default_factory=deque)

    def arrive(self, service: str, priority: Priority, due: int | None = None) -> Head:
        self.arrivals += 1
        came = Head(
            f"t{self.arrivals}", 1, service, priority, self.arrivals, max(self.now, due or 0),
            LIMITS[service] * MINUTE, target_ms=TARGETS[service] * MINUTE, booked=due is not None,
        )  # fmt: skip
        self.waiting.append(came)
        return came

    def heads(self) -> list[Head]:
        first: dict[tuple[str, Priority | None], Head] = {}
        for each in sorted(self.waiting, key=lambda one: (one.eligible_at, one.arrival)):
            if each.booked:
                first.setdefault((each.service, None), each)
        for each in self.waiting:
            if not each.booked:
                first.setdefault((each.service, each.priority), each)
        return list(first.values())

    def call(self) -> Choice | None:
        own = [call.service for call in self.past][: self.policy.round - 1]
        choice = select(self.policy, self.heads(), self.past, own, self.now)
        if choice is not None:
            self.waiting.remove(choice.head)
            self.past.appendleft(Past(choice.head.service, choice.head.priority, choice.rule))
        return choice


def hall(name: PolicyName, slot_cap: int = 2) -> Hall:
    return Hall(Policy(name, 3, slot_cap, "ABC", WEIGHTS))


# ------------------------------------------------------------------ the rules in examples


def test_strict_priority_has_no_cap_but_the_limit_of_the_service() -> None:
    strict = Policy("priority", 3, 2, "A")
    just = [Past("A", PRIORITY, "priority-first")]
    regular, first = head(1, eligible_at=-59 * MINUTE), head(2, priority=PRIORITY)
    assert called(select(strict, [regular, first], just, (), 0)) == (2, "priority-first")
    late = head(1, eligible_at=-60 * MINUTE)
    assert called(select(strict, [late, first], just, (), 0)) == (1, "over-limit")


def test_by_target_the_wait_is_measured_by_its_own_promise() -> None:
    target = Policy("target", 3, 2, "AB")
    long_promise = head(1, service="B", eligible_at=-12 * MINUTE, target_ms=20 * MINUTE)
    short_promise = head(2, eligible_at=-7 * MINUTE, target_ms=10 * MINUTE)
    choice = select(target, [long_promise, short_promise], (), (), 0)
    assert called(choice) == (2, "target")
    assert choice is not None
    assert "70 %" in choice.why


def test_by_target_a_minute_of_a_priority_visitor_counts_twice() -> None:
    target = Policy("target", 3, 2, "A")
    regular = head(1, eligible_at=-10 * MINUTE)
    first = head(2, eligible_at=-6 * MINUTE, priority=PRIORITY)
    assert called(select(target, [regular, first], (), (), 0)) == (2, "target")


def test_by_weight_the_services_share_the_counter_as_set() -> None:
    shared = Hall(Policy("weighted", 3, 2, "AB", {"A": 3, "B": 1}))
    for _ in range(40):
        shared.arrive("A", REGULAR)
        shared.arrive("B", REGULAR)
    order = "".join(each.head.service for _ in range(24) if (each := shared.call()))
    assert order.count("A") == 18
    assert "BB" not in order
    assert "AAAA" not in order


def test_an_appointment_is_called_at_its_time_and_not_before() -> None:
    fair = hall("fair")
    fair.arrive("A", REGULAR)
    fair.arrive("A", REGULAR)
    booked = fair.arrive("A", REGULAR, due=10 * MINUTE)
    assert called(fair.call()) == (1, "oldest")
    fair.now = 10 * MINUTE
    assert called(fair.call()) == (booked.arrival, SLOT)


@pytest.mark.parametrize("policy", POLICIES)
def test_nobody_is_called_before_the_appointment_though_every_counter_is_free(
    policy: PolicyName,
) -> None:
    office = hall(policy)
    booked = office.arrive("A", REGULAR, due=10 * MINUTE)
    assert office.call() is None
    office.now = 10 * MINUTE
    assert called(office.call()) == (booked.arrival, SLOT)


def test_a_full_book_of_appointments_leaves_every_second_call_to_the_others() -> None:
    fair = hall("fair")
    for _ in range(6):
        fair.arrive("A", REGULAR, due=0)
        fair.arrive("A", REGULAR)
    rules = [each.rule for _ in range(12) if (each := fair.call())]
    assert rules == [SLOT, "oldest"] * 6


def test_a_ticket_sent_here_comes_first_under_every_policy() -> None:
    for name in POLICIES:
        heads = [head(1, priority=PRIORITY, eligible_at=-90 * MINUTE), head(9, reserved=True)]
        assert called(select(Policy(name, services="A"), heads, (), (), 0)) == (9, "sent-here")


def test_how_many_come_before_a_newcomer_depends_on_the_policy() -> None:
    assert newcomers_place("fair", 10, 2, PRIORITY, 3) == 8
    assert newcomers_place("priority", 10, 2, PRIORITY, 3) == 2
    assert newcomers_place("target", 10, 2, PRIORITY, 3) == 12


# ------------------------------------------------------------------ the rules for any day

happenings = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), services, classes, st.none() | st.integers(0, 90)),
        st.tuples(st.just("call"), st.integers(0, 20), st.none(), st.none()),
    ),
    max_size=70,
)


@given(names, happenings)
def test_a_counter_never_idles_while_somebody_it_can_serve_waits(
    name: PolicyName, day: list[tuple[str, str | int, Priority | None, int | None]]
) -> None:
    work = hall(name)
    for what, detail, priority, due in day:
        if what == "arrive":
            assert priority is not None
            work.arrive(str(detail), priority, None if due is None else due * MINUTE)
            continue
        work.now += int(detail) * MINUTE
        somebody = any(not each.booked or each.eligible_at <= work.now for each in work.waiting)
        assert (work.call() is not None) == somebody


@given(names, happenings)
def test_no_appointment_is_called_early_past_others_nor_twice_in_a_row(
    name: PolicyName, day: list[tuple[str, str | int, Priority | None, int | None]]
) -> None:
    work = hall(name)
    for what, detail, priority, due in day:
        if what == "arrive":
            assert priority is not None
            work.arrive(str(detail), priority, None if due is None else due * MINUTE)
            continue
        work.now += int(detail) * MINUTE
        others = any(not each.booked for each in work.waiting)
        last = work.past[0].rule if work.past else ""
        choice = work.call()
        if choice is not None and choice.head.booked and others:
            assert choice.head.eligible_at <= work.now
            assert last != SLOT


@pytest.mark.parametrize("name", POLICIES)
@given(
    st.lists(
        # few waits, so that many are alike and only the order of arrival can tell them apart
        st.tuples(services, classes, st.sampled_from([0, 0, 20, 120]), st.booleans()),
        min_size=1,
        max_size=9,
    ),
    st.lists(st.tuples(services, classes, st.sampled_from([SLOT, "oldest"])), max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_same_lines_give_the_same_call_in_whatever_order_they_are_listed(
    name: PolicyName,
    lines: list[tuple[str, Priority, int, bool]],
    before: list[tuple[str, Priority, str]],
    dice: random.Random,
) -> None:
    heads = [
        head(
            place, service=service, priority=priority, eligible_at=-waited * MINUTE,
            target_ms=TARGETS[service] * MINUTE, booked=booked,
        )
        for place, (service, priority, waited, booked) in enumerate(lines)
    ]  # fmt: skip
    recent = [Past(*each) for each in before]
    own = [each.service for each in recent]
    policy = hall(name).policy
    first = select(policy, heads, recent, own, 0)
    assert first is not None
    for order in (heads[::-1], dice.sample(heads, len(heads))):
        assert select(policy, order, iter(recent), own, 0) == first


# ------------------------------------------------------------------ nobody is forgotten

crowds = st.lists(st.tuples(services, classes), max_size=12)


def until_called(
    work: Hall, mine: Head, data: st.DataObject, most: int, *, booked: bool = True
) -> None:
    """Let a flood of newcomers come between calls; fail when ``mine`` needs more than ``most``."""
    for _ in range(most):
        for service, priority, slot in data.draw(
            st.lists(st.tuples(services, classes, st.booleans()), max_size=4)
        ):
            work.arrive(service, priority, work.now if slot and booked else None)
        work.now += data.draw(st.integers(0, 3)) * MINUTE
        choice = work.call()
        if choice is not None and choice.head == mine:
            return
    pytest.fail(f"not called within {most} calls")


@given(st.sampled_from(["fair", "priority", "target"]), crowds, services, classes, st.data())
def test_past_the_limit_only_those_who_came_before_are_still_called_before(
    name: PolicyName, before: list[tuple[str, Priority]], service: str, own: Priority,
    data: st.DataObject,
) -> None:  # fmt: skip
    """The bound: each who came before and still waits costs a call, and a slot beside it.

    Under "fair" the cap puts one priority call between two regular ones besides; a priority
    visitor has the cap instead of the limit: at most two regular calls for each before.
    """
    work = hall(name)
    for each in before:
        work.arrive(*each)
    mine = work.arrive(service, own)
    work.now += max(LIMITS.values()) * MINUTE
    per_place = {"fair": 3, "priority": 1, "target": 1}[name]
    until_called(work, mine, data, 2 * per_place * (len(before) + 1) + 1)


@given(crowds, services, st.data())
def test_by_weight_each_service_has_its_turn_in_every_two_rounds(
    before: list[tuple[str, Priority]], service: str, data: st.DataObject
) -> None:
    """The bound: ``2 W - 1`` calls for each call of the own service, which takes turns fairly."""
    work = hall("weighted")
    for each in before:
        work.arrive(*each)
    mine = work.arrive(service, REGULAR)
    ahead = sum(1 for each in before if each == (service, REGULAR))
    turns = (ahead + 1) + (ahead + 2) // 2  # the cap: two regular calls in any three
    until_called(work, mine, data, turns * (2 * work.policy.round - 1), booked=False)


@given(names, st.integers(2, 5), st.data())
def test_appointments_make_no_wait_longer_than_their_share(
    name: PolicyName, cap: int, data: st.DataObject
) -> None:
    """However full the book is, of any ``cap`` calls at most one is an appointment."""
    work = hall(name, slot_cap=cap)
    for _ in range(30):
        for service in data.draw(st.lists(services, max_size=2)):
            work.arrive(service, REGULAR, work.now)
        work.arrive("A", REGULAR)
        work.now += MINUTE
        work.call()
        window = list(work.past)[:cap]
        assert sum(1 for call in window if call.rule == SLOT) <= 1
