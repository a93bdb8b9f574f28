"""Owns the log as a spreadsheet file: written row by row, columns explained on a second sheet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import IO, Any, ParamSpec, Self, TypeVar

import xlsxwriter

from server.api.figures import LogTurn
from server.reports.columns import EXPLAINED
from server.reports.log import COLUMNS, Only, Span, where
from server.storage.transaction import SqliteTx

P = ParamSpec("P")
T = TypeVar("T")
Translate = Callable[..., str]

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
_MOMENTS = {"issued", "called", "started", "ended", "appointment"}


async def in_thread(function: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """Run packing beside the event loop."""
    return await asyncio.to_thread(function, *args, **more)


def count(tx: SqliteTx, span: Span, only: Only) -> int:
    """Return how many turns a span and a filter hold."""
    condition, values = where(tx, span, only)
    # looking each ticket up would make a count of millions last seven times as long
    tickets = "JOIN tickets ON tickets.id = turns.ticket" if "tickets." in condition else ""
    sql = f"SELECT COUNT(*) FROM turns {tickets} WHERE {condition}"  # noqa: S608
    return int(tx.db.execute(sql, values).fetchone()[0])


class Workbook:
    """A workbook on its way to a file; memory stays flat, rows go to a temporary file at once.

    Times are real dates in the office's zone, so that a spreadsheet can reckon with them; text
    is never taken for a formula or a link.
    """

    def __init__(self, file: IO[bytes], language: str, translate: Translate) -> None:
        self._book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._sheet = self._book.add_worksheet("Log")
        bold = self._book.add_format({"bold": True, "bottom": 1})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._sheet.freeze_panes(1, 1)
        self._sheet.set_column(0, len(COLUMNS) - 1, 14)
        for at, name in enumerate(COLUMNS):
            self._sheet.write_string(0, at, name, bold)
        self._row = 1
        self._explain(language, translate, bold)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sheet.autofilter(0, 0, max(1, self._row - 1), len(COLUMNS) - 1)
        self._book.close()

    def add(self, turns: Sequence[LogTurn]) -> None:
        """Write turns as rows."""
        write = self._sheet.write
        for turn in turns:
            for at, name in enumerate(COLUMNS):
                value = getattr(turn, name)
                if value is None:
                    continue
                if name in _MOMENTS:
                    wall = datetime.fromisoformat(value).replace(tzinfo=None)
                    self._sheet.write_datetime(self._row, at, wall, self._moment)
                elif isinstance(value, str):
                    self._sheet.write_string(self._row, at, str(value))
                else:
                    write(self._row, at, value)
            self._row += 1

    def _explain(self, language: str, translate: Translate, bold: Any) -> None:  # noqa: ANN401
        sheet = self._book.add_worksheet("Columns")
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 100)
        for row, (name, meaning) in enumerate(EXPLAINED.items()):
            sheet.write_string(row, 0, name, bold)
            sheet.write_string(row, 1, translate(language, meaning))
