"""Owns the spool rows: which paper is due, and what became of it. Each attempt is an event."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import msgspec

from printer.profile import RASTER, Profile, for_address, read_profile
from server.domain import events
from server.domain.day import Millis, day_bounds
from server.domain.errors import Invalid
from server.domain.records import Ticket, Turn
from server.domain.states import TurnState
from server.domain.tx import Actor
from server.storage.history import decode_event
from server.storage.transaction import SqliteTx

PRINTER = Actor("printer", "system")
PRINTABLE = frozenset({TurnState.WAITING, TurnState.CALLED, TurnState.SERVING, TurnState.HELD})
"""States in which a paper is still of use to the visitor."""

SELECT_DUE = """
SELECT id, ticket, copy, attempts FROM print_jobs
WHERE printer = ? AND state = 'queued' AND next_at <= ? ORDER BY next_at, id LIMIT 1
"""
SELECT_NEXT = """
SELECT MIN(next_at) FROM print_jobs WHERE printer = ? AND state = 'queued'
"""
HURRY = """
UPDATE print_jobs SET next_at = ?1 WHERE printer = ?2 AND state = 'queued' AND next_at > ?1
"""
SELECT_STUCK = """
SELECT id, ticket, printer, attempts FROM print_jobs WHERE branch = ? AND state = 'printing'
"""
SELECT_PRINTERS = "SELECT id, branch, name, url, kiosk, profile FROM printers"
SELECT_QUEUED = """
SELECT print_jobs.id, ticket, label, copy FROM print_jobs JOIN tickets ON tickets.id = ticket
WHERE printer = ? AND state = 'queued' ORDER BY next_at, print_jobs.id
"""
SELECT_COUNTS = """
SELECT SUM(state IN ('queued', 'printing')), SUM(state = 'printed'), SUM(state = 'failed')
FROM tickets CROSS JOIN print_jobs ON print_jobs.ticket = tickets.id
WHERE tickets.branch = ? AND tickets.day = ? AND printer = ? AND tickets.issued_at >= ?
"""
SELECT_ISSUED = """
SELECT data FROM events WHERE branch = ? AND seq =
    (SELECT arrival FROM turns WHERE ticket = ? AND leg = 1)
"""


class PrinterSetUp(msgspec.Struct, frozen=True):
    """A printer's row."""

    id: str
    branch: int
    name: str
    url: str
    kiosk: str | None = None
    profile: str = "raster"

    def can(self) -> Profile:
        """Return what the printer can do; what this program can't read counts as the least."""
        try:
            profile = read_profile(self.profile)
        except Invalid:
            profile = RASTER
        return for_address(profile, self.url)


class Counts(msgspec.Struct, frozen=True):
    """A printer's papers: those that wait, and what became of the others of a day."""

    waiting: int
    printed: int
    failed: int


class Claimed(msgspec.Struct, frozen=True):
    """A job marked as printing, with what the paper is made of.

    Attributes:
        attempt: 1 for the first.
        quote: what the visitor was told when the number was taken.
        give_up_at: the business day's end.
    """

    job: str
    attempt: int
    copy: int
    ticket: Ticket
    turn: Turn
    quote: events.Quote | None
    give_up_at: Millis


def printers(db: sqlite3.Connection) -> list[PrinterSetUp]:
    """Return all printers of all branches."""
    return [PrinterSetUp(*row) for row in db.execute(f"{SELECT_PRINTERS} ORDER BY created_at, id")]


def printer_rows(db: sqlite3.Connection, branch: int) -> list[PrinterSetUp]:
    """Return the printers of a branch, in the order they were set up."""
    sql = f"{SELECT_PRINTERS} WHERE branch = ? ORDER BY created_at, id"
    return [PrinterSetUp(*row) for row in db.execute(sql, (branch,))]


def counts(tx: SqliteTx, printer: str, since: Millis) -> Counts:
    """Return how many papers wait at a printer, and how many of today left or were given up."""
    row = tx.db.execute(SELECT_COUNTS, (tx.branch, tx.day, printer, since)).fetchone()
    return Counts(*(each or 0 for each in row))


def stand_in(tx: SqliteTx, printer: str, troubled: frozenset[str]) -> PrinterSetUp | None:
    """Return who can print instead: bound to the same kiosk, else for all; none in trouble."""
    known = printer_rows(tx.db, tx.branch)
    own = next((each.kiosk for each in known if each.id == printer), None)
    fit = [
        each
        for each in known
        if each.id != printer and each.id not in troubled and each.kiosk in {None, own}
    ]
    return min(fit, key=lambda each: each.kiosk != own, default=None)


def move_queued(tx: SqliteTx, printer: str, to: PrinterSetUp) -> int:
    """Give the papers that wait at a printer to another one; return how many."""
    rows = tx.db.execute(SELECT_QUEUED, (printer,)).fetchall()
    for job, ticket_id, label, copy in rows:
        tx.append(
            events.PrintMoved(
                ticket=ticket_id, label=label, was=printer, place=to.name,
                print=events.PrintOrder(job, to.id, copy),
            )
        )  # fmt: skip
    return len(rows)


def hurry(tx: SqliteTx, printer: str) -> None:
    """Make what waits for another attempt at a printer due now, in the order of the numbers.

    No event: what became of a paper is a fact, when it is tried again is not.
    """
    tx.db.execute(HURRY, (tx.now, printer))


def next_due(db: sqlite3.Connection, printer: str) -> Millis | None:
    """Return when the printer's next queued job is due."""
    row = db.execute(SELECT_NEXT, (printer,)).fetchone()
    return None if row is None else row[0]


def claim(tx: SqliteTx, printer: str) -> Claimed | None:
    """Mark the printer's oldest due job as printing; jobs of ended tickets are closed."""
    for job, ticket_id, copy, attempts in _due(tx, printer):
        ticket, turn = tx.ticket(ticket_id), tx.turn(ticket_id)
        if ticket is None or turn is None:
            continue
        if ticket.day != tx.day or turn.state not in PRINTABLE:
            tx.append(
                events.PrintFailed(
                    ticket=ticket.id, label=ticket.label, job=job, printer=printer,
                    attempt=attempts, error="ticket-ended", final=True,
                )
            )  # fmt: skip
            continue
        tx.db.execute("UPDATE print_jobs SET state = 'printing' WHERE id = ?", (job,))
        office = tx.office
        _, end = day_bounds(ticket.day, office.zone, office.day_start_minutes)
        return Claimed(job, attempts + 1, copy, ticket, turn, _quote(tx, ticket_id), end)
    return None


def _due(tx: SqliteTx, printer: str) -> Iterator[tuple[str, str, int, int]]:
    seen: set[str] = set()
    while True:
        row = tx.db.execute(SELECT_DUE, (printer, tx.now)).fetchone()
        if row is None or row[0] in seen:
            return
        seen.add(row[0])
        yield row


def _quote(tx: SqliteTx, ticket: str) -> events.Quote | None:
    row = tx.db.execute(SELECT_ISSUED, (tx.branch, ticket)).fetchone()
    if row is None:
        return None
    issued = decode_event(row[0])
    return issued.quote if isinstance(issued, events.Issued) else None


def printed(printer: str, job: Claimed) -> Callable[[SqliteTx], int]:
    """Return the command that notes a paper that left for the printer."""
    return lambda tx: tx.append(
        events.Printed(
            ticket=job.ticket.id, label=job.ticket.label, job=job.job, printer=printer,
            attempt=job.attempt, copy=job.copy,
        )
    )  # fmt: skip


def failed(
    printer: str, job: Claimed, error: str, retry_at: Millis | None, *, unsure: bool
) -> Callable[[SqliteTx], int]:
    """Return the command that notes an attempt that did not work."""
    return lambda tx: tx.append(
        events.PrintFailed(
            ticket=job.ticket.id, label=job.ticket.label, job=job.job, printer=printer,
            attempt=job.attempt, error=error, retry_at=retry_at, final=retry_at is None,
            unsure=unsure,
        )
    )  # fmt: skip


def requeue_stuck(tx: SqliteTx) -> None:
    """Queue jobs again that a stopped process left printing: their papers may exist."""
    for job, ticket_id, printer, attempts in tx.db.execute(SELECT_STUCK, (tx.branch,)).fetchall():
        ticket = tx.ticket(ticket_id)
        if ticket is not None:
            tx.append(
                events.PrintFailed(
                    ticket=ticket.id, label=ticket.label, job=job, printer=printer,
                    attempt=attempts + 1, error="restart", retry_at=tx.now, unsure=True,
                )
            )  # fmt: skip
