"""Owns how comfort is told to those who act on it: faults, missed checks, a day's round."""

from __future__ import annotations

import msgspec

from server.addresses import phones_reach
from server.comfort import rounds
from server.comfort.figures import ComfortMonth, months
from server.comfort.schedule import State
from server.domain.comfort import ComfortPlace
from server.domain.comfort_events import Channel, FaultState
from server.domain.day import Millis, day_bounds, iso
from server.domain.names import named
from server.storage.queries import comfort
from server.storage.queries.comfort import Fault, PastDay
from server.storage.transaction import SqliteTx

MENDED_DAYS = 31
"""How long ago a fault that was mended today may have been told."""


class NoteAnswer(msgspec.Struct, frozen=True):
    """What somebody told of a fault; ``photo`` is the address of one."""

    at: str
    channel: Channel
    said: str
    photo: str | None


class FaultAnswer(msgspec.Struct, frozen=True):
    """A fault as those see it who act on it.

    Attributes:
        place, item: codes; ``place_name`` and ``item_name`` for people.
        at: when it was told first; ``minutes`` since then, or until it was mended.
        read: who read of it; ``on_it``: who is on it; ``owner``: who was asked to see to it.
        blacked: sentences and photos were erased.
    """

    id: str
    day: str
    at: str
    place: str
    place_name: str
    item: str
    item_name: str
    channel: Channel
    state: FaultState
    minutes: int
    begun: str | None
    mended: str | None
    read: str | None
    owner: str | None
    on_it: str | None
    mended_by: str | None
    action: str | None
    blacked: bool
    notes: list[NoteAnswer]


class MissedAnswer(msgspec.Struct, frozen=True):
    """A place that was looked at less often on a day than it should, and what was done about it."""

    day: str
    place: str
    place_name: str
    due: int
    done: int
    read: str | None
    owner: str | None
    action: str | None
    acted: str | None


class SlotAnswer(msgspec.Struct, frozen=True):
    """A stretch of time in which a place is to be looked at; ``done`` is when it was."""

    start: str
    due: str
    state: State
    done: str | None


class RoundAnswer(msgspec.Struct, frozen=True):
    """A place and what became of today's checks; ``who`` is to make them."""

    place: str
    name: str
    who: str
    slots: list[SlotAnswer]


class ComfortDay(msgspec.Struct, frozen=True):
    """The hall's comfort now.

    Attributes:
        rounds: each place with its checks of today.
        open: what is not mended, the oldest first; ``mended``: what was mended today.
        months: the last twelve, the newest first.
        sheets: whether phones can open what a wall's QR says; until then no sheet is made.
    """

    day: str
    rounds: list[RoundAnswer]
    open: list[FaultAnswer]
    mended: list[FaultAnswer]
    months: list[ComfortMonth]
    sheets: bool


class ComfortMorning(msgspec.Struct, frozen=True):
    """What a morning tells of the hall's comfort: missed checks of the day before, open faults."""

    missed: list[MissedAnswer]
    faults: list[FaultAnswer]


def today(tx: SqliteTx, language: str, base: str) -> ComfortDay:
    """Return the hall's comfort now; ``base``: where the server says that it is found."""
    office = tx.office
    since = day_bounds(tx.day, office.zone, office.day_start_minutes)[0]
    lately = iso(since - MENDED_DAYS * 86_400_000, office.zone)[:10]
    return ComfortDay(
        tx.day,
        [
            RoundAnswer(
                place.code, named(place.names, language, place.code),
                named(place.who, language, ""),
                [SlotAnswer(iso(s.start), iso(s.due), s.state, _moment(s.done)) for s in slots],
            )
            for place, slots in rounds.today(tx)
        ],
        [fault(tx, each, language) for each in comfort.open_faults(tx.db, tx.branch)],
        [fault(tx, each, language) for each in comfort.mended(tx.db, tx.branch, lately, since)],
        months(tx),
        phones_reach(office.public_url or base),
    )  # fmt: skip


def morning(tx: SqliteTx, day: str | None, language: str) -> ComfortMorning:
    """Return what a morning tells, about the last day with service."""
    over = [] if day is None else rounds.missed(tx, day)
    faults = comfort.open_faults(tx.db, tx.branch)
    return ComfortMorning(
        [missed(tx, each, language) for each in over],
        [fault(tx, each, language) for each in faults],
    )


def fault(tx: SqliteTx, known: Fault, language: str) -> FaultAnswer:
    """Return a fault as it is shown."""
    place = tx.office.comfort.place(known.place)
    end = tx.now if known.mended_at is None else known.mended_at
    return FaultAnswer(
        id=known.id,
        day=known.day,
        at=iso(known.at),
        place=known.place,
        place_name=_place(place, known.place, language),
        item=known.item,
        item_name=_item(place, known.item, language),
        channel=known.channel,
        state=known.state,
        minutes=max(0, end - known.at) // 60_000,
        begun=_moment(known.begun_at),
        mended=_moment(known.mended_at),
        read=known.seen_by,
        owner=known.owner_name,
        on_it=known.on_it,
        mended_by=known.mended_by,
        action=known.action,
        blacked=known.blacked_by is not None,
        notes=[
            NoteAnswer(
                iso(each.at), each.channel, each.said,
                None if each.photo is None else f"/api/comfort/photos/{each.photo}",
            )
            for each in comfort.notes(tx.aside, tx.branch, known.id)
        ],
    )  # fmt: skip


def missed(tx: SqliteTx, day: PastDay, language: str) -> MissedAnswer:
    """Return missed checks as they are shown."""
    return MissedAnswer(
        day.day, day.place, _place(tx.office.comfort.place(day.place), day.place, language),
        day.due, day.done, day.read_by, day.owner_name, day.action, _moment(day.acted_at),
    )  # fmt: skip


def _moment(at: Millis | None) -> str | None:
    return None if at is None else iso(at)


def _place(place: ComfortPlace | None, code: str, language: str) -> str:
    return code if place is None else named(place.names, language, code)


def _item(place: ComfortPlace | None, code: str, language: str) -> str:
    items = () if place is None else place.items
    names = next((each.names for each in items if each.code == code), {})
    return named(names, language, code)
