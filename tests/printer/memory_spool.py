"""A spool store in memory, with the rules that the real one keeps."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from printer.layout import TicketPaper
from printer.spool import Job, PrinterRow


def paper(label: str) -> TicketPaper:
    return TicketPaper(
        office="Kantor", service="KTP", label=label, issued_at=datetime(2026, 11, 24, 8, tzinfo=UTC)
    )


@dataclass
class Row:
    id: str
    printer: str
    label: str
    due: int
    state: str = "queued"
    attempt: int = 0
    copy: int = 0
    errors: list[str] = field(default_factory=list)
    waits: bool = True
    give_up_at: int | None = None


class MemorySpool:
    """Implements ``SpoolStore``; ``broken`` makes every call raise."""

    def __init__(self, *printers: PrinterRow) -> None:
        self.set_up = list(printers)
        self.rows: dict[str, Row] = {}
        self.broken = False
        self.claims = 0
        self.clock = now

    def add(self, printer: str, label: str) -> Row:
        row = Row(f"job-{label}", printer, label, now())
        self.rows[row.id] = row
        return row

    def requeue(self) -> None:
        """Do what the store does at start."""
        for row in self.rows.values():
            if row.state == "printing":
                row.state = "queued"
                row.copy += 1

    def state(self, label: str) -> str:
        return self.rows[f"job-{label}"].state

    async def printers(self) -> list[PrinterRow]:
        self._check()
        return list(self.set_up)

    async def claim(self, printer: str, now: int) -> Job | None:
        self._check()
        self.claims += 1
        for row in sorted(self.rows.values(), key=lambda row: row.due):
            if row.printer != printer or row.state != "queued" or row.due > now:
                continue
            if not row.waits:
                row.state = "failed"
                continue
            row.state = "printing"
            row.attempt += 1
            return Job(
                id=row.id,
                ticket=f"ticket-{row.label}",
                label=row.label,
                attempt=row.attempt,
                copy=row.copy,
                paper=paper(row.label),
                give_up_at=row.give_up_at,
            )
        return None

    async def printed(self, job: Job) -> None:
        self._check()
        assert self.rows[job.id].state == "printing"
        self.rows[job.id].state = "printed"

    async def hurry(self, printer: str) -> None:
        self._check()
        for row in self.rows.values():
            if row.printer == printer and row.state == "queued":
                row.due = min(row.due, self.clock())

    async def failed(self, job: Job, error: str, retry_at: int | None, *, copy: int) -> None:
        self._check()
        row = self.rows[job.id]
        assert row.state == "printing"
        row.errors.append(error)
        row.copy = copy
        row.state = "failed" if retry_at is None else "queued"
        row.due = retry_at or 0

    async def due(self, printer: str) -> int | None:
        self._check()
        return min(
            (
                row.due
                for row in self.rows.values()
                if row.printer == printer and row.state == "queued"
            ),
            default=None,
        )

    def _check(self) -> None:
        if self.broken:
            raise OSError("the disk is gone")


def render(paper: TicketPaper) -> bytes:
    """A layout that is easy to look at: the copy mark and the number."""
    return f"\x1b@{paper.label}{'*' * paper.copy}\n".encode()


def job_of(label: str, copy: int = 0) -> bytes:
    return render(msgspec.structs.replace(paper(label), copy=copy))


def now() -> int:
    return time.time_ns() // 1_000_000
