"""Owns the log as text, CSV and JSON: SQLite itself writes the lines, a chunk in one statement.

Python would hold its interpreter lock for each row, and the hall would wait; SQLite does the same
beside it, in half the time. What only Python knows (names of services, pseudonyms, offsets of
the zone) is handed to each statement as small tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from server.domain.day import millis
from server.reports import clock
from server.reports.chunks import SOURCE, Chunk, chunk_after, within
from server.reports.log import COLUMNS, Only, Place, Span, Turns
from server.storage.transaction import SqliteTx

UTC_COLUMNS = ("issued_utc", "called_utc", "started_utc", "ended_utc")
_DANGEROUS = re.compile(r"^[=+\-@\t\r]")
_PLAIN = re.compile(r"[A-Za-z0-9]+")
Kind = Literal["word", "text", "number", "seconds", "moment", "made"]


class Column(msgspec.Struct, frozen=True):
    """How SQLite finds a column of the log.

    Attributes:
        kind: ``word`` has letters, digits and signs that need no care in any file; ``text`` may
            have others; ``seconds`` are milliseconds; ``made`` is written already.
        sure: it always has a value.
        when: condition without which it has none.
    """

    sql: str
    kind: Kind
    sure: bool = False
    when: str = ""


FOUND = {
    "label": Column("turns.label", "word", sure=True),
    "service": Column("turns.service", "word", sure=True),
    "counter": Column("turns.counter_number", "number"),
    "priority": Column("turns.priority", "word", sure=True),
    "issued": Column(
        "CASE turns.leg WHEN 1 THEN tickets.issued_at ELSE turns.eligible_at END",
        "moment", sure=True,
    ),
    "called": Column("turns.first_called_at", "moment"),
    "started": Column("turns.started_at", "moment"),
    "ended": Column("turns.ended_at", "moment"),
    "wait_s": Column(
        "MAX(0, turns.first_called_at - turns.eligible_at)", "seconds",
        when="turns.first_called_at IS NOT NULL",
    ),
    "service_s": Column(
        "turns.service_ms", "seconds",
        when="turns.started_at IS NOT NULL AND turns.ended_at IS NOT NULL",
    ),
    "outcome": Column("turns.outcome", "word"),
    "recalls": Column("turns.recalls", "number", sure=True),
    "walk_s": Column("turns.walk_ms", "seconds", when="turns.walk_ms IS NOT NULL"),
    "state": Column("turns.state", "word", sure=True),
    "day": Column("turns.day", "word", sure=True),
    "leg": Column("turns.leg", "number", sure=True),
    "service_name": Column("", "made"),
    "language": Column("tickets.language", "text", sure=True),
    "channel": Column("tickets.channel", "word", sure=True),
    "people": Column("tickets.people", "number", sure=True),
    "ended_by": Column("turns.ended_by", "word"),
    "ticket": Column("turns.ticket", "word", sure=True),
    "staff": Column("persons.told", "word"),
    "transferred_from": Column(
        "(SELECT service FROM turns AS earlier"
        " WHERE earlier.ticket = turns.ticket AND earlier.leg = turns.leg - 1)",
        "word", when="turns.leg > 1",
    ),
    "transferred_to": Column(
        "(SELECT service FROM turns AS later"
        " WHERE later.ticket = turns.ticket AND later.leg = turns.leg + 1)",
        "word", when="turns.outcome = 'transferred'",
    ),
    "appointment": Column(
        "turns.eligible_at", "moment",
        when="turns.leg = 1 AND turns.eligible_at > tickets.issued_at",
    ),
}  # fmt: skip
"""Column of the log -> where its value is; ``service_name`` stands for ``agency`` too."""


class Form(msgspec.Struct, frozen=True):
    """A kind of text file.

    Attributes:
        head, between, tail: what stands before all rows, between two, and behind all.
        ends: what ends each row.
        cell: returns a text as it is written.
        utc: with columns in UTC.
    """

    name: Literal["csv", "json"]
    head: bytes
    between: str
    tail: bytes
    ends: str
    cell: Callable[[str | None], str]
    utc: bool = False


def cell(text: str | None) -> str:
    """Return a text as a CSV cell: quoted when it must be, harmless to a spreadsheet."""
    if text is None:
        return ""
    if _DANGEROUS.match(text):
        text = "'" + text
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _quoted(text: str | None) -> str:
    return msgspec.json.encode(text).decode()


JSON = Form("json", b'{"turns":[', ",", b"]}", "", _quoted)


def csv(*, utc: bool = False) -> Form:
    """Return CSV (RFC 4180), with columns in UTC too when asked for."""
    head = ",".join([*COLUMNS, *(UTC_COLUMNS if utc else ())]) + "\r\n"
    return Form("csv", head.encode(), "", b"", "\r\n", cell, utc)


class Part(msgspec.Struct, frozen=True):
    """Some rows as text, how many, and where the next begin; ``None`` when these were the last."""

    text: bytes
    rows: int
    following: Place | None


class Lines:
    """Writes a log part by part, in order; it holds no connection, only what repeats."""

    def __init__(self, turns: Turns, form: Form) -> None:
        self.form = form
        self._begun = False
        self._turns = turns
        self._names = {
            code: _named(form, form.cell(name), turns.agencies.get(code))
            for code, name in turns.services.items()
        }

    def after(self, tx: SqliteTx, span: Span, only: Only, place: Place) -> Part:
        """Return the rows behind ``place``; there may be none although more follow."""
        chunk = chunk_after(tx, span, place)
        if chunk is None:
            return Part(b"", 0, None)
        condition, values = within(tx, span, only, chunk)
        times = clock.offsets(self._turns.zone, _start(chunk), tx.now + 86_400_000)
        values |= clock.tables() | clock.values(times)
        if self.form.name == "json" and self._turns.zone == "UTC":
            values["told0"] = "Z"  # as in all other answers
        for at, (code, told) in enumerate(self._names.items()):
            values |= {f"code{at}": code, f"named{at}": told}
        values["persons"] = self._pseudonyms(tx, chunk)
        usual = [each for each in tx.office.languages if _PLAIN.fullmatch(each)]
        values |= {f"usual{at}": word for at, word in enumerate([*usual, None, None][:2])}
        sql = self._statement(len(times), condition)
        text, rows = tx.db.execute(sql, values).fetchone()
        if rows and self._begun:
            text = self.form.between.encode() + text
        self._begun = self._begun or rows > 0
        return Part(text or b"", rows, chunk.end)

    def _statement(self, times: int, condition: str) -> str:
        return (
            "WITH persons(person, told) AS MATERIALIZED (SELECT key, value FROM json_each(:persons))"  # noqa: S608, E501
            f" SELECT CAST(group_concat(line, '{self.form.between}') AS BLOB), COUNT(*)"
            f" FROM (SELECT {_line(self.form, times, len(self._names))} AS line FROM {SOURCE}"
            " LEFT JOIN persons ON persons.person = turns.staff"
            f" WHERE {condition} ORDER BY turns.day, turns.rowid)"
        )

    def _pseudonyms(self, tx: SqliteTx, chunk: Chunk) -> str:
        """Return the pseudonyms of who served in a part, as a JSON object."""
        condition, values = within(tx, Span(chunk.first, chunk.end.day), Only(), chunk)
        rows = tx.db.execute(
            "SELECT DISTINCT turns.staff FROM turns INDEXED BY turns_day "  # noqa: S608
            f"WHERE {condition} AND turns.staff IS NOT NULL",
            values,
        )
        return json.dumps({person: self._turns.staff(person, chunk.first) for (person,) in rows})


def _named(form: Form, name: str, agency: str | None) -> str:
    """Return the cells of a service's name, written already, and of its agency."""
    between = '"agency":' if form.name == "json" else ""
    return f"{name},{between}{form.cell(agency)}"


def _start(chunk: Chunk) -> int:
    """Return a moment before all moments of a part, in every zone."""
    day = datetime.fromisoformat(chunk.first).replace(tzinfo=UTC)
    return millis(day - timedelta(days=2))


def _line(form: Form, times: int, services: int) -> str:
    """Return SQL that writes a whole row: one call, as each ``||`` would copy what it has."""
    pattern, values = [], []
    for name, column in FOUND.items():
        if form.name == "csv":
            pattern.append("%s")
        else:
            quoted = column.sure and column.kind in {"word", "moment"}
            pattern.append(f'"{name}":"%s"' if quoted else f'"{name}":%s')
        sql = _names(form, services) if column.kind == "made" else _value(form, column, times)
        values.append(sql)
    if form.utc:
        for name in UTC_COLUMNS:
            pattern.append("%s")
            values.append(clock.moment(FOUND[name.removesuffix("_utc")].sql, 0))
    whole = ",".join(pattern)
    whole = f"{{{whole}}}" if form.name == "json" else whole
    return f"printf('{whole}{form.ends}', {', '.join(values)})"


def _names(form: Form, services: int) -> str:
    """Return SQL of a service's name and agency; one that is no more goes by its code."""
    unknown = "'\"' || turns.service || '\",\"agency\":null'"
    unknown = unknown if form.name == "json" else "turns.service || ','"
    whens = " ".join(f"WHEN :code{at} THEN :named{at}" for at in range(services))
    return f"CASE turns.service {whens} ELSE {unknown} END" if services else unknown


def _value(form: Form, column: Column, times: int) -> str:
    """Return SQL of one cell; ``printf`` writes nothing for NULL, which JSON calls null."""
    sql = column.sql
    if column.kind == "text":
        return _text(form, sql)
    if column.kind == "moment":
        sql = clock.moment(sql, times)
    elif column.kind == "seconds":
        sql = f"{sql} / 1000.0"  # told with 15 digits, so thousandths are exact
    if column.when:
        sql = f"CASE WHEN {column.when} THEN {sql} END"
    if form.name == "csv" or column.sure:
        return sql
    if column.kind in {"word", "moment"}:
        sql = f"'\"' || {sql} || '\"'"
    return f"ifnull({sql}, 'null')"


def _text(form: Form, sql: str) -> str:
    """Return SQL of a text of which the usual words are known to be harmless."""
    usual = f"{sql} IN (:usual0, :usual1)"
    if form.name == "json":
        return f"CASE WHEN {usual} THEN '\"' || {sql} || '\"' ELSE json_quote({sql}) END"
    guarded = (
        f"CASE WHEN substr({sql}, 1, 1) IN ('=', '+', '-', '@', char(9), char(13))"
        f" THEN '''' || {sql} ELSE {sql} END"
    )
    marks = " OR ".join(f"instr({sql}, {sign})" for sign in ("','", "'\"'", "char(13)", "char(10)"))
    quoted = f"'\"' || replace({guarded}, '\"', '\"\"') || '\"'"
    return f"CASE WHEN {usual} THEN {sql} WHEN {marks} THEN {quoted} ELSE {guarded} END"
