"""The call policy: fair, explainable, and nobody is forgotten."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.policy import Choice, Head, choose, people_ahead
from server.domain.states import Priority

REGULAR, PRIORITY = Priority.REGULAR, Priority.PRIORITY
MINUTE = 60_000
LIMIT = 60
NOBODY_CALLED: list[Priority] = []


def head(
    arrival: int,
    priority: Priority = REGULAR,
    *,
    service: str = "A",
    waited: float = 0,
    limit: int = LIMIT,
    reserved: bool = False,
) -> Head:
    """Return the first ticket of a line, at moment 0."""
    return Head(
        f"t{arrival}", 1, service, priority, arrival, round(-waited * MINUTE), limit * MINUTE,
        reserved,
    )  # fmt: skip


def called(choice: Choice | None) -> tuple[int, str]:
    """Return who was chosen and the rule's code."""
    assert choice is not None
    return choice.head.arrival, choice.rule


# ------------------------------------------------------------------ the rule in examples


def test_nobody_is_called_when_nobody_waits() -> None:
    assert choose([], NOBODY_CALLED, 0) is None


def test_the_oldest_goes_first() -> None:
    assert called(choose([head(9), head(4), head(7)], NOBODY_CALLED, 0)) == (4, "oldest")


def test_the_oldest_is_the_first_to_arrive_even_when_the_clock_stepped_back() -> None:
    first_by_clock_last_by_arrival = head(9, waited=30)
    assert called(choose([first_by_clock_last_by_arrival, head(4)], NOBODY_CALLED, 0))[0] == 4


def test_priority_goes_ahead_of_those_who_came_before() -> None:
    assert called(choose([head(1), head(5, PRIORITY)], NOBODY_CALLED, 0)) == (5, "priority-first")


@pytest.mark.parametrize("recent", [[PRIORITY], [REGULAR, PRIORITY]])
def test_after_a_priority_call_two_regular_visitors_come_first(recent: list[Priority]) -> None:
    heads = [head(5, PRIORITY), head(8), head(9, service="B")]
    assert called(choose(heads, recent, 0)) == (8, "priority-cap")


def test_the_third_call_after_a_priority_call_may_be_priority_again() -> None:
    heads = [head(5, PRIORITY), head(8)]
    recent = [REGULAR, REGULAR, PRIORITY]
    assert called(choose(heads, recent, 0)) == (5, "priority-first")


def test_without_regular_visitors_priority_is_called_one_after_another() -> None:
    heads = [head(6, PRIORITY, service="B"), head(5, PRIORITY)]
    assert called(choose(heads, [PRIORITY, PRIORITY], 0)) == (5, "priority-only")


def test_a_visitor_past_the_limit_goes_before_later_priority() -> None:
    heads = [head(1, waited=LIMIT), head(2, PRIORITY)]
    assert called(choose(heads, NOBODY_CALLED, 0)) == (1, "over-limit")


def test_a_visitor_past_the_limit_waits_for_priority_that_came_earlier() -> None:
    heads = [head(3, waited=LIMIT), head(2, PRIORITY)]
    assert called(choose(heads, NOBODY_CALLED, 0)) == (2, "priority-first")


def test_one_minute_before_the_limit_priority_still_goes_ahead() -> None:
    heads = [head(1, waited=LIMIT - 1), head(2, PRIORITY)]
    assert called(choose(heads, NOBODY_CALLED, 0)) == (2, "priority-first")


def test_each_service_has_its_own_limit() -> None:
    heads = [head(1, waited=20), head(2, waited=20, service="B", limit=15), head(3, PRIORITY)]
    assert called(choose(heads, NOBODY_CALLED, 0)) == (2, "over-limit")


def test_a_ticket_that_a_colleague_sent_here_comes_before_all_others() -> None:
    heads = [head(1, PRIORITY, waited=200), head(9, reserved=True), head(8, reserved=True)]
    assert called(choose(heads, NOBODY_CALLED, 0)) == (8, "sent-here")


def test_a_cap_of_one_means_priority_always_goes_ahead() -> None:
    heads = [head(1), head(2, PRIORITY)]
    assert called(choose(heads, [PRIORITY] * 5, 0, priority_cap=1)) == (2, "priority-first")


def test_the_reason_is_told_in_words_with_the_numbers_of_this_office() -> None:
    capped = choose([head(1), head(2, PRIORITY)], [PRIORITY], 0, priority_cap=4)
    late = choose([head(1, waited=45, limit=45), head(2, PRIORITY)], NOBODY_CALLED, 0)
    assert capped is not None
    assert late is not None
    assert "1 call in 4" in capped.why
    assert "45 minutes" in late.why


# ------------------------------------------------------------------ the rule for any day


@dataclass
class Line:
    """A hall with one counter, called only by the policy."""

    cap: int
    now: int = 0
    arrivals: int = 0
    waiting: dict[tuple[str, Priority], deque[Head]] = field(default_factory=dict)
    calls: list[Priority] = field(default_factory=list)

    def arrive(self, service: str, priority: Priority, limit: int) -> Head:
        self.arrivals += 1
        came = Head(
            f"t{self.arrivals}", 1, service, priority, self.arrivals, self.now, limit * MINUTE
        )
        self.waiting.setdefault((service, priority), deque()).append(came)
        return came

    def heads(self) -> list[Head]:
        return [line[0] for line in self.waiting.values() if line]

    def everybody(self) -> list[Head]:
        return [each for line in self.waiting.values() for each in line]

    def call(self) -> Head | None:
        choice = choose(self.heads(), reversed(self.calls), self.now, self.cap)
        if choice is None:
            return None
        chosen = choice.head
        assert self.waiting[chosen.service, chosen.priority].popleft() == chosen
        self.calls.append(chosen.priority)
        return chosen


LIMITS = {"A": 30, "B": 60}
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.sampled_from("AB"), st.sampled_from(Priority)),
        st.tuples(st.just("call"), st.integers(0, 20), st.none()),
    ),
    max_size=60,
)
caps = st.integers(2, 5)


@given(happenings, caps)
def test_in_any_three_calls_at_most_one_is_priority_while_a_regular_visitor_waits(
    day: list[tuple[str, str | int, Priority | None]], cap: int
) -> None:
    hall = Line(cap)
    for what, detail, priority in day:
        if priority is not None:
            hall.arrive(str(detail), priority, LIMITS[str(detail)])
            continue
        assert what == "call"
        hall.now += int(detail) * MINUTE
        regular_waits = any(each.priority is REGULAR for each in hall.everybody())
        window = hall.calls[-(cap - 1) :]
        chosen = hall.call()
        if chosen is not None and chosen.priority is PRIORITY and regular_waits:
            assert PRIORITY not in window


@given(happenings, caps)
def test_nobody_past_the_limit_is_passed_by_priority_that_came_later(
    day: list[tuple[str, str | int, Priority | None]], cap: int
) -> None:
    hall = Line(cap)
    for _, detail, priority in day:
        if priority is not None:
            hall.arrive(str(detail), priority, LIMITS[str(detail)])
            continue
        hall.now += int(detail) * MINUTE
        late = [
            each
            for each in hall.everybody()
            if each.priority is REGULAR and hall.now - each.eligible_at >= each.max_wait_ms
        ]
        chosen = hall.call()
        if chosen is not None and chosen.priority is PRIORITY:
            assert not [each for each in late if each.arrival < chosen.arrival]


@given(happenings, caps)
def test_somebody_is_called_whenever_somebody_waits_and_each_class_in_order(
    day: list[tuple[str, str | int, Priority | None]], cap: int
) -> None:
    hall = Line(cap)
    for _, detail, priority in day:
        if priority is not None:
            hall.arrive(str(detail), priority, LIMITS[str(detail)])
            continue
        hall.now += int(detail) * MINUTE
        waiting = hall.everybody()
        chosen = hall.call()
        assert (chosen is None) == (not waiting)
        if chosen is None:
            continue
        same_class = [each.arrival for each in waiting if each.priority is chosen.priority]
        late = hall.now - chosen.eligible_at >= chosen.max_wait_ms
        assert chosen.arrival == min(same_class) or (late and chosen.priority is REGULAR)


@given(
    st.lists(st.sampled_from(Priority), min_size=1, max_size=30),
    st.data(),
    st.sampled_from(Priority),
)
def test_nobody_waits_for_ever_however_many_priority_visitors_come(
    before: list[Priority], data: st.DataObject, own: Priority
) -> None:
    """A bound in calls: each place in one's own class costs at most three, and no more come."""
    hall = Line(cap=3)
    for each in before:
        hall.arrive("A", each, LIMIT)
    mine = hall.arrive("A", own, LIMIT)
    same = before.count(own)
    regular_before = before.count(REGULAR)
    two_regular_in_any_three = (same + 1) + (same + 2) // 2
    one_in_three_and_those_past_their_limit = 3 * (same + 1) + regular_before
    bound = two_regular_in_any_three if own is REGULAR else one_in_three_and_those_past_their_limit
    for call in range(1, bound + 1):
        for newcomer in data.draw(st.lists(st.sampled_from(Priority), max_size=2)):
            hall.arrive("A", newcomer, LIMIT)
        hall.now += data.draw(st.integers(0, 30)) * MINUTE
        if hall.call() == mine:
            return
        assert call < bound, f"not called within {bound} calls"


@given(
    st.lists(
        st.tuples(
            st.integers(1, 50),
            st.sampled_from(Priority),
            st.sampled_from("ABC"),
            st.integers(0, 120),
            st.booleans(),
        ),
        unique_by=lambda each: each[0],
        min_size=1,
        max_size=8,
    ),
    st.lists(st.sampled_from(Priority), max_size=6),
    st.integers(1, 5),
    st.randoms(use_true_random=False),
)
def test_the_same_lines_give_the_same_call_in_whatever_order_they_are_listed(
    lines: list[tuple[int, Priority, str, int, bool]],
    recent: list[Priority],
    cap: int,
    dice: random.Random,
) -> None:
    heads = [head(a, p, service=s, waited=w, reserved=r) for a, p, s, w, r in lines]
    shuffled = dice.sample(heads, len(heads))
    first = choose(heads, recent, 0, cap)
    assert first is not None
    assert choose(shuffled, iter(recent), 0, cap) == first


# ------------------------------------------------------------------ how many are ahead


def test_a_regular_newcomer_has_everybody_ahead() -> None:
    assert people_ahead(regular=7, priority=2, cls=REGULAR) == 9


def test_a_priority_newcomer_has_priority_ahead_and_the_regular_calls_between() -> None:
    assert people_ahead(regular=10, priority=0, cls=PRIORITY) == 2
    assert people_ahead(regular=10, priority=2, cls=PRIORITY) == 2 + 6
    assert people_ahead(regular=1, priority=2, cls=PRIORITY) == 3


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 2), caps)
def test_no_more_people_are_called_before_a_newcomer_than_was_told(
    regular: int, priority: int, just_called: int, cap: int
) -> None:
    for own in Priority:
        hall = Line(cap)
        hall.calls = [[], [PRIORITY], [REGULAR, PRIORITY]][just_called]
        for _ in range(regular):
            hall.arrive("A", REGULAR, 10_000)
        for _ in range(priority):
            hall.arrive("A", PRIORITY, 10_000)
        mine = hall.arrive("A", own, 10_000)
        before = 0
        while hall.call() != mine:
            before += 1
        assert before <= people_ahead(regular, priority, own, cap)
