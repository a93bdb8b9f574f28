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
from server.storage.queries import printers as rows
from server.storage.transaction import SqliteTx

PRINTER = Actor("printer", "system")
PRINTABLE = frozenset({TurnState.WAITING, TurnState.CALLED, TurnState.SERVING, TurnState.HELD})
"""States in which a paper is still of use to the visitor."""


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
    return [PrinterSetUp(*each) for each in rows.every_printer(db)]


def printer_rows(db: sqlite3.Connection, branch: int) -> list[PrinterSetUp]:
    """Return the printers of a branch, in the order they were set up."""
    return [PrinterSetUp(*each) for each in rows.of_branch(db, branch)]


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
    papers = rows.queued(tx.db, printer)
    for job, ticket_id, label, copy in papers:
        tx.append(
            events.PrintMoved(
                ticket=ticket_id, label=label, was=printer, place=to.name,
                print=events.PrintOrder(job, to.id, copy),
            )
        )  # fmt: skip
    return len(papers)


def hurry(tx: SqliteTx, printer: str) -> None:
    """Make what waits for another attempt at a printer due now, in the order of the numbers.

    No event: what became of a paper is a fact, when it is tried again is not.
    """
    rows.hurry(tx.db, printer, tx.now)


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
        rows.mark_printing(tx.db, job)
        office = tx.office
        _, end = day_bounds(ticket.day, office.zone, office.day_start_minutes)
        return Claimed(job, attempts + 1, copy, ticket, turn, _quote(tx, ticket_id), end)
    return None


def _due(tx: SqliteTx, printer: str) -> Iterator[rows.Due]:
    seen: set[str] = set()
    while True:
        due = rows.due(tx.db, printer, tx.now)
        if due is None or due.job in seen:
            return
        seen.add(due.job)
        yield due


def _quote(tx: SqliteTx, ticket: str) -> events.Quote | None:
    data = rows.issued_event(tx.db, tx.branch, ticket)
    if data is None:
        return None
    issued = decode_event(data)
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
    for job, ticket_id, printer, attempts in rows.stuck(tx.db, tx.branch):
        ticket = tx.ticket(ticket_id)
        if ticket is not None:
            tx.append(
                events.PrintFailed(
                    ticket=ticket.id, label=ticket.label, job=job, printer=printer,
                    attempt=attempts + 1, error="restart", retry_at=tx.now, unsure=True,
                )
            )  # fmt: skip


def agent_key(branch: int, name: str) -> str:
    """Return what an agent is known by: names are unique in a branch only."""
    return f"{branch}/{name}"
