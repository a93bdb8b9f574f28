"""The ways in which an officer can work on a day: from when to when, with the rest where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from server.domain.office import Counter, Office
from server.plan.rota.values import Officer, RotaRules, Shift, end_slot, slot_of

LONG = 10
"""Half hours from coming to going beyond which there is a rest."""
FINE = 6
"""Pairs of officer and counter up to which shifts may begin at each half hour, not each hour."""
CANDIDATES = 3
"""Counters that are thought of for somebody who sits anywhere."""


Seat = tuple[Counter, frozenset[str]]
"""A counter, and what somebody would offer there."""


class Option(NamedTuple):
    """A shift that somebody could have, what they would offer, and whether they wish it free."""

    shift: Shift
    services: frozenset[str]
    unwished: bool


def options_of(
    office: Office, rules: RotaRules, day: str, opens: int, closes: int, left: dict[str, float]
) -> dict[str, list[Option]]:
    """Return every shift that officers could have on a day, by officer; ``left``: their hours."""
    weekday = date.fromisoformat(day).isoweekday()
    there = [
        each for each in rules.officers
        if each.active and weekday in each.weekdays and day not in each.absent
        and left.get(each.key, each.hours) > 0
    ]  # fmt: skip
    seats = _thought_of(office, there)
    step = 1 if sum(map(len, seats.values())) <= FINE else 2
    found = {}
    for officer in there:
        spans = _spans(officer, rules, weekday - 1, opens, closes, step)
        hours = left.get(officer.key, officer.hours)
        found[officer.key] = [
            Option(shift, services, day in officer.wishes)
            for counter, services in seats[officer.key]
            for start, end, rest, rest_slots in spans
            if (shift := Shift(officer.key, counter.number, start, end, rest, rest_slots)).slots
            <= hours * 2
        ]  # fmt: skip
    return {key: its for key, its in found.items() if its}


def seats_of(office: Office, officer: Officer) -> list[Seat]:
    """Return the counters where somebody can sit, with what they would offer there."""
    skills = set(officer.services) or {each.code for each in office.services}
    seats = [
        (counter, frozenset(skills.intersection(counter.services))) for counter in office.counters
        if officer.counter in (0, counter.number)
    ]  # fmt: skip
    return [seat for seat in seats if seat[1]]


def _thought_of(office: Office, there: Sequence[Officer]) -> dict[str, list[Seat]]:
    """Return the few counters that are thought of for each officer of a day.

    Together they are as many of the office's as can be, those first that are nobody's only one,
    and of one officer they offer what differs: who may sit anywhere is sent where the day wants it.
    """
    homes = {each.counter for each in there}
    able = {each.key: seats_of(office, each) for each in there}
    thought: dict[int, int] = defaultdict(int)
    found: dict[str, list[Seat]] = {}
    for key in sorted(able, key=lambda key: len(able[key])):  # who can least choose chooses first
        its = found[key] = []
        while len(its) < min(CANDIDATES, len(able[key])):
            offered = set().union(*(services for _, services in its))
            its.append(min(
                (seat for seat in able[key] if seat not in its),
                key=lambda seat: (
                    seat[0].number in homes, thought[seat[0].number], seat[1] <= offered,
                    -len(seat[1]), len(seat[0].services), seat[0].number,
                ),
            ))  # fmt: skip
            thought[its[-1][0].number] += 1
    return found


def _spans(
    officer: Officer, rules: RotaRules, weekday: int, opens: int, closes: int, step: int
) -> list[tuple[int, int, int | None, int]]:
    first = max(opens, end_slot(officer.earliest) if officer.earliest else opens)
    last = min(closes, slot_of(officer.latest) if officer.latest else closes)
    found: list[tuple[int, int, int | None, int]] = []
    for start in _steps(first, last, step):
        for end in _steps(last, start, -step):
            if end - start < min(rules.shortest * 2, last - first) or end <= start:
                continue
            if end - start > rules.longest * 2:
                continue
            rests = _rests(rules, weekday, start, end)
            found += [(start, end, rest, slots) for rest, slots in rests]
    return found


def _steps(first: int, last: int, step: int) -> Sequence[int]:
    return range(first, last, step)


def _rests(rules: RotaRules, weekday: int, start: int, end: int) -> list[tuple[int | None, int]]:
    """Return when the rest of a shift can be; a short one has none."""
    slots = rules.rest_slots(weekday)
    if not slots or end - start <= LONG or not (rules.rest_from and rules.rest_until):
        return [(None, 0)]
    first = max(start + 1, slot_of(rules.rest_from))
    last = max(first, min(end - 1, end_slot(rules.rest_until)) - slots)
    if first + slots >= end:
        return [(None, 0)]
    return [(rest, slots) for rest in range(first, last + 1) if rest + slots < end]
