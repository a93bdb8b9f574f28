"""Owns bringing a settings file in from the command line: changes on the pages are not lost."""

from __future__ import annotations

import sqlite3
from functools import partial

from server.branches import TECHNICIAN, configure, described
from server.domain.deeds import COMMAND_LINE
from server.domain.errors import Conflict
from server.domain.office import Office
from server.editing.merging import Change, Raw
from server.editing.saving import Overtaken, full, kept_ids, save, together, version_of
from server.editing.told import told_one
from server.editing.written import base_of
from server.mistakes import in_english
from server.storage.ids import Ids
from server.storage.queries import offices, plans
from server.storage.writer import run_alone


def bring(db: sqlite3.Connection, office: Office, text: str, *, replace: bool) -> int:
    """Put a file's settings in force and return their version.

    What was changed on the pages since the file was taken, or last brought in, stays; where both
    changed the same, nothing is done. ``replace`` puts the file over everything.

    Raises:
        Conflict: names what both changed, in words.
    """
    branch = next((each for each in offices.branches(db) if each.code == office.code), None)
    if branch is None or not branch.version or replace:
        return configure(db, office)[1]
    base = base_of(text) or plans.made_by(db, branch.id, COMMAND_LINE)
    if not 0 < base <= branch.version:
        base = branch.version
    mine = full(office)
    both = together(db, branch.id, base, mine)
    if both.conflicts:
        raise _in_words(both.conflicts, mine, full(_now(db, branch.id)))
    settled = kept_ids(described(both.settings), _now(db, branch.id))
    if settled == _now(db, branch.id):
        return branch.version
    run_alone(db, branch.id, TECHNICIAN, Ids(), partial(save, base=base, mine=mine))
    return version_of(db, branch.id)


def _now(db: sqlite3.Connection, branch: int) -> Office:
    office = offices.office(db, branch)
    assert office is not None  # noqa: S101 - it has a version
    return office


def _in_words(conflicts: list[tuple[Change, Change]], mine: Raw, theirs: Raw) -> Conflict:
    told = "; ".join(told_one(other, mine, theirs, in_english, "") for _one, other in conflicts)
    return Conflict(
        "The same was changed on the pages since this file was made: {told}. Take the settings as "
        "they are now with: ramah branch export; or put the file over them with --replace.",
        slug=Overtaken.slug, field="file", told=told,
    )  # fmt: skip
