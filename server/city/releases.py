"""Which version of the program an office's own server may take, as the city says.

The city names a version, never an address or a command: where a program comes from, and whether it
is taken at all, is set up in the office.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from server.city.taking import box_of
from server.domain.day import Millis
from server.domain.texts import PRINTABLE
from server.domain.versions import PATTERN, numbers
from server.storage.queries import releases
from server.storage.queries.releases import NONE, Release
from server.storage.transaction import SqliteTx

Version = Annotated[str, msgspec.Meta(max_length=19, pattern=PATTERN)]
"""Two to four numbers with dots between them, such as 1.2.0; "" is none."""


FAILED = "renewal.failed"
"""What ``deploy/ramah-renew`` leaves in the data folder when a version did not work."""


class Leave(msgspec.Struct, frozen=True):
    """What an office's server may take, as it travels; ``at`` is milliseconds since 1970."""

    version: Version
    name: Annotated[str, msgspec.Meta(max_length=80, pattern=PRINTABLE)]
    at: Millis


def give(tx: SqliteTx, version: str) -> None:
    """Let an office's own server take a version from now on, or none; the same again is no news.

    Raises:
        NotFound: the hall runs on the city's own server.
    """
    box = box_of(tx)
    before = releases.get(tx.aside, tx.branch)
    if before.version == version:
        return
    took = tx.now if version and numbers(version) == numbers(box.version) else None
    new = Release(version, tx.actor.name, tx.now, took, before.failed)
    releases.put(tx.aside, tx.branch, new)
    what = "release_given" if version else "release_taken_back"
    tx.note(what, name=box.code, version=version)


def fails(tx: SqliteTx, version: str) -> None:
    """Note in the city which version did not work at an office; "" for none any more."""
    one = releases.get(tx.aside, tx.branch)
    if one != NONE:
        releases.put(tx.aside, tx.branch, one._replace(failed=version))


def failed(data: Path) -> str:
    """Return which version did not work here; "" for none."""
    try:
        with (data / FAILED).open(encoding="utf-8", errors="replace") as file:
            words = file.read(100).split()
    except OSError:  # the doctor tells of one that cannot be read
        return ""
    version = words[0].rstrip(",:") if words else ""
    return version if numbers(version) else ""


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
