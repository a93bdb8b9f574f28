"""Owns joining the spool to the store: what is on the paper, in the visitor's language."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from printer.agents import Agents
from printer.escpos_bytes import Press
from printer.layout import TicketPaper, render
from printer.preview import PicturePress
from printer.profile import RASTER, Profile
from printer.spool import Job, PrinterRow, Spool
from printer.transport import parse_url
from printer.trial import TrialPaper, render_trial
from server import papers as rows
from server.addresses import phones_reach
from server.domain.day import Millis, local
from server.domain.hours import service_start
from server.domain.issuing import people_before
from server.domain.names import named, service_name
from server.domain.office import Office, Paper
from server.domain.presence import attended
from server.domain.quoting import in_line, told_right
from server.domain.states import Priority
from server.papers import agent_key
from server.storage.queries.printers import next_due
from server.storage.store import Store
from server.storage.transaction import SqliteTx
from web.i18n import Catalogs

TRY_AGAIN_S = 30.0
"""How long a printer in trouble is passed over while another one prints."""
GRACE_S = 2.5
"""How long a stop waits for papers on their way: well within all that ``server.running`` gives."""
_NOBODYS = "http://192.0.2.1:8080"
PRINTER_CACHE = "printer-cache"
"""Private folder of the ticket renderer, below the data folder."""


class StoreSpool:
    """The spool's view of the store (``printer.spool.SpoolStore``)."""

    def __init__(self, store: Store, public_url: Callable[[], str]) -> None:
        self.troubles: Callable[[], dict[str, str]] = dict
        """What keeps printers from printing now; set when the spool is there."""
        self._store = store
        self._public_url = public_url
        self._branches: dict[str, int] = {}
        self._profiles: dict[str, Profile] = {}
        self._failed_at: dict[str, float] = {}
        self._begun: dict[int, int] = {}
        self._claimed: dict[str, tuple[str, rows.Claimed]] = {}

    async def printers(self) -> list[PrinterRow]:
        """Return all printers that are set up, of the branches that this server has."""
        every = await self._store.read(rows.printers)
        for branch in {each.branch for each in every}:
            await self._begin(branch)
        found = [each for each in every if self._has_begun(each.branch)]
        # of those that are leaving, too: what is under way there is still to be written down
        self._branches = {each.id: each.branch for each in every}
        self._profiles = {each.id: each.can() for each in every}
        return [
            PrinterRow(each.id, each.name, _url(each), self._profiles[each.id]) for each in found
        ]

    async def _begin(self, branch: int) -> None:
        """Queue as copies what is half-way, of a stopped process or where the branch was before.

        Only before the first paper is printed here: later some are half-way here.
        """
        term = self._store.owners.term(branch)
        if term and not self._has_begun(branch):
            await self._store.transact(branch, rows.PRINTER, rows.requeue_stuck)
            self._begun[branch] = term

    def _has_begun(self, branch: int) -> bool:
        term = self._store.owners.term(branch)
        return term > 0 and self._begun.get(branch) == term

    async def claim(self, printer: str, now: Millis) -> Job | None:  # noqa: ARG002
        """Mark the printer's oldest due job as printing and return it."""
        if self._rests(printer) and await self._move(printer):
            return None
        # Not asked first whether one is due: that would cost every paper a look more.
        return await self._store.transact(
            self._branches[printer], rows.PRINTER, lambda tx: self._claim(tx, printer)
        )

    def _rests(self, printer: str) -> bool:
        """Whether a printer in trouble is left in peace; now and then it may try again."""
        failed_at = self._failed_at.get(printer)
        if failed_at is None or printer not in self.troubles():
            return False
        return time.monotonic() - failed_at < TRY_AGAIN_S

    async def _move(self, printer: str) -> int:
        """Let another printer take over what waits here; return how many papers moved."""
        troubled = frozenset(self.troubles())

        def command(tx: SqliteTx) -> int:
            other = rows.stand_in(tx, printer, troubled)
            return 0 if other is None else rows.move_queued(tx, printer, other)

        return await self._store.transact(self._branches[printer], rows.PRINTER, command)

    def _claim(self, tx: SqliteTx, printer: str) -> Job | None:
        claimed = rows.claim(tx, printer)
        if claimed is None:
            return None
        self._claimed[claimed.job] = (printer, claimed)
        return Job(
            id=claimed.job,
            ticket=claimed.ticket.id,
            label=claimed.ticket.label,
            attempt=claimed.attempt,
            paper=paper(tx, claimed, self._public_url(), self._profiles.get(printer, RASTER)),
            copy=claimed.copy,
            give_up_at=claimed.give_up_at,
        )

    async def printed(self, job: Job) -> None:
        """Note that the paper left for the printer."""
        printer, claimed = self._claimed[job.id]
        await self._note(job, rows.printed(printer, claimed))

    async def failed(self, job: Job, error: str, retry_at: Millis | None, *, copy: int) -> None:
        """Note an attempt that did not work."""
        printer, claimed = self._claimed[job.id]
        unsure = copy > job.copy
        await self._note(job, rows.failed(printer, claimed, error, retry_at, unsure=unsure))
        self._failed_at[printer] = time.monotonic()
        if retry_at is not None and printer in self.troubles():
            await self._move(printer)

    async def _note(self, job: Job, command: Callable[[SqliteTx], int]) -> None:
        printer, _ = self._claimed[job.id]
        await self._store.transact(self._branches[printer], rows.PRINTER, command)
        del self._claimed[job.id]

    async def hurry(self, printer: str) -> None:
        """Make what waits for another attempt at this printer due now."""
        await self._store.transact(
            self._branches[printer], rows.PRINTER, lambda tx: rows.hurry(tx, printer)
        )

    async def due(self, printer: str) -> Millis | None:
        """Return when the printer's next queued job is due."""
        return await self._store.read(lambda db: next_due(db, printer))


def _url(printer: rows.PrinterSetUp) -> str:
    """Return a printer's address; an agent's names its branch, as its connection does."""
    kind, _, name = printer.url.partition(":")
    return f"agent:{agent_key(printer.branch, name)}" if kind == "agent" else printer.url


def paper(
    tx: SqliteTx, claimed: rows.Claimed, public_url: str, printer: Profile = RASTER
) -> TicketPaper:
    """Return what is on the paper: the first one says what the visitor was told, copies say now."""
    office, ticket, turn = tx.office, claimed.ticket, claimed.turn
    language = ticket.language
    quote = claimed.quote
    ahead = quote.ahead if quote is not None else None
    estimate = quote.estimate if quote is not None else None
    if claimed.copy:
        ahead = people_before(tx, turn)
        estimate = in_line(tx, turn, ahead).estimate
    return TicketPaper(
        office=office.name,
        service=service_name(office, turn.service, language),
        agency=_agency(office, turn.service, language),
        label=ticket.label,
        people=ticket.people,
        priority=ticket.priority is Priority.PRIORITY,
        issued_at=local(ticket.issued_at, office.zone),
        zone_label=office.zone_label,
        ahead=ahead,
        attended=attended(tx, turn.service),
        starts=_starts(tx, turn.service),
        estimate=None if estimate is None else (estimate.low_minutes, estimate.high_minutes),
        hits=told_right(tx),
        due=None if turn.due is None else local(turn.due, office.zone),
        early=turn.due is not None and turn.due > tx.now,
        tracking_url=tracking(office.public_url or public_url, ticket.token),
        foot=named(office.paper.foot, language, ""),
        language=language,
        copy=claimed.copy,
        width_mm=office.paper.width_mm,
        cutter=office.paper.cutter,
        lines=tuple(office.paper.lines),
        logo=office.paper.logo,
        printer=printer,
    )


def _starts(tx: SqliteTx, code: str) -> datetime | None:
    service = next((each for each in tx.office.services if each.code == code), None)
    hours = None if service is None else tx.office.hours_of(service)
    return None if hours is None else service_start(hours, local(tx.now, tx.office.zone))


def tracking(base: str, token: str) -> str:
    """Return the address that a phone follows a ticket by, "" where no phone could reach it.

    Args:
        base: of this server, without a slash at the end; "" while none is known.
        token: of the ticket.
    """
    return f"{base}/t/{token}" if phones_reach(base) else ""


def _agency(office: Office, code: str, language: str) -> str | None:
    key = office.service(code).agency
    for agency in office.agencies:
        if agency.code == key:
            return named(agency.names, language, agency.code)
    return None


def sample(
    office: Office,
    paper: Paper,
    language: str,
    public_url: str,
    now: Millis,
    printer: Profile = RASTER,
) -> TicketPaper:
    """Return a ticket as a visitor of this office might get it, for the preview.

    It has a code though no phone may reach this server yet, of an address of nobody: this is
    about its look.
    """
    service = office.services[0]
    base = office.public_url or public_url
    return TicketPaper(
        office=office.name,
        service=service_name(office, service.code, language),
        agency=_agency(office, service.code, language),
        label=f"{service.prefix}{12:0{office.rules.number_width}}",
        people=2,
        priority=True,
        issued_at=local(now, office.zone),
        zone_label=office.zone_label,
        ahead=4,
        estimate=(15, 25),
        tracking_url=f"{base if phones_reach(base) else _NOBODYS}/t/Zk3vQ0m9Yw8sT1bAZk3vQ0",
        foot=named(paper.foot, language, ""),
        language=language,
        width_mm=paper.width_mm,
        cutter=paper.cutter,
        lines=tuple(paper.lines),
        logo=paper.logo,
        printer=printer,
    )


def trial(
    office: Office, printer: rows.PrinterSetUp, public_url: str, ticket: bytes, language: str
) -> TrialPaper:
    """Return a test page for this printer, which tells how long ``ticket`` is."""
    base = office.public_url or public_url
    return TrialPaper(
        name=printer.name,
        ticket_bytes=len(ticket),
        address=base if tracking(base, "") else "",
        language=language,
        width_mm=office.paper.width_mm,
        cutter=office.paper.cutter,
        logo=office.paper.logo if "logo" in office.paper.lines else "",
        printer=printer.can(),
    )


def make_spool(
    store: Store,
    catalogs: Catalogs,
    public_url: Callable[[], str],
    agents: Agents,
    press: Press,
) -> Spool:
    """Return the spool of a store."""

    def drawn(paper: TicketPaper | TrialPaper, press: Press) -> bytes:
        words = partial(catalogs.translate, paper.language)
        if isinstance(paper, TrialPaper):
            return render_trial(paper, words, press)
        return render(paper, words, press)

    def draw(paper: TicketPaper | TrialPaper) -> bytes:
        return drawn(paper, press)

    screen = PicturePress(press)

    def picture(paper: TicketPaper | TrialPaper) -> bytes:
        return drawn(paper, screen)

    connect = partial(parse_url, schemes=agents.schemes())
    papers = StoreSpool(store, public_url)
    spool = Spool(
        papers,
        draw,
        picture=picture,
        clock=lambda: store.clock(),  # noqa: PLW0108 - the store's clock as it is then
        connect=connect,
        grace_s=GRACE_S,
        prepare=press.load,
    )
    agents.on_leave = lambda key: spool.gone(f"agent:{key}")
    papers.troubles = spool.troubles
    return spool
