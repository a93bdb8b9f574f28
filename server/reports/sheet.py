"""Owns the log as CSV: rows become text where they are read, a hundred thousand a second."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from server.domain.day import zone
from server.reports.log import COLUMNS, FIELDS, Only, Place, Span, Turns, where
from server.storage.transaction import SqliteTx

CHUNK_ROWS = 4000
KEPT = 5000
"""Formatted minutes, and persons of a day, that are kept at most: rows come day by day."""
UTC_COLUMNS = ("issued_utc", "called_utc", "started_utc", "ended_utc")
_DANGEROUS = re.compile(r"^[=+\-@\t\r]")
_MINUTE = 60_000


def header(*, utc: bool = False) -> bytes:
    """Return the first line of the CSV file."""
    return (",".join([*COLUMNS, *(UTC_COLUMNS if utc else ())]) + "\r\n").encode()


Rows = list[tuple[Any, ...]]


def fetch(tx: SqliteTx, span: Span, only: Only, place: Place) -> tuple[Rows, Place | None]:
    """Return a chunk of rows of ``FIELDS``, oldest first, and where the next chunk begins."""
    condition, values = where(tx, span, only)
    sql = (
        f"SELECT {FIELDS} FROM turns JOIN tickets ON tickets.id = turns.ticket "  # noqa: S608
        f"WHERE {condition} AND turns.day >= :day AND (turns.day > :day OR turns.rowid > :row) "
        "ORDER BY turns.day, turns.rowid LIMIT :rows"
    )
    values |= {"day": place.day, "row": place.row, "rows": CHUNK_ROWS}
    rows = tx.db.execute(sql, values).fetchall()
    following = Place(rows[-1][0], rows[-1][1]) if len(rows) == CHUNK_ROWS else None
    return rows, following


class Writer:
    """Formats rows as CSV lines (RFC 4180); no cell can be taken for a formula.

    It holds no connection: one thread may format while another reads on. Whatever repeats
    (minutes, names, persons) is formatted once.
    """

    def __init__(self, turns: Turns, *, utc: bool) -> None:
        self._turns = turns
        self._utc = utc
        self._minutes = _Minutes(turns.zone)
        self._utc_minutes = _Minutes("UTC")
        self._services = _Services(turns)
        self._people: dict[tuple[str, str], str | None] = {}

    def text(self, rows: Rows) -> bytes:
        """Return rows as lines."""
        return "".join([self.line(row) for row in rows]).encode()

    def line(self, row: tuple[Any, ...]) -> str:
        """Return one line, in the order of ``COLUMNS``."""
        (day, _, label, service, number, priority, issued, called, started, ended, eligible,
         served, outcome, recalls, walk, state, leg, language, channel, people, ended_by, ticket,
         staff, came_from, went_to, taken) = row  # fmt: skip
        code, name, agency = self._services[service]
        minutes, rest = self._minutes, _REST
        head, tail = minutes[issued // _MINUTE]
        at_issued = head + rest[issued % _MINUTE] + tail
        at_called = at_started = at_ended = wait = done = who = ""
        if called is not None:
            head, tail = minutes[called // _MINUTE]
            at_called = head + rest[called % _MINUTE] + tail
            wait = str((called - eligible if called > eligible else 0) / 1000)
        if started is not None:
            head, tail = minutes[started // _MINUTE]
            at_started = head + rest[started % _MINUTE] + tail
        if ended is not None:
            head, tail = minutes[ended // _MINUTE]
            at_ended = head + rest[ended % _MINUTE] + tail
            if started is not None:
                done = str(served / 1000)
        if staff is not None:
            who = self._people.get((staff, day)) or self._person(staff, day)
        due = ""
        if leg == 1 and eligible > taken:
            head, tail = minutes[eligible // _MINUTE]
            due = head + rest[eligible % _MINUTE] + tail
        text = (
            f"{label if label.isalnum() else cell(label)},{code},"
            f"{'' if number is None else number},{priority},{at_issued},{at_called},{at_started},"
            f"{at_ended},{wait},{done},{outcome or ''},{recalls},"
            f"{'' if walk is None else walk / 1000},{state},{day},{leg},{name},{agency},"
            f"{language},{channel},{people},{ended_by or ''},{ticket},{who},"
            f"{self._services[came_from][0] if came_from else ''},"
            f"{self._services[went_to][0] if went_to else ''},{due}"
        )
        if self._utc:
            text += "".join([f",{self._at_utc(at)}" for at in (issued, called, started, ended)])
        return text + "\r\n"

    def _person(self, staff: str, day: str) -> str:
        if len(self._people) >= KEPT:
            self._people.clear()
        told = self._people[staff, day] = self._turns.staff(staff, day) or ""
        return told

    def _at_utc(self, moment: int | None) -> str:
        if moment is None:
            return ""
        return f"{self._utc_minutes[moment // _MINUTE][0]}{_REST[moment % _MINUTE]}Z"


_REST = [f"{second:02d}.{milli:03d}" for second in range(60) for milli in range(1000)]
"""Seconds and milliseconds of every moment within a minute."""


class _Minutes(dict[int, tuple[str, str]]):
    """A minute of the epoch -> what stands before and behind the seconds, on a zone's clock."""

    def __init__(self, zone_name: str) -> None:
        super().__init__()
        self._zone = zone(zone_name)

    def __missing__(self, minute: int) -> tuple[str, str]:
        if len(self) >= KEPT:
            self.clear()
        told = datetime.fromtimestamp(minute * 60, self._zone).isoformat(timespec="minutes")
        pair = self[minute] = (told[:16] + ":", told[16:])
        return pair


class _Services(dict[str, tuple[str, str, str]]):
    """Service code -> cells with its code, name and agency."""

    def __init__(self, turns: Turns) -> None:
        super().__init__()
        self._turns = turns

    def __missing__(self, code: str) -> tuple[str, str, str]:
        turns = self._turns
        told = self[code] = (
            cell(code), cell(turns.services.get(code, code)), cell(turns.agencies.get(code) or ""),
        )  # fmt: skip
        return told


def cell(text: str) -> str:
    """Return a text as a CSV cell: quoted when it must be, harmless to a spreadsheet."""
    if _DANGEROUS.match(text):
        text = "'" + text
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
