"""Owns the faults: told by visitors and in checks, read, taken in hand, mended."""

from __future__ import annotations

from typing import Literal

from server.domain.comfort import ComfortPlace
from server.domain.comfort_events import Channel, FaultChanged, FaultReported, FaultState
from server.domain.errors import Invalid, NotFound, Refused
from server.storage.queries import comfort
from server.storage.queries.comfort import Fault, Note
from server.storage.transaction import SqliteTx

HOUR_MS = 3_600_000
MOST_AN_HOUR = 60
"""So often visitors may tell something within an hour; a hall with more trouble knows of it."""
MOST_NOTES = 6
"""Of one fault; who comes later adds nothing that a person would read."""
ORDER: tuple[FaultState, ...] = ("open", "seen", "working", "mended")


def tell(tx: SqliteTx, place: ComfortPlace, item: str, said: str) -> Fault:
    """Keep what a visitor tells; of what is known already, only a sentence is added.

    Raises:
        Invalid: that is not looked at here.
        Refused: so much was told within the last hour that nobody would read more.
    """
    since = tx.now - HOUR_MS
    if comfort.told_by_visitors(tx.aside, tx.branch, since) >= MOST_AN_HOUR:
        raise Refused(
            "Thank you. We have heard that something is wrong, and are looking into it.",
            slug="told-often",
        )
    return told_here(tx, place, item, said, "visitor")


def told_here(
    tx: SqliteTx, place: ComfortPlace, item: str, said: str, channel: Channel
) -> Fault:  # fmt: skip
    """Return the fault of one thing at a place: the one that is known, else a new one.

    Raises:
        Invalid: that is not looked at here.
    """
    if item not in {each.code for each in place.items}:
        raise Invalid("That is not among the things that are looked at here.", field="item")
    known = comfort.open_fault(tx.db, tx.branch, place.code, item)
    key = tx.new_id() if known is None else known.id
    if known is None:
        tx.append(FaultReported(key, tx.day, place.code, item, channel))
    if len(comfort.notes(tx.aside, tx.branch, key)) < MOST_NOTES:
        comfort.add_note(tx.aside, tx.branch, Note(tx.new_id(), key, tx.now, channel, said, None))
    return one(tx, key)


def one(tx: SqliteTx, key: str) -> Fault:
    """Return a fault of this branch.

    Raises:
        NotFound: there is none with this id.
    """
    found = comfort.fault(tx.db, tx.branch, key)
    if found is None:
        raise NotFound("There is no such fault here.", slug="unknown-fault")
    return found


Step = Literal["seen", "working", "mended"]


def move(tx: SqliteTx, key: str, to: Step, action: str = "") -> Fault:
    """Note that a fault was read, is in somebody's hands, or is mended; never back again.

    Who takes what another has in hand is on it from then on.

    Raises:
        Refused: it is mended already.
    """
    known = one(tx, key)
    by = tx.actor.name or tx.actor.id
    if known.state == to == "mended":
        return known
    if known.state == "mended":
        raise Refused("This is mended already. Thank you.", slug="already-mended")
    if ORDER.index(to) > ORDER.index(known.state):
        place = tx.office.comfort.place(known.place)
        names = place.names if place is not None and to == "working" else {}
        tx.append(FaultChanged(
            key, known.place, known.item, known.state, to, names, staff=tx.actor.id
        ))  # fmt: skip
    hands = {"seen": "seen_by", "working": "on_it", "mended": "mended_by"}[to]
    if to != "seen" or known.seen_by is None:
        comfort.note_hands(tx.aside, tx.branch, key, **{hands: by})
    if action:
        comfort.note_hands(tx.aside, tx.branch, key, action=action)
    return one(tx, key)


def assign(tx: SqliteTx, key: str, person: str, name: str) -> Fault:
    """Ask a colleague to see to a fault."""
    known = one(tx, key)
    if known.state == "open":
        move(tx, key, "seen")
    if known.owner != person:
        tx.note("fault_assigned", name=name, place=known.place, day=known.day)
    comfort.note_hands(tx.aside, tx.branch, key, owner=person, owner_name=name)
    return one(tx, key)


def black_out(tx: SqliteTx, key: str) -> Fault:
    """Erase the sentences and photos of a fault, because they show or name somebody."""
    known = one(tx, key)
    comfort.black_out(tx.aside, tx.branch, key)
    comfort.note_hands(tx.aside, tx.branch, key, blacked_by=tx.actor.name or tx.actor.id)
    tx.note("fault_blacked", place=known.place, day=known.day)
    return one(tx, key)


def add_photo(tx: SqliteTx, key: str, photo: str) -> Fault:
    """Keep the photo of a fault.

    Raises:
        Refused: there are as many as anybody looks at.
    """
    known = one(tx, key)
    kept = comfort.notes(tx.aside, tx.branch, key)
    if known.state == "mended" or len(kept) > MOST_NOTES:
        raise Refused("No more photos are kept of this. Thank you.", slug="enough-photos")
    note = Note(tx.new_id(), key, tx.now, "check", "", photo)
    comfort.add_note(tx.aside, tx.branch, note)
    return one(tx, key)
