"""Owns one simulated day of a hall: people come, counters call, each step put in the book."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from server.demo import profile
from server.demo.book import Book
from server.demo.cast import Desk, Turn
from server.domain.day import Millis, day_bounds
from server.domain.office import Office
from server.domain.states import Priority
from server.domain.tx import Actor

CLOCK = Actor("clock", "system")
KIOSK = Actor("demo-kiosk", "kiosk", "Kiosk 1")
HOST = Actor("demo-host", "staff", "Pemandu")
MINUTE = 60_000
WALK = profile.shape(0.45, 0.5)
FRIDAY = 5


class Seat(Desk):
    """A counter with whoever works there: when lunch is, whether it waits or has gone home."""

    lunch: Millis = 0
    idle = False
    shut = False


class Day:
    """Plays one business day into a ``Book``; the same seed gives the same day.

    Moments inside are milliseconds after midnight.
    """

    def __init__(
        self, office: Office, day: str, count: int, seed: str, seq: int, staff: dict[int, Actor]
    ) -> None:  # fmt: skip
        self._random = random = Random(seed)  # noqa: S311 - a repeatable story, not a secret
        on = date.fromisoformat(day)
        self._friday = on.isoweekday() == FRIDAY
        self._midnight, self._end = day_bounds(day, office.zone, office.day_start_minutes)
        self._heap: list[tuple[Millis, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = 0
        self._languages = office.languages
        self._arrivals = profile.arrivals(on, count, random)
        codes = [
            each.code
            for each in office.services
            if on.isoweekday() in profile.SOME_DAYS.get(each.code, (on.isoweekday(),))
        ]
        self._codes = codes
        weights = [profile.MIX.get(code, 10) for code in codes]
        self._wanted = random.choices(codes, weights, k=count)
        self._times = {
            each.code: profile.shape(each.typical_minutes, each.spread) for each in office.services
        }
        self._desks = [Seat(each, staff[each.number]) for each in office.counters]
        for at, desk in enumerate(self._desks):
            desk.lunch = self._lunch(at)
        self._of = {code: [d for d in self._desks if code in d.services] for code in codes}
        self.book = Book(office, day, seq, self._desks)

    def play(self) -> Book:
        """Play the day and the closing after midnight; return the book of it."""
        for desk in self._desks:
            self._at(profile.OPENS * MINUTE + self._between(-300, 300, 1000),
                     self._open, desk)  # fmt: skip
        heap = self._heap
        for at, code in zip(self._arrivals, self._wanted, strict=True):
            while heap and heap[0][0] < at:
                due, _, what, args = heapq.heappop(heap)
                what(due, *args)
            self._arrive(at, code)
        while heap:
            due, _, what, args = heapq.heappop(heap)
            what(due, *args)
        self.book.end_day(self._end + 15_000, CLOCK)
        return self.book

    def _lunch(self, at: int) -> Millis:
        return (
            (690 if self._friday else profile.LUNCH) + (at % 2) * (0 if self._friday else 45)
        ) * MINUTE

    def _at(self, at: Millis, what: Callable[..., None], *args: Any) -> None:  # noqa: ANN401
        self._order += 1
        heapq.heappush(self._heap, (at, self._order, what, args))

    def _between(self, least: int, most: int, unit: Millis) -> Millis:
        return least * unit + int(self._random.random() * (most - least) * unit)

    def _arrive(self, at: Millis, code: str) -> None:
        random = self._random
        draw = random.random()
        who = HOST if random.random() < profile.AT_THE_DOOR else KIOSK
        turn = self.book.issue(
            self._midnight + at, who, code,
            Priority.PRIORITY if draw < profile.PRIORITY else Priority.REGULAR,
            self._languages[-1 if draw > profile.FIRST_LANGUAGE else 0],
            1 if draw < profile.ALONE else random.choice((2, 2, 2, 3, 4)),
        )  # fmt: skip
        if random.random() < profile.CANCEL:
            self._at(at + self._between(5, 40, MINUTE), self._cancel, turn.ticket)
        self._wake(at, code)

    def _wake(self, at: Millis, code: str) -> None:
        for desk in self._of.get(code, ()):
            if desk.idle:
                desk.idle = False
                self._at(at + self._between(3, 15, 1000), self._free, desk)
                return

    def _cancel(self, at: Millis, ticket: str) -> None:
        turn = self.book.present(ticket)
        if turn.state == "waiting":
            self.book.cancel(self._midnight + at, KIOSK, turn)

    def _open(self, at: Millis, desk: Seat) -> None:
        self.book.open(self._midnight + at, desk)
        self._free(at + 1000, desk)

    def _free(self, at: Millis, desk: Seat) -> None:
        """The counter has nobody: lunch, the next call, or home."""
        if desk.shut:
            return
        if at >= profile.LAST * MINUTE:
            self._close(at, desk)
            return
        if desk.lunch and at >= desk.lunch:
            desk.lunch = 0
            self.book.pause(self._midnight + at, desk, "Istirahat")
            self._at(at + (90 if self._friday else 45) * MINUTE, self._open, desk)
            return
        turn = self.book.call(self._midnight + at, desk)
        if turn is not None:
            self._called(at, desk, turn)
        elif at >= profile.CLOSES * MINUTE:
            self._close(at, desk)
        else:
            desk.idle = True
            due = desk.lunch or profile.CLOSES * MINUTE
            self._at(max(at + 1000, due), self._idle_until, desk)

    def _idle_until(self, at: Millis, desk: Seat) -> None:
        if desk.idle:
            desk.idle = False
            self._free(at, desk)

    def _close(self, at: Millis, desk: Seat) -> None:
        desk.shut = True
        self.book.close(self._midnight + at, desk)

    def _called(self, at: Millis, desk: Seat, turn: Turn) -> None:
        random = self._random
        walk = min(90_000, profile.lognormal_ms(WALK, random))
        if random.random() < profile.NO_SHOW:
            self._at(at + 40_000, self._again, desk)
            self._at(at + 100_000, self._missed, desk, turn)
            return
        if random.random() < profile.RECALL:
            self._at(at + 35_000, self._again, desk)
            walk += 40_000
        self._at(at + walk, self._start, desk, turn)

    def _again(self, at: Millis, desk: Seat) -> None:
        self.book.recall(self._midnight + at, desk)

    def _missed(self, at: Millis, desk: Seat, turn: Turn) -> None:
        self.book.miss(self._midnight + at, desk)
        if self._random.random() < profile.COMES_BACK:
            self._at(at + self._between(3, 20, MINUTE), self._back, turn)
        self._free(at + 2000, desk)

    def _back(self, at: Millis, turn: Turn) -> None:
        self.book.come_back(self._midnight + at, HOST, turn)
        self._wake(at, turn.service)

    def _start(self, at: Millis, desk: Seat, turn: Turn) -> None:
        random = self._random
        self.book.start(self._midnight + at, desk)
        length = profile.lognormal_ms(self._times[turn.service], random)
        if turn.leg == 1 and random.random() < profile.TRANSFER:
            self._at(at + length // 3, self._send_on, desk, turn)
        elif random.random() < profile.HOLD:
            self._at(at + length // 2, self._hold, desk, turn)
        else:
            self._at(at + length, self._finish, desk)

    def _finish(self, at: Millis, desk: Seat) -> None:
        self.book.finish(self._midnight + at, desk)
        self._free(at + self._between(4, 25, 1000), desk)

    def _send_on(self, at: Millis, desk: Seat, turn: Turn) -> None:
        others = [code for code in self._codes if code != turn.service]
        to = self._random.choice(others)
        self.book.send_on(self._midnight + at, desk, to)
        self._wake(at, to)
        self._free(at + 10_000, desk)

    def _hold(self, at: Millis, desk: Seat, turn: Turn) -> None:
        self.book.hold(self._midnight + at, desk, "Melengkapi berkas", 15)
        self._at(at + self._between(5, 20, MINUTE), self._back, turn)
        self._free(at + 5000, desk)
