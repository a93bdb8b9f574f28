"""Which version of the program an office's own server may take, as the city says.

The city names a version, never an address or a command: where a program comes from, and whether it
is taken at all, is set up in the office.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from server.city.taking import box_of
from server.domain.day import Millis
from server.domain.texts import END, PRINTABLE
from server.storage.queries import releases
from server.storage.queries.releases import NONE, Release
from server.storage.transaction import SqliteTx

PATTERN = rf"^([0-9]{{1,4}}(\.[0-9]{{1,4}}){{1,3}})?{END}"
Version = Annotated[str, msgspec.Meta(max_length=19, pattern=PATTERN)]
"""Two to four numbers with dots between them, such as 1.2.0; "" is none."""


class Leave(msgspec.Struct, frozen=True):
    """What an office's server may take, as it travels; ``at`` is milliseconds since 1970."""

    version: Version
    name: Annotated[str, msgspec.Meta(max_length=80, pattern=PRINTABLE)]
    at: Millis


def numbers(version: str) -> tuple[int, ...]:
    """Return a version's numbers, without zeros at the end; nothing for what is none."""
    if not re.fullmatch(PATTERN, version) or not version:
        return ()
    found = [int(each) for each in version.split(".")]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def newer(version: str, than: str) -> bool:
    """Whether a version comes after another one; an odd one never does."""
    return numbers(version) > numbers(than)


def give(tx: SqliteTx, version: str) -> None:
    """Let an office's own server take a version from now on, or none; the same again is no news.

    Raises:
        NotFound: the hall runs on the city's own server.
    """
    box = box_of(tx)
    if releases.get(tx.aside, tx.branch).version == version:
        return
    took = tx.now if version and version == box.version else None
    releases.put(tx.aside, tx.branch, Release(version, tx.actor.name, tx.now, took))
    what = "release_given" if version else "release_taken_back"
    tx.note(what, name=box.code, version=version)


def leave(tx: SqliteTx) -> Leave | None:
    """Return what the city says to an office; ``None`` where it never said anything."""
    one = releases.get(tx.aside, tx.branch)
    return None if one == NONE else Leave(one.version, one.name, one.at)


def came(tx: SqliteTx, one: Leave | None) -> None:
    """Keep at the office what the city says; one that says nothing any more lets nothing be taken.

    As another city, or after a backup of before its word was brought back there.
    """
    new = NONE if one is None else Release(one.version, one.name, one.at)
    releases.put(tx.aside, tx.branch, new)
