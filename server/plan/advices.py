"""Owns advice in the hall: given once, answered by a person, and let go when it has lost its point.

Nobody is nagged: one at a time, and a while of silence after each.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from server.domain.advice_events import AdviceAnswer, AdviceAnswered, Advised
from server.domain.day import Millis
from server.domain.desks import counter_ref, now_at
from server.domain.errors import Conflict, NotFound
from server.domain.event_base import CounterRef
from server.domain.office import Counter
from server.domain.states import CounterState
from server.plan.advise import Advice
from server.plan.hindsight import Hindsight
from server.storage.queries import advices
from server.storage.queries.advices import AdviceRow
from server.storage.transaction import SqliteTx

MINUTE = 60_000
SILENCE = {
    "declined": 60 * MINUTE, "lapsed": 20 * MINUTE, "taken": 20 * MINUTE, "opened": 20 * MINUTE,
}  # fmt: skip
"""After each answer."""
OLD = 30 * MINUTE
"""Unanswered for so long, its figures are no longer those of the hall."""
KEPT = 92 * 24 * 60 * MINUTE
"""After so long the hall that an advice was worked out from is erased."""
POINTLESS = 10 * MINUTE
"""So shortly before its end nobody need open any more."""


def standing(tx: SqliteTx) -> AdviceRow | None:
    """Return the advice that waits for an answer."""
    known = advices.latest(tx.db, tx.branch, tx.day)
    return known if known is not None and known.answer is None else None


def silent(tx: SqliteTx) -> bool:
    """Return whether it is too early for another one."""
    known = advices.latest(tx.db, tx.branch, tx.day)
    if known is None:
        return False
    if known.answer is None:
        return True
    return tx.now < (known.answered_at or known.at) + SILENCE[known.answer]


def give(tx: SqliteTx, found: Advice, inputs: bytes) -> None:
    """Give an advice, unless it is too early for one, or the counter has just opened."""
    counter = _counter(tx, found.counter)
    if counter is None or silent(tx) or now_at(tx, counter).state is CounterState.OPEN:
        return
    key = tx.new_id()
    target = tx.office.promise(found.service)[1] // MINUTE
    tx.append(Advised(
        advice=key, day=tx.day, counter=counter_ref(counter), service=found.service,
        until=found.until, target=target, people=found.people, late=found.late,
        late_with=found.late_with, over=found.over, over_with=found.over_with, wait=found.wait,
        wait_with=found.wait_with, model=found.model,
    ))  # fmt: skip
    advices.keep_inputs(tx.aside, tx.branch, key, inputs)


def answer(tx: SqliteTx, key: str, said: Literal["taken", "declined"]) -> AdviceRow:
    """Take an advice or not; the same answer again is no other.

    Raises:
        NotFound: no such advice.
        Conflict: it was answered otherwise, or has lost its point.
    """
    known = advices.get(tx.db, tx.branch, key)
    if known is None:
        raise NotFound("There is no such advice.", slug="unknown-advice")
    if known.answer != said:
        if known.answer is not None or known.day != tx.day:
            raise Conflict("This advice is over; thank you.", slug="advice-over")
        _answered(tx, known, said, tx.actor.id)
    return advices.get(tx.db, tx.branch, key) or known


def let_go(tx: SqliteTx, *, well: bool = False) -> None:
    """Let an advice go whose counter has opened, whose time is over, or when all is ``well``."""
    known = standing(tx)
    if known is None:
        return
    counter = _counter(tx, known.counter)
    if counter is not None and now_at(tx, counter).state is CounterState.OPEN:
        _answered(tx, known, "opened", None)
    elif well or counter is None or pointless(known, tx.now):
        _answered(tx, known, "lapsed", None)


def pointless(known: AdviceRow, now: Millis) -> bool:
    """Return whether it is too late to follow it."""
    return now >= known.until - POINTLESS or now >= known.at + OLD


def note(tx: SqliteTx, key: str, seen: Hindsight | None) -> None:
    """Keep what came of an advice; null where nobody can tell."""
    advices.keep_seen(tx.aside, key, msgspec.json.encode(seen).decode())
    advices.erase_inputs(tx.aside, tx.branch, tx.now - KEPT)


def _answered(tx: SqliteTx, known: AdviceRow, said: AdviceAnswer, staff: str | None) -> None:
    tx.append(AdviceAnswered(
        advice=known.id, counter=CounterRef(known.counter, known.number), service=known.service,
        until=known.until, answer=said, staff=staff,
    ))  # fmt: skip


def _counter(tx: SqliteTx, key: str) -> Counter | None:
    return next((each for each in tx.office.counters if each.id == key), None)
