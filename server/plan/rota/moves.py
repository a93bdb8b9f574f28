"""Small changes of a day's shifts that a simulation can judge: a little more, or a little less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from server.plan.rota.shapes import Option
from server.plan.rota.trial import Seating
from server.plan.rota.values import RotaRules, Shift

STEP = 2
"""Half hours that a shift grows or shrinks by."""


def shorter(seat: Seating, rules: RotaRules) -> Iterator[Seating | None]:
    """Return a shift without its whole, its last hour, its first hour; ``None`` for no shift."""
    yield None
    shift = seat.shift
    for start, end in ((shift.start, shift.end - STEP), (shift.start + STEP, shift.end)):
        rest_end = None if shift.rest is None else shift.rest + shift.rest_slots
        kept = shift.rest is None or (shift.rest > start and (rest_end or 0) < end)
        if end - start >= rules.shortest * 2 and kept:
            yield _with(seat, start=start, end=end)


def more_at(
    slot: int, seats: Sequence[Seating], options: Mapping[str, Sequence[Option]], late: set[str],
    most: int,
) -> Iterator[list[Seating]]:  # fmt: skip
    """Return rotas with one counter more in a half hour, for one of the services in ``late``.

    A shift is exchanged for another one of the same officer, or somebody comes who was free;
    what changes least is given first.
    """
    of = {each.shift.officer: each for each in seats}
    found: list[tuple[int, Option]] = []
    for officer, its in options.items():
        now = of.get(officer)
        if now is not None and now.shift.works(slot) and late.intersection(now.services):
            continue
        found += [
            (_apart(option.shift, now), option) for option in its
            if option.shift.works(slot) and late.intersection(option.services)
        ]  # fmt: skip
    found.sort(key=lambda each: (each[0], each[1].shift.officer, each[1].shift.counter))
    given = 0
    for _, option in found:
        if given >= most:
            return
        others = [each for each in seats if each.shift.officer != option.shift.officer]
        if free(option.shift, others):
            given += 1
            yield [*others, Seating(option.shift, tuple(sorted(option.services)))]


def free(shift: Shift, others: Sequence[Seating]) -> bool:
    """Return whether nobody else sits at the counter of a shift in its half hours."""
    return not any(
        each.shift.counter == shift.counter and each.shift.works(slot)
        for each in others
        for slot in range(shift.start, shift.end)
        if shift.works(slot)
    )


def _apart(shift: Shift, now: Seating | None) -> int:
    """Return how many half hours two shifts of an officer differ by."""
    if now is None:
        return shift.slots
    was = now.shift
    moved = 2 * (shift.counter != was.counter)
    slots = range(min(shift.start, was.start), max(shift.end, was.end))
    return moved + sum(shift.works(slot) != was.works(slot) for slot in slots)


def _with(seat: Seating, start: int, end: int) -> Seating:
    shift = msgspec.structs.replace(seat.shift, start=start, end=end)
    return msgspec.structs.replace(seat, shift=shift)
