"""Owns when a place is to be looked at: by the clock, or every so often while the office is open.

A check counts for the stretch of time it was made in. Of a place with times, a stretch begins
half an hour before its time and ends an hour after it; of one that is looked at every so often,
the stretches follow one another while the office is open, and the first may be made an hour before
the doors open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

import msgspec

from server.domain.comfort import ComfortPlace
from server.domain.day import Millis, millis, zone
from server.domain.hours import minutes_of, on
from server.domain.office import ANY_HOUR, Office, Service

EARLY_MINUTES, LATE_MINUTES = 30, 60
"""So long before and after its time of day a check counts for it."""
BEFORE_OPENING = 60
USUAL = (8 * 60, 16 * 60)
"""Opening of an office that names no hours, in minutes after midnight."""

State = Literal["done", "missed", "now", "later"]


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of time in which a place is to be looked at once."""

    start: Millis
    due: Millis


class Slot(msgspec.Struct, frozen=True):
    """A stretch and what became of it; ``done`` is when the place was first looked at in it."""

    start: Millis
    due: Millis
    state: State
    done: Millis | None = None


def opening(office: Office, day: str) -> tuple[int, int] | None:
    """Return from when to when the office is open on a day, in minutes; ``None``: it is not.

    From the first service that opens to the last that closes: the hall is used in between.
    """
    spans = [
        span for each in office.services for span in _spans(office, each, date.fromisoformat(day))
    ]
    if not spans:
        return None if office.services else USUAL
    return min(start for start, _ in spans), max(end for _, end in spans)


def _spans(office: Office, service: Service, day: date) -> list[tuple[int, int]]:
    times = office.hours_of(service)
    if times is None:
        return [USUAL]
    return [
        USUAL if times.weekly is ANY_HOUR and each in ANY_HOUR.periods
        else (minutes_of(each.opens), minutes_of(each.closes))
        for each in on(times, day)
    ]  # fmt: skip


def stretches(office: Office, place: ComfortPlace, day: str) -> list[Stretch]:
    """Return when a place is to be looked at on a day, in order."""
    span = opening(office, day)
    if span is None:
        return []

    def at(minutes: int) -> Millis:
        wall = datetime.fromisoformat(day) + timedelta(minutes=minutes)
        return millis(wall.replace(tzinfo=zone(office.zone)))

    if place.times:
        times = sorted(minutes_of(each) for each in place.times)
        starts = [each - EARLY_MINUTES for each in times]
        ends = [min(each + LATE_MINUTES, after) for each, after in zip(
            times, [*starts[1:], 48 * 60], strict=True)]  # fmt: skip
        return [Stretch(at(a), at(b)) for a, b in zip(starts, ends, strict=True)]
    if not place.every_minutes:
        return []
    every, (opens, closes) = place.every_minutes, span
    # what is left at the end is a stretch of its own only when it is half as long as the others
    whole = max(1, (closes - opens + every // 2) // every)
    edges = [opens - BEFORE_OPENING, *(opens + every * n for n in range(1, whole)), closes]
    return [Stretch(at(a), at(b)) for a, b in pairwise(edges)]


def slots(planned: Iterable[Stretch], made: Sequence[Millis], now: Millis) -> list[Slot]:
    """Return what became of each stretch, by the moments at which checks were made."""
    found = []
    for each in planned:
        done = next((at for at in made if each.start <= at < each.due), None)
        if done is not None:
            state: State = "done"
        elif now >= each.due:
            state = "missed"
        else:
            state = "now" if now >= each.start else "later"
        found.append(Slot(each.start, each.due, state, done))
    return found
