"""All halls as they stand now: one question for the whole city, however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Literal

import msgspec

from server.auth.reach import Reach
from server.city.clocks import wrong_s
from server.domain.day import Millis, iso
from server.domain.names import reading_order
from server.storage.branch import OfficeCache
from server.storage.queries import boxes, gauges, offices

QUIET_MS = 90_000
"""A box comes twice a minute also when nothing happens; longer silence is a cut line."""

LinkState = Literal["here", "well", "behind", "silent", "new"]


class HallLink(msgspec.Struct, frozen=True):
    """How an office's own server is linked.

    Attributes:
        state: ``here``: run by the city's server itself; ``well``; ``behind``: it has more than
            came so far; ``silent``: nothing was heard for a while, the figures are as of ``heard``;
            ``new``: it never came.
        heard: when it came last, ISO 8601.
        missing: events that it has and the city has not.
        version: of its program.
        refused: why nothing that it sends is taken, the name of a problem such as ``other-log``;
            "" while it is.
        clock_s: how many seconds its clock is ahead of the city's, negative when behind; 0 while
            they agree within ten, or nobody knows.
    """

    state: LinkState
    heard: str | None = None
    missing: int = 0
    version: str = ""
    refused: str = ""
    clock_s: int = 0


class HallNow(msgspec.Struct, frozen=True):
    """One hall; one whose link is ``silent`` as it was when its server was heard last.

    Attributes:
        agency: whose hall it is, "" for nobody's in particular.
        waiting: people who may be called now; ``longest_minutes`` has the first of them waited.
        open, paused: counters that serve, and that are on a break.
        serving: counters with a visitor who was called or is served.
        alarms: how many are on.
        tenant: an agency reads its own services in a hall that it shares: only who waits for them
            is told, and null for what is the whole hall's.
    """

    code: str
    name: str
    agency: str
    link: HallLink
    waiting: int
    longest_minutes: int | None
    open: int | None
    paused: int | None
    serving: int | None
    alarms: int | None
    tenant: bool


def halls(
    db: sqlite3.Connection, known: OfficeCache, now: Millis, version: str, reach: Reach
) -> list[HallNow]:
    """Return every hall within reach, by name; ``version`` is our own program's."""
    counted = gauges.gauges(db, now)
    waiting: dict[str, list[gauges.Waiting]] = {}
    for each in counted.waiting:
        waiting.setdefault(each.branch, []).append(each)
    counters = {(each.branch, each.label): each.number for each in counted.counters}
    serving = _summed(gauges.at_counters(db))
    alarms = _summed(counted.alarms)
    away = {each.branch: each for each in boxes.boxes(db)}
    links = {branch: _link(each, now) for branch, each in away.items()}
    found = []
    for branch in offices.branches(db):
        office = known.get(db, branch.id, branch.version)
        if office is None and branch.id not in links:
            continue  # the city's own place for its people
        part = reach.part(office)
        if part is None:
            continue
        code = branch.code
        lines = [each for each in waiting.get(code, []) if part.takes(each.service)]
        tenant = bool(part.services)
        box = away.get(branch.id)
        # nobody waits longer by a line that is cut: they were called long ago
        moment = box.heard_at or now if box and silent(box.heard_at, now) else now
        oldest = min((line.oldest for line in lines), default=None)
        found.append(HallNow(
            code=code,
            name=code if office is None else office.name,
            agency="" if office is None else office.agency,
            link=links.get(branch.id) or HallLink("here", version=version),
            waiting=sum(line.number for line in lines),
            longest_minutes=None if oldest is None else max(0, moment - oldest) // 60_000,
            open=None if tenant else counters.get((code, "open"), 0),
            paused=None if tenant else counters.get((code, "break"), 0),
            serving=None if tenant else serving.get(code, 0),
            alarms=None if tenant else alarms.get(code, 0),
            tenant=tenant,
        ))  # fmt: skip
    return sorted(found, key=lambda hall: (reading_order(hall.name), hall.code))


def silent(heard_at: Millis | None, now: Millis) -> bool:
    """Return whether a box that came last then is out of touch, also if the clock went back."""
    return heard_at is None or abs(now - heard_at) > QUIET_MS


def _link(box: boxes.Box, now: Millis) -> HallLink:
    missing = max(0, box.newest - box.seq)
    state: LinkState = "well"
    if box.heard_at is None:
        state = "new"
    elif silent(box.heard_at, now):
        state = "silent"
    elif missing:
        state = "behind"
    heard = None if box.heard_at is None else iso(box.heard_at)
    wrong = 0 if state in {"new", "silent"} else wrong_s(box.clock_ms)
    return HallLink(state, heard, missing, box.version, box.refused, wrong)


def _summed(counts: Iterable[gauges.Count]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for each in counts:
        sums[each.branch] = sums.get(each.branch, 0) + each.number
    return sums
