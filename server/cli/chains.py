"""Owns what ``ramah doctor`` says of the chains through who did what."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from server.domain.day import local
from server.storage.queries import chain, offices


def bad_chains(db: sqlite3.Connection, printed: str | None) -> Iterator[str]:
    """Tell of each branch whose chain is broken the first row that is wrong.

    ``printed`` are the digits of a head on paper, in groups or not.
    """
    for each in offices.branches(db):
        found = chain.verify(db, each.id)
        if found.broken:
            yield f"{each.code}: {found.broken}; compare with a backup or a list taken before"
    if printed is not None:
        yield from _missing(db, printed)


def _missing(db: sqlite3.Connection, printed: str) -> Iterator[str]:
    digits = re.sub(r"\s", "", printed).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{chain.LEAST_DIGITS},64}}", digits):
        yield f"'{printed}' is no head: it has {chain.LEAST_DIGITS} to 64 of the digits 0-9, a-f"
    elif all(chain.holds(db, each.id, digits) is None for each in offices.branches(db)):
        yield (
            f"no row has the head {digits[:8]}...: it was dropped or changed, or it is older than "
            "what is kept, or the hall was restored from a backup before it"
        )


def told_chains(db: sqlite3.Connection) -> Iterator[str]:
    """Tell the head of each branch's chain, and what is behind it."""
    known = offices.offices(db)
    for each in offices.branches(db):
        end = chain.head(db, each.id)
        if end is None or not end.seq:
            continue
        blank = chain.verify(db, each.id).blank
        more = f", {blank} with their details forgotten" if blank else ""
        if end.found:
            zone = known[each.id].zone if each.id in known else "UTC"
            more += (
                f"; rows 1 to {end.found} are as they were found on "
                f"{local(end.begun_at, zone):%Y-%m-%d}, before there was a chain"
            )
        yield f"{each.code}: row {end.seq}, head {grouped(end.hash)}{more}"


def grouped(digits: str) -> str:
    """Return a hash as people read it: in groups of four."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
