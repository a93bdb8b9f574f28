"""Owns the wait-time log as people read it: one row per turn, filtered, sorted, in pages."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from server.domain.day import YEARS, Millis, business_day, calendar_day, iso, millis, zone
from server.domain.errors import Invalid
from server.domain.office import Office
from server.domain.roles import ROLES
from server.domain.states import Outcome, Priority, TurnState
from server.reports.figures import GoneTurn
from server.reports.kinds import Sought
from server.reports.names import Names, services_wanted
from server.reports.rollups import VERSION
from server.storage.queries import log
from server.storage.queries.columns import COLUMNS, Kind, LogTurn
from server.storage.queries.kinds import Wanted
from server.storage.queries.log import Chunk, Condition, Only, Place, Span, Turn
from server.storage.queries.offices import salt
from server.storage.transaction import SqliteTx

KEPT = 5000
"""Pseudonyms that are kept at most: months come one after the other."""
CHUNK_ROWS = 4000
"""Rows of a part before filtering: about 30 ms, so nobody else who studies the log waits long."""
OUTCOMES = tuple(dict.fromkeys([*map(str, Outcome), *map(str, TurnState)]))
"""What a filter on the outcome may say: how turns ended, and where those stand that go on."""


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
        calendar_day(text[:10])
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


def where(tx: SqliteTx, span: Span, only: Only, days: list[str] | None = None) -> Condition:
    """Return the condition of a span and a filter, or of some ``days`` of it.

    Raises:
        Invalid: there never was such a service, agency or counter.
    """
    services = services_wanted(tx, only.service, only.agency, only.counter)
    if days is None:
        return log.of_span(tx.branch, span, only, services)
    return log.of_days(tx.branch, days, span, only, services)


def chunk_after(tx: SqliteTx, span: Span, place: Place) -> Chunk | None:
    """Return the part of a span that begins behind ``place``, or ``None`` when nothing follows."""
    return log.chunk_after(tx.db, tx.branch, span, place, CHUNK_ROWS)


def within(tx: SqliteTx, span: Span, only: Only, chunk: Chunk) -> Condition:
    """Return the condition of the turns of a part that a filter lets through.

    Raises:
        Invalid: as ``where``.
    """
    services = services_wanted(tx, only.service, only.agency, only.counter)
    return log.of_chunk(tx.branch, chunk, span, only, services)


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
    changes = log.changes(tx.db, tx.branch, after, limit)
    if not changes and after > tx.next_seq() - 1:
        raise Invalid(
            "The log ends before this number: an older backup was restored. Read it from 0 again.",
            field="after",
        )
    touched: dict[tuple[str, int], None] = {}
    for change in changes:
        event = _decode_touch(change.data)
        if event.ticket is not None:
            for leg in (event.leg or 1, event.to_leg, event.next_leg):
                if leg is not None:
                    touched[event.ticket, leg] = None
    found = {key: log.turn(tx.db, tx.branch, *key) for key in touched}
    there = [turn for turn in found.values() if turn is not None]
    turns = Turns(tx, language, {turn.service for turn in there})
    last = changes[-1].seq if changes else after
    gone = [GoneTurn(*key) for key, turn in found.items() if turn is None]
    return [turns.of(turn) for turn in there], gone, last, len(changes) == limit


class _Touch(msgspec.Struct, frozen=True):
    """What an event says about the turn it changes."""

    ticket: str | None = None
    leg: int | None = None
    to_leg: int | None = None
    next_leg: int | None = None


_decode_touch = msgspec.json.Decoder(_Touch).decode


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
        self.languages = tx.office.languages
        self._salt = salt(tx.db, tx.branch)
        self._staff: dict[tuple[str, str], str] = {}
        self._tell: dict[Kind, Callable[[Any, str], Any]] = {
            "word": _as_it_is, "text": _as_it_is, "number": _as_it_is, "day": _as_it_is,
            "seconds": lambda ms, _: ms / 1000,
            "moment": self._moment,
            "hour": lambda at, _: self._local(at).hour,
            "weekday": lambda at, _: self._local(at).isoweekday(),
            "name": lambda code, _: self.services.get(code, code),
            "agency": lambda code, _: self.agencies.get(code),
            "person": self.staff,
        }  # fmt: skip

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

    def of(self, turn: Turn) -> LogTurn:
        """Return a row of the log."""
        told: list[Any] = [
            None if value is None else self._tell[column.kind](value, turn.day)
            for value, column in zip(turn.values, COLUMNS.values(), strict=True)
        ]
        return LogTurn(*told)

    def _moment(self, at: Millis, _day: str) -> str:
        return iso(at, self.zone)

    def _local(self, at: Millis) -> datetime:
        return datetime.fromtimestamp(at / 1000, zone(self.zone))


def _as_it_is(value: Any, _day: str) -> Any:  # noqa: ANN401 - of any column
    return value
