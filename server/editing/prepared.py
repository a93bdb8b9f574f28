"""Owns what the city prepares for offices: settings to be looked at, and people to be invited.

The office rules: what is prepared changes nothing there until somebody of the office looked at it
and saved it, by the same way as what is typed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from server.branches import described
from server.city.package import Invitee, people_of
from server.domain.errors import Conflict, Invalid
from server.editing import saving
from server.editing.merging import Change, Merged, Raw, merged
from server.editing.written import as_written
from server.storage.queries import offices, prepared
from server.storage.queries.prepared import Prepared
from server.storage.transaction import SqliteTx

OWN = ("code", "name", "public_url", "agency", "zone", "zone_label")
"""What each office has of its own: it never goes from one to others."""


MOST_PEOPLE = 100
Deed = Callable[[SqliteTx], None]
"""Something that is done with what is prepared for a hall."""


class Edit(NamedTuple):
    """Settings that somebody of the city made: of which hall, and what they looked at before."""

    hall: int
    began: Raw
    mine: Raw


class Outcome(NamedTuple):
    """What would be prepared for a hall.

    Attributes:
        now: its settings in force; then: as they would be if the office took it now.
        settings: what is prepared, made from version ``base``.
        conflicts: where the hall, or what is prepared for it already, has it otherwise; that stays.
    """

    now: Raw
    then: Raw
    settings: Raw
    base: int
    conflicts: list[tuple[Change, Change]]


def known_base(db: sqlite3.Connection, branch: int, base: int) -> int:
    """Return a version that is there: the one in force where the log begins anew since."""
    newest = saving.version_of(db, branch)
    return base if 0 < base <= newest else newest


def start(db: sqlite3.Connection, branch: int) -> tuple[int, Raw]:
    """Return what somebody in the city goes on from: base and settings, as prepared so far.

    Raises:
        Conflict: nothing came of that hall yet.
    """
    now = saving.version_of(db, branch)
    if not now:
        raise Conflict("This hall has not sent its settings yet.", field="code", slug="no-settings")
    known = prepared.get(db, branch)
    if not known.settings or not open_(db, branch, known):
        return now, saving.at_version(db, branch, now)
    return known_base(db, branch, known.base), saving.spelled_out(known.settings)


def open_(db: sqlite3.Connection, branch: int, known: Prepared) -> bool:
    """Tell whether something of what is prepared is not in force."""
    both = together(db, branch, known)
    now = saving.at_version(db, branch, saving.version_of(db, branch))
    return bool(both.conflicts) or both.settings != now


def together(db: sqlite3.Connection, branch: int, known: Prepared) -> Merged:
    """Put what is prepared on top of what is in force."""
    base = known_base(db, branch, known.base)
    return saving.together(db, branch, base, saving.spelled_out(known.settings))


def edit(db: sqlite3.Connection, hall: int, base: int, began: str, mine: str) -> Edit:
    """Return an edit; without ``began`` it was made of the settings of version ``base``."""
    looked_at = (
        saving.spelled_out(began)
        if began
        else saving.at_version(db, hall, known_base(db, hall, base))
    )
    return Edit(hall, looked_at, saving.spelled_out(mine))


def outcome(db: sqlite3.Connection, branch: int, edit: Edit) -> Outcome:
    """Return what an edit means for a hall: the one it was made of, or another.

    Only what was changed goes: what somebody else prepared meanwhile stays, and so does what
    other halls have of their own.

    Raises:
        Conflict: nothing came of that hall yet.
    """
    base, so_far = start(db, branch)
    now = saving.at_version(db, branch, saving.version_of(db, branch))
    mine = edit.mine
    if branch != edit.hall:
        mine = mine | {each: edit.began[each] for each in OWN if each in edit.began}
    both = merged(edit.began, mine, so_far)
    then = saving.together(db, branch, base, both.settings)
    return Outcome(now, then.settings, both.settings, base, both.conflicts + then.conflicts)


def check(found: Outcome) -> None:
    """See that settings are this hall's.

    Raises:
        Conflict: they call it otherwise.
    """
    code = found.now["code"]
    if found.settings.get("code") != code:
        raise Conflict(
            "The short name of an office is for life; this one is '{code}'.",
            field="code", code=code,
        )  # fmt: skip


def put(tx: SqliteTx, found: Outcome) -> None:
    """Keep what is prepared for a hall; the same again, or what is in force, is nothing new.

    What counts without being written is left out: an office that runs an older Ramah does not
    know of settings that came since, and need not where nobody touched them.

    Raises:
        Invalid: the settings do not fit, or would be too long for the office to take.
    """
    known = prepared.get(tx.aside, tx.branch)
    if len(msgspec.json.encode(found.settings).decode()) > saving.MOST_LETTERS:
        raise Invalid("Together with what this hall has, that is too much.", field="settings")
    same = found.settings == found.now
    text = "" if same else msgspec.json.encode(as_written(described(found.settings))).decode()
    if not (known.settings or text):
        return
    if (known.base, known.settings) != (found.base, text):
        _keep(tx, known, known._replace(base=found.base, settings=text))


def put_people(tx: SqliteTx, people: list[Invitee]) -> None:
    """Keep who shall be invited besides those that are kept; of the same login, the new one.

    Raises:
        Invalid: somebody stands in it twice, or they are too many.
    """
    logins = [each.login for each in people]
    twice = next((each for each in logins if logins.count(each) > 1), None)
    if twice is not None:
        raise Invalid("{name} stands in the list twice.", field="people", name=twice)
    new = {each.login: each for each in people}
    before = {each.login: each for each in people_of(prepared.get(tx.aside, tx.branch).people)}
    together = list((before | new).values())
    if len(together) > MOST_PEOPLE:
        raise Invalid(
            "At most {n} people can wait for an invitation.", field="people", n=MOST_PEOPLE
        )
    _keep_people(tx, together)


def drop_person(tx: SqliteTx, login: str) -> None:
    """Let somebody not be invited; whom the office invited already stays there."""
    people = people_of(prepared.get(tx.aside, tx.branch).people)
    _keep_people(tx, [each for each in people if each.login != login])


def _keep_people(tx: SqliteTx, people: list[Invitee]) -> None:
    known = prepared.get(tx.aside, tx.branch)
    text = msgspec.json.encode(people).decode()
    if known.people != text:
        _keep(tx, known, known._replace(people=text))


def take_back(tx: SqliteTx) -> None:
    """Prepare nothing any more; what the office took stays there."""
    known = prepared.get(tx.aside, tx.branch)
    if known.settings or people_of(known.people):
        _keep(tx, known, known._replace(settings="", people="[]"))


def _keep(tx: SqliteTx, known: Prepared, new: Prepared) -> None:
    # the moment, not a count: a city that was brought back from a backup makes no number again
    version = max(known.version + 1, tx.now)
    name = tx.actor.name
    prepared.put(tx.aside, tx.branch, new._replace(version=version, name=name, at=tx.now))
    tx.note("settings_prepared", name=offices.branch(tx.aside, tx.branch).code)
