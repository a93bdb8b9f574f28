"""The hall as a simulation starts from it: who waits, who serves since when, who has a break."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

import msgspec

from server.domain.day import Millis, day_bounds
from server.domain.desks import now_at
from server.domain.issuing import place_in_line
from server.domain.office import Counter
from server.domain.policies import Past, Policy
from server.domain.policy import Head
from server.domain.presence import is_there
from server.domain.states import CounterState, Priority
from server.domain.tx import Tx
from server.plan.halts import halts_of, without_halts
from server.plan.learned import LONGEST, Learned, busy, shifts_of
from server.plan.simulator import REMEMBERED
from server.storage.queries.waits import PastSession, PastTurn

OFTEN = 15
"""Turns that the usual pace counts for, against those of today."""
MOST = 1500
"""People in line beyond whom nothing is foreseen."""
CLASSES = (Priority.REGULAR, Priority.PRIORITY)


class DeskNow(msgspec.Struct, frozen=True):
    """A counter as it stands.

    Attributes:
        state: ``open`` also says that somebody is there.
        since: of the state.
        until: when a rest is meant to end.
        busy_since: the call that it is busy with.
        serves: who was called then.
        worked: it was open today.
        rested: it had its rest today.
        pace: how long its services take today, measured by the usual length.
        halt: since when it stands still together with others, as when a system is down.
    """

    key: str
    policy: Policy
    state: CounterState
    since: Millis
    until: Millis | None
    busy_since: Millis | None
    serves: Head | None
    worked: bool
    rested: bool
    pace: float
    sent: list[Head]
    own: list[str]
    halt: Millis | None = None


class Situation(msgspec.Struct, frozen=True):
    """Everything that one run starts from. ``ahead``: by service and class, for a newcomer."""

    now: Millis
    seq: int
    began: Millis
    waiting: list[Head]
    desks: list[DeskNow]
    recent: list[Past]
    newcomers: list[Head]
    ahead: dict[tuple[str, Priority], int]
    came: int
    all_matter: bool
    keeps_place: bool = True

    def in_line(self) -> list[Head]:
        """Return everybody who waits, also those for one counter alone."""
        return [*self.waiting, *(head for desk in self.desks for head in desk.sent)]


def situation_of(
    tx: Tx, learned: Learned, sessions: Sequence[PastSession], turns: Sequence[PastTurn]
) -> Situation | None:
    """Return the hall as it stands; ``None`` when too many wait to think it through.

    Args:
        tx: a look at the hall.
        learned: what the office's past teaches.
        sessions: of counters, today.
        turns: that ended today.
    """
    began, _ = day_bounds(tx.day, tx.office.zone, tx.office.day_start_minutes)
    day = tx.today
    arrivals = sorted(tx.hall.visits[ticket].turn.arrival for ticket in day.waiting())
    if len(arrivals) > MOST:
        return None
    heads = [tx.head(day.at(arrival)) for arrival in arrivals]
    shifts = shifts_of(without_halts(sessions, learned.reasons), began)
    paces = _paces(learned, turns)
    halts = halts_of((now_at(tx, each) for each in tx.office.counters), learned.reasons)
    rules = tx.office.rules
    newcomers: list[Head] = []
    ahead: dict[tuple[str, Priority], int] = {}
    for service in tx.office.services:
        line = tx.line(service.code)
        limit, target = tx.office.promise(service.code)
        for cls in CLASSES:
            place = tx.next_seq() + len(newcomers)
            newcomers.append(Head("", 1, service.code, cls, place, tx.now, limit, target_ms=target))
            ahead[service.code, cls] = tx.due_now(service.code) + place_in_line(
                tx, line.regular, line.priority, cls
            )

    def desk(counter: Counter) -> DeskNow:
        now, turn, shift = now_at(tx, counter), tx.turn_at(counter.id), shifts.get(counter.id)
        services = tuple(now.services or counter.services)
        policy = Policy(rules.policy, rules.priority_cap, rules.slot_cap, services, counter.weights)
        state = now.state
        if state is CounterState.OPEN and not is_there(tx, now):
            state = CounterState.CLOSED
        sent = day.reserved.get(counter.id, ())
        return DeskNow(
            counter.id, policy, state, now.since, now.until,
            None if turn is None else turn.called_at,
            None if turn is None else tx.head(turn.ticket),
            worked=shift is not None, rested=shift is not None and bool(shift.rests),
            pace=paces.get(counter.id, 1.0), sent=[tx.head(day.at(each)) for each in sent],
            own=list(tx.own_calls(counter.id, policy.round)) if rules.policy == "weighted" else [],
            halt=halts.get(counter.id),
        )  # fmt: skip

    return Situation(
        tx.now, tx.next_seq() - 1, began, [head for head in heads if not head.reserved],
        [desk(counter) for counter in tx.office.counters],
        list(islice(tx.hall.recent_calls(tx.day), REMEMBERED)), newcomers, ahead,
        sum(day.issued.values()), all_matter=rules.policy in {"weighted", "target"},
        keeps_place=rules.transfer_position == "arrival",
    )  # fmt: skip


def _paces(learned: Learned, turns: Sequence[PastTurn]) -> dict[str, float]:
    """Return how each counter works today, drawn to the usual where little is known."""
    took: dict[str, float] = defaultdict(float)
    usual: dict[str, float] = defaultdict(float)
    count: dict[str, int] = defaultdict(int)
    for each in turns:
        known = learned.lengths.get(each.service)
        if each.counter is None or known is None:
            continue
        if each.by_hand and 0 < busy(each) < LONGEST:
            took[each.counter] += busy(each)
            usual[each.counter] += known.mean
            count[each.counter] += 1
    return {
        counter: (took[counter] + OFTEN * usual[counter] / n)
        / (usual[counter] + OFTEN * usual[counter] / n)
        for counter, n in count.items()
    }
