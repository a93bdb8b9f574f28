"""Owns small spreadsheet files (Office Open XML) of one sheet that is made in memory."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile

from server.reports.workbook import (
    BOLD,
    DAY,
    HEAD,
    KIND,
    LINKS,
    MAIN,
    PACKAGE,
    ROOT_LINKS,
    STYLES,
    entry,
    text_cell,
)

Cell = str | int | Decimal | date | None
Sheet = list[list[Cell]]
"""Rows; the first holds the columns' names."""

_EPOCH = date(1899, 12, 30)
"""Day 0 of a spreadsheet."""
_TYPES = (
    f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
    "</Types>"
)
_BOOK_LINKS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{LINKS}/styles" Target="styles.xml"/>'
    "</Relationships>"
)


def book(name: str, sheet: Sheet) -> bytes:
    """Return a workbook with one sheet: the first row stays in sight, numbers are numbers."""
    file = io.BytesIO()
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": ROOT_LINKS,
        "xl/_rels/workbook.xml.rels": _BOOK_LINKS,
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
    if isinstance(value, date):
        return f'<c s="{DAY}"><v>{(value - _EPOCH).days}</v></c>'
    return f"<c><v>{value}</v></c>"
