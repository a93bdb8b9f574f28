"""Kinds of text the log is told in: each says how SQLite writes a cell of every kind.

``Csv`` is for machines, ``SheetCsv`` for a spreadsheet program of the office's country, ``Json``
for programs, ``SheetRows`` are the rows of a workbook's sheet.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec
from babel import UnknownLocaleError
from babel.numbers import get_decimal_symbol

from server.storage.dialect import as_json, has, like, of_kind, sign, thousandths
from server.storage.queries import clock
from server.storage.queries.columns import COLUMNS, Column

UTC_COLUMNS = ("issued_utc", "called_utc", "started_utc", "ended_utc")
DECIMALS = ("comma", "point")
"""How a country writes a broken number; where it is a comma, lists are parted by semicolons."""
Name = Literal["csv", "csv-sheet", "json", "xlsx", "raw"]
WORDS = frozenset({"word", "person"})
"""Kinds of columns that hold nothing but letters, digits and a few signs."""
_DANGEROUS = re.compile(r"^[=+\-@\t\r]")
_MONTHS = (
    *("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
    *("MEI", "AGU", "AGS", "AGT", "OKT", "NOP", "DES"),
)
_TRUTHS = ("true", "false", "benar", "salah")
_ODD = re.compile(
    r"(?:Rp|\$)?[\d\s.,:/+()-]+|\d+[eE][+-]?\d+|\d{1,4}[-/ ]?[A-Za-z]{3,9}(?:[-/ ]?\d+)?"
    rf"|(?:{'|'.join(_MONTHS)})[A-Z]*[-/ .]?\d{{1,4}}|{'|'.join(_TRUTHS)}",
    re.IGNORECASE,
)
"""What a spreadsheet takes for a number, a date or a truth, although it is a word."""
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Form:
    """A kind of text.

    ``head`` stands before all rows, ``between`` between two, ``tail`` behind all; ``ends`` ends
    each row, ``parts`` stands between two cells.
    """

    name: Name
    head: bytes = b""
    between: str = ""
    tail: bytes = b""
    starts: str = ""
    parts: str = ","
    ends: str = ""
    utc: bool = False

    def cell(self, text: str | None) -> str:
        """Return a text as it is written."""
        raise NotImplementedError

    def made(self, name: str, agency: str | None) -> str:
        """Return the cells of a service's name and of its agency."""
        return f"{self.cell(name)}{self.parts}{self.cell(agency)}"

    def unknown(self) -> str:
        """Return SQL of these cells for a service that is no more; it goes by its code."""
        return f"turns.service || '{self.parts}'"

    def place(self, _name: str, _column: Column) -> str:
        """Return a cell's place in a row's pattern, and what surrounds it."""
        return "%s"

    def value(self, name: str, column: Column, times: int) -> str:
        """Return SQL of a cell, on a clock that has ``times`` offsets."""
        sql = self.plain(column, times)
        return self.word(name, sql) if column.kind in WORDS else sql

    def plain(self, column: Column, times: int) -> str:
        """Return SQL of what a cell says, NULL when there is nothing to say."""
        sql = "persons.told" if column.kind == "person" else column.sql
        if column.kind == "text":
            return self.text(sql)
        if column.kind == "moment":
            sql = self.moment(sql, times)
        elif column.kind == "seconds":
            sql = self.seconds(sql)
        elif column.kind == "hour":
            sql = clock.hour(sql, times)
        elif column.kind == "weekday":
            sql = clock.weekday(sql, times)
        return sql

    def word(self, _name: str, sql: str) -> str:
        """Return SQL of a word."""
        return sql

    def moment(self, sql: str, times: int) -> str:
        """Return SQL of a moment: ISO 8601 with the office's offset."""
        return clock.moment(sql, times)

    def seconds(self, sql: str) -> str:
        """Return SQL of milliseconds told in seconds: 15 digits, so thousandths are exact."""
        return thousandths(sql)

    def text(self, sql: str) -> str:
        """Return SQL of a text of which the usual words are known to be harmless."""
        raise NotImplementedError


def _usual(sql: str) -> str:
    return f"{sql} IN (:usual0, :usual1)"


class Csv(Form):
    """CSV (RFC 4180) for machines. Seconds are whole, halves up: no sign that a country reads
    otherwise; moments have their offset. With ``utc``, columns in UTC stand behind the others.
    """  # noqa: D205 - one sentence

    name: Name = "csv"
    ends = "\r\n"

    def __init__(self, *, utc: bool = False) -> None:
        self.utc = utc
        self.head = self._head([*COLUMNS, *(UTC_COLUMNS if utc else ())])

    def _head(self, names: list[str]) -> bytes:
        return (self.parts.join(names) + self.ends).encode()

    def cell(self, text: str | None) -> str:
        """Return a text quoted when it must be, harmless to a spreadsheet."""
        if text is None:
            return ""
        if self.guarded(text):
            text = "'" + text
        if any(sign in text for sign in f'{self.parts}"\r\n'):
            return '"' + text.replace('"', '""') + '"'
        return text

    def guarded(self, text: str) -> bool:
        """Return whether a spreadsheet would take it for a formula."""
        return _DANGEROUS.match(text) is not None

    def danger(self, sql: str) -> str:
        """Return SQL of whether a spreadsheet would take a text for a formula."""
        return f"substr({sql}, 1, 1) IN ('=', '+', '-', '@', {sign(9)}, {sign(13)})"

    def seconds(self, sql: str) -> str:
        """Return SQL of milliseconds told in seconds."""
        return f"(({sql} + 500) / 1000)"

    def text(self, sql: str) -> str:
        """Return SQL of a text, harmless in this form."""
        guarded = f"CASE WHEN {self.danger(sql)} THEN '''' || {sql} ELSE {sql} END"
        signs = (f"'{self.parts}'", "'\"'", sign(13), sign(10))
        marks = " OR ".join(has(sql, each) for each in signs)
        quoted = f"'\"' || replace({guarded}, '\"', '\"\"') || '\"'"
        return f"CASE WHEN {_usual(sql)} THEN {sql} WHEN {marks} THEN {quoted} ELSE {guarded} END"


class SheetCsv(Csv):
    """CSV for a double click: byte-order mark, the list sign and decimal sign of the country.

    Moments are the office's wall clock to the second, without an offset, which no spreadsheet
    reads. A word that would be taken for a number or a date has ``'`` in front.

    Args:
        decimal: one of ``DECIMALS``.
        codes: codes of services there ever were.
    """

    name: Name = "csv-sheet"

    def __init__(self, decimal: str, codes: list[str]) -> None:
        self.decimal = decimal
        self.parts = ";" if decimal == "comma" else ","
        self._odd = [code for code in codes if self.guarded(code)]
        super().__init__()

    def _head(self, names: list[str]) -> bytes:
        return b"\xef\xbb\xbf" + super()._head(names)

    def guarded(self, text: str) -> bool:
        """Return whether a spreadsheet would take it for anything but a word."""
        return super().guarded(text) or _ODD.fullmatch(text) is not None

    def unknown(self) -> str:
        """Return SQL of these cells for a service that is no more."""
        return f"{self.word('service', 'turns.service')} || '{self.parts}'"

    def word(self, name: str, sql: str) -> str:
        """Return SQL of a word that nothing takes for a number or a date."""
        if name == "label":
            odd = f"substr({sql}, 1, 3) IN ({', '.join(map(_literal, _MONTHS))})"
        elif name == "ticket":
            odd = "NOT " + like(sql, "'*[a-df-z]*'")
        elif name in {"service", "transferred_from", "transferred_to"} and self._odd:
            odd = f"{sql} IN ({', '.join(map(_literal, self._odd))})"
        else:
            return sql
        return f"CASE WHEN {odd} THEN '''' || {sql} ELSE {sql} END"

    def danger(self, sql: str) -> str:
        """Return SQL of whether a text would be taken for anything but a word."""
        months = f"upper(substr({sql}, 1, 3)) IN ({', '.join(map(_literal, _MONTHS))})"
        digits = like(sql, "'[0-9.,:/ ($]*'")
        money = f"lower(substr({sql}, 1, 2)) = 'rp'"
        truth = f"lower({sql}) IN ({', '.join(map(_literal, _TRUTHS))})"
        odd = f"{digits} OR {months} OR {money} OR {truth}"
        return f"{super().danger(sql)} OR {odd}"

    def moment(self, sql: str, times: int) -> str:
        """Return SQL of a moment on the office's wall clock."""
        return clock.wall(sql, times)

    def seconds(self, sql: str) -> str:
        """Return SQL of milliseconds told in seconds."""
        exact = thousandths(sql)
        return f"replace({exact}, '.', ',')" if self.decimal == "comma" else exact


def _literal(text: str) -> str:
    """Return a text in SQL; it comes from the settings, where codes have letters and digits."""
    return "'" + text.replace("'", "''") + "'"


class Json(Form):
    """JSON as the API tells it: ``{"turns":[...]}``."""

    name: Name = "json"
    head = b'{"turns":['
    between = ","
    tail = b"]}"
    starts = "{"
    ends = "}"

    def cell(self, text: str | None) -> str:
        """Return a text as it is written."""
        return msgspec.json.encode(text).decode()

    def made(self, name: str, agency: str | None) -> str:
        """Return the cells of a service's name and of its agency."""
        return f'{self.cell(name)},"agency":{self.cell(agency)}'

    def unknown(self) -> str:
        """Return SQL of these cells for a service that is no more."""
        return "'\"' || turns.service || '\",\"agency\":null'"

    def place(self, name: str, column: Column) -> str:
        """Return a cell's place in the row, and what surrounds it."""
        quoted = column.sure and column.kind in {*WORDS, "day", "moment"}
        return f'"{name}":"%s"' if quoted else f'"{name}":%s'

    def value(self, name: str, column: Column, times: int) -> str:
        """Return SQL of a cell, with what stands for nothing."""
        sql = super().value(name, column, times)
        if column.sure:
            return sql
        if column.kind in {*WORDS, "moment"}:
            sql = f"'\"' || {sql} || '\"'"
        return f"COALESCE({of_kind(sql, 'text')}, 'null')"

    def text(self, sql: str) -> str:
        """Return SQL of a text, harmless in this form."""
        return f"CASE WHEN {_usual(sql)} THEN '\"' || {sql} || '\"' ELSE {as_json(sql)} END"


class SheetRows(Form):
    """Rows of a sheet as SpreadsheetML (ECMA-376 part 1, 18.3.1.73): numbers are numbers, moments
    and days are dates on the office's wall clock, text is in the cell and never a formula.
    """  # noqa: D205 - one sentence

    name: Name = "xlsx"
    starts = "<row>"
    parts = ""
    ends = "</row>"
    MOMENT, DAY = 1, 2
    """Places of their styles in the workbook's list."""
    _TEXT = ('<c t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>")
    _WORD = ('<c t="inlineStr"><is><t>', "</t></is></c>")

    def cell(self, text: str | None) -> str:
        """Return a text as it is written."""
        return "<c/>" if text is None else self._TEXT[0] + escaped(text) + self._TEXT[1]

    def unknown(self) -> str:
        """Return SQL of these cells for a service that is no more."""
        return f"'{self._WORD[0]}' || turns.service || '{self._WORD[1]}<c/>'"

    def place(self, _name: str, column: Column) -> str:
        """Return a cell's place in the row, and what surrounds it."""
        if not column.sure or column.kind in {"text", "name"}:
            return "%s"
        before, after = self._around(column)
        exact = {"word": "%s", "moment": "%.10f"}
        return f"{before}{exact.get(column.kind, '%d')}{after}"

    def _around(self, column: Column) -> tuple[str, str]:
        if column.kind in WORDS:
            return self._WORD
        style = {"moment": f' s="{self.MOMENT}"', "day": f' s="{self.DAY}"'}.get(column.kind, "")
        return f"<c{style}><v>", "</v></c>"

    def value(self, name: str, column: Column, times: int) -> str:
        """Return SQL of a cell, with what stands for nothing."""
        if column.kind == "day":  # a part of the log is all of one month
            return f":serial + {of_kind(f'substr({column.sql}, 9)', 'bigint')}"
        sql = super().value(name, column, times)
        if column.sure or column.kind == "text":
            return sql
        before, after = self._around(column)
        return f"COALESCE('{before}' || {sql} || '{after}', '<c/>')"

    def moment(self, sql: str, times: int) -> str:
        """Return SQL of a moment on the office's wall clock."""
        return clock.serial(sql, times)

    def text(self, sql: str) -> str:
        """Return SQL of a text, harmless in this form."""
        before, after = self._TEXT
        told = sql
        for mark, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            told = f"replace({told}, '{mark}', '{instead}')"
        controls = like(sql, f"'*[' || {sign(1)} || '-' || {sign(31)} || ']*'")
        told = f"CASE WHEN {controls} THEN '' ELSE {told} END"  # none can be taken in, none is told
        said = f"CASE WHEN {_usual(sql)} THEN {sql} ELSE {told} END"
        return f"COALESCE('{before}' || {said} || '{after}', '<c/>')"


def escaped(text: str) -> str:
    """Return a text for XML 1.0; signs that it cannot hold are left out."""
    text = _NOT_XML.sub("", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Raw(Csv):
    """CSV for a program that makes typed columns of it: times stay milliseconds."""

    name: Name = "raw"

    def guarded(self, _text: str) -> bool:
        """Return whether a text needs a sign in front: it goes to no spreadsheet."""
        return False

    def moment(self, sql: str, _times: int) -> str:
        """Return SQL of a moment: milliseconds since 1970."""
        return sql

    def seconds(self, sql: str) -> str:
        """Return SQL of a length of time: milliseconds."""
        return sql

    def text(self, sql: str) -> str:
        """Return SQL of a text."""
        return f"'\"' || replace({sql}, '\"', '\"\"') || '\"'"


JSON = Json()


def decimal_of(language: str) -> str:
    """Return how the country of an office that speaks a language writes broken numbers."""
    try:
        sign = get_decimal_symbol(language.replace("-", "_"), numbering_system="latn")
    except (UnknownLocaleError, ValueError):
        return "comma"  # the languages of Indonesia that no locale data knows
    return "comma" if sign == "," else "point"


def columns_of(form: Form) -> dict[str, Column]:
    """Return the columns that ``SELECT`` writes for a form, the extra ones last.

    ``service_name`` stands for ``agency`` too.
    """
    extra = {name: COLUMNS[name.removesuffix("_utc")] for name in (UTC_COLUMNS if form.utc else ())}
    return {name: each for name, each in COLUMNS.items() if each.kind != "agency"} | extra
