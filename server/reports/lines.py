"""Owns the log as text: SQLite itself writes the lines, a chunk in one statement.

Python would hold its interpreter lock for each row, and the hall would wait; SQLite does the same
beside it, in half the time. What only Python knows (names of services, pseudonyms, offsets of
the zone) is handed to each statement as small tables.
"""

from __future__ import annotations

import json
import re

import msgspec

from server.reports import clock
from server.reports.chunks import SOURCE, Chunk, chunk_after, start, within
from server.reports.forms import UTC_COLUMNS, Form, columns_of
from server.reports.log import Only, Place, Span, Turns
from server.storage.transaction import SqliteTx

_PLAIN = re.compile(r"[A-Za-z0-9]+")


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
            code: form.made(name, turns.agencies.get(code)) for code, name in turns.services.items()
        }

    def after(self, tx: SqliteTx, span: Span, only: Only, place: Place) -> Part:
        """Return the rows behind ``place``; there may be none although more follow."""
        chunk = chunk_after(tx, span, place)
        if chunk is None:
            return Part(b"", 0, None)
        condition, values = within(tx, span, only, chunk)
        times = clock.offsets(self._turns.zone, start(chunk), tx.now + 86_400_000)
        values |= clock.tables() | clock.values(times)
        if self.form.name == "json" and self._turns.zone == "UTC":
            values["told0"] = "Z"  # as in all other answers
        for at, (code, told) in enumerate(self._names.items()):
            values |= {f"code{at}": code, f"named{at}": told}
        values["serial"] = clock.serial_before(chunk.first)
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


def _line(form: Form, times: int, services: int) -> str:
    """Return SQL that writes a whole row: one call, as each ``||`` would copy what it has."""
    pattern, values = [], []
    for name, column in columns_of(form).items():
        pattern.append(form.place(name, column))
        if column.kind == "made":
            values.append(_names(form, services))
        elif name in UTC_COLUMNS:
            values.append(clock.moment(column.sql, 0))
        else:
            values.append(form.value(name, column, times))
    whole = form.starts + form.parts.join(pattern) + form.ends
    return f"printf('{whole}', {', '.join(values)})"


def _names(form: Form, services: int) -> str:
    """Return SQL of a service's name and agency; one that is no more goes by its code."""
    whens = " ".join(f"WHEN :code{at} THEN :named{at}" for at in range(services))
    unknown = form.unknown()
    return f"CASE turns.service {whens} ELSE {unknown} END" if services else unknown
