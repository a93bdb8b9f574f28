"""Printers as they were set up, and the papers that wait at them or left."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from server.domain.day import Millis
from server.storage.dialect import then
from server.storage.queries.rows import every, first, value

SET_UP = "SELECT id, branch, name, url, kiosk, profile FROM printers"


class Printer(NamedTuple):
    """A printer as it was set up: its address, the only kiosk it prints for, what it can do."""

    id: str
    branch: int
    name: str
    url: str
    kiosk: str | None
    profile: str


class Listed(NamedTuple):
    """A printer in a list."""

    id: str
    name: str
    branch: str
    url: str
    kiosk: str | None
    profile: str


class Named(NamedTuple):
    """A printer with the code of its branch."""

    id: str
    branch: str


class Due(NamedTuple):
    """A paper that is to be printed now; ``attempts`` were made before."""

    job: str
    ticket: str
    copy: int
    attempts: int


class Queued(NamedTuple):
    """A paper that waits."""

    job: str
    ticket: str
    label: str
    copy: int


class Stuck(NamedTuple):
    """A paper that was printing when the process stopped."""

    job: str
    ticket: str
    printer: str
    attempts: int


class Counts(NamedTuple):
    """A printer's papers: those that wait, and what became of the others of a day."""

    waiting: int
    printed: int
    failed: int


class Held(NamedTuple):
    """Papers that wait after an attempt that did not work, and the last error."""

    printer: str
    papers: int
    error: str


def every_printer(db: sqlite3.Connection) -> list[Printer]:
    """Return all printers of all branches, the first set up first."""
    return every(db, Printer, f"{SET_UP} ORDER BY created_at, id")


def of_branch(db: sqlite3.Connection, branch: int) -> list[Printer]:
    """Return the printers of a branch, the first set up first."""
    return every(db, Printer, f"{SET_UP} WHERE branch = ? ORDER BY created_at, id", (branch,))


def listed(db: sqlite3.Connection) -> list[Listed]:
    """Return all printers with the codes of their branches, by name."""
    sql = """
        SELECT printers.id, name, branches.code, url, kiosk, profile FROM printers
        JOIN branches ON branches.id = printers.branch ORDER BY name
    """
    return every(db, Listed, sql)


def put(db: sqlite3.Connection, printer: Printer, profile: str | None, now: Millis) -> None:
    """Add a printer, or change the one of the branch with its name.

    ``profile`` is what it can do; ``None`` leaves it as it was, and for a new one takes the
    printer's.
    """
    db.execute(
        """
        INSERT INTO printers (id, branch, name, url, kiosk, profile, created_at)
        VALUES (:id, :branch, :name, :url, :kiosk, COALESCE(:told, :profile), :now)
        ON CONFLICT (branch, name) DO UPDATE SET url = excluded.url, kiosk = excluded.kiosk,
            profile = COALESCE(:told, printers.profile)
        """,
        printer._asdict() | {"told": profile, "now": now},
    )


def named(db: sqlite3.Connection, name: str, code: str | None) -> list[Named]:
    """Return the printers of this name, of the branch called ``code`` or of all."""
    sql = """
        SELECT printers.id, branches.code FROM printers
        JOIN branches ON branches.id = printers.branch
        WHERE name = ? AND code = COALESCE(?, code)
    """
    return every(db, Named, sql, (name, code))


def remove(db: sqlite3.Connection, printer: str, why: str) -> None:
    """Remove a printer; papers that wait at it count as failed."""
    db.execute("DELETE FROM printers WHERE id = ?", (printer,))
    db.execute(
        "UPDATE print_jobs SET state = 'failed', error = ? "
        "WHERE printer = ? AND state IN ('queued', 'printing')",
        (why, printer),
    )


# ---------------------------------------------------------------- papers


def due(db: sqlite3.Connection, printer: str, now: Millis) -> Due | None:
    """Return the printer's first paper that is due."""
    sql = """
        SELECT id, ticket, copy, attempts FROM print_jobs
        WHERE printer = ? AND state = 'queued' AND next_at <= ? ORDER BY next_at, id LIMIT 1
    """
    return first(db, Due, sql, (printer, now))


def next_due(db: sqlite3.Connection, printer: str) -> Millis | None:
    """Return when the printer's next paper is due."""
    sql = "SELECT MIN(next_at) FROM print_jobs WHERE printer = ? AND state = 'queued'"
    at: Millis | None = value(db, sql, (printer,))
    return at


def hurry(db: sqlite3.Connection, printer: str, now: Millis) -> None:
    """Make what waits for another attempt due now."""
    db.execute(
        "UPDATE print_jobs SET next_at = :now "
        "WHERE printer = :printer AND state = 'queued' AND next_at > :now",
        {"now": now, "printer": printer},
    )


def mark_printing(db: sqlite3.Connection, job: str) -> None:
    """Note that a paper is on its way."""
    db.execute("UPDATE print_jobs SET state = 'printing' WHERE id = ?", (job,))


def stuck(db: sqlite3.Connection, branch: int) -> list[Stuck]:
    """Return the papers that are said to be on their way."""
    sql = """
        SELECT id, ticket, printer, attempts FROM print_jobs WHERE branch = ? AND state = 'printing'
    """
    return every(db, Stuck, sql, (branch,))


def queued(db: sqlite3.Connection, printer: str) -> list[Queued]:
    """Return the papers that wait at a printer, in their order."""
    sql = """
        SELECT print_jobs.id, ticket, label, copy FROM print_jobs
        JOIN tickets ON tickets.id = ticket
        WHERE printer = ? AND state = 'queued' ORDER BY next_at, print_jobs.id
    """
    return every(db, Queued, sql, (printer,))


def counts(db: sqlite3.Connection, branch: int, day: str, printer: str, since: Millis) -> Counts:
    """Return how many papers of a day's tickets, issued ``since``, wait, left or were given up."""
    sql = f"""
        SELECT COUNT(*) FILTER (WHERE state IN ('queued', 'printing')),
            COUNT(*) FILTER (WHERE state = 'printed'), COUNT(*) FILTER (WHERE state = 'failed')
        FROM {then("tickets", "print_jobs", "print_jobs.ticket = tickets.id")}
        WHERE tickets.branch = ? AND tickets.day = ? AND printer = ? AND tickets.issued_at >= ?
    """
    return first(db, Counts, sql, (branch, day, printer, since)) or Counts(0, 0, 0)


def waiting_at(db: sqlite3.Connection, branch: int) -> dict[str, int]:
    """Return how many papers wait at each printer, by its id."""
    at_it = "print_jobs.printer = printers.id AND state = 'queued'"
    sql = f"""
        SELECT printer, COUNT(*) FROM {then("printers", "print_jobs", at_it)}
        WHERE printers.branch = ? GROUP BY printer
    """
    return dict(db.execute(sql, (branch,)).fetchall())


def held_up(db: sqlite3.Connection, branch: int | None = None) -> list[Held]:
    """Return the printers at which papers wait after a failed attempt, of one branch or all."""
    at_it = """
        print_jobs.printer = printers.id AND print_jobs.branch = printers.branch
            AND (print_jobs.state = 'queued' OR print_jobs.state = 'printing')
    """
    sql = f"""
        SELECT printers.name, COUNT(*), MAX(print_jobs.error)
        FROM {then("printers", "print_jobs", at_it)}
        WHERE printers.branch = COALESCE(?, printers.branch) AND print_jobs.error IS NOT NULL
        GROUP BY printers.name
    """
    return every(db, Held, sql, (branch,))


def came_out(db: sqlite3.Connection, ticket: str) -> bool:
    """Tell whether a paper of the ticket came out, or may have."""
    sql = """
        SELECT 1 FROM print_jobs WHERE ticket = ? AND state IN ('printing', 'printed') LIMIT 1
    """
    return value(db, sql, (ticket,)) is not None


def issued_event(db: sqlite3.Connection, branch: int, ticket: str) -> str | None:
    """Return the event that gave a ticket its number, as the log has it."""
    sql = """
        SELECT data FROM events WHERE branch = ? AND seq =
            (SELECT arrival FROM turns WHERE ticket = ? AND leg = 1)
    """
    data: str | None = value(db, sql, (branch, ticket))
    return data
