"""Owns the wait-time log as people read it: one row per turn, streamed in pages."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from typing import Any

import msgspec

from server.api.types import LogTurn
from server.domain.day import Millis, business_day, iso, millis
from server.domain.errors import Invalid
from server.domain.office import Office
from server.domain.states import Outcome, Priority, TurnState
from server.storage.transaction import SqliteTx

PAGE_ROWS = 2000
COLUMNS = LogTurn.__struct_fields__
FORMULA = re.compile(r"^[=+\-@\t\r]")

SELECT_PAGE = """
SELECT turns.day, turns.rowid, turns.label, turns.service, turns.counter_number, turns.priority,
    CASE turns.leg WHEN 1 THEN tickets.issued_at ELSE turns.eligible_at END,
    turns.first_called_at, turns.started_at, turns.ended_at,
    turns.eligible_at, turns.service_ms, turns.outcome, turns.recalls, turns.walk_ms, turns.state,
    turns.leg, tickets.language, tickets.channel, tickets.people, turns.ended_by, turns.ticket
FROM turns JOIN tickets ON tickets.id = turns.ticket
WHERE turns.branch = :branch AND turns.day >= :day AND turns.day <= :last
    AND (turns.day > :day OR turns.rowid > :row)
    AND tickets.issued_at >= :issued_from AND tickets.issued_at < :issued_to
ORDER BY turns.day, turns.rowid LIMIT :rows
"""


class Span(msgspec.Struct, frozen=True):
    """Business days ``first`` to ``last``, both in, issued in [``issued_from``, ``issued_to``)."""

    first: str
    last: str
    issued_from: Millis = 0
    issued_to: Millis = 2**62


def span_of(office: Office, today: str, since: str | None, until: str | None) -> Span:
    """Return the span that ``from`` and ``to`` ask for; today when neither is given.

    A date means the whole business day, also as the end. A moment (ISO 8601 with offset) is a
    bound on the time of issue, its end not included.

    Raises:
        Invalid: not a date or moment, or the end is before the start.
    """
    first, issued_from = _bound(office, since, "from", today)
    last, issued_to = _bound(office, until, "to", today if since is None else max(first, today))
    if last < first or (issued_from is not None and issued_to is not None
                        and issued_to < issued_from):  # fmt: skip
        raise Invalid("The end is before the start.", field="to")
    return Span(first, last, issued_from or 0, 2**62 if issued_to is None else issued_to)


def _bound(office: Office, text: str | None, field: str, default: str) -> tuple[str, Millis | None]:
    if text is None or text == "":
        return default, None
    try:
        if len(text) == 10:  # noqa: PLR2004 - YYYY-MM-DD
            return date.fromisoformat(text).isoformat(), None
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            at = millis(moment)
            return business_day(at, office.zone, office.day_start_minutes), at
    except (ValueError, OverflowError):
        pass
    raise Invalid(
        "Give a date like 2026-11-24, or a time with its zone like 2026-11-24T08:00:00+08:00.",
        field=field,
    )


class Place(msgspec.Struct, frozen=True):
    """Where the next page begins: after this row of this day."""

    day: str
    row: int = 0


def page(
    tx: SqliteTx, span: Span, place: Place, language: str
) -> tuple[list[LogTurn], Place | None]:
    """Return up to ``PAGE_ROWS`` turns, oldest first, and where the next page begins, if any."""
    rows = tx.db.execute(
        SELECT_PAGE,
        {
            "branch": tx.branch,
            "day": place.day,
            "row": place.row,
            "last": span.last,
            "issued_from": span.issued_from,
            "issued_to": span.issued_to,
            "rows": PAGE_ROWS,
        },
    ).fetchall()
    names = _Names(tx.office, language)
    turns = [_turn(row, tx.office.zone, names) for row in rows]
    following = Place(rows[-1][0], rows[-1][1]) if len(rows) == PAGE_ROWS else None
    return turns, following


class _Names:
    """Names of services and their agencies, looked up once per page."""

    def __init__(self, office: Office, language: str) -> None:
        self.services = {
            each.code: each.names.get(language) or next(iter(each.names.values()), each.code)
            for each in office.services
        }
        self.agencies = {each.code: each.agency for each in office.services}


def _turn(row: tuple[Any, ...], zone: str, names: _Names) -> LogTurn:
    (
        (day, _, label, service, number, priority, issued, called, started, ended, eligible),
        (served, outcome, recalls, walk, state, leg, language, channel, people, ended_by, ticket),
    ) = row[:11], row[11:]
    return LogTurn(
        label=label,
        service=service,
        counter=number,
        priority=Priority(priority),
        issued=iso(issued, zone),
        called=_told(called, zone),
        started=_told(started, zone),
        ended=_told(ended, zone),
        wait_s=None if called is None else max(0, called - eligible) / 1000,
        service_s=None if started is None or ended is None else served / 1000,
        outcome=None if outcome is None else Outcome(outcome),
        recalls=recalls,
        walk_s=None if walk is None else walk / 1000,
        state=TurnState(state),
        day=day,
        leg=leg,
        service_name=names.services.get(service, service),
        agency=names.agencies.get(service),
        language=language,
        channel=channel,
        people=people,
        ended_by=ended_by,
        ticket=ticket,
    )


def _told(at: Millis | None, zone: str) -> str | None:
    return None if at is None else iso(at, zone)


def csv_header() -> bytes:
    """Return the first line of the CSV file."""
    return (",".join(COLUMNS) + "\r\n").encode()


def csv_rows(turns: list[LogTurn]) -> bytes:
    """Return turns as CSV lines (RFC 4180); no cell can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for turn in turns:
        writer.writerow([_cell(getattr(turn, column)) for column in COLUMNS])
    return out.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, str) and FORMULA.match(value):
        return "'" + value
    return "" if value is None else value
