"""Owns what ``ramah doctor`` says of the chains through who did what."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from server.domain.day import local
from server.domain.errors import Phrase
from server.domain.words import marked as _
from server.storage.queries import chain, offices


def bad_chains(db: sqlite3.Connection, printed: str | None) -> Iterator[Phrase]:
    """Tell of each branch whose chain is broken the first row that is wrong.

    ``printed`` are the digits of a head on paper, in groups or not.
    """
    for each in offices.branches(db):
        found = chain.verify(db, each.id)
        if found.broken:
            yield Phrase(
                _("{code}: {broken}; compare with a backup or a list taken before"),
                code=each.code, broken=found.broken,
            )  # fmt: skip
    if printed is not None:
        yield from _missing(db, printed)


def _missing(db: sqlite3.Connection, printed: str) -> Iterator[Phrase]:
    digits = re.sub(r"\s", "", printed).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{chain.LEAST_DIGITS},64}}", digits):
        yield Phrase(
            _("'{printed}' is no head: it has {least} to 64 of the digits 0-9, a-f"),
            printed=printed, least=chain.LEAST_DIGITS,
        )  # fmt: skip
    elif all(chain.holds(db, each.id, digits) is None for each in offices.branches(db)):
        yield Phrase(
            _(
                "no row has the head {digits}...: it was dropped or changed, or it is older than "
                "what is kept, or the hall was restored from a backup before it"
            ),
            digits=digits[:8],
        )


def told_chains(db: sqlite3.Connection) -> Iterator[Phrase]:
    """Tell the head of each branch's chain, and what is behind it."""
    known = offices.offices(db)
    for each in offices.branches(db):
        end = chain.head(db, each.id)
        if end is None or not end.seq:
            continue
        yield Phrase(
            _("{code}: row {row}, head {head}"),
            code=each.code, row=end.seq, head=grouped(end.hash),
        )  # fmt: skip
        blank = chain.verify(db, each.id).blank
        if blank:
            forgotten = _("{code}: rows whose details are forgotten: {count}")
            yield Phrase(forgotten, code=each.code, count=blank)
        if end.found:
            zone = known[each.id].zone if each.id in known else "UTC"
            yield Phrase(
                _(
                    "{code}: rows 1 to {last} are as they were found on {day}, before there was "
                    "a chain"
                ),
                code=each.code, last=end.found, day=f"{local(end.begun_at, zone):%Y-%m-%d}",
            )  # fmt: skip


def grouped(digits: str) -> str:
    """Return a hash as people read it: in groups of four."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
