"""Who goes first: strangers wait while a known request is under way, and never for long."""

from __future__ import annotations

import asyncio

import pytest

from server import admission
from server.admission import Lane
from server.precedence import GIVES_WAY_S, GivesWay, Precedence


class Now:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = 100.0

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def now() -> Now:
    return Now()


def test_a_stranger_gives_way_to_a_press_until_it_is_answered(now: Now) -> None:
    known = Precedence(now)
    stranger = GivesWay(known)
    assert not stranger.waits()
    press = known.begin()
    assert stranger.waits()
    known.end(press)
    assert not stranger.waits()


def test_a_hall_at_full_work_lets_one_stranger_through_now_and_then(now: Now) -> None:
    known = Precedence(now)
    stranger, passed, presses = GivesWay(known), 0, 1000
    press = known.begin()
    for _ in range(presses):
        following = known.begin()  # one begins before the last is answered
        known.end(press)
        press = following
        now.moment += GIVES_WAY_S / 10
        passed += not stranger.waits()
    assert presses / 20 < passed < presses / 5


def test_each_kind_of_stranger_gets_through_however_many_others_wait(now: Now) -> None:
    known = Precedence(now)
    several, passed = [GivesWay(known) for _ in range(3)], [0, 0, 0]
    for _ in range(100):
        known.begin()
        now.moment += GIVES_WAY_S / 10
        for number, each in enumerate(several):
            passed[number] += not each.waits()
    assert min(passed) > 0


def test_nobody_gives_way_to_what_takes_long_such_as_the_socket_of_a_print_agent(now: Now) -> None:
    known = Precedence(now)
    known.begin()
    now.moment += 2 * GIVES_WAY_S
    stranger = GivesWay(known)
    assert not stranger.waits()
    press = known.begin()
    assert stranger.waits()
    known.end(press)
    assert not stranger.waits()


async def test_no_strangers_answer_begins_while_a_counter_waits_for_its_own(now: Now) -> None:
    known = Precedence(now)
    lane, order = Lane(4, known=known), list[str]()

    async def ask() -> None:
        await lane.enter("stranger")
        order.append("stranger")
        lane.leave()

    press = known.begin()
    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(ask())
        for _ in range(20):  # milliseconds in which all could have begun
            await asyncio.sleep(0.001)
        order.append("counter")
        known.end(press)
    assert order == ["counter"] + ["stranger"] * 10


async def test_strangers_begin_one_after_the_other_however_many_places_are_free(
    now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "AGAIN_S", 3600.0)
    lane, inside = Lane(4, known=Precedence(now)), list[int]()

    async def ask(number: int) -> None:
        await lane.enter("stranger")
        inside.append(number)

    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(ask(number)) for number in range(4)]
        for _ in range(20):  # turns of the loop in which all could have begun
            await asyncio.sleep(0)
        assert inside == [0]
        for each in waiting:
            each.cancel()
