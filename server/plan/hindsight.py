"""What came of an advice: the day as it went, beside the day with the other choice.

Both are played from the very moment of the advice, with those who really came, as long as they
really took, and the counters as they really worked; only the one counter differs.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import msgspec

from server.domain.day import Millis
from server.domain.policy import Head
from server.domain.states import Priority
from server.plan.advise import Advice
from server.plan.foretell import goes_on
from server.plan.futures import SETTLING, WINDOW, Extra, Future, Sum, Wait, summed
from server.plan.learned import LONGEST, PAUSE, busy
from server.plan.simulator import NEVER, Break, Desk, Served
from server.plan.situation import DeskNow, Situation
from server.storage.queries.waits import PastSession, PastTurn

MINUTE = 60_000
USUAL = 10 * MINUTE
Span = tuple[Millis, Millis]


class Kept(msgspec.Struct, frozen=True):
    """An advice and the hall that it was made from."""

    advice: Advice
    situation: Situation


def packed(kept: Kept) -> bytes:
    """Return it as it is kept: without what only a newcomer needs."""
    small = msgspec.structs.replace(kept.situation, ahead={})
    return zlib.compress(msgspec.msgpack.encode(msgspec.structs.replace(kept, situation=small)))


def unpacked(inputs: bytes) -> Kept | None:
    """Return what was kept; ``None`` when a program wrote it that was built otherwise."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(inputs), type=Kept)
    except (zlib.error, msgspec.DecodeError):
        return None


class Hindsight(msgspec.Struct, frozen=True):
    """What came of an advice.

    Attributes:
        people: who waited then or came within an hour and a half.
        really: who of them really waited longer than promised, and the minutes beyond it.
        without, with_it: the same in the simulation, without the counter and with it.
        opened: the counter was open for most of that time.
    """

    people: int
    really: Sum
    without: Sum
    with_it: Sum
    opened: bool


def hindsight(kept: Kept, turns: Sequence[PastTurn], sessions: Sequence[PastSession]) -> Hindsight:
    """Return what came of an advice, from the turns and sessions of its day."""
    advice, situation = kept.advice, kept.situation
    now = situation.now
    of = {(each.arrival, each.leg): each for each in turns}
    lengths, usual = _lengths(turns)

    def length(head: Head) -> Served:
        known = lengths.get((head.arrival, head.leg))
        return known or Served(usual.get(head.service, USUAL))

    def serve(head: Head, _desk: Desk, _at: Millis) -> Served:
        took, then = length(head)
        return Served(took + PAUSE, then)

    coming = [
        _head(each, situation) for each in turns if each.leg == 1 and each.came_at > now
    ]  # fmt: skip
    leaves = {
        each.arrival: each.ended_at for each in turns
        if each.first_called_at is None and each.ended_at is not None
    }  # fmt: skip
    spans = {each.key: _open(sessions, each.key, now) for each in situation.desks}
    free: dict[str, Millis] = {}
    for each in situation.desks:
        if each.serves is not None and each.busy_since is not None:
            free[each.key] = each.busy_since + length(each.serves).length
            then = length(each.serves).then
            if then is not None:
                coming.append(goes_on(each.serves, then, max(now, free[each.key])))
    coming.sort(key=lambda head: head.eligible_at)

    asked = (now + SETTLING, advice.until)
    overlap = sum(
        max(0, min(end, asked[1]) - max(begin, asked[0])) for begin, end in spans[advice.counter]
    )
    opened = 2 * overlap >= asked[1] - asked[0]

    def play(spans: dict[str, list[Span]], extra: Extra | None = None) -> Sum:
        desks = [
            _desk(each, spans[each.key], free.get(each.key, now)) for each in situation.desks
            if spans[each.key]
        ]  # fmt: skip
        return summed(Future(desks, coming, serve, leaves).play(situation, extra))

    as_was = play(spans)
    if opened:
        cut = _without(spans[advice.counter], (now, advice.until))
        without, with_it = play(spans | {advice.counter: cut}), as_was
    else:
        here = next(each for each in situation.desks if each.key == advice.counter)
        without, with_it = as_was, play(spans, Extra(here.key, here.policy, *asked, here.pace))
    people, was = really(situation, of, coming)
    return Hindsight(people, was, without, with_it, opened)


def _lengths(
    turns: Sequence[PastTurn],
) -> tuple[dict[tuple[int, int], Served], dict[str, Millis]]:
    """Return how long each kept a desk busy, and how long others of the service did."""
    found: dict[tuple[int, int], Served] = {}
    of: dict[str, list[Millis]] = defaultdict(list)
    for each in turns:
        took = busy(each)
        if 0 < took < LONGEST:
            found[each.arrival, each.leg] = Served(took, each.then)
            of[each.service].append(took)
    return found, {service: round(median(took)) for service, took in of.items()}


def _head(turn: PastTurn, situation: Situation) -> Head:
    promise = next((each for each in situation.newcomers if each.service == turn.service), None)
    return Head(
        "", turn.leg, turn.service, Priority(turn.priority), turn.arrival, turn.came_at,
        LONGEST if promise is None else promise.max_wait_ms,
        target_ms=LONGEST if promise is None else promise.target_ms, booked=turn.booked,
    )  # fmt: skip


def _open(sessions: Sequence[PastSession], counter: str, now: Millis) -> list[Span]:
    """Return when a counter was open from ``now`` on."""
    found: list[Span] = []
    for begin, end in sorted(
        (max(now, each.from_at), NEVER if each.to_at is None else each.to_at) for each in sessions
        if each.counter == counter and each.state == "open"
        and (each.to_at is None or each.to_at > now)
    ):  # fmt: skip
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _without(spans: Sequence[Span], hole: Span) -> list[Span]:
    """Return spans with one stretch of time cut out."""
    parts = [
        part for begin, end in spans
        for part in ((begin, min(end, hole[0])), (max(begin, hole[1]), end))
    ]  # fmt: skip
    return [(begin, end) for begin, end in parts if begin < end]


def _desk(now: DeskNow, spans: Sequence[Span], free: Millis) -> Desk:
    breaks = [Break(end, begin - end) for (_, end), (begin, _) in pairwise(spans)]
    return Desk(
        now.key, now.policy, max(free, spans[0][0]), breaks, spans[-1][1], now.sent, now.own,
        now.pace,
    )  # fmt: skip


def really(
    situation: Situation, of: dict[tuple[int, int], PastTurn], coming: Sequence[Head]
) -> tuple[int, Sum]:
    """Return how many are counted, and how much too long they waited by the log."""
    ends = situation.now + WINDOW
    counted = [*situation.in_line(), *(each for each in coming if each.eligible_at < ends)]
    found = []
    for head in counted:
        turn = of.get((head.arrival, head.leg))
        until = None if turn is None else turn.first_called_at or turn.ended_at
        if until is not None:
            wait = until - head.eligible_at
            found.append(Wait(head.service, wait, max(0, wait - head.target_ms)))
    return len(counted), summed(found)
