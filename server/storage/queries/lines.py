"""The log as text: SQLite itself writes the lines, a chunk in one statement.

Python would hold its interpreter lock for each row, and the hall would wait; SQLite does the same
beside it, in half the time. What only Python knows (names of services, pseudonyms, offsets of
the zone) is handed to each statement as small tables.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from server.domain.day import Millis, millis
from server.storage import dialect
from server.storage.queries import clock, log
from server.storage.queries.forms import UTC_COLUMNS, Form, columns_of
from server.storage.queries.log import Chunk, Condition, Only, Span

_PLAIN = re.compile(r"[A-Za-z0-9]+")


class Text(NamedTuple):
    """Some rows as text, and how many."""

    text: bytes
    rows: int


class Names(Protocol):
    """What only Python knows."""

    @property
    def zone(self) -> str:
        """The office's."""

    @property
    def services(self) -> Mapping[str, str]:
        """Name of each service by its code."""

    @property
    def agencies(self) -> Mapping[str, str | None]:
        """Code of the agency of each service."""

    def staff(self, person: str | None, day: str) -> str | None:
        """Return a person's pseudonym on a day."""


class Lines:
    """Writes parts of a log in their order; it holds no connection, only what repeats."""

    def __init__(self, names: Names, form: Form, languages: Sequence[str]) -> None:
        self.form = form
        self._begun = False
        self._names = names
        self._told = {
            code: form.made(name, names.agencies.get(code)) for code, name in names.services.items()
        }
        usual = [each for each in languages if _PLAIN.fullmatch(each)]
        self._usual = [*usual, None, None][:2]

    def of(
        self, db: sqlite3.Connection, branch: int, chunk: Chunk, condition: Condition, now: Millis
    ) -> Text:
        """Return the rows of a part that a condition lets through."""
        times = clock.offsets(self._names.zone, start(chunk), now + 86_400_000)
        values = condition.values | clock.tables() | clock.values(times)
        if self.form.name == "json" and self._names.zone == "UTC":
            values["told0"] = "Z"  # as in all other answers
        for at, (code, told) in enumerate(self._told.items()):
            values |= {f"code{at}": code, f"named{at}": told}
        values["serial"] = clock.serial_before(chunk.first)
        values["persons"] = self._pseudonyms(db, branch, chunk)
        values |= {f"usual{at}": word for at, word in enumerate(self._usual)}
        text, rows = db.execute(self._statement(len(times), condition.sql), values).fetchone()
        if rows and self._begun:
            text = self.form.between.encode() + text
        self._begun = self._begun or rows > 0
        return Text(text or b"", rows)

    def _statement(self, times: int, condition: str) -> str:
        return (
            "WITH persons(person, told) AS MATERIALIZED"
            f" ({dialect.pairs(':persons')})"
            f" SELECT {dialect.joined('line', self.form.between)}, COUNT(*)"
            f" FROM (SELECT {_line(self.form, times, len(self._told))} AS line"
            f" FROM {log.SOURCES['day']} LEFT JOIN persons ON persons.person = turns.staff"
            f" WHERE {condition} ORDER BY turns.day, turns.opened) AS lines"
        )

    def _pseudonyms(self, db: sqlite3.Connection, branch: int, chunk: Chunk) -> str:
        """Return the pseudonyms of who served in a part, as a JSON object."""
        everybody = log.of_chunk(branch, chunk, Span(chunk.first, chunk.end.day), Only(), ())
        return json.dumps(
            {
                person: self._names.staff(person, chunk.first)
                for person in log.staff_of(db, everybody)
            }
        )


def start(chunk: Chunk) -> Millis:
    """Return a moment before all moments of a part, in every zone."""
    day = datetime.fromisoformat(chunk.first).replace(tzinfo=UTC)
    return millis(day - timedelta(days=2))


def _line(form: Form, times: int, services: int) -> str:
    """Return SQL that writes a whole row: one call, as each ``||`` would copy what it has."""
    pattern, values = [], []
    for name, column in columns_of(form).items():
        pattern.append(form.place(name, column))
        if column.kind == "name":
            values.append(_names(form, services))
        elif name in UTC_COLUMNS:
            values.append(clock.moment(column.sql, 0))
        else:
            values.append(form.value(name, column, times))
    whole = form.starts + form.parts.join(pattern) + form.ends
    return dialect.row(whole, values)


def _names(form: Form, services: int) -> str:
    """Return SQL of a service's name and agency; one that is no more goes by its code."""
    whens = " ".join(f"WHEN :code{at} THEN :named{at}" for at in range(services))
    unknown = form.unknown()
    return f"CASE turns.service {whens} ELSE {unknown} END" if services else unknown
