"""Owns the parts that a long span of the log is read in: so many rows, all of one month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from server.domain.day import Millis, millis
from server.reports.log import Only, Place, Span, where
from server.storage.transaction import SqliteTx

CHUNK_ROWS = 4000
"""Rows of a part before filtering: about 30 ms, so nobody else who studies the log waits long."""
SOURCE = "turns INDEXED BY turns_day CROSS JOIN tickets ON tickets.id = turns.ticket"
"""Turns in the order of their index, each with its ticket; the planner has no other way."""


class Chunk(msgspec.Struct, frozen=True):
    """Turns behind place ``after`` up to place ``end``, all of one calendar month.

    Attributes:
        first: the business day of the first one.
    """

    first: str
    after: Place
    end: Place


def chunk_after(tx: SqliteTx, span: Span, place: Place) -> Chunk | None:
    """Return the part of a span that begins behind ``place``, or ``None`` when nothing follows.

    Only the index ``turns_day`` is read.
    """
    behind = (
        "SELECT day, rowid FROM turns INDEXED BY turns_day WHERE branch = :branch "
        "AND day >= :day AND day <= :last AND (day > :day OR rowid > :row) "
        "ORDER BY day, rowid LIMIT 1 OFFSET :rows"
    )
    values = {"branch": tx.branch, "day": place.day, "row": place.row}
    begin = tx.db.execute(behind, values | {"last": span.last, "rows": 0}).fetchone()
    if begin is None:
        return None
    first = str(begin[0])
    last = min(span.last, first[:7] + "-31")
    end = tx.db.execute(behind, values | {"last": last, "rows": CHUNK_ROWS - 1}).fetchone()
    return Chunk(first, place, Place(last, 2**62) if end is None else Place(*end))


def within(tx: SqliteTx, span: Span, only: Only, chunk: Chunk) -> tuple[str, dict[str, Any]]:
    """Return the condition of the turns of a part that a filter lets through, and its values."""
    narrow = msgspec.structs.replace(span, first=chunk.first, last=chunk.end.day)
    condition, values = where(tx, narrow, only)
    condition += (
        " AND (turns.day > :after_day OR turns.rowid > :after_row)"
        " AND (turns.day < :end_day OR turns.rowid <= :end_row)"
    )
    values |= {
        "after_day": chunk.after.day, "after_row": chunk.after.row,
        "end_day": chunk.end.day, "end_row": chunk.end.row,
    }  # fmt: skip
    return condition, values


def start(chunk: Chunk) -> Millis:
    """Return a moment before all moments of a part, in every zone."""
    day = datetime.fromisoformat(chunk.first).replace(tzinfo=UTC)
    return millis(day - timedelta(days=2))
