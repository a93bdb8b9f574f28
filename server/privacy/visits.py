"""Owns what can be asked for of one visit: all that is kept of it, and to have it forgotten."""

from __future__ import annotations

from datetime import date, timedelta

from server.domain.errors import Conflict, NotFound
from server.privacy.inventory import NOTES_DAYS
from server.storage.queries import privacy
from server.storage.transaction import SqliteTx


def everything_of(tx: SqliteTx, day: str, label: str) -> privacy.Rows:
    """Return all that is kept of a number.

    Raises:
        NotFound: it was not given on this day.
    """
    return privacy.all_of(tx.db, tx.branch, day, _ticket(tx, day, label))


def forget(tx: SqliteTx, day: str, label: str) -> tuple[int, int]:
    """Erase the words of and about a visit; the figures of the office stay.

    Returns:
        How many notes in the log and how many words were erased.

    Raises:
        NotFound: it was not given on this day. Conflict: the day is not over.
    """
    ticket = _ticket(tx, day, label)
    if day >= tx.day or not privacy.closed(tx.db, tx.branch, day):
        raise Conflict(
            "This day is not over: the counters still need what stands there. Tomorrow it can be "
            "erased.",
            slug="day-not-over",
        )
    notes = privacy.erase_notes(tx.db, tx.branch, day, ticket)
    words = privacy.erase_word(tx.aside, tx.branch, ticket)
    tx.note("visit_erased", label=label, day=day)
    return notes, words


def _ticket(tx: SqliteTx, day: str, label: str) -> str:
    ticket = privacy.ticket_of(tx.db, tx.branch, day, label)
    if ticket is None:
        raise NotFound("This number was not given on this day.", field="label")
    return ticket


def erase(tx: SqliteTx) -> None:
    """Erase the notes of one day that is older than they are kept; of the next one next time."""
    before = (date.fromisoformat(tx.day) - timedelta(days=NOTES_DAYS)).isoformat()
    day = privacy.next_to_erase(tx.db, tx.branch, before)
    if day is not None:
        privacy.erase_notes(tx.db, tx.branch, day)
        privacy.erased(tx.db, tx.branch, day)
