"""Owns reading special days from a table: one line a day, as a spreadsheet saves it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from server.domain.errors import Invalid, Phrase
from server.domain.errors import Phrase as say  # noqa: N813 - marks the sentence for the catalogs
from server.domain.hours import Period
from server.domain.office import Office
from server.domain.texts import CLOCK, is_seen, one_line
from server.editing.calendar.proposed import ProposedDays

COLUMNS = {
    "first": ("date", "day", "first", "first day", "from", "tanggal", "hari", "dari", "mulai"),
    "last": ("until", "to", "last", "last day", "sampai", "hingga"),
    "name": ("name", "holiday", "description", "nama", "keterangan", "hari libur"),
    "opens": ("opens", "open", "buka"),
    "closes": ("closes", "close", "tutup"),
    "last_ticket": ("last number", "nomor terakhir"),
    "services": ("services", "service", "layanan"),
}
"""What a column may be called, in any letters."""
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"),
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
)
"""2026-12-25, or the day first as people here write it: 25/12/2026."""


def days_of(text: str, office: Office) -> list[ProposedDays]:
    """Return the days of a table; lines of the same days are their hours before and after a break.

    Raises:
        Invalid: the table, or a line, is not understood; says the line.
    """
    if "\ufffd" in text:
        raise Invalid("The file is not written in UTF-8. Save it again as CSV UTF-8.", field="file")
    head, rows = _table(text.lstrip("\ufeff"))
    found: dict[tuple[str, str, tuple[str, ...]], ProposedDays] = {}
    for line, row in rows:
        cells = {name: one_line(row[at]) for name, at in head.items() if at < len(row)}
        if not any(cells.values()):
            continue
        new = _line(line, cells, office)
        key = (new.first, new.last, tuple(new.services))
        known = found.get(key)
        found[key] = new if known is None else msgspec.structs.replace(
            known, periods=[*known.periods, *new.periods], names=known.names or new.names
        )  # fmt: skip
    return sorted(found.values(), key=lambda each: (each.first, each.services))


def _table(text: str) -> tuple[dict[str, int], Iterator[tuple[int, list[str]]]]:
    """Return where each column stands, and the lines with their numbers."""
    lines = text.splitlines()
    top = next((line for line in lines if line.strip()), "")
    sign = max(";\t,", key=top.count)
    reader = csv.reader(io.StringIO(text), delimiter=sign)

    def rows() -> Iterator[tuple[int, list[str]]]:
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as error:
            raise _wrong(reader.line_num, say("it is no line of a table")) from error

    following = rows()
    for number, row in following:
        if not any(cell.strip() for cell in row):
            continue
        names = [one_line(cell).lower() for cell in row]
        head = {
            column: names.index(word)
            for column, words in COLUMNS.items()
            for word in reversed(words)
            if word in names
        }
        if "first" in head:
            return head, following
        if _date(names[0]):  # without a head: the day, and what it is
            return {"first": 0, "name": 1}, _again((number, row), following)
        break
    raise Invalid(
        "The table needs a first line with the names of its columns, one of them 'date'.",
        field="file",
    )


def _again(
    first: tuple[int, list[str]], following: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from following


def _wrong(line: int, why: Phrase) -> Invalid:
    return Invalid("Line {line} cannot be read: {why}.", field="file", line=line, why=why)


def _line(line: int, cells: dict[str, str], office: Office) -> ProposedDays:
    first = _date(cells.get("first", ""))
    last = _date(cells["last"]) if cells.get("last") else first
    if first is None or last is None:
        text = cells.get("first", "") if first is None else cells["last"]
        raise _wrong(line, say("'{day}' is no date like 2026-12-25", day=text[:40]))
    if last < first:
        raise _wrong(line, say("it ends before it begins"))
    known = {each.code for each in office.services}
    services = re.split(r"[\s,;/]+", cells["services"]) if cells.get("services") else []
    for code in services:
        if code not in known:
            raise _wrong(line, say("'{code}' is no service here", code=code[:20]))
    name = cells.get("name", "")[:200]
    return ProposedDays(
        first.isoformat(), {office.languages[0]: name} if name and is_seen(name) else {}, "file",
        last="" if last == first else last.isoformat(), services=sorted(set(services)),
        periods=_periods(line, cells, _weekdays(first, last, office)),
    )  # fmt: skip


def _periods(line: int, cells: dict[str, str], days: list[int]) -> list[Period]:
    """Return the hours of a line; none for closed."""
    opens, closes = _clock(cells.get("opens", "")), _clock(cells.get("closes", ""))
    last = _clock(cells.get("last_ticket", "")) or None
    if not opens and not closes:
        return []
    for each in (opens, closes, last or opens):
        if not re.search(rf"{CLOCK}|^24:00$", each):
            raise _wrong(line, say("'{time}' is no time like 07:30", time=each[:20]))
    if not opens < (last or closes) <= closes:
        raise _wrong(line, say("its times do not follow one another"))
    return [Period(days, opens, closes, last_ticket=last)]


def _clock(text: str) -> str:
    """Return a time as the settings write it: 7.30 and 7:30:00 are 07:30."""
    known = re.fullmatch(r"(\d{1,2})[.:](\d{2})(?:[.:]00)?", text)
    return f"{int(known[1]):02d}:{known[2]}" if known else text


def _weekdays(first: date, last: date, office: Office) -> list[int]:
    """Return the weekdays that hours are for: of several days those that have hours anyway."""
    span = (last - first).days
    inside = {(first + timedelta(days=each)).isoweekday() for each in range(min(span, 6) + 1)}
    weekly = [each.hours or office.hours for each in office.services]
    usual = {day for hours in weekly if hours for each in hours.periods for day in each.days}
    return sorted(inside & usual if span and inside & usual else inside)


def _date(text: str) -> date | None:
    for form in _DATES:
        known = form.fullmatch(text.strip())
        if known is not None:
            try:
                found = date(int(known["y"]), int(known["m"]), int(known["d"]))
            except ValueError:
                return None
            return found if 2000 <= found.year <= 2100 else None  # noqa: PLR2004
    return None
