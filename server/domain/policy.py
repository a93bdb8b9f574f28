"""Owns the fair rule: which waiting ticket a counter should call next, and why.

``policies`` chooses between this and the other rules of a branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from server.domain.day import Millis
from server.domain.states import Priority


class Head(msgspec.Struct, frozen=True):
    """The first ticket of one (service, priority class) line.

    Attributes:
        arrival: event sequence that gives the place in line; smaller came first.
        eligible_at: moment from which the place in line counts. Nobody behind in the same line
            has an earlier one: a ticket that kept its place when it was sent on has kept its
            moment too, so it never hides who behind it has waited past the limit.
        max_wait_ms: the service's limit for waiting because of priority.
        reserved: it was sent to this very counter.
        target_ms: the wait that the office promises for the service.
        booked: it has an appointment; ``eligible_at`` is not before it.
    """

    ticket: str
    leg: int
    service: str
    priority: Priority
    arrival: int
    eligible_at: Millis
    max_wait_ms: int
    reserved: bool = False
    target_ms: int = 900_000
    booked: bool = False


class Choice(msgspec.Struct, frozen=True):
    """The ticket to call, the rule that chose it as a code, and the reason in words.

    ``value`` is the number that the rule is about: calls (``priority-cap``), minutes
    (``over-limit``) or percent of the promise (``target``).
    """

    head: Head
    rule: str
    why: str
    value: int | None = None


def choose(  # noqa: PLR0911 - one return for each rule
    heads: Sequence[Head], recent_calls: Iterable[Priority], now: Millis, priority_cap: int = 3
) -> Choice | None:
    """Choose fairly among the heads of the lines; ``None`` when nobody waits.

    The rule "fair":

    1. A ticket sent to this very counter by a colleague comes first.
    2. While regular visitors wait, at most one call in ``priority_cap`` is a priority call.
    3. A regular visitor who waited past the service's limit goes before later priority.
    4. Priority goes ahead.
    5. Otherwise the oldest goes first, by event sequence and not by clock.

    Args:
        heads: the first ticket of each line that the counter serves, in any order.
        recent_calls: classes of the latest calls for the services of this counter, newest
            first. Only the first ``priority_cap - 1`` are looked at.
        now: the moment of the choice.
        priority_cap: see rule 2; 1 means no cap.
    """
    if not heads:
        return None
    by_age = sorted(heads, key=lambda head: head.arrival)
    reserved = [head for head in by_age if head.reserved]
    if reserved:
        return Choice(reserved[0], "sent-here", "Sent to this counter by a colleague.")
    regular = [head for head in by_age if head.priority is Priority.REGULAR]
    priority = [head for head in by_age if head.priority is Priority.PRIORITY]
    if not priority:
        return Choice(regular[0], "oldest", "Has waited longest.")
    if not regular:
        return Choice(priority[0], "priority-only", "Only priority visitors wait.")
    if _cap_reached(recent_calls, priority_cap):
        why = f"Has waited longest; priority had its turn (at most 1 call in {priority_cap})."
        return Choice(regular[0], "priority-cap", why, priority_cap)
    overdue = [head for head in regular if now - head.eligible_at >= head.max_wait_ms]
    if overdue and overdue[0].arrival < priority[0].arrival:
        return over_limit(overdue[0])
    return Choice(priority[0], "priority-first", "Priority goes ahead.")


def over_limit(head: Head) -> Choice:
    """Choose whoever waited past the limit of the service."""
    minutes = head.max_wait_ms // 60_000
    return Choice(head, "over-limit", f"Has waited past the limit of {minutes} minutes.", minutes)


def _cap_reached(recent_calls: Iterable[Priority], cap: int) -> bool:
    for position, called in enumerate(recent_calls):
        if position >= cap - 1:
            return False
        if called is Priority.PRIORITY:
            return True
    return False


def people_ahead(regular: int, priority: int, cls: Priority, cap: int = 3) -> int:
    """Return how many of those waiting are called before a newcomer of class ``cls``.

    ``regular`` and ``priority`` count the waiting tickets of the service. A regular newcomer
    has everybody ahead. A priority newcomer has the other priority tickets ahead, and up to
    ``cap - 1`` regular ones for each priority call, the most the cap can put between.
    """
    if cls is Priority.REGULAR:
        return regular + priority
    return priority + min(regular, (cap - 1) * (priority + 1))
