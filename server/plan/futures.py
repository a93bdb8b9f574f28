"""The next hours thought through twice: with the counters that there are, and with one more.

Both times the same people come and take as long, so that what differs is the counter's doing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from server.domain.day import Millis
from server.domain.policies import Policy
from server.domain.policy import Head
from server.plan.simulator import Desk, Served, Simulation
from server.plan.situation import Situation

MINUTE = 60_000
WINDOW = 90 * MINUTE
"""Who comes within this is counted with those who wait."""
BEYOND = 3 * 60 * MINUTE
"""Who is not called so long after the window waited until then."""
SETTLING = 3 * MINUTE
"""From a word to the first call at a counter that opens."""


class Extra(msgspec.Struct, frozen=True):
    """A counter that opens at ``opens``, or earlier than it would, and stays until ``until``."""

    key: str
    policy: Policy
    opens: Millis
    until: Millis
    pace: float = 1.0


class Wait(NamedTuple):
    """How long somebody waited, and how much of it beyond what the office promises."""

    service: str
    wait: Millis
    over: Millis


class Future(msgspec.Struct, frozen=True):
    """One way how the hours may go.

    Attributes:
        desks: as they work without anything more.
        coming: who still comes, in order.
        serve: how long somebody keeps a desk busy: the same whenever it is asked.
        leaves: when people leave who were not called, by their place in line.
    """

    desks: Sequence[Desk]
    coming: Sequence[Head]
    serve: Callable[[Head, Desk, Millis], Served]
    leaves: Mapping[int, Millis] = {}

    def play(self, situation: Situation, extra: Extra | None = None) -> list[Wait]:
        """Return how long each waits who is in line now or comes within the window."""
        now = situation.now
        last = now + WINDOW
        counted = {head.arrival: head for head in situation.in_line()}
        counted |= {head.arrival: head for head in self.coming if head.eligible_at < last}
        found: list[Wait] = []

        def noted(head: Head, at: Millis) -> None:
            wait = max(0, at - head.eligible_at)
            found.append(Wait(head.service, wait, max(0, wait - head.target_ms)))

        def seen(head: Head, _desk: Desk | None, at: Millis) -> None:
            known = counted.pop(head.arrival, None)
            if known is not None:
                noted(known, at)

        ends = last + BEYOND
        Simulation(
            with_extra([copied(each) for each in self.desks], extra), situation.waiting,
            situation.recent, leaves=self.leaves, keeps_place=situation.keeps_place,
        ).run(now, self.coming, self.serve, seen, until=ends)  # fmt: skip
        for arrival, head in counted.items():
            noted(head, min(ends, self.leaves.get(arrival, ends)))
        return found


def copied(desk: Desk) -> Desk:
    """Return a desk like it, which a run may use up."""
    return Desk(
        desk.key, desk.policy, desk.free_at, tuple(desk.breaks), desk.ends, desk.sent, desk.own,
        desk.pace,
    )  # fmt: skip


def with_extra(desks: list[Desk], extra: Extra | None) -> list[Desk]:
    """Return the desks with one more, or with one that begins earlier than it would."""
    if extra is None:
        return desks
    for desk in desks:
        if desk.key == extra.key and desk.free_at <= extra.until:
            desk.free_at = min(desk.free_at, extra.opens)
            return desks
    more = Desk(extra.key, extra.policy, extra.opens, ends=extra.until, pace=extra.pace)
    return [*desks, more]


class Sum(msgspec.Struct, frozen=True):
    """People who waited longer than promised, and the minutes beyond it of all together."""

    late: int
    over: int


def summed(waits: Iterable[Wait], runs: int = 1) -> Sum:
    """Return what waits add up to, on average of some runs."""
    over = [each.over for each in waits if each.over > 0]
    return Sum(round(len(over) / runs), round(sum(over) / runs / MINUTE))
