"""How the hall was kept in the made-up past: places looked at, faults found and mended."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Literal, NamedTuple

from server.comfort.schedule import Stretch, stretches
from server.domain.comfort import ComfortItem, ComfortPlace
from server.domain.comfort_events import ComfortChecked, FaultChanged, FaultReported
from server.domain.day import Millis
from server.domain.events import AnyEvent
from server.domain.office import Office
from server.domain.tx import Actor
from server.storage.database import transaction
from server.storage.queries import comfort
from server.storage.queries.comfort import Note

CLEANER = Actor("demo-care", "care", "Pak Joko")
VISITOR = Actor("visitor", "visitor")
LOOKED, WRONG, FOUND = 0.96, 0.03, 0.4
"""Shares: of checks that are made, of stretches in which something breaks, of that found in one."""
MINUTE = 60_000
SAID = ["Sejak pagi.", "Yang di dekat pintu.", "Tolong dibantu, terima kasih."]


class Step(NamedTuple):
    """Something that happens at a moment, and who does it."""

    at: Millis
    who: Actor
    event: AnyEvent


def steps(office: Office, day: str, seed: str, *, last: bool) -> Iterator[Step]:
    """Yield what happens on a day, in any order; of the ``last`` one two things are not mended."""
    random = Random(f"{seed}/care")  # noqa: S311 - a repeatable story
    left = 2 if last else 0
    for place in office.comfort.places:
        broken: set[str] = set()
        for stretch in stretches(office, place, day):
            wrong: list[str] = []
            if left or random.random() < WRONG:
                item = random.choice(place.items)
                if item.code not in broken:
                    broken.add(item.code)
                    found = random.random() < FOUND
                    wrong += [item.code] if found else []
                    yield from _fault(random, day, place, item, stretch, found=found, left=left)
                    left = max(0, left - 1)
            if wrong or random.random() < LOOKED:
                yield Step(
                    _within(random, stretch), CLEANER,
                    ComfortChecked(_id(), day, place.code, wrong, staff=CLEANER.id),
                )  # fmt: skip


def _fault(
    random: Random, day: str, place: ComfortPlace, item: ComfortItem, stretch: Stretch, *,
    found: bool, left: int,
) -> Iterator[Step]:  # fmt: skip
    """Yield a fault and what becomes of it; ``left``: 1 for nothing, 2 for somebody on it."""
    key, at = _id(), _within(random, stretch)
    changed = partial(FaultChanged, key, place.code, item.code, staff=CLEANER.id)
    channel: Literal["check", "visitor"] = "check" if found else "visitor"
    who = CLEANER if found else VISITOR
    yield Step(at, who, FaultReported(key, day, place.code, item.code, channel))
    if left == 1:
        return
    at += random.randrange(4, 40) * MINUTE
    yield Step(at, CLEANER, changed(was="open", state="working", names=place.names))
    if not left:
        at += random.randrange(5, 90) * MINUTE
        yield Step(at, CLEANER, changed(was="working", state="mended"))


def _within(random: Random, stretch: Stretch) -> Millis:
    return stretch.start + int(random.random() * 0.8 * (stretch.due - stretch.start))


def _id() -> str:
    """Return a new id: the story repeats itself, its ids meet those of other demos in a city."""
    return secrets.token_hex(16)


def say(db: sqlite3.Connection, branch: int, seed: int) -> None:
    """Let visitors have said something about what is not mended, and tell who is on it."""
    random = Random(f"{seed}/care")  # noqa: S311 - a repeatable story
    with transaction(db):
        for each in comfort.open_faults(db, branch):
            said = random.choice(SAID) if each.channel == "visitor" else ""
            note = Note(_id(), each.id, each.at, each.channel, said, None)
            comfort.add_note(db, branch, note)
            if each.state == "working":
                comfort.note_hands(db, branch, each.id, seen_by="Ibu Dewi", on_it=CLEANER.name)
