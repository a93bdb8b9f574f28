"""What a clerk double-clicks is right: workbook, spreadsheet CSV and Parquet show one clock.

The CSV is read by the rules of a spreadsheet program whose country writes ``1.415,885`` (or
``1,415.885``), as strictly as such a program is: what it does not know stays text.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pyarrow.parquet as pq
import pytest

from server.reports import lines, log, workbook
from server.reports.log import Turns
from server.reports.pages import View, page
from server.reports.parquet import FORM, File
from server.storage.queries import clock, forms
from server.storage.queries.columns import COLUMNS
from server.storage.queries.log import Only, Place
from server.storage.transaction import SqliteTx
from tests.server.reports.test_lines import ALL, DAYS, by_sqlite, fill, hall, insert

MOMENTS = ("issued", "called", "started", "ended", "appointment")
SECONDS = ("wait_s", "service_s", "walk_s")
NUMBERS = ("counter", "recalls", "leg", "people", "hour", "weekday")
SIGNS = {"comma": (";", ",", "."), "point": (",", ".", ",")}


def seen(text: str, decimal: str) -> object:
    """Return what a spreadsheet of a country makes of a cell of a CSV file."""
    _, point, thousands = SIGNS[decimal]
    for pattern, made in (
        ("", lambda _: None),
        (rf"-?\d+({re.escape(point)}\d+)?([eE][+-]?\d+)?", lambda t: float(t.replace(point, "."))),
        (rf"-?\d{{1,3}}({re.escape(thousands)}\d{{3}})+",
         lambda t: float(t.replace(thousands, ""))),
        (r"\d{4}-\d\d-\d\d", date.fromisoformat),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", datetime.fromisoformat),
        (r"\d{1,2}[-/.]\d{1,4}([-/.]\d{1,4})?|[\d:]+|\d{1,2}[- ]?[A-Za-z]{3,}", mistaken),
        (r"(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mei|agu|okt|des)-?\d+", mistaken),
        (r"(?i)benar|salah|true|false|(Rp|\$)[ \d.,]+|\([\d.,]+\)", mistaken),
        (r"[=+@-].*", mistaken),
    ):  # fmt: skip
        if re.fullmatch(pattern, text, re.DOTALL):
            return made(text)
    return text


def mistaken(text: str) -> object:
    """Return something that equals no cell of the log."""
    return ("mistaken for something else", text)


def opened(text: bytes, decimal: str) -> list[dict[str, object]]:
    """Return the rows of a file as a double click shows them."""
    assert text.startswith(b"\xef\xbb\xbf"), "without the mark, letters beyond ASCII come out wrong"
    rows = csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""),
                      delimiter=SIGNS[decimal][0])  # fmt: skip
    head = next(rows)
    return [dict(zip(head, [seen(each, decimal) for each in row], strict=True)) for row in rows]


def in_book(tx: SqliteTx) -> bytes:
    """Return the whole log as a workbook."""
    file = io.BytesIO()
    writer = lines.Lines(Turns(tx, "id"), workbook.FORM)
    place: Place | None = Place(ALL.first)
    with workbook.Workbook(file, "id", lambda _language, text: text) as book:
        while place is not None:
            part = writer.after(tx, ALL, Only(), place)
            book.add(part.text, part.rows)
            place = part.following
    return file.getvalue()


def in_columns(tx: SqliteTx) -> list[dict[str, Any]]:
    """Return the whole log from a Parquet file."""
    file = io.BytesIO()
    place: Place | None = Place(ALL.first)
    writer = lines.Lines(Turns(tx, "id"), FORM)
    with File(file, tx.office.zone) as table:
        while place is not None:
            part = writer.after(tx, ALL, Only(), place)
            table.add(part.text, part.rows)
            place = part.following
    return list(pq.read_table(io.BytesIO(file.getvalue())).to_pylist())


def wall(moment: str | None) -> datetime | None:
    """Return the wall clock of a moment of the log."""
    return None if moment is None else datetime.fromisoformat(moment).replace(tzinfo=None)


def bare(text: object) -> object:
    """Return a text without the sign that keeps it a text."""
    return text[1:] if isinstance(text, str) and text.startswith("'") else text


@pytest.mark.parametrize("zone", list(DAYS))
def test_workbook_csv_and_parquet_agree_with_the_log_on_every_cell(
    tmp_path: Path, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "CHUNK_ROWS", 7)  # many parts, also within a day
    with hall(tmp_path, zone) as tx:
        fill(tx, zone, 7, 120)
        turns, _ = page(tx, View(ALL, Only(), rows=10**6), "id")
        codes = list(Turns(tx, "id").services)
        sheets = {each: opened(by_sqlite(tx, forms.SheetCsv(each, codes), Only()), each)
                  for each in forms.DECIMALS}  # fmt: skip
        book = openpyxl.load_workbook(io.BytesIO(in_book(tx)))
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        table = in_columns(tx)
    assert rows[0] == tuple(COLUMNS)
    assert len(turns) == len(rows) - 1 == len(table) > 120
    for at, turn in enumerate(turns):
        cells = dict(zip(COLUMNS, rows[at + 1], strict=True))
        for name in COLUMNS:
            right = getattr(turn, name)
            told = [sheet[at][name] for sheet in sheets.values()]
            if name in MOMENTS:
                shown = wall(right)
                second = None if shown is None else shown.replace(microsecond=0)
                assert cells[name] == shown, "milliseconds too"
                assert table[at][f"{name}_local"] == shown
                assert told == [second, second]
            elif name in SECONDS:
                assert [cells[name], table[at][name], *told] == [right] * 4
            elif name == "day":
                day = date.fromisoformat(right)
                assert cells[name] == datetime(day.year, day.month, day.day)  # noqa: DTZ001
                assert [table[at][name], *told] == [day] * 3
            elif name in NUMBERS:
                assert [cells[name], table[at][name], *told] == [right] * 4
            else:
                assert cells[name] == right
                assert list(map(bare, told)) == [right, right], name


def test_hour_and_weekday_are_those_of_the_clock_on_the_wall(tmp_path: Path) -> None:
    zone = "Asia/Jayapura"
    with hall(tmp_path, zone) as tx:
        fill(tx, zone, 3, 60)
        turns, _ = page(tx, View(ALL, Only(), rows=10**6), "id")
    for turn in turns:
        at = wall(turn.issued)
        assert at is not None
        assert (turn.hour, turn.weekday) == (at.hour, at.isoweekday())
    assert {turn.weekday for turn in turns} == {6, 7}, "31 January and 1 February 2026"


@pytest.mark.parametrize("code", ["1-2", "007", "1E5", "MAR-5", "5-mei", "12"])
def test_a_code_that_looks_like_a_number_or_a_date_stays_a_code(tmp_path: Path, code: str) -> None:
    with hall(tmp_path, "Asia/Makassar") as tx:
        visit(tx, label="A001", service=code)
        text = by_sqlite(tx, forms.SheetCsv("comma", [code]), Only())
    (row,) = opened(text, "comma")
    assert bare(row["service"]) == code
    assert bare(row["service_name"]) == code, "a service that is no more goes by its code"


@pytest.mark.parametrize("label", ["DEC012", "MEI001", "JAN130"])
def test_a_number_that_looks_like_a_date_stays_a_number(tmp_path: Path, label: str) -> None:
    with hall(tmp_path, "Asia/Makassar") as tx:
        visit(tx, label=label, service="A1")
        (row,) = opened(by_sqlite(tx, forms.SheetCsv("comma", ["A1"]), Only()), "comma")
    assert bare(row["label"]) == label


def visit(tx: SqliteTx, label: str, service: str) -> None:
    """Write one turn that nobody called."""
    at = tx.now - 86_400_000
    day = "2026-12-30"
    insert(tx.db, "tickets", {
        "id": "a" * 32, "branch": tx.branch, "day": day, "prefix": label[:-3], "number": 1,
        "label": label, "service": service, "priority": "regular", "language": "a&b<c>",
        "people": 1, "channel": "kiosk", "token": "t", "issued_at": at, "eligible_at": at,
        "leg": 1,
    })  # fmt: skip
    insert(tx.db, "turns", {
        "ticket": "a" * 32, "leg": 1, "branch": tx.branch, "day": day, "label": label,
        "service": service, "state": "waiting", "arrival": 1, "priority": "regular",
        "eligible_at": at,
    })  # fmt: skip


def test_text_in_a_workbook_is_never_a_formula_a_link_or_broken_xml(tmp_path: Path) -> None:
    with hall(tmp_path, "Asia/Makassar") as tx:
        fill(tx, "Asia/Jayapura", 5, 80)  # service names like =1+1,"x" and @kantor
        visit(tx, label="A001", service="A1")
        file = in_book(tx)
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            ET.fromstring(parts.read(name))  # noqa: S314 - we wrote it
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    book = openpyxl.load_workbook(io.BytesIO(file))
    cells = list(book.worksheets[0].iter_rows())
    names = {row[list(COLUMNS).index("service_name")] for row in cells}
    assert {'=1+1,"x"', "@kantor", "\tx"} <= {each.value for each in names}
    assert {each.data_type for each in names} == {"s"}
    assert "a&b<c>" in {row[list(COLUMNS).index("language")].value for row in cells}


def test_a_workbook_stays_usable_when_it_is_empty(tmp_path: Path) -> None:
    with hall(tmp_path, "UTC") as tx:
        book = openpyxl.load_workbook(io.BytesIO(in_book(tx)))
    log, meanings = book.worksheets
    assert list(log.iter_rows(values_only=True)) == [tuple(COLUMNS)]
    assert log.freeze_panes == "B2"
    assert log.auto_filter.ref == "A1:AD1"
    assert [row[0] for row in meanings.iter_rows(values_only=True)] == list(COLUMNS)


def test_controls_in_a_name_do_not_break_the_file() -> None:
    told = forms.SheetRows().cell("a\x00b\x1f]]>&c\ufffe")
    row = ET.fromstring(f"<row>{told}</row>")  # noqa: S314 - we wrote it
    assert row[0][0][0].text == "ab]]>&c"


def test_every_column_has_a_meaning_and_a_source() -> None:
    assert all(each.meaning and each.sql for each in COLUMNS.values())


@pytest.mark.parametrize(
    ("language", "sign"),
    [("id", "comma"), ("en", "point"), ("de", "comma"), ("jv", "comma"), ("bug", "comma")],
)
def test_the_decimal_sign_is_that_of_the_offices_country(language: str, sign: str) -> None:
    assert forms.decimal_of(language) == sign


def test_a_moment_in_a_sheet_is_exact_to_the_millisecond() -> None:
    """15 digits of a day hold more than a millisecond until the year 2100."""
    days = clock.serial_before("2100-03-01") + 1
    told = float(f"{days + 86_399_999 / 86_400_000:.10f}")
    assert round((told - days) * 86_400_000) == 86_399_999
    assert date(1899, 12, 30) + timedelta(days=days) == date(2100, 3, 1)
