"""Owns one simulated day of a hall: people come, counters call, each step a real command."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from server.demo import profile
from server.demo.memory import MemoryTx
from server.domain.calling import call_next, no_show, recall
from server.domain.closing import close_past_days
from server.domain.day import Millis, day_bounds
from server.domain.desks import close_counter, open_counter, take_break
from server.domain.issuing import NewTicket, cancel, come_back, issue
from server.domain.office import Office
from server.domain.records import Turn
from server.domain.serving import finish, hold, start, transfer
from server.domain.states import Priority, TurnState
from server.domain.tx import Actor

CLOCK = Actor("clock", "system")
KIOSK = Actor("demo-kiosk", "kiosk", "Kiosk 1")
HOST = Actor("demo-host", "staff", "Pemandu")
MINUTE = 60_000

Step = tuple[Millis, Actor, Callable[..., Any], tuple[Any, ...], dict[str, Any]]
"""One command as it was given: when, by whom, which, with what."""


class Desk:
    """A counter of the day: who sits there and what it is up to."""

    def __init__(self, key: str, services: list[str], actor: Actor, lunch: Millis) -> None:
        self.key = key
        self.services = services
        self.actor = actor
        self.lunch = lunch
        self.idle = False
        self.shut = False


class Day:
    """Plays one business day on a ``MemoryTx``; the same seed gives the same day."""

    def __init__(
        self, office: Office, day: str, count: int, seed: str, seq: int, staff: dict[int, Actor]
    ) -> None:  # fmt: skip
        self.tx = MemoryTx(office, seq)
        self.steps: list[Step] | None = None
        self._office = office
        self._random = Random(seed)  # noqa: S311 - a repeatable story, not a secret
        self._on = date.fromisoformat(day)
        self._midnight, self._end = day_bounds(day, office.zone, office.day_start_minutes)
        self.tx.day = day
        self._heap: list[tuple[Millis, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = 0
        self._arrivals = profile.arrivals(self._on, count, self._random)
        weekday = self._on.isoweekday()
        codes = [
            each.code
            for each in office.services
            if weekday in profile.SOME_DAYS.get(each.code, (weekday,))
        ]
        self._codes = codes
        self._weights = [profile.MIX.get(code, 10) for code in codes]
        self._times = {each.code: (each.typical_minutes, each.spread) for each in office.services}
        self._desks = [
            Desk(each.id, each.services, staff[each.number], self._lunch(at))
            for at, each in enumerate(office.counters)
        ]
        self._of = {code: [d for d in self._desks if code in d.services] for code in codes}

    def play(self) -> MemoryTx:
        """Play the day and the closing after midnight; return what it left."""
        for desk in self._desks:
            self._at(profile.OPENS * MINUTE + self._random.randint(-300, 300) * 1000,
                     self._open, desk)  # fmt: skip
        coming = iter(self._arrivals)
        following = next(coming, None)
        heap = self._heap
        while heap or following is not None:
            if following is not None and (not heap or following <= heap[0][0]):
                self._arrive(following)
                following = next(coming, None)
            else:
                at, _, what, args = heapq.heappop(heap)
                what(at, *args)
        self.tx.day = (self._on + timedelta(days=1)).isoformat()
        self._do(self._end - self._midnight + 15_000, CLOCK, close_past_days)
        return self.tx

    def _lunch(self, at: int) -> Millis:
        friday = self._on.isoweekday() == 5  # noqa: PLR2004 - Friday
        return ((690 if friday else profile.LUNCH) + (at % 2) * (0 if friday else 45)) * MINUTE

    def _at(self, at: Millis, what: Callable[..., None], *args: Any) -> None:  # noqa: ANN401
        self._order += 1
        heapq.heappush(self._heap, (at, self._order, what, args))

    def _do(  # commands differ in what they take and give
        self,
        at: Millis,
        actor: Actor,
        command: Callable[..., Any],
        *args: Any,  # noqa: ANN401
        **more: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        tx = self.tx
        tx.now = self._midnight + at
        tx.actor = actor
        if self.steps is not None:
            self.steps.append((tx.now, actor, command, args, more))
        return command(tx, *args, **more)

    def _arrive(self, at: Millis) -> None:
        random = self._random
        code = random.choices(self._codes, self._weights)[0]
        draw = random.random()
        request = NewTicket(
            service=code,
            priority=Priority.PRIORITY if draw < profile.PRIORITY else Priority.REGULAR,
            language=self._office.languages[-1] if draw > 0.95 else None,  # noqa: PLR2004
            people=1 if draw < 0.85 else random.choice((2, 2, 2, 3, 4)),  # noqa: PLR2004
        )
        actor = HOST if random.random() < 0.08 else KIOSK  # noqa: PLR2004
        placed = self._do(at, actor, issue, request)
        if random.random() < profile.CANCEL:
            self._at(at + random.randint(5, 40) * MINUTE, self._cancel, placed.ticket.id)
        self._wake(at, code)

    def _wake(self, at: Millis, code: str) -> None:
        for desk in self._of.get(code, ()):
            if desk.idle:
                desk.idle = False
                self._at(at + self._random.randint(3, 15) * 1000, self._free, desk)
                return

    def _cancel(self, at: Millis, ticket: str) -> None:
        turn = self.tx.turn(ticket)
        if turn is not None and turn.state is TurnState.WAITING:
            self._do(at, KIOSK, cancel, ticket)

    def _open(self, at: Millis, desk: Desk) -> None:
        self._do(at, desk.actor, open_counter, desk.key)
        self._free(at + 1000, desk)

    def _free(self, at: Millis, desk: Desk) -> None:
        """The counter has nobody: lunch, the next call, or home."""
        if desk.shut:
            return
        if at >= profile.LAST * MINUTE:
            self._close(at, desk)
            return
        if desk.lunch and at >= desk.lunch:
            desk.lunch = 0
            minutes = 90 if self._on.isoweekday() == 5 else 45  # noqa: PLR2004 - Friday
            self._do(at, desk.actor, take_break, desk.key, "Istirahat")
            self._at(at + minutes * MINUTE, self._open, desk)
            return
        called = self._do(at, desk.actor, call_next, desk.key)
        if called is not None:
            self._called(at, desk, called[1])
        elif at >= profile.CLOSES * MINUTE:
            self._close(at, desk)
        else:
            desk.idle = True
            due = desk.lunch or profile.CLOSES * MINUTE
            self._at(max(at + 1000, due), self._idle_until, desk, at)

    def _idle_until(self, at: Millis, desk: Desk, _since: Millis) -> None:
        if desk.idle:
            desk.idle = False
            self._free(at, desk)

    def _close(self, at: Millis, desk: Desk) -> None:
        desk.shut = True
        self._do(at, desk.actor, close_counter, desk.key)

    def _called(self, at: Millis, desk: Desk, turn: Turn) -> None:
        random = self._random
        walk = min(90_000, profile.lognormal_ms(0.45, 0.5, random))
        if random.random() < profile.NO_SHOW:
            self._at(at + 40_000, self._again, desk)
            self._at(at + 100_000, self._missed, desk, turn.ticket)
            return
        if random.random() < profile.RECALL:
            self._at(at + 35_000, self._again, desk)
            walk += 40_000
        self._at(at + walk, self._start, desk, turn)

    def _again(self, at: Millis, desk: Desk) -> None:
        self._do(at, desk.actor, recall, desk.key)

    def _missed(self, at: Millis, desk: Desk, ticket: str) -> None:
        self._do(at, desk.actor, no_show, desk.key)
        if self._random.random() < profile.COMES_BACK:
            self._at(at + self._random.randint(3, 20) * MINUTE, self._back, ticket)
        self._free(at + 2000, desk)

    def _back(self, at: Millis, ticket: str) -> None:
        self._do(at, HOST, come_back, ticket)
        turn = self.tx.turn(ticket)
        if turn is not None:
            self._wake(at, turn.service)

    def _start(self, at: Millis, desk: Desk, turn: Turn) -> None:
        random = self._random
        self._do(at, desk.actor, start, desk.key)
        length = profile.lognormal_ms(*self._times[turn.service], random)
        if turn.leg == 1 and random.random() < profile.TRANSFER:
            self._at(at + length // 3, self._send_on, desk, turn)
        elif random.random() < profile.HOLD:
            self._at(at + length // 2, self._hold, desk, turn)
        else:
            self._at(at + length, self._finish, desk)

    def _finish(self, at: Millis, desk: Desk) -> None:
        self._do(at, desk.actor, finish, desk.key)
        self._free(at + self._random.randint(4, 25) * 1000, desk)

    def _send_on(self, at: Millis, desk: Desk, turn: Turn) -> None:
        others = [code for code in self._codes if code != turn.service]
        to = self._random.choice(others)
        self._do(at, desk.actor, transfer, desk.key, to_service=to)
        self._wake(at, to)
        self._free(at + 10_000, desk)

    def _hold(self, at: Millis, desk: Desk, turn: Turn) -> None:
        self._do(at, desk.actor, hold, desk.key, "Melengkapi berkas", 15)
        self._at(at + self._random.randint(5, 20) * MINUTE, self._back, turn.ticket)
        self._free(at + 5000, desk)
