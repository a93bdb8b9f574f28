"""Owns the choice among the call policies of a branch, with appointments mixed into each.

Every policy is a pure function of the heads of the lines, the calls made before and the moment.
Shared by all of them:

* a ticket that a colleague sent to this very counter comes first;
* a visitor with an appointment is called once its time has come, but at most one call in
  ``slot_cap`` is one while others wait; before its time nobody calls it but a person by hand:
  whoever has not come yet would be missed;
* a counter never idles while somebody it can serve waits.

How long somebody can be passed over, in calls of the counters that serve the line (the proofs
are tests): fair, ``cap / (cap - 1)`` calls for each regular visitor before; strict and target,
nobody who came later once the service's limit is reached; weighted, each service at least once
in any ``2 * W - 1`` calls of a counter, ``W`` being the sum of its weights. Appointments make
each bound ``slot_cap / (slot_cap - 1)`` times as long, and each visitor whom a colleague sends to
this very counter adds one call: people decide that, not a rule.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Literal

import msgspec

from server.domain.day import Millis
from server.domain.policy import Choice, Head, choose, over_limit, people_ahead
from server.domain.states import Priority

PolicyName = Literal["fair", "priority", "weighted", "target"]
POLICIES: tuple[PolicyName, ...] = ("fair", "priority", "weighted", "target")

SLOT = "slot"
"""Rule code of a call for an appointment whose time has come."""

PRIORITY_HASTE = 2
"""In the policy "target", a minute of a priority visitor counts as this many."""


class Past(msgspec.Struct, frozen=True):
    """A call made before: for which service, of which class, by which rule."""

    service: str
    priority: Priority
    rule: str


class Policy(msgspec.Struct, frozen=True):
    """A branch's policy as one counter uses it.

    Attributes:
        priority_cap: at most one priority call in this many while regular visitors wait.
        slot_cap: at most one appointment in this many calls while others wait.
        services: what this counter offers now.
        weights: how many turns in a round each service gets at this counter; 1 if not named.
    """

    name: PolicyName = "fair"
    priority_cap: int = 3
    slot_cap: int = 2
    services: Sequence[str] = ()
    weights: Mapping[str, int] = {}

    @property
    def round(self) -> int:
        """How many calls one round of this counter has, at least 1: the sum of its weights."""
        return max(1, sum(self.weights.get(each, 1) for each in self.services))


def select(
    policy: Policy,
    heads: Sequence[Head],
    recent: Iterable[Past],
    own: Sequence[str],
    now: Millis,
) -> Choice | None:
    """Choose among the heads of the lines; ``None`` when nobody waits.

    Args:
        policy: the branch's policy.
        heads: first ticket of each line that the counter serves, in any order.
        recent: latest calls for the services of this counter, by any counter, newest first;
            read only as far as the rule needs.
        own: services of this counter's own latest calls, newest first (only for "weighted").
        now: the moment of the choice.
    """
    sent = [head for head in heads if head.reserved]
    if sent:
        return choose(sent, (), now)
    walk_ins = [head for head in heads if not head.booked]
    due = sorted(
        (head for head in heads if head.booked and head.eligible_at <= now),
        key=lambda head: (head.eligible_at, head.arrival),
    )
    latest: list[Past] = []
    if due and walk_ins:
        recent = iter(recent)
        latest = list(islice(recent, policy.slot_cap - 1))
    if due and all(call.rule != SLOT for call in latest):
        return Choice(due[0], SLOT, "Has an appointment, and its time has come.")
    if walk_ins:
        return _BASES[policy.name](policy, walk_ins, chain(latest, recent), own, now)
    if due:
        return Choice(due[0], SLOT, "Has an appointment, and its time has come.")
    return None


def _fair(
    policy: Policy, heads: Sequence[Head], recent: Iterable[Past], _o: Sequence[str], now: Millis
) -> Choice | None:
    return choose(heads, (call.priority for call in recent), now, policy.priority_cap)


def _strict(
    _p: Policy, heads: Sequence[Head], _r: Sequence[Past], _o: Sequence[str], now: Millis
) -> Choice | None:
    return choose(heads, (), now, 1)


def _target(
    _p: Policy, heads: Sequence[Head], _r: Sequence[Past], _o: Sequence[str], now: Millis
) -> Choice | None:
    """Choose the longest wait measured by the promise of its own service.

    A visitor past the service's limit goes first, the earliest first, so that a flood of
    short promises cannot keep a long one waiting for ever.
    """
    late = [head for head in heads if now - head.eligible_at >= head.max_wait_ms]
    if late:
        return over_limit(min(late, key=lambda head: head.arrival))
    first = min(heads, key=lambda head: (-_urgency(head, now), head.arrival))
    share = max(0, now - first.eligible_at) * 100 // first.target_ms
    why = f"Has waited {share} % of the promised time, the most of all."
    return Choice(first, "target", why, share)


def _urgency(head: Head, now: Millis) -> float:
    haste = PRIORITY_HASTE if head.priority is Priority.PRIORITY else 1
    return max(0, now - head.eligible_at) * haste / head.target_ms


def _weighted(
    policy: Policy, heads: Sequence[Head], recent: Iterable[Past], own: Sequence[str], now: Millis
) -> Choice | None:
    """Choose the service furthest behind its share at this counter, then fairly inside it.

    Looked at are the counter's last ``W - 1`` calls. A service that was not called in them has
    used nothing of its share, so within one more round it comes before every other.
    """
    used = Tally(own[: policy.round - 1])

    def share(head: Head) -> tuple[float, int]:
        return used[head.service] / policy.weights.get(head.service, 1), head.arrival

    service = min(heads, key=share).service
    inside = [head for head in heads if head.service == service]
    calls = (call.priority for call in recent if call.service == service)
    chosen = choose(inside, calls, now, policy.priority_cap)
    others = len({head.service for head in heads}) > 1
    if chosen is None or not others:
        return chosen
    why = f"It is the turn of service {service} at this counter. {chosen.why}"
    return Choice(chosen.head, "weight", why)


_BASES: dict[PolicyName, Callable[..., Choice | None]] = {
    "fair": _fair,
    "priority": _strict,
    "weighted": _weighted,
    "target": _target,
}


def newcomers_place(name: PolicyName, regular: int, priority: int, cls: Priority, cap: int) -> int:
    """Return how many of those waiting are called before a newcomer of class ``cls``.

    Under "target" a class has no line of its own, so everybody who waits may come before.
    """
    if name == "target":
        return regular + priority
    return people_ahead(regular, priority, cls, 1 if name == "priority" else cap)
