"""Advice to open one more counter: given where it helps, held against what happened."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest

from server.apart import Apart
from server.domain import calling, desks, issuing, serving
from server.domain.errors import Conflict
from server.domain.issuing import NewTicket
from server.domain.policies import Policy
from server.domain.policy import Head
from server.domain.states import Priority
from server.domain.tx import Actor
from server.plan import advices
from server.plan.advise import Advice, could_open
from server.plan.advisor import ADVISER, Advisor
from server.plan.apart import Worker
from server.plan.asked import AdviceAsked, AdviceFound, HindsightAsked
from server.plan.futures import MINUTE, WINDOW, Extra, Future
from server.plan.hindsight import Hindsight, unpacked
from server.plan.learned import learn
from server.plan.simulator import NEVER, Desk, Served
from server.plan.situation import Situation, situation_of
from server.storage.queries import advices as rows
from server.storage.queries.advices import AdviceRow
from server.storage.queries.waits import PastSession
from server.storage.transaction import SqliteTx
from tests.server.rehearsal import BUDI, KIOSK, SARI, Rehearsal, office, on

DEWI = Actor("user:dewi", "manager", "Ibu Dewi", person=True)
CALLS = {"1": SARI}


def answered(hall: Rehearsal, *, given: bool = False) -> bytes:
    asked = AdviceAsked(str(hall.data), hall.branches[0], hall.now, given)
    with closing(Worker()) as worker:
        return worker.answer(msgspec.msgpack.encode(asked))


def child(hall: Rehearsal, *, given: bool = False) -> AdviceFound:
    return msgspec.msgpack.decode(answered(hall, given=given), type=AdviceFound)


def looked_back(hall: Rehearsal, key: str) -> Hindsight | None:
    asked = HindsightAsked(str(hall.data), hall.branches[0], hall.now, key)
    with closing(Worker()) as worker:
        told = worker.answer(msgspec.msgpack.encode(asked))
    return msgspec.msgpack.decode(told, type=Hindsight | None)


@pytest.fixture
def full() -> Iterator[Rehearsal]:
    """Twelve people wait for service A at the one counter that is open."""
    with Rehearsal(office(), at="2026-03-02 09:00") as hall:
        hall.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        for _ in range(12):
            hall.do(lambda tx: issuing.issue(tx, NewTicket("A")), KIOSK)
        yield hall


def given(hall: Rehearsal) -> AdviceRow:
    found = child(hall)
    assert found.advice is not None
    advice = found.advice
    hall.do(lambda tx: advices.give(tx, advice, found.inputs), ADVISER)
    return standing(hall)


def standing(hall: Rehearsal) -> AdviceRow:
    known = hall.do(advices.standing)
    assert known is not None
    return known


def number(hall: Rehearsal, advice: Advice) -> int:
    return next(
        each.number for each in hall.do(lambda tx: tx.office.counters) if each.id == advice.counter
    )


def test_a_closed_counter_is_advised_for_the_shortest_time_that_does_nearly_all(
    full: Rehearsal,
) -> None:
    advice = child(full).advice
    assert advice is not None
    assert number(full, advice) in {2, 4}
    assert advice.service == "A"
    assert advice.people == 12
    assert advice.over_with < advice.over * 0.8
    assert advice.late_with <= advice.late
    assert advice.wait_with < advice.wait
    assert full.now + 20 * MINUTE <= advice.until <= full.now + WINDOW
    assert (advice.until - full.now) % (10 * MINUTE) == 0, "as people read a clock"


def test_nobody_is_troubled_for_little_or_where_nothing_would_help(full: Rehearsal) -> None:
    full.do(lambda tx: desks.pause_service(tx, "A", "Gangguan sistem."))
    assert child(full).advice is None, "no counter mends a system that is down"
    full.do(lambda tx: desks.resume_service(tx, "A"))
    for key, who in (("2", BUDI), ("4", Actor("user:tono", "staff", "Pak Tono", person=True))):
        full.do(on(desks.open_counter, key), who)
    assert child(full).advice is None, "all who could serve them do"
    with Rehearsal(office(), at="2026-03-02 09:00") as calm:
        for _ in range(12):
            calm.do(lambda tx: issuing.issue(tx, NewTicket("A")), KIOSK)
        assert child(calm).advice is None, "nobody is there yet whom one could ask"
    with Rehearsal(office(waits={"advice": False}), at="2026-03-02 09:00") as without:
        without.do(lambda tx: desks.open_counter(tx, "1"), SARI)
        for _ in range(12):
            without.do(lambda tx: issuing.issue(tx, NewTicket("A")), KIOSK)
        assert msgspec.msgpack.decode(answered(without)) is None, "this office does without"


def test_nobodys_rest_is_cut_short(full: Rehearsal) -> None:
    def able(tx: SqliteTx, learned_opens: dict[str, int] | None = None) -> list[int]:
        learned = learn(tx.office.services, tx.day, [], [], {})
        learned = msgspec.structs.replace(learned, opens=learned_opens or {})
        found = situation_of(tx, learned, sessions, [])
        assert found is not None
        of = {each.id: each.number for each in tx.office.counters}
        return [of[each.key] for each in could_open(found, learned, "A", Tally({"A": 60}))]

    sessions: list[PastSession] = []
    assert full.do(able) == [2, 4]
    began = full.now - 9 * 60 * MINUTE
    key = full.do(lambda tx: tx.office.counter("2").id)
    usual = {key: full.now - began + 10 * MINUTE}
    assert full.do(lambda tx: able(tx, usual)) == [4], "it opens in ten minutes anyway"
    for counter, who in (("2", BUDI), ("4", Actor("user:tono", "staff", "Tono", person=True))):
        full.do(on(desks.open_counter, counter), who)
        full.do(on(desks.take_break, counter, "Salat", 15), who)
    assert full.do(able) == []
    full.now += 20 * MINUTE
    assert full.do(able) == [2, 4], "both rests are over"


def test_one_advice_stands_at_a_time_and_after_an_answer_there_is_silence(full: Rehearsal) -> None:
    first = given(full)
    again = child(full)
    assert again.advice is not None
    advice = again.advice
    full.do(lambda tx: advices.give(tx, advice, again.inputs), ADVISER)
    assert standing(full) == first
    full.do(lambda tx: advices.answer(tx, first.id, "declined"), DEWI)
    full.do(lambda tx: advices.answer(tx, first.id, "declined"), DEWI)
    assert full.kinds().count("advice_answered") == 1
    with pytest.raises(Conflict):
        full.do(lambda tx: advices.answer(tx, first.id, "taken"), DEWI)
    full.now += 59 * MINUTE
    assert full.do(advices.silent)
    full.now += MINUTE
    assert not full.do(advices.silent)


def test_an_advice_goes_by_itself_when_its_counter_opens_or_it_has_lost_its_point(
    full: Rehearsal,
) -> None:
    first = given(full)
    full.do(advices.let_go, ADVISER)
    assert standing(full) == first, "it still helps"
    full.do(lambda tx: desks.open_counter(tx, str(first.number)), BUDI)
    full.do(advices.let_go, ADVISER)
    known = full.do(lambda tx: rows.get(tx.db, tx.branch, first.id))
    assert known is not None
    assert known.answer == "opened"
    full.do(lambda tx: desks.close_counter(tx, str(first.number)), BUDI)
    full.now += 20 * MINUTE
    second = given(full)
    full.now += 31 * MINUTE
    full.do(advices.let_go, ADVISER)
    known = full.do(lambda tx: rows.get(tx.db, tx.branch, second.id))
    assert known is not None
    assert known.answer == "lapsed"


def turn_at(tx: SqliteTx, key: str) -> object:
    return tx.turn_at(tx.office.counter(key).id)


def serve_all(hall: Rehearsal, at: dict[str, Actor], minutes: int) -> None:
    """Let each counter serve one after the other, everybody alike long, until none waits."""
    while hall.do(lambda tx: list(tx.today.waiting())):
        for key, who in at.items():
            if hall.do(on(calling.call_next, key), who) is not None:
                hall.do(on(serving.start, key), who)
        hall.now += minutes * MINUTE
        for key, who in at.items():
            if hall.do(on(turn_at, key)) is not None:
                hall.do(on(serving.finish, key), who)


def test_hindsight_sees_what_was_and_what_the_other_choice_would_have_been(
    full: Rehearsal,
) -> None:
    began = full.now
    advice = given(full)
    serve_all(full, CALLS, 10)
    full.now = began + 4 * 3_600_000
    seen = looked_back(full, advice.id)
    assert seen is not None
    late = [n * 10 - 15 for n in range(12) if n * 10 > 15]
    assert seen.people == 12
    assert (seen.really.late, seen.really.over) == (len(late), sum(late))
    assert not seen.opened
    assert seen.without.late == len(late)
    assert seen.without.over == pytest.approx(sum(late), rel=0.05)
    two = sum(max(0, (n // 2) * 10 - 15) for n in range(12))
    assert two * 0.8 < seen.with_it.over < two * 1.5 + 60
    full.do(lambda tx: advices.note(tx, advice.id, seen), ADVISER)
    assert full.do(lambda tx: rows.unseen(tx.db, tx.branch, full.now)) is None
    assert full.do(lambda tx: rows.inputs(tx.db, tx.branch, advice.id))
    full.now += 93 * 24 * 60 * MINUTE
    full.do(lambda tx: advices.note(tx, advice.id, seen), ADVISER)
    assert full.do(lambda tx: rows.inputs(tx.db, tx.branch, advice.id)) == b""


def test_hindsight_of_a_counter_that_opened_takes_it_away_again(full: Rehearsal) -> None:
    began = full.now
    advice = given(full)
    key = str(advice.number)
    full.do(lambda tx: advices.answer(tx, advice.id, "taken"), DEWI)
    full.do(lambda tx: desks.open_counter(tx, key), BUDI)
    serve_all(full, {"1": SARI, key: BUDI}, 10)
    full.now = began + 4 * 3_600_000
    seen = looked_back(full, advice.id)
    assert seen is not None
    assert seen.opened
    assert seen.with_it.over == pytest.approx(seen.really.over, abs=10)
    assert seen.without.over > seen.with_it.over + 100


def test_what_an_older_program_kept_is_not_looked_back_on() -> None:
    assert unpacked(b"no such thing") is None


def test_a_counter_that_opens_later_by_itself_opens_earlier_too() -> None:
    situation = Situation(0, 1, 0, [], [], [], [], {}, 0, all_matter=False)
    assert situation.in_line() == []
    policy = Policy(services=("A",))
    people = [Head("", 1, "A", Priority.REGULAR, n, n * MINUTE, NEVER) for n in range(3)]
    future = Future(
        [Desk("1", policy, 100 * MINUTE, ends=NEVER)], people, lambda *_: Served(10 * MINUTE)
    )
    alone = future.play(situation)
    assert [each.wait // MINUTE for each in alone] == [100, 109, 118]
    extra = Extra("1", policy, 2 * MINUTE, 20 * MINUTE)
    assert [each.wait // MINUTE for each in future.play(situation, extra)] == [2, 11, 98]
    other = Extra("2", policy, 2 * MINUTE, 20 * MINUTE)
    assert [each.wait // MINUTE for each in future.play(situation, other)] == [2, 11, 98]
    assert future.play(situation) == alone, "a run uses nothing up"


def test_the_process_beside_the_hall_advises_and_hours_later_looks_back(full: Rehearsal) -> None:
    began = full.now
    child_process = Apart("server.plan.apart")
    advisor = Advisor(full.data, full.store, child_process)
    branch = full.branches[0]
    try:
        full.run(advisor.advise(branch))
        first = standing(full)
        assert full.do(lambda tx: tx.office.counter(str(first.number)).id) == first.counter
        full.run(advisor.advise(branch))
        assert standing(full) == first, "it stands while it helps"
        serve_all(full, CALLS, 10)
        full.now = began + 5 * 3_600_000
        full.run(advisor.look_back(branch))
    finally:
        child_process.close()
    known = full.do(lambda tx: rows.get(tx.db, tx.branch, first.id))
    assert known is not None
    assert known.seen is not None
    assert msgspec.json.decode(known.seen, type=Hindsight).people == 12
