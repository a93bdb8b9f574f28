"""Owns finding words that may be of one hand: many equal ones, or several given at once.

Any ten minutes count, not those of the clock, and a different word between them hides nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.queries.feedback import Given

WITHIN_MS = 600_000
EQUAL = 5
"""So many equal faces at one place within ten minutes are worth a look."""
HASTY, HASTY_MS = 3, 3_000
"""So are so many words given so soon after the service that nobody can have turned to a screen."""
KIOSK = "kiosk"
SHOWN = 50


class Alike(NamedTuple):
    """Words at one place within ten minutes that may be of one hand.

    Attributes:
        at: the first of them. counter: the one they are about; ``None`` if they differ.
        face: the one they all have, ``None`` where they differ. hasty: how many came at once.
    """

    at: Millis
    channel: str
    device: str
    counter: int | None
    n: int
    face: int | None
    hasty: int


def alike(given: Iterable[Given]) -> list[Alike]:
    """Return which words of those ``given``, the oldest first, are worth a look, the newest first.

    A place is a kiosk, whichever counters its words are about; else a device, or all phones, at
    a counter.
    """
    places: dict[tuple[str, str, int | None], list[Given]] = defaultdict(list)
    for each in given:
        counter = None if each.channel == KIOSK else each.counter
        places[each.channel, each.device, counter].append(each)
    found = [told for words in places.values() for told in _at_place(words)]
    return sorted(found, key=lambda each: -each.at)[:SHOWN]


def _at_place(words: list[Given]) -> Iterator[Alike]:
    seen = set()
    for face in sorted({each.face for each in words}):
        for group in _close([each for each in words if each.face == face], EQUAL):
            seen.update(group)
            yield _told(group)
    for group in _close([each for each in words if _hasty(each) and each not in seen], HASTY):
        first, last = group[0].at, group[-1].at
        yield _told([each for each in words if first <= each.at <= last])


def _close(words: list[Given], least: int) -> Iterator[list[Given]]:
    """Split off every ten minutes that hold at least so many."""
    moments = [each.at for each in words]
    start = 0
    while start + least <= len(words):
        end = bisect_right(moments, moments[start] + WITHIN_MS)
        if end - start >= least:
            yield words[start:end]
            start = end
        else:
            start += 1


def _hasty(word: Given) -> bool:
    return word.after_ms is not None and word.after_ms < HASTY_MS


def _told(group: list[Given]) -> Alike:
    first = group[0]
    counters = {each.counter for each in group}
    faces = {each.face for each in group}
    return Alike(
        first.at, first.channel, first.device_name,
        first.counter if len(counters) == 1 else None, len(group),
        first.face if len(faces) == 1 else None, sum(map(_hasty, group)),
    )  # fmt: skip
