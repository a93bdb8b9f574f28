"""Owns the log as text, part by part: what a part holds, and where the next begins."""

from __future__ import annotations

import msgspec

from server.reports.log import Turns, chunk_after, within
from server.storage.queries import lines
from server.storage.queries.forms import Form
from server.storage.queries.log import Only, Place, Span
from server.storage.transaction import SqliteTx


class Part(msgspec.Struct, frozen=True):
    """Some rows as text, how many, and where the next begin; ``None`` when these were the last."""

    text: bytes
    rows: int
    following: Place | None


class Lines:
    """Writes a log part by part, in order; it holds no connection."""

    def __init__(self, turns: Turns, form: Form) -> None:
        self.form = form
        self._lines = lines.Lines(turns, form, turns.languages)

    def after(self, tx: SqliteTx, span: Span, only: Only, place: Place) -> Part:
        """Return the rows behind ``place``; there may be none although more follow."""
        chunk = chunk_after(tx, span, place)
        if chunk is None:
            return Part(b"", 0, None)
        condition = within(tx, span, only, chunk)
        return Part(*self._lines.of(tx.db, tx.branch, chunk, condition, tx.now), chunk.end)
