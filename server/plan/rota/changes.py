"""What-ifs: more counters for a service, or fewer, for a part of the day."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.domain.office import Office
from server.plan.rota.shapes import seats_of
from server.plan.rota.trial import Seating
from server.plan.rota.values import Change, Officer, RotaRules, Shift


def seated(office: Office, rules: RotaRules, shifts: Sequence[Shift]) -> list[Seating]:
    """Return the shifts with what is offered in each: what officer and counter have in common."""
    known = {each.key: each for each in rules.officers}
    found = []
    for shift in shifts:
        officer = known.get(shift.officer) or Officer(shift.officer, shift.officer)
        at = msgspec.structs.replace(officer, counter=shift.counter)
        for _, services in seats_of(office, at)[:1]:
            found.append(Seating(shift, tuple(sorted(services))))
    return found


def changed(seats: Sequence[Seating], changes: Sequence[Change]) -> list[Seating]:
    """Return who sits where after the changes."""
    found = list(seats)
    for change in changes:
        if change.what == "more":
            found += [
                Seating(Shift(f"+{n}", 9999, change.start, change.end), (change.service,))
                for n in range(change.n)
            ]
        else:
            for _ in range(change.n):
                found = _without_one(found, change)
    return found


def _without_one(seats: list[Seating], change: Change) -> list[Seating]:
    """Close the counter that is missed least: the one whose services most others offer."""

    def others(seat: Seating) -> tuple[int, int]:
        there = [
            each for each in seats
            if each is not seat and each.shift.start < change.end and each.shift.end > change.start
        ]  # fmt: skip
        least = min(sum(code in each.services for each in there) for code in seat.services)
        return least, -len(seat.services)

    open_ones = [
        each for each in seats
        if (not change.service or change.service in each.services)
        and any(each.shift.works(slot) for slot in range(change.start, change.end))
    ]  # fmt: skip
    if not open_ones:
        return seats
    gone = max(open_ones, key=others)
    kept = [each for each in seats if each is not gone]
    return kept + [
        msgspec.structs.replace(gone, shift=part) for part in _around(gone.shift, change)
    ]


def _around(shift: Shift, change: Change) -> list[Shift]:
    """Return what is left of a shift before and after the closing."""
    spans = ((shift.start, min(shift.end, change.start)), (max(shift.start, change.end), shift.end))
    found = []
    for start, end in spans:
        if start < end:
            rest = shift.rest if shift.rest is not None and start <= shift.rest < end else None
            slots = 0 if rest is None else min(shift.rest_slots, end - rest)
            found.append(
                msgspec.structs.replace(shift, start=start, end=end, rest=rest, rest_slots=slots)
            )
    return found
