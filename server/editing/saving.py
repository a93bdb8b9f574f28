"""Owns putting changed settings in force: nobody's newer change is overwritten."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from server.branches import change_to, described, wrong
from server.domain.checks import filled
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.office import Office
from server.editing.merging import Change, Merged, Raw, merged
from server.editing.schema import GIVEN
from server.storage.queries import offices
from server.storage.transaction import SqliteTx

MOST_LETTERS = 200_000
"""Letters of settings that a page may send: some hundred services in several languages."""


class Overtaken(Conflict):
    """Somebody else changed the same settings meanwhile, in another way.

    Attributes:
        conflicts: what both changed, mine and theirs.
    """

    slug = "settings-changed"

    def __init__(self, conflicts: list[tuple[Change, Change]]) -> None:
        super().__init__(
            "Somebody changed the same settings meanwhile. Nothing was saved: please look at both.",
            field="settings",
        )
        self.conflicts = conflicts


def read(text: str) -> Raw:
    """Return settings that a page sent, checked and whole, without what Ramah gives itself.

    Raises:
        Invalid: they are not valid; says all that is wrong.
    """
    return full(described(parsed(text)))


def parsed(text: str) -> Raw:
    """Return settings that a page sent, as they are.

    Raises:
        Invalid: it is no object at all.
    """
    try:
        return trimmed(msgspec.json.decode(text, type=dict[str, Any]))
    except (msgspec.DecodeError, RecursionError) as error:
        raise Invalid("These are no settings: {why}", field="settings", why=error) from error


def spelled_out(text: str) -> Raw:
    """Return kept settings with every value that counts without being written, unchecked.

    What another version of Ramah wrote and this one cannot read comes as it is.
    """
    raw = parsed(text)
    try:
        return full(filled(msgspec.convert(raw, Office)))
    except msgspec.ValidationError:
        return raw


def problems(raw: Raw) -> list[Invalid]:
    """Return everything that is wrong with settings."""
    try:
        return wrong(raw)
    except Invalid as error:
        return [error]


def full(office: Office) -> Raw:
    """Return settings with every value, but without what Ramah gives itself."""
    raw: Raw = msgspec.to_builtins(office)
    for path in GIVEN:
        kind, name = path.split(".")
        for entry in raw[kind]:
            del entry[name]
    for entry in raw["services"]:
        if entry["prefix"] == entry["code"]:
            del entry["prefix"]
    if raw["zone_label"] == raw["zone"]:
        raw["zone_label"] = ""
    return trimmed(raw)


def as_text(settings: Raw) -> str:
    """Return settings as the JSON text that travels."""
    return msgspec.json.encode(settings).decode()


def trimmed(raw: Raw) -> Raw:
    """Return settings without what a form sends for "nothing": a file would not write it."""
    kept: Raw = {}
    for name, value in raw.items():
        if value is None or (name == "prefix" and value == ""):
            continue
        if isinstance(value, dict):
            kept[name] = trimmed(value)
        elif isinstance(value, list):
            kept[name] = [trimmed(each) if isinstance(each, dict) else each for each in value]
        else:
            kept[name] = value
    return kept


def draft_key(branch: int, person: str) -> str:
    """Return what a person's draft of the settings of a branch is kept under."""
    return f"draft:{branch}:{person}"


def version_of(db: sqlite3.Connection, branch: int) -> int:
    """Return the version of the settings in force."""
    return offices.branch(db, branch).version


def at_version(db: sqlite3.Connection, branch: int, version: int) -> Raw:
    """Return the settings of a version.

    Raises:
        NotFound: there was none of this number.
    """
    office = offices.office(db, branch, version)
    if office is None:
        raise NotFound("There is no version {n} of the settings.", field="version", n=version)
    return full(office)


def together(db: sqlite3.Connection, branch: int, base: int, mine: Raw) -> Merged:
    """Put my changes since version ``base`` on top of what is in force now."""
    now = version_of(db, branch)
    theirs = at_version(db, branch, now)
    if base == now:
        return Merged(mine, [])
    return merged(at_version(db, branch, base), mine, theirs)


def save(tx: SqliteTx, base: int, mine: Raw) -> int:
    """Put settings in force and return their version; the same again write nothing.

    Raises:
        Overtaken: somebody changed the same since ``base``. Invalid: together they do not fit.
    """
    both = together(tx.aside, tx.branch, base, mine)
    if both.conflicts:
        raise Overtaken(both.conflicts)
    return change_to(tx, kept_ids(described(both.settings), tx.office))


def kept_ids(office: Office, before: Office) -> Office:
    """Return settings whose services and counters keep the ids that they had."""
    services = {each.code: each.id for each in before.services}
    counters = {each.number: each.id for each in before.counters}
    return msgspec.structs.replace(
        office,
        services=[
            msgspec.structs.replace(each, id=services.get(each.code, each.id))
            for each in office.services
        ],
        counters=[
            msgspec.structs.replace(each, id=counters.get(each.number, each.id))
            for each in office.counters
        ],
    )
