"""A simulated day: people come, counters call, and each step is the real command on a hall.

What a visitor brings (when, for what, how long it takes, whether they miss their call) is drawn
before the day begins, so the same seed gives the same visitors under every rule of the office.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any, Protocol, TypeVar

import msgspec

from server.demo import profile
from server.domain.calling import call_next, no_show, recall
from server.domain.closing import close_past_days
from server.domain.day import Millis, day_bounds
from server.domain.desks import close_counter, open_counter, take_break
from server.domain.errors import DomainError
from server.domain.events import AnyEvent
from server.domain.issuing import NewTicket, cancel, come_back, issue
from server.domain.office import Counter, Office
from server.domain.serving import finish, hold, start, transfer
from server.domain.states import Priority, TurnState
from server.domain.tx import Actor, Tx

T = TypeVar("T")

CLOCK = Actor("clock", "system")
KIOSK = Actor("demo-kiosk", "kiosk", "Kiosk 1")
HOST = Actor("demo-host", "staff", "Pemandu")
MINUTE = 60_000
SLOT = 15 * MINUTE
WALK = profile.shape(0.45, 0.5)
FRIDAY = 5


class Stage(Protocol):
    """Where commands are played: a hall in memory, or one whose rows are written."""

    def do(self, at: Millis, actor: Actor, command: Callable[[Tx], T]) -> T:
        """Run a command at a moment and return what it gives."""


class Habits(msgspec.Struct, frozen=True):
    """How often visitors do what; shares of all."""

    priority: float = profile.PRIORITY
    booked: float = 0.0
    no_show: float = profile.NO_SHOW
    comes_back: float = profile.COMES_BACK
    recall: float = profile.RECALL
    transfer: float = profile.TRANSFER
    hold: float = profile.HOLD
    cancel: float = profile.CANCEL


class Visitor(msgspec.Struct, frozen=True):
    """What one visitor brings. Moments are after midnight, lengths in milliseconds."""

    at: Millis
    service: str
    actor: Actor
    priority: Priority
    language: str
    people: int
    due: Millis | None
    cancels: Millis | None
    walk: Millis
    misses: bool
    again: bool
    returns: Millis | None
    length: Millis
    to_service: str | None
    rests: Millis | None
    pause_after: Millis


class Seat:
    """A counter with whoever works there: when lunch is, whether it waits or has gone home."""

    __slots__ = ("counter", "idle", "lunch", "shut", "who")

    def __init__(self, counter: Counter, who: Actor, lunch: Millis) -> None:
        self.counter = counter
        self.who = who
        self.lunch: Millis | None = lunch
        self.idle = False
        self.shut = False


def visitors_of(
    office: Office, on: date, count: int, random: Random, habits: Habits
) -> list[Visitor]:
    """Draw the visitors of a day, in the order in which they come."""
    weekday = on.isoweekday()
    codes = [
        each.code
        for each in office.services
        if weekday in profile.SOME_DAYS.get(each.code, (weekday,))
    ]
    weights = [profile.MIX.get(code, 10) for code in codes]
    lengths = {
        each.code: profile.shape(each.typical_minutes, each.spread) for each in office.services
    }
    between = _between(random)

    def visitor(at: Millis, code: str) -> Visitor:
        chance = random.random
        length = profile.lognormal_ms(lengths[code], random)
        others = [each for each in codes if each != code]
        sent_on = chance() < habits.transfer and bool(others)
        booked = chance() < habits.booked
        return Visitor(
            at=at,
            service=code,
            actor=HOST if booked or chance() < profile.AT_THE_DOOR else KIOSK,
            priority=Priority.PRIORITY if chance() < habits.priority else Priority.REGULAR,
            language=office.languages[-1 if chance() > profile.FIRST_LANGUAGE else 0],
            people=1 if chance() < profile.ALONE else random.choice((2, 2, 2, 3, 4)),
            due=-(-(at + 5 * MINUTE) // SLOT) * SLOT if booked else None,
            cancels=at + between(5, 40, MINUTE) if chance() < habits.cancel else None,
            walk=min(90_000, profile.lognormal_ms(WALK, random)),
            misses=chance() < habits.no_show,
            again=chance() < habits.recall,
            returns=between(3, 20, MINUTE) if chance() < habits.comes_back else None,
            length=length,
            to_service=random.choice(others) if sent_on else None,
            rests=between(5, 20, MINUTE) if chance() < habits.hold else None,
            pause_after=between(4, 25, 1000),
        )

    wanted = random.choices(codes, weights, k=count)
    return list(map(visitor, profile.arrivals(on, count, random), wanted))


def _between(random: Random) -> Callable[[int, int, Millis], Millis]:
    def between(least: int, most: int, unit: Millis) -> Millis:
        return least * unit + int(random.random() * (most - least) * unit)

    return between


class Day:
    """One business day, played on a stage. Moments inside are milliseconds after midnight."""

    def __init__(
        self, office: Office, day: str, count: int, seed: str, stage: Stage,
        staff: dict[int, Actor], habits: Habits | None = None,
    ) -> None:  # fmt: skip
        random = Random(seed)  # noqa: S311 - a repeatable story, not a secret
        on = date.fromisoformat(day)
        self._friday = on.isoweekday() == FRIDAY
        self._midnight, self._end = day_bounds(day, office.zone, office.day_start_minutes)
        self._stage = stage
        self._heap: list[tuple[Millis, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = 0
        self._visitors = visitors_of(office, on, count, random, habits or Habits())
        self._here: dict[str, Visitor] = {}
        self._seats = [
            Seat(each, staff.get(each.number, HOST), self._lunch(place))
            for place, each in enumerate(office.counters)
        ]
        between = _between(random)
        self._closes = profile.CLOSES * MINUTE
        self._opens = [profile.OPENS * MINUTE + between(-300, 300, 1000) for _ in office.counters]

    def also(self, at: Millis, actor: Actor, event: AnyEvent) -> None:
        """Let something happen beside the visitors, at a moment in UTC."""
        self._at(at - self._midnight, self._happen, actor, event)

    def _happen(self, at: Millis, actor: Actor, event: AnyEvent) -> None:
        self._do(at, actor, lambda tx: tx.append(event))

    def play(self, *, to_the_end: bool = True) -> None:
        """Play the day and, ``to_the_end``, the closing after midnight."""
        for seat, at in zip(self._seats, self._opens, strict=True):
            self._at(at, self._open, seat)
        for visitor in self._visitors:
            self._at(visitor.at, self._arrive, visitor)
        heap = self._heap
        while heap:
            due, _, what, args = heapq.heappop(heap)
            what(due, *args)
        if to_the_end:
            self._stage.do(self._end + 15_000, CLOCK, close_past_days)

    def _lunch(self, place: int) -> Millis:
        if self._friday:
            return 690 * MINUTE
        return (profile.LUNCH + place % 2 * 45) * MINUTE

    def _at(self, at: Millis, what: Callable[..., None], *args: Any) -> None:  # noqa: ANN401
        self._order += 1
        heapq.heappush(self._heap, (at, self._order, what, args))

    def _do(
        self, at: Millis, actor: Actor, act: Callable[..., T], *args: object, **named: object
    ) -> T | None:
        """Do what somebody would do; ``None`` where the office's rules refuse it."""
        try:
            return self._stage.do(self._midnight + at, actor, lambda tx: act(tx, *args, **named))
        except DomainError:
            return None

    # ---------------------------------------------------------------- visitors

    def _arrive(self, at: Millis, who: Visitor) -> None:
        request = NewTicket(
            who.service, who.priority, who.language, who.people,
            due=None if who.due is None else self._midnight + who.due,
        )  # fmt: skip
        placed = self._do(at, who.actor, issue, request)
        if placed is None:
            return
        ticket = placed.ticket.id
        self._here[ticket] = who
        if who.cancels is not None:
            self._at(who.cancels, self._cancel, ticket)
        self._wake(who.due or at, who.service)

    def _cancel(self, at: Millis, ticket: str) -> None:
        def if_waiting(tx: Tx) -> None:
            turn = tx.turn(ticket)
            if turn is not None and turn.state is TurnState.WAITING:
                cancel(tx, ticket)

        self._do(at, KIOSK, if_waiting)

    def _back(self, at: Millis, ticket: str, service: str) -> None:
        if self._do(at, HOST, come_back, ticket) is not None:
            self._wake(at, service)

    def _wake(self, at: Millis, code: str) -> None:
        """Let a counter that waits for somebody look again."""
        for seat in self._seats:
            if seat.idle and code in seat.counter.services:
                seat.idle = False
                self._at(at + 7000, self._free, seat)
                return

    # ---------------------------------------------------------------- counters

    def _open(self, at: Millis, seat: Seat) -> None:
        self._do(at, seat.who, open_counter, seat.counter.id)
        self._free(at + 1000, seat)

    def _free(self, at: Millis, seat: Seat) -> None:
        """The counter has nobody: lunch, the next call, or home."""
        if seat.shut:
            return
        if at >= profile.LAST * MINUTE:
            self._close(at, seat)
            return
        if seat.lunch is not None and at >= seat.lunch:
            seat.lunch = None
            self._do(at, seat.who, take_break, seat.counter.id, "Istirahat")
            self._at(at + (90 if self._friday else 45) * MINUTE, self._open, seat)
            return
        called = self._do(at, seat.who, call_next, seat.counter.id)
        if called is not None:
            self._called(at, seat, called[0].id, called[1].leg, called[1].service)
        elif at >= self._closes:
            self._close(at, seat)
        else:
            seat.idle = True
            due = seat.lunch or self._closes
            self._at(max(at + 1000, due), self._idle_until, seat)

    def _idle_until(self, at: Millis, seat: Seat) -> None:
        if seat.idle:
            seat.idle = False
            self._free(at, seat)

    def _close(self, at: Millis, seat: Seat) -> None:
        seat.shut = True
        self._do(at, seat.who, close_counter, seat.counter.id)

    def _called(self, at: Millis, seat: Seat, ticket: str, leg: int, service: str) -> None:
        who = self._here[ticket]
        key = seat.counter.id
        if who.misses and leg == 1:
            self._at(at + 40_000, self._recall, seat, key)
            self._at(at + 100_000, self._missed, seat, ticket, service)
            return
        walk = who.walk
        if who.again:
            self._at(at + 35_000, self._recall, seat, key)
            walk += 40_000
        self._at(at + walk, self._start, seat, ticket, leg)

    def _recall(self, at: Millis, seat: Seat, key: str) -> None:
        self._do(at, seat.who, recall, key)

    def _missed(self, at: Millis, seat: Seat, ticket: str, service: str) -> None:
        self._do(at, seat.who, no_show, seat.counter.id)
        who = self._here[ticket]
        if who.returns is not None:
            self._here[ticket] = msgspec.structs.replace(who, misses=False)
            self._at(at + who.returns, self._back, ticket, service)
        self._free(at + 2000, seat)

    def _start(self, at: Millis, seat: Seat, ticket: str, leg: int) -> None:
        who = self._here[ticket]
        self._do(at, seat.who, start, seat.counter.id)
        if who.to_service is not None and leg == 1:
            self._at(at + who.length // 3, self._send_on, seat, who.to_service)
        elif who.rests is not None:
            self._here[ticket] = msgspec.structs.replace(who, rests=None)
            self._at(at + who.length // 2, self._hold, seat, ticket, who)
        else:
            self._at(at + who.length, self._finish, seat, who)

    def _finish(self, at: Millis, seat: Seat, who: Visitor) -> None:
        self._do(at, seat.who, finish, seat.counter.id)
        self._free(at + who.pause_after, seat)

    def _send_on(self, at: Millis, seat: Seat, to: str) -> None:
        self._do(at, seat.who, transfer, seat.counter.id, to_service=to)
        self._wake(at, to)
        self._free(at + 10_000, seat)

    def _hold(self, at: Millis, seat: Seat, ticket: str, who: Visitor) -> None:
        self._do(at, seat.who, hold, seat.counter.id, "Melengkapi berkas", 15)
        self._at(at + (who.rests or 0), self._back, ticket, who.service)
        self._free(at + 5000, seat)
