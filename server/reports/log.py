"""Owns the wait-time log as people read it: one row per turn, filtered, sorted, in pages."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from server.api.figures import GoneTurn, LogTurn
from server.auth.access import ROLES
from server.domain.day import YEARS, Millis, business_day, calendar_day, iso, millis
from server.domain.errors import Invalid
from server.domain.office import Office
from server.domain.states import Outcome, Priority, TurnState
from server.reports.kinds import Sought
from server.reports.names import Names, services_wanted
from server.reports.rollups import VERSION
from server.storage.queries.kinds import Wanted
from server.storage.transaction import SqliteTx

KEPT = 5000
"""Pseudonyms that are kept at most: months come one after the other."""
COLUMNS = LogTurn.__struct_fields__
FIELDS = """
    turns.day, turns.rowid, turns.label, turns.service, turns.counter_number, turns.priority,
    CASE turns.leg WHEN 1 THEN tickets.issued_at ELSE turns.eligible_at END AS issued,
    turns.first_called_at, turns.started_at, turns.ended_at,
    turns.eligible_at, turns.service_ms, turns.outcome, turns.recalls, turns.walk_ms, turns.state,
    turns.leg, tickets.language, tickets.channel, tickets.people, turns.ended_by, turns.ticket,
    turns.staff,
    CASE WHEN turns.leg > 1 THEN (SELECT service FROM turns AS earlier
        WHERE earlier.ticket = turns.ticket AND earlier.leg = turns.leg - 1) END,
    CASE turns.outcome WHEN 'transferred' THEN (SELECT service FROM turns AS later
        WHERE later.ticket = turns.ticket AND later.leg = turns.leg + 1) END,
    tickets.issued_at
"""
OUTCOMES = tuple(dict.fromkeys([*map(str, Outcome), *map(str, TurnState)]))
"""What a filter on the outcome may say: how turns ended, and where those stand that go on."""


class Span(msgspec.Struct, frozen=True):
    """Business days ``first`` to ``last``, both in, issued in [``issued_from``, ``issued_to``)."""

    first: str
    last: str
    issued_from: Millis = 0
    issued_to: Millis = 2**62


class Only(msgspec.Struct, frozen=True):
    """Which turns of a span; ``None`` for all. ``text`` is looked for at a label's start."""

    service: str | None = None
    agency: str | None = None
    counter: int | None = None
    priority: str | None = None
    outcome: str | None = None
    channel: str | None = None
    text: str | None = None


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
            return calendar_day(text), None
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and moment.year in YEARS:
            at = millis(moment)
            return business_day(at, office.zone, office.day_start_minutes), at
    except (ValueError, OverflowError):
        pass
    raise Invalid(
        "Give a date like 2026-11-24, or a time with its zone like 2026-11-24T08:00:00+08:00, "
        "between the years 2000 and 2100.",
        field=field,
    )


def checked(only: Only) -> Only:
    """Return the filter when its fixed words are right; a slip must not look like an empty log.

    Raises:
        Invalid: there is no such class, outcome or channel.
    """
    if only.priority is not None and only.priority not in set(Priority):
        raise Invalid("The class is regular or priority.", field="priority")
    if only.outcome is not None and only.outcome not in OUTCOMES:
        raise Invalid("The outcome is one of {known}.", field="outcome", known=", ".join(OUTCOMES))
    if only.channel is not None and only.channel not in ROLES:
        raise Invalid("The channel is one of {known}.", field="channel", known=", ".join(ROLES))
    return only


class Place(msgspec.Struct, frozen=True):
    """Where the next page begins: after this row of this day."""

    day: str
    row: int = 0


OF_SPAN = "turns.day >= :first AND turns.day <= :last"


def where(
    tx: SqliteTx, span: Span, only: Only, of_days: str = OF_SPAN
) -> tuple[str, dict[str, Any]]:
    """Return the condition of a span and a filter, and its values.

    The first two parts use the index ``turns_day``; ``of_days`` says which days.

    Raises:
        Invalid: there never was such a service, agency or counter.
    """
    words = [f"turns.branch = :branch AND {of_days}"]
    values: dict[str, Any] = {"branch": tx.branch, "first": span.first, "last": span.last}
    if span.issued_from or span.issued_to != 2**62:
        words.append("tickets.issued_at >= :issued_from AND tickets.issued_at < :issued_to")
        values |= {"issued_from": span.issued_from, "issued_to": span.issued_to}
    for name, column in (
        ("counter", "turns.counter_number"),
        ("priority", "turns.priority"),
        ("channel", "tickets.channel"),
    ):
        wanted = getattr(only, name)
        if wanted is not None:
            words.append(f"{column} = :{name}")
            values[name] = wanted
    if only.outcome is not None:
        words.append("COALESCE(turns.outcome, turns.state) = :outcome")
        values["outcome"] = only.outcome
    codes = services_wanted(tx, only.service, only.agency, only.counter)
    if codes:
        words.append(f"turns.service IN ({', '.join(f':service{at}' for at in range(len(codes)))})")
        values |= {f"service{at}": code for at, code in enumerate(codes)}
    if only.text:
        words.append("turns.label >= :text AND turns.label < :text_end")
        values |= beginning(only.text)
    return " AND ".join(words), values


def beginning(text: str) -> dict[str, str]:
    """Return the values of a condition on labels that begin so."""
    return {"text": text.upper(), "text_end": text.upper() + "\U0010ffff"}


def sought(tx: SqliteTx, span: Span, only: Only) -> Sought:
    """Return where a filter may find something, as far as closed days have noted it."""
    wanted = Wanted(
        services_wanted(tx, only.service, only.agency, only.counter), (only.text or "").upper(),
        only.counter, only.priority, only.outcome, only.channel,
    )  # fmt: skip
    return Sought(tx, span.first, span.last, VERSION, wanted)


def changed_since(
    tx: SqliteTx, after: int, limit: int, language: str
) -> tuple[list[LogTurn], list[GoneTurn], int, bool]:
    """Return turns as they stand that events after number ``after`` changed.

    Returns the turns, those that are no more (opened by a step that was taken back), the number
    to ask after next time, and whether more events follow. A turn may come again in a later
    answer: take (``ticket``, ``leg``) as its key and keep the newest.

    Raises:
        Invalid: the log has no event of that number yet.
    """
    rows = tx.db.execute(
        "SELECT seq, data FROM events WHERE branch = ? AND seq > ? ORDER BY seq LIMIT ?",
        (tx.branch, after, limit),
    ).fetchall()
    if not rows and after > _last_event(tx):
        raise Invalid(
            "The log ends before this number: an older backup was restored. Read it from 0 again.",
            field="after",
        )
    touched: dict[tuple[str, int], None] = {}
    for _, data in rows:
        event = _decode_touch(data)
        if event.ticket is not None:
            for leg in (event.leg or 1, event.to_leg, event.next_leg):
                if leg is not None:
                    touched[event.ticket, leg] = None
    sql = (
        f"SELECT {FIELDS} FROM turns JOIN tickets ON tickets.id = turns.ticket "  # noqa: S608
        "WHERE turns.ticket = ? AND turns.leg = ? AND turns.branch = ?"
    )
    found = {key: tx.db.execute(sql, (*key, tx.branch)).fetchone() for key in touched}
    turns = Turns(tx, language, {row[3] for row in found.values() if row is not None})
    last = rows[-1][0] if rows else after
    there = [turns.of(row) for row in found.values() if row is not None]
    gone = [GoneTurn(*key) for key, row in found.items() if row is None]
    return there, gone, last, len(rows) == limit


def _last_event(tx: SqliteTx) -> int:
    row = tx.db.execute("SELECT seq FROM branches WHERE id = ?", (tx.branch,)).fetchone()
    return int(row[0])


class _Touch(msgspec.Struct, frozen=True):
    """What an event says about the turn it changes."""

    ticket: str | None = None
    leg: int | None = None
    to_leg: int | None = None
    next_leg: int | None = None


_decode_touch = msgspec.json.Decoder(_Touch).decode


def salt_of(db: sqlite3.Connection, branch: int) -> bytes:
    """Return the branch's salt for staff pseudonyms; it never leaves the server."""
    row = db.execute(
        "SELECT value FROM branch_secrets WHERE branch = ? AND name = 'staff-salt'", (branch,)
    ).fetchone()
    return bytes(row[0])


def pseudonym(salt: bytes, staff: str, day: str) -> str:
    """Return how a person is told in exports: the same within a calendar month, then another.

    A month is enough to plan a rota, and too short to keep a book on a colleague.
    """
    told = hmac.new(salt, f"{day[:7]}/{staff}".encode(), hashlib.sha256).hexdigest()
    return f"S-{told[:8]}"


class Turns:
    """Makes log rows of database rows; names and pseudonyms are looked up once.

    Args:
        tx: where they are.
        language: of the names.
        codes: services that must have a name; ``None``: all there ever were.
    """

    def __init__(self, tx: SqliteTx, language: str, codes: set[str] | None = None) -> None:
        self.zone = tx.office.zone
        names = Names(tx, language, codes)
        self.services = {code: names.service(code) for code in names.services()}
        self.agencies = {code: names.agency_of(code) or None for code in names.services()}
        self._salt = salt_of(tx.db, tx.branch)
        self._staff: dict[tuple[str, str], str] = {}

    def staff(self, person: str | None, day: str) -> str | None:
        """Return a person's pseudonym on a day."""
        if person is None:
            return None
        key = (person, day[:7])
        known = self._staff.get(key)
        if known is None:
            if len(self._staff) >= KEPT:
                self._staff.clear()
            known = self._staff[key] = pseudonym(self._salt, person, day)
        return known

    def of(self, row: tuple[Any, ...]) -> LogTurn:
        """Return the log row of a row of ``FIELDS``."""
        (
            (day, _, label, service, number, priority, issued, called, started, ended, eligible),
            (served, outcome, recalls, walk, state, leg, language, channel, people, ended_by),
            (ticket, staff, came_from, went_to, taken),
        ) = row[:11], row[11:21], row[21:]
        zone = self.zone
        issued_at = iso(issued, zone)
        return LogTurn(
            label=label,
            service=service,
            counter=number,
            priority=Priority(priority),
            issued=issued_at,
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
            service_name=self.services.get(service, service),
            agency=self.agencies.get(service),
            language=language,
            channel=channel,
            people=people,
            ended_by=ended_by,
            ticket=ticket,
            staff=self.staff(staff, day),
            transferred_from=came_from,
            transferred_to=went_to,
            appointment=iso(eligible, zone) if leg == 1 and eligible > taken else None,
            hour=int(issued_at[11:13]),
            weekday=weekday(issued_at[:10]),
        )


@lru_cache(maxsize=64)
def weekday(day: str) -> int:
    """Return the weekday of a date, 1 (Monday) to 7."""
    return date.fromisoformat(day).isoweekday()


def _told(at: Millis | None, zone: str) -> str | None:
    return None if at is None else iso(at, zone)
