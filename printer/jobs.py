"""Owns what the print queue works with: printers, papers to print, and where their rows live."""

from __future__ import annotations

from typing import Protocol

import msgspec

from printer.layout import TicketPaper
from printer.profile import RASTER, Profile

Millis = int
"""A moment: milliseconds since 1970-01-01 UTC."""


class PrinterRow(msgspec.Struct, frozen=True):
    """A printer as it is set up; ``url`` as in ``printer.transport.parse_url``.

    ``profile`` is what it can do; its ``baud`` is the speed of the line, ``None`` where unknown.
    """

    id: str
    name: str
    url: str
    profile: Profile = RASTER


class PrinterNow(msgspec.Struct, frozen=True):
    """How a printer is: ``trouble`` is "" when all is well; with ``paper_low`` it still prints.

    ``known`` is false until it was asked, or a paper was tried, for the first time since the start
    or since it was added: then nobody knows yet, and nobody should say that all is well.
    """

    id: str
    name: str
    trouble: str
    paper_low: bool
    known: bool = True


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One paper to print, claimed from the store.

    Attributes:
        attempt: 1 for the first.
        copy: 0 for the first paper; from 1 the paper is marked as a copy.
        paper: what is on it; its own ``copy`` is overruled by the job's.
        give_up_at: no further attempt is planned past this moment, ``None`` for no limit.
    """

    id: str
    ticket: str
    label: str
    attempt: int
    paper: TicketPaper
    copy: int = 0
    give_up_at: Millis | None = None


class SpoolStore(Protocol):
    """Where jobs live. All moments are milliseconds since 1970-01-01 UTC.

    Before the spool runs, the store has queued again, as copies, all jobs that a stopped
    process left in state printing: their paper may exist.
    """

    async def printers(self) -> list[PrinterRow]:
        """Return all printers that are set up."""
        ...

    async def claim(self, printer: str, now: Millis) -> Job | None:
        """Mark the printer's oldest due job as printing and return it, if there is one.

        Jobs whose ticket no longer waits are closed here and never returned.
        """
        ...

    async def printed(self, job: Job) -> None:
        """Note that the paper left for the printer."""
        ...

    async def failed(self, job: Job, error: str, retry_at: Millis | None, *, copy: int) -> None:
        """Note an attempt that did not work.

        Args:
            job: as claimed.
            error: a ``printer.errors.Trouble``, or ``layout`` when it cannot be drawn.
            retry_at: when the job is due again; ``None``: never, this was final.
            copy: number of the copy that the next attempt prints. Higher than ``job.copy``
                when the failed paper may exist.
        """
        ...

    async def hurry(self, printer: str) -> None:
        """Make what waits for another attempt at this printer due now."""
        ...

    async def due(self, printer: str) -> Millis | None:
        """Return when the printer's next queued job is due, ``None`` without any."""
        ...
