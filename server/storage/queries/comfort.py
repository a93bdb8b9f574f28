"""The hall's comfort: doors behind the QR on the walls, checks, faults, and days that are over."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.comfort_events import Channel, FaultState
from server.domain.day import Millis
from server.storage.queries.rows import column, every, first, value

LISTED = 200


class Door(NamedTuple):
    """The address of a place behind its QR."""

    token: str
    branch: int
    place: str
    since: Millis


class Check(NamedTuple):
    """Somebody looked at a place."""

    place: str
    at: Millis
    wrong: int


class Fault(NamedTuple):
    """Something that is or was wrong at a place, and who sees to it."""

    id: str
    day: str
    at: Millis
    place: str
    item: str
    channel: Channel
    state: FaultState
    seen_at: Millis | None
    begun_at: Millis | None
    mended_at: Millis | None
    seen_by: str | None
    owner: str | None
    owner_name: str | None
    on_it: str | None
    mended_by: str | None
    action: str | None
    blacked_by: str | None


class Note(NamedTuple):
    """What somebody told of a fault: a sentence, a photo, or only that it is there."""

    id: str
    fault: str
    at: Millis
    channel: Channel
    said: str
    photo: str | None


class PastDay(NamedTuple):
    """A place on a day that is over: checks due and made, and what was done about the others."""

    day: str
    place: str
    due: int
    done: int
    read_by: str | None = None
    owner: str | None = None
    owner_name: str | None = None
    action: str | None = None
    acted_at: Millis | None = None
    acted_by: str | None = None


# ---------------------------------------------------------------- doors


def door(db: sqlite3.Connection, token: str) -> Door | None:
    """Return the place behind an address."""
    sql = "SELECT token, branch, place, since FROM comfort_doors WHERE token = ?"
    return first(db, Door, sql, (token,))


def doors(db: sqlite3.Connection, branch: int) -> dict[str, str]:
    """Return the address of each place that has one."""
    sql = "SELECT place, token FROM comfort_doors WHERE branch = ?"
    return dict(db.execute(sql, (branch,)))


def put_door(db: sqlite3.Connection, door: Door) -> None:
    """Give a place an address; one that it had before ends."""
    db.execute(
        "INSERT INTO comfort_doors (token, branch, place, since) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (branch, place) DO UPDATE SET token = excluded.token, since = excluded.since",
        door,
    )


# ---------------------------------------------------------------- checks


def checks(db: sqlite3.Connection, branch: int, day: str) -> list[Check]:
    """Return the checks of a day in their order."""
    sql = """
        SELECT place, at, wrong FROM comfort_checks WHERE branch = ? AND day = ? ORDER BY at, id
    """
    return every(db, Check, sql, (branch, day))


def last_check(db: sqlite3.Connection, branch: int, day: str, place: str) -> Millis | None:
    """Return when a place was last looked at on a day."""
    sql = "SELECT MAX(at) FROM comfort_checks WHERE branch = ? AND day = ? AND place = ?"
    found: Millis | None = value(db, sql, (branch, day, place))
    return found


# ---------------------------------------------------------------- faults

_FAULTS = """
SELECT id, day, at, place, item, channel, state, seen_at, begun_at, mended_at, seen_by, owner,
    owner_name, on_it, mended_by, action, blacked_by
FROM comfort_faults LEFT JOIN comfort_hands ON comfort_hands.fault = comfort_faults.id
WHERE comfort_faults.branch = ?
"""


def fault(db: sqlite3.Connection, branch: int, key: str) -> Fault | None:
    """Return a fault of the branch."""
    return first(db, Fault, f"{_FAULTS} AND id = ?", (branch, key))


def open_faults(db: sqlite3.Connection, branch: int) -> list[Fault]:
    """Return what is not mended yet, the oldest first."""
    return every(db, Fault, f"{_FAULTS} AND state <> 'mended' ORDER BY at, id", (branch,))


def open_fault(db: sqlite3.Connection, branch: int, place: str, item: str) -> Fault | None:
    """Return the fault of one thing at one place that is not mended yet."""
    sql = f"{_FAULTS} AND state <> 'mended' AND place = ? AND item = ?"
    return first(db, Fault, sql, (branch, place, item))


def mended(db: sqlite3.Connection, branch: int, since_day: str, since: Millis) -> list[Fault]:
    """Return what was told on a day or later and mended since a moment, the newest first."""
    sql = f"""{_FAULTS} AND day >= ? AND mended_at >= ? ORDER BY mended_at DESC LIMIT {LISTED}"""
    return every(db, Fault, sql, (branch, since_day, since))


class Repair(NamedTuple):
    """When a fault was told, and when it was mended."""

    day: str
    at: Millis
    mended_at: Millis | None


def repairs(db: sqlite3.Connection, branch: int, first_day: str, last_day: str) -> list[Repair]:
    """Return the faults that were told on some days."""
    sql = """
        SELECT day, at, mended_at FROM comfort_faults WHERE branch = ? AND day BETWEEN ? AND ?
    """
    return every(db, Repair, sql, (branch, first_day, last_day))


_HANDS = ("seen_by", "owner", "owner_name", "on_it", "mended_by", "action", "blacked_by")


def note_hands(db: sqlite3.Connection, branch: int, key: str, **hands: str | None) -> None:
    """Note who does what about a fault; what is not named stays."""
    names = [each for each in _HANDS if each in hands]
    sets = ", ".join(f"{each} = excluded.{each}" for each in names)
    db.execute(
        f"INSERT INTO comfort_hands (fault, branch, {', '.join(names)}) "
        f"VALUES (?, ?{', ?' * len(names)}) ON CONFLICT (fault) DO UPDATE SET {sets}",
        (key, branch, *(hands[each] for each in names)),
    )


# ---------------------------------------------------------------- sentences and photos

_NOTES = "SELECT id, fault, at, channel, said, photo FROM comfort_notes WHERE branch = ?"


def notes(db: sqlite3.Connection, branch: int, fault: str) -> list[Note]:
    """Return what was told of a fault, the oldest first."""
    return every(db, Note, f"{_NOTES} AND fault = ? ORDER BY at, id", (branch, fault))


def add_note(db: sqlite3.Connection, branch: int, note: Note) -> None:
    """Keep what somebody told of a fault."""
    db.execute(
        "INSERT INTO comfort_notes (branch, id, fault, at, channel, said, photo) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (branch, *note),
    )


def told_by_visitors(db: sqlite3.Connection, branch: int, since: Millis) -> int:
    """Return how often visitors told something since a moment."""
    sql = """
        SELECT COUNT(*) FROM comfort_notes WHERE branch = ? AND at >= ? AND channel = 'visitor'
    """
    return int(value(db, sql, (branch, since)))


def photos(db: sqlite3.Connection, branch: int) -> list[str]:
    """Return the names of all photos that are kept."""
    sql = "SELECT photo FROM comfort_notes WHERE branch = ? AND photo IS NOT NULL"
    return column(db, sql, (branch,))


def has_photo(db: sqlite3.Connection, branch: int, photo: str) -> bool:
    """Return whether a photo of this name is kept."""
    sql = "SELECT 1 FROM comfort_notes WHERE branch = ? AND photo = ?"
    return value(db, sql, (branch, photo)) is not None


def black_out(db: sqlite3.Connection, branch: int, fault: str) -> None:
    """Erase what was written and photographed of a fault; that it was told stays."""
    sql = "UPDATE comfort_notes SET said = '', photo = NULL WHERE branch = ? AND fault = ?"
    db.execute(sql, (branch, fault))


def erase(db: sqlite3.Connection, branch: int, words_before: Millis, photos_before: Millis) -> None:
    """Forget sentences and names of before one moment, photos of what was mended before another.

    A photo of what nobody mends goes with its sentence at the latest.
    """
    db.execute(
        """
        UPDATE comfort_notes SET photo = NULL WHERE branch = ? AND photo IS NOT NULL AND fault IN (
            SELECT id FROM comfort_faults WHERE state = 'mended' AND mended_at < ?)
        """,
        (branch, photos_before),
    )
    db.execute("DELETE FROM comfort_notes WHERE branch = ? AND at < ?", (branch, words_before))
    db.execute(
        """
        DELETE FROM comfort_hands WHERE branch = ? AND fault IN (
            SELECT id FROM comfort_faults WHERE branch = ? AND at < ?)
        """,
        (branch, branch, words_before),
    )


# ---------------------------------------------------------------- days that are over

_DAYS = """
SELECT day, place, due, done, read_by, owner, owner_name, action, acted_at, acted_by
FROM comfort_days WHERE branch = ?
"""


def uncounted(db: sqlite3.Connection, branch: int, since: str, before: str) -> list[str]:
    """Return the days with service in a span of which no checks were counted yet."""
    sql = """
        SELECT day FROM days WHERE branch = ? AND day >= ? AND day < ? AND NOT EXISTS (
            SELECT 1 FROM comfort_days
            WHERE comfort_days.branch = days.branch AND comfort_days.day = days.day)
    """
    return column(db, sql, (branch, since, before))


def count_day(db: sqlite3.Connection, branch: int, day: PastDay) -> None:
    """Keep how many checks of a place were due and made."""
    sql = """
        INSERT INTO comfort_days (branch, day, place, due, done) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
    """
    db.execute(sql, (branch, *day[:4]))


def past_days(db: sqlite3.Connection, branch: int, first_day: str, last_day: str) -> list[PastDay]:
    """Return the counted places of some days."""
    sql = f"{_DAYS} AND day BETWEEN ? AND ? ORDER BY day, place"
    return every(db, PastDay, sql, (branch, first_day, last_day))


def past_day(db: sqlite3.Connection, branch: int, day: str, place: str) -> PastDay | None:
    """Return one place on one day."""
    return first(db, PastDay, f"{_DAYS} AND day = ? AND place = ?", (branch, day, place))


def change_day(
    db: sqlite3.Connection, branch: int, day: str, place: str, **changes: str | int | None
) -> None:
    """Note what is done about missed checks."""
    sets = ", ".join(f"{name} = ?" for name in changes)
    sql = f"UPDATE comfort_days SET {sets} WHERE branch = ? AND day = ? AND place = ?"
    db.execute(sql, (*changes.values(), branch, day, place))


def forget_people(db: sqlite3.Connection, branch: int, before: str) -> None:
    """Forget who saw to missed checks of days before one."""
    sql = """
        UPDATE comfort_days SET read_by = NULL, owner = NULL, owner_name = NULL, action = NULL,
            acted_by = NULL WHERE branch = ? AND day < ? AND read_by IS NOT NULL
    """
    db.execute(sql, (branch, before))
