"""What a rota is made of: who may work when, what is promised, shifts, and what comes of them.

Half hours are counted from midnight: 16 begins at eight.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.domain.texts import CLOCK, DAY, END, PRINTABLE, Code, Id
from server.plan.rota.targets import Target, Targets

HALF_HOURS = 48
MINUTES = 30
FRIDAY = 4

Time = Annotated[str, msgspec.Meta(pattern=rf"{CLOCK}|^24:00{END}|^{END}")]
"""``HH:MM``; "" for none."""
Date = Annotated[str, msgspec.Meta(pattern=DAY)]
Slot = Annotated[int, msgspec.Meta(ge=0, le=HALF_HOURS)]
Key = Id


class Officer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who works at counters.

    Attributes:
        key: of the login, else any.
        name: as the plan prints it.
        services: that they can do; none for all.
        counter: the number of the only counter they sit at; 0 for any.
        hours: at counters in a week by contract, rests not counted.
        earliest: the time before which they never work; "" for any.
        latest: the time after which they never work; "" for any.
        weekdays: on which they work, 1 Monday to 7 Sunday.
        absent: days on which they are away.
        wishes: days that they would like to have free.
        active: counts for plans.
    """

    key: Key
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=PRINTABLE)]
    services: Annotated[list[Code], msgspec.Meta(max_length=60)] = []
    counter: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0
    hours: Annotated[float, msgspec.Meta(ge=0, le=60)] = 37.5
    earliest: Time = ""
    latest: Time = ""
    weekdays: Annotated[
        list[Annotated[int, msgspec.Meta(ge=1, le=7)]], msgspec.Meta(max_length=7)
    ] = msgspec.field(default_factory=lambda: [1, 2, 3, 4, 5, 6, 7])
    absent: Annotated[list[Date], msgspec.Meta(max_length=100)] = []
    wishes: Annotated[list[Date], msgspec.Meta(max_length=100)] = []
    active: bool = True


class RotaRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a plan has to meet, and who is there for it.

    Attributes:
        share: per cent of visitors that are called within ``minutes``, in every half hour; of
            services that have no target of their own.
        minutes: of waiting, from the opening on.
        least: officers at counters at any time.
        shortest: hours of the shortest stretch that somebody comes for.
        longest: hours from coming to going, the rest included.
        rest: minutes of the noon rest; half hours are counted.
        friday_rest: minutes of the noon rest on Fridays.
        rest_from: when the first may rest.
        rest_until: when the last is back.
        opens: when counters open; "" for the office's hours, else its habit.
        closes: when counters close, once nobody waits; "" as above.
        officers: everybody who may work at counters.
    """

    share: Annotated[int, msgspec.Meta(ge=50, le=99)] = 80
    minutes: Annotated[int, msgspec.Meta(ge=1, le=180)] = 15
    least: Annotated[int, msgspec.Meta(ge=1, le=200)] = 1
    shortest: Annotated[int, msgspec.Meta(ge=1, le=8)] = 3
    longest: Annotated[int, msgspec.Meta(ge=2, le=12)] = 9
    rest: Annotated[int, msgspec.Meta(ge=0, le=180)] = 60
    friday_rest: Annotated[int, msgspec.Meta(ge=0, le=180)] = 90
    rest_from: Time = "11:30"
    rest_until: Time = "13:30"
    opens: Time = ""
    closes: Time = ""
    officers: Annotated[list[Officer], msgspec.Meta(max_length=200)] = []

    @property
    def target(self) -> Target:
        """What is promised for all services that have no target of their own."""
        return Target(self.share, self.minutes)

    def rest_slots(self, weekday: int) -> int:
        """Return how many half hours a rest takes on a weekday, 0 for Monday."""
        return -(-(self.friday_rest if weekday == FRIDAY else self.rest) // MINUTES)


class Shift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody at a counter from half hour ``start`` until ``end``, with one rest perhaps."""

    officer: Key
    counter: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    start: Slot
    end: Slot
    rest: Slot | None = None
    rest_slots: Annotated[int, msgspec.Meta(ge=0, le=6)] = 0

    def works(self, slot: int) -> bool:
        """Return whether they sit at the counter in a half hour."""
        resting = self.rest is not None and self.rest <= slot < self.rest + self.rest_slots
        return self.start <= slot < self.end and not resting

    @property
    def slots(self) -> int:
        """Half hours at the counter."""
        return sum(self.works(slot) for slot in range(self.start, self.end))


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A what-if: ``more`` counters for a service, or ``close`` some, for part of the day.

    Attributes:
        n: how many counters.
        service: of those that are more; of those that close, "" for any.
        start, end: half hours.
    """

    what: Literal["more", "close"]
    n: int
    service: str
    start: int
    end: int


class HalfHour(msgspec.Struct, frozen=True):
    """What is expected of a half hour.

    Attributes:
        at: which.
        expected: people, with the band that four of five such half hours fall into.
        counters: at work, by the plan.
        needed: counters that the work of the people takes.
        share: per cent of those who come in it that are called in time; null for nobody.
        p50: half wait longer, minutes; p90: one in ten does.
        services: people expected, by service.
    """

    at: int
    expected: float
    low: int
    high: int
    counters: int
    needed: float
    share: float | None
    p50: float | None
    p90: float | None
    services: dict[str, float]


class ServiceDay(msgspec.Struct, frozen=True):
    """What is expected of a service on a day.

    Attributes:
        expected: people.
        share: per cent of them that are called in time; null for nobody.
        p90: minutes that nine in ten wait at most.
        missed: half hours in which its own target is not met; none where it has none.
    """

    service: str
    expected: float
    share: float | None
    p90: float | None
    missed: list[int] = []


class Outlook(msgspec.Struct, frozen=True):
    """What comes of a day's shifts.

    Attributes:
        opens, closes: half hours between which the office is open.
        half_hours: of the day, in order.
        services: of the day.
        share: per cent of all people who are called in time; null when nobody is expected.
        p90: minutes that nine in ten wait at most.
        missed: half hours in which a target is not met: that of all, or a service's own.
        hours: at counters, of all.
        needed: counters by half hour and service, as far as work goes.
    """

    opens: int
    closes: int
    half_hours: list[HalfHour]
    services: list[ServiceDay]
    share: float | None
    p90: float | None
    missed: list[int]
    hours: float
    needed: dict[str, list[float]] = {}


class DayRota(msgspec.Struct, frozen=True):
    """A day's shifts, and what is expected of them; ``outcome`` is null on a closed day."""

    day: str
    shifts: list[Shift]
    outcome: Outlook | None = None


class Rota(msgspec.Struct, frozen=True):
    """A plan of some days, with the target it was made for, and those of single services."""

    days: list[DayRota]
    share: int
    minutes: int
    own: dict[str, Target] = {}

    @property
    def targets(self) -> Targets:
        """What was promised when it was made."""
        return Targets(Target(self.share, self.minutes), self.own)


def slot_of(clock: str) -> int:
    """Return the half hour in which a time lies."""
    hour, minute = clock.split(":")
    return int(hour) * 2 + int(minute) // MINUTES


def end_slot(clock: str) -> int:
    """Return the half hour before which a time lies."""
    hour, minute = clock.split(":")
    return int(hour) * 2 + -(-int(minute) // MINUTES)


def clock_of(slot: int) -> str:
    """Return when a half hour begins, ``HH:MM``."""
    return f"{slot // 2:02}:{slot % 2 * MINUTES:02}"
