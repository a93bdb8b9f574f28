"""Owns small sheets that are made in memory: as CSV, or as a file of Office Open XML."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile

from server.reports.workbook import (
    BOLD,
    DAY,
    HEAD,
    LINKS,
    MAIN,
    MOMENT,
    ROOT_LINKS,
    STYLES,
    entry,
    links_of,
    text_cell,
    types_of,
)
from server.storage.queries.forms import Csv, SheetCsv

Cell = str | int | Decimal | date | datetime | None
"""Days and moments are those of the office's wall clock."""
Sheet = list[list[Cell]]
"""Rows; the first holds the columns' names."""

_CLOCK = re.compile(r"[0-2]\d:[0-5]\d|\d{4}-\d\d-\d\d")
_EPOCH = date(1899, 12, 30)
"""Day 0 of a spreadsheet."""


def written(name: str, sheet: Sheet, kind: str, decimal: str) -> bytes:
    """Return a sheet as ``csv``, as ``csv-sheet`` with a decimal sign, or as ``xlsx``."""
    if kind == "xlsx":
        return book(name, sheet)
    form = SheetCsv(decimal, []) if kind == "csv-sheet" else Csv()
    comma = kind == "csv-sheet" and decimal == "comma"
    lines = (form.parts.join(_text(form, each, comma=comma) for each in line) for line in sheet)
    start = "\ufeff" if kind == "csv-sheet" else ""
    return (start + "".join(line + form.ends for line in lines)).encode()


def _text(form: Csv, value: Cell, *, comma: bool) -> str:
    if isinstance(value, str):
        # a day and a time of day are what a spreadsheet reads them as
        return value if _CLOCK.fullmatch(value) else form.cell(value)
    if value is None:
        return ""
    text = f"{value}"
    return text.replace(".", ",") if comma and isinstance(value, Decimal) else text


def book(name: str, sheet: Sheet) -> bytes:
    """Return a workbook with one sheet: the first row stays in sight, numbers are numbers."""
    file = io.BytesIO()
    parts = {
        "[Content_Types].xml": types_of(1),
        "_rels/.rels": ROOT_LINKS,
        "xl/_rels/workbook.xml.rels": links_of(1),
        "xl/styles.xml": STYLES,
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": _rows(sheet),
    }
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        for part, text in parts.items():
            packed.writestr(entry(part), text.encode())
    return file.getvalue()


def _rows(sheet: Sheet) -> str:
    width = max(map(len, sheet))
    head, *rest = sheet
    lines = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in rest)
    names = "".join(text_cell(f"{each}", BOLD) for each in head)
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f'<cols><col min="1" max="{width}" width="16" customWidth="1"/></cols>'
        f"<sheetData><row>{names}</row>{lines}</sheetData></worksheet>"
    )


def _cell(value: Cell) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, datetime):
        days = (value - datetime.combine(_EPOCH, datetime.min.time())) / timedelta(days=1)
        return f'<c s="{MOMENT}"><v>{days}</v></c>'
    if isinstance(value, date):
        return f'<c s="{DAY}"><v>{(value - _EPOCH).days}</v></c>'
    return f"<c><v>{value}</v></c>"
