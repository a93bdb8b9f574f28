"""A day at the counters, thought through: events on a clock, calls chosen by the real policy.

The simulator knows people, lines and desks, no tickets and no log. Who is called next is asked of
``server.domain.policies.select``, the very rule that the hall uses, so the two cannot drift apart.
Moments and lengths are milliseconds; what is drawn comes from outside (``Serve``), so the same
seeds bring the same people under every rule and rota.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from server.domain.day import Millis
from server.domain.policies import Past, Policy, select
from server.domain.policy import Head
from server.domain.states import Priority

NEVER: Millis = 2**62
LAST = 1 << 50
"""Places in line behind everybody."""
REMEMBERED = 200
"""Calls that the rules may look back on."""

_arrival = attrgetter("arrival")
_booked = attrgetter("eligible_at", "arrival")


class Served(NamedTuple):
    """How long somebody keeps a desk busy, and the service they go on to, if they do."""

    length: Millis
    then: str | None = None


class Break(NamedTuple):
    """When a desk rests: from the first moment it is free after ``start``."""

    start: Millis
    length: Millis


class Line:
    """Who waits for one service, each class in the order of arrival."""

    __slots__ = ("booked", "priority", "regular")

    def __init__(self) -> None:
        self.regular: list[Head] = []
        self.priority: list[Head] = []
        self.booked: list[Head] = []

    def add(self, head: Head) -> None:
        """Take somebody into the line, at the place of their arrival."""
        if head.booked:
            insort(self.booked, head, key=_booked)
            return
        line = self.regular if head.priority is Priority.REGULAR else self.priority
        if line and line[-1].arrival > head.arrival:
            insort(line, head, key=_arrival)
        else:
            line.append(head)

    def remove(self, head: Head) -> None:
        """Take somebody out who is the first of their class."""
        if head.booked:
            self.booked.remove(head)
        elif head.priority is Priority.REGULAR:
            self.regular.pop(0)
        else:
            self.priority.pop(0)


class Desk:
    """A counter with somebody at it.

    Attributes:
        key: whatever the caller knows it by.
        policy: the office's rule, with the services and weights of this counter.
        free_at: when it can first call; before that it serves, rests, or has not opened.
        breaks: rests to come, the earliest first.
        ends: it calls nobody from then on.
        sent: who waits for this desk alone.
        own: services of its latest calls, newest first.
        pace: how long its services take, measured by the usual length.
    """

    __slots__ = (
        "_stamp", "breaks", "ends", "free_at", "idle", "key", "own", "pace", "policy", "sent",
        "services",
    )  # fmt: skip

    def __init__(
        self, key: str, policy: Policy, free_at: Millis = 0, breaks: Sequence[Break] = (),
        ends: Millis = NEVER, sent: Sequence[Head] = (), own: Iterable[str] = (),
        pace: float = 1.0,
    ) -> None:  # fmt: skip
        self.key = key
        self.policy = policy
        self.services = frozenset(policy.services)
        self.free_at = free_at
        self.breaks = deque(breaks)
        self.ends = ends
        self.sent = list(sent)
        self.own = deque(own, maxlen=REMEMBERED)
        self.pace = pace
        self.idle = False
        self._stamp = 0

    def stamp(self) -> int:
        """Make what was planned for this desk before void; return the mark of what comes now."""
        self._stamp += 1
        return self._stamp

    def holds(self, stamp: int) -> bool:
        """Return whether what was planned with a mark is still to happen."""
        return stamp == self._stamp


Serve = Callable[[Head, Desk, Millis], Served]
"""Draws how long a call keeps the desk busy, from the call until it can call again."""
Seen = Callable[[Head, Desk | None, Millis], None]
"""Told of each call: who, at which desk, when."""


class Simulation:
    """One run. People who are ``tagged`` cost nobody anything: called, they are only noted.

    A tagged newcomer at the end of a line is called exactly when a real one would be, and whoever
    is called after that is called as if nobody had been: so one run can hold one in every line.
    """

    def __init__(
        self, desks: Sequence[Desk], waiting: Iterable[Head] = (), recent: Iterable[Past] = (),
        tagged: Iterable[Head] = (), leaves: Mapping[int, Millis] | None = None, *,
        keeps_place: bool = True,
    ) -> None:  # fmt: skip
        """``keeps_place``: whoever goes on to another service stands there as early as before."""
        self._desks = desks
        self._lines: dict[str, Line] = {}
        for desk in desks:
            for code in desk.policy.services:
                self._lines.setdefault(code, Line())
        self._of = {
            desk.key: [self._lines[code] for code in desk.policy.services] for desk in desks
        }
        self._offers = {code: [d for d in desks if code in d.services] for code in self._lines}
        self._recent = deque(recent, maxlen=REMEMBERED)
        self._tagged: set[int] = set()
        self._leaves = leaves or {}
        self._keeps_place = keeps_place
        self._heap: list[tuple[Millis, int, Desk | Head, int]] = []
        self._order = 0
        for head in waiting:
            self._line(head.service).add(head)
        for head in tagged:
            if head.service in self._offers:  # nobody comes who could call the others
                self._tagged.add(head.arrival)
                self._line(head.service).add(head)

    def _line(self, service: str) -> Line:
        return self._lines.setdefault(service, Line())

    def run(
        self, start: Millis, arrivals: Sequence[Head], serve: Serve, seen: Seen, *,
        until: Millis = NEVER, only_tagged: bool = False,
    ) -> Millis:  # fmt: skip
        """Play from ``start`` on; return the moment of the last thing that happened.

        Args:
            start: where the run begins; desks that are free then call at once.
            arrivals: who still comes, in order: from ``eligible_at`` on, or now when booked.
            serve: see ``Serve``.
            seen: see ``Seen``; of a tagged person the desk is ``None``.
            until: nothing after it is played.
            only_tagged: end when all tagged people were called.
        """
        for desk in self._desks:
            self._plan(max(start, desk.free_at), desk)
        heap, now, coming = self._heap, start, 0
        while True:
            if only_tagged and not self._tagged:
                return now
            due = arrivals[coming].eligible_at if coming < len(arrivals) else NEVER
            if heap and heap[0][0] < due:
                at, _, who, stamp = heapq.heappop(heap)
                if at > until:
                    return now
                if isinstance(who, Head):
                    now = at
                    self._join(who, now, serve, seen)
                elif who.holds(stamp):
                    now = at
                    self._free(who, now, serve, seen)
            elif due > until or due == NEVER:
                return now
            else:
                now = due
                self._join(arrivals[coming], now, serve, seen)
                coming += 1

    def _plan(self, at: Millis, desk: Desk) -> None:
        stamp = desk.stamp()
        if at < NEVER:
            self._order += 1
            heapq.heappush(self._heap, (at, self._order, desk, stamp))

    def _join(self, head: Head, now: Millis, serve: Serve, seen: Seen) -> None:
        self._line(head.service).add(head)
        self._wake(head.service, now, serve, seen)

    def _wake(self, service: str, now: Millis, serve: Serve, seen: Seen) -> None:
        for desk in self._offers.get(service, ()):
            if desk.idle:
                self._free(desk, now, serve, seen)
                if not desk.idle:
                    return

    def _free(self, desk: Desk, now: Millis, serve: Serve, seen: Seen) -> None:
        """Let a desk that has nobody rest, call, or wait for somebody."""
        desk.idle = False
        if now >= desk.ends:
            desk.stamp()
            return
        if desk.breaks and now >= desk.breaks[0].start:
            self._plan(now + desk.breaks.popleft().length, desk)
            return
        head = self._next(desk, now, seen)
        if head is None:
            desk.idle = True
            self._plan(self._again(desk, now), desk)
            return
        seen(head, desk, now)
        served = serve(head, desk, now)
        if served.then is not None:
            self._go_on(head, served.then, now + served.length)
        self._plan(now + max(1, served.length), desk)

    def _go_on(self, head: Head, service: str, at: Millis) -> None:
        """Have somebody wait for another service then."""
        self._order += 1
        place = head.arrival if self._keeps_place else LAST + self._order
        later = Head(
            head.ticket, head.leg + 1, service, head.priority, place, at,
            head.max_wait_ms, target_ms=head.target_ms,
        )  # fmt: skip
        heapq.heappush(self._heap, (at, self._order, later, 0))

    def _again(self, desk: Desk, now: Millis) -> Millis:
        """Return when an idle desk looks again although nobody new came."""
        times = [desk.breaks[0].start] if desk.breaks else []
        times += [line.booked[0].eligible_at for line in self._of[desk.key] if line.booked]
        return max(now + 1, min(times, default=NEVER))

    def _next(self, desk: Desk, now: Millis, seen: Seen) -> Head | None:
        """Return who is called; tagged people, and whoever has left, are only taken out."""
        while True:
            heads = self._heads(desk)
            if not heads:
                return None
            weighted = desk.policy.name == "weighted"
            own = list(islice(desk.own, desk.policy.round - 1)) if weighted else ()
            choice = select(desk.policy, heads, self._past(desk), own, now)
            if choice is None:
                return None
            head = choice.head
            if head.reserved:
                desk.sent.pop(0)
            else:
                self._lines[head.service].remove(head)
            if head.arrival in self._tagged:
                self._tagged.discard(head.arrival)
                seen(head, None, now)
            elif self._leaves.get(head.arrival, NEVER) > now:
                self._recent.appendleft(Past(head.service, head.priority, choice.rule))
                desk.own.appendleft(head.service)
                return head

    def _heads(self, desk: Desk) -> list[Head]:
        heads = desk.sent[:1]
        for line in self._of[desk.key]:
            if line.regular:
                heads.append(line.regular[0])
            if line.priority:
                heads.append(line.priority[0])
            if line.booked:
                heads.append(line.booked[0])
        return heads

    def _past(self, desk: Desk) -> Iterator[Past]:
        return (call for call in self._recent if call.service in desk.services)
