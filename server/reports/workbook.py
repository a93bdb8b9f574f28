"""Owns the log as a spreadsheet file (Office Open XML): rows packed as they come, meanings beside.

SQLite writes the rows as XML (``forms.SheetRows``), this packs them into the file: no object is
made for a cell, and memory holds one part of the log. The parts of the file are those that
ECMA-376 asks of a workbook, and no more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import IO, ParamSpec, Self, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from server.reports.log import sought, where
from server.storage.queries import log
from server.storage.queries.columns import COLUMNS
from server.storage.queries.forms import SheetRows, escaped
from server.storage.queries.log import Only, Span
from server.storage.transaction import SqliteTx

P = ParamSpec("P")
T = TypeVar("T")
Translate = Callable[..., str]

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
FORM = SheetRows()
_LEVEL = 5
"""Of packing: a file of 6 is 2 % smaller and takes a fifth longer."""
MOMENT, DAY, BOLD = 1, 2, 3
"""Styles of a cell."""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ROOT_LINKS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_SHEET = (
    f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>'
    '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
)


def types_of(sheets: int) -> str:
    """Return what the parts of a book with so many sheets are (ECMA-376 part 2, 10.1.2.2)."""
    parts = [("workbook", "sheet.main"), ("styles", "styles")]
    parts += [(f"worksheets/sheet{at}", "worksheet") for at in range(1, sheets + 1)]
    told = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{KIND}.{kind}+xml"/>'
        for part, kind in parts
    )
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{told}</Types>'
    )


def links_of(sheets: int) -> str:
    """Return what a book with so many sheets refers to: those, then the styles."""
    parts = [("worksheet", f"worksheets/sheet{at}") for at in range(1, sheets + 1)]
    told = "".join(
        f'<Relationship Id="rId{at}" Type="{LINKS}/{kind}" Target="{part}.xml"/>'
        for at, (kind, part) in enumerate([*parts, ("styles", "styles")], 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{told}</Relationships>'


async def in_thread(function: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """Run packing beside the event loop."""
    return await asyncio.to_thread(function, *args, **more)


def count(tx: SqliteTx, span: Span, only: Only) -> int:
    """Return how many turns a span and a filter hold."""
    look = sought(tx, span, only)
    if only.text:
        return log.count(tx.db, where(tx, span, only), "label")
    if look.narrow:
        return log.count(tx.db, where(tx, span, only, list(look.days())), "day")
    return log.count(tx.db, where(tx, span, only), "any")


class Workbook:
    """A workbook on its way to a file, which must be one that can be sought in."""

    def __init__(self, file: IO[bytes], language: str, translate: Translate) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
        self._rows = 0
        self._put("[Content_Types].xml", types_of(2))
        self._put("_rels/.rels", ROOT_LINKS)
        self._put("xl/_rels/workbook.xml.rels", links_of(2))
        self._put("xl/styles.xml", STYLES)
        self._put("xl/worksheets/sheet2.xml", _meanings(language, translate))
        self._sheet = self._zip.open(entry("xl/worksheets/sheet1.xml"), "w")
        width = f'<cols><col min="1" max="{len(COLUMNS)}" width="19" customWidth="1"/></cols>'
        names = "".join(text_cell(name, BOLD) for name in COLUMNS)
        self._sheet.write(f"{_SHEET}{width}<sheetData><row>{names}</row>".encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        last, rows = letters(len(COLUMNS)), self._rows + 1
        end = f'</sheetData><autoFilter ref="A1:{last}{rows}"/></worksheet>'
        self._sheet.write(end.encode())
        self._sheet.close()
        self._put("xl/workbook.xml", _book(last, rows))
        self._zip.close()

    def add(self, rows: bytes, number: int) -> None:
        """Add so many rows, written by ``FORM``."""
        self._sheet.write(rows)
        self._rows += number

    def _put(self, name: str, text: str) -> None:
        self._zip.writestr(entry(name), text.encode(), compresslevel=_LEVEL)


def entry(name: str) -> ZipInfo:
    """Return a part of the file; times in a ZIP are those of the machine's clock."""
    made = ZipInfo(name, time.localtime()[:6])
    made.compress_type = ZIP_DEFLATED
    made._compresslevel = _LEVEL  # type: ignore[attr-defined] # noqa: SLF001 - before 3.13 there is no other way
    return made


def text_cell(text: str, style: int = 0) -> str:
    """Return a cell of text; it is no formula, whatever it begins with."""
    return (f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">'
            f"{escaped(text)}</t></is></c>")  # fmt: skip


def _meanings(language: str, translate: Translate) -> str:
    """Return the second sheet: what each column means."""
    rows = "".join(
        f"<row>{text_cell(name, BOLD)}{text_cell(translate(language, column.meaning))}</row>"
        for name, column in COLUMNS.items()
    )
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><cols><col min="1" max="1" width="20" customWidth="1"/>'
        '<col min="2" max="2" width="100" customWidth="1"/></cols>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def _book(columns: str, rows: int) -> str:
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        '<sheet name="Log" sheetId="1" r:id="rId1"/><sheet name="Columns" sheetId="2" r:id="rId2"/>'
        '</sheets><definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0"'
        f' hidden="1">Log!$A$1:${columns}${rows}</definedName></definedNames></workbook>'
    )


def letters(column: int) -> str:
    """Return the name of a column, counted from 1: A, Z, AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
