"""Owns the calls about printers: how they are, for those who can refill one."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Literal

from aiohttp import web

from printer.errors import PrintError
from printer.layout import TicketPaper, render
from printer.preview import PicturePress
from printer.profile import RASTER, read_profile
from server import papers
from server.addresses import phones_reach
from server.api.printer_types import PaperAnswer, PrinterAnswer, PrinterList, TrialAnswer
from server.api.requests import PreviewPaper, SavePaper
from server.api.routing import Call, Route
from server.branches import change_paper, described, sound_paper
from server.domain.day import day_bounds
from server.domain.errors import Conflict, NotFound
from server.domain.office import Office
from server.domain.roles import MANAGER_UP, STAFF_UP
from server.domain.words import marked as _
from server.editing import saving
from server.equipment import PRINTER, UNKNOWN, state_of
from server.equipment import known as last_known
from server.spooling import sample, trial
from server.storage.queries.printers import counts
from server.storage.transaction import SqliteTx

STATES = {
    "ok": _("Ready"),
    "unknown": _("Not asked yet. A moment, or the first paper, will tell."),
    "paper_low": _("Paper is nearly used up. It still prints; please have a new roll ready."),
    "paper_out": _("Paper has run out. Please put in a new roll; waiting papers follow."),
    "cover_open": _("The cover is open. Please close it."),
    "offline": _("Not reachable. Is it switched on, and its cable plugged in?"),
    "refused": _("It takes no connection. Please switch it off and on again."),
    "timeout": _("It does not answer. Please switch it off and on again."),
    "closed": _("The connection broke off. We keep trying."),
    "jammed": _("Paper or the cutter is stuck. Please open it and take the paper out."),
    "paused": _("Its print queue is stopped. Please resume it in the print settings (CUPS)."),
    "rejecting": _("Its print queue takes no papers. Please let it accept jobs again (CUPS)."),
    "no_queue": _("The print service has no queue of this name. Please call the technician."),
    "no_service": _("The print service (CUPS) does not run. Please call the technician."),
    "cancelled": _("Somebody took the paper out of the print queue. We keep trying."),
    "io": _("It cannot be used as it is set up. Please call the technician."),
}


async def printers(call: Call) -> PrinterList:
    """Return the printers of the branch, each with its state in words."""
    now = {each.id: each for each in call.hall.printers()}

    def words(state: str) -> str:
        return call.hall.translate(call.language, STATES.get(state, STATES["io"]))

    def query(tx: SqliteTx) -> PrinterList:
        first, _end = day_bounds(tx.day, tx.office.zone, tx.office.day_start_minutes)
        written = last_known(tx)
        answers = []
        for each in papers.printer_rows(tx.db, tx.branch):
            known = now.get(each.id)
            if known is not None and known.known:
                state = state_of(known)
            else:  # nobody asked it since the start: what was last written down
                state = written.get((PRINTER, each.id), ("", UNKNOWN))[1]
            sent = counts(tx.db, tx.branch, tx.day, each.id, first)
            answers.append(
                PrinterAnswer(
                    id=each.id,
                    name=each.name,
                    kind=each.url.partition(":")[0],
                    kiosk=each.kiosk,
                    state=state,
                    words=words(state),
                    waiting=sent.waiting,
                    printed=sent.printed,
                    failed=sent.failed,
                    profile=each.profile,
                )
            )
        return PrinterList(answers)

    return await call.read(query)


async def preview(call: Call) -> web.Response:
    """Return a sample ticket as a picture: as the settings are, or as the body has them.

    How wide its paper is, and how long it is on the line to the printer, stands in the headers.
    """
    asked, hall = call.request.query, call.hall
    language = asked.get("language") or call.language
    wanted: PreviewPaper = call.body or PreviewPaper()
    drafted: Office | None = None
    if wanted.settings is not None:
        drafted = await asyncio.to_thread(described, saving.parsed(wanted.settings))

    def query(tx: SqliteTx) -> tuple[TicketPaper, bool]:
        if key := asked.get("printer"):
            can = _known(tx, key).can()
        else:
            can = read_profile(asked.get("profile") or RASTER.name)
        office = drafted or tx.office
        paper = office.paper if wanted.paper is None else wanted.paper
        reached = phones_reach(office.public_url or hall.public_url)
        return sample(office, paper, language[:16], hall.public_url, tx.now, can), reached

    ticket, reached = await call.read(query)
    words = partial(hall.translate, ticket.language)

    def draw() -> tuple[bytes, int]:
        picture = render(ticket, words, PicturePress(hall.press))
        return picture, len(render(ticket, words, hall.press))

    picture, size = await asyncio.to_thread(draw)
    can = ticket.printer
    headers = {
        "Cache-Control": "no-store",
        WIDTH: str(can.width_mm or ticket.width_mm),
        BYTES: str(size),
        CODE: "yes" if reached else "no",
    }
    if can.baud is not None:
        headers[SECONDS] = f"{can.seconds(size):.1f}"
    return web.Response(body=picture, content_type="image/png", headers=headers)


def _known(tx: SqliteTx, key: str) -> papers.PrinterSetUp:
    """Return a printer of this office.

    Raises:
        NotFound: it has no such printer.
    """
    printer = next((row for row in papers.printer_rows(tx.db, tx.branch) if row.id == key), None)
    if printer is None:
        raise NotFound("There is no such printer.", field="printer")
    return printer


async def test(call: Call) -> TrialAnswer:
    """Print a test page now, before the papers that wait."""
    key, hall, language = call.path("printer"), call.hall, call.language

    def query(tx: SqliteTx) -> tuple[Office, papers.PrinterSetUp, TicketPaper]:
        printer, office = _known(tx, key), tx.office
        ticket = sample(office, office.paper, language, hall.public_url, tx.now, printer.can())
        return office, printer, ticket

    office, printer, sample_ticket = await call.read(query)
    words = partial(hall.translate, language)
    ticket = await asyncio.to_thread(render, sample_ticket, words, hall.press)
    under_way = hall.try_printer(key, trial(office, printer, hall.public_url, ticket, language))
    if under_way is None:
        raise Conflict("This printer was added just now. Please try again in a moment.")
    # No more than waited for: on a slow line the page comes out after the answer.
    await asyncio.wait([under_way], timeout=TRIAL_S)
    tried = under_way.result() if under_way.done() and not under_way.cancelled() else None
    if isinstance(tried, PrintError):
        kind = tried.kind.replace("_", "-")
        raise Conflict(STATES.get(tried.kind, STATES["io"]), slug=f"printer-{kind}")
    seconds = round(printer.can().seconds(len(ticket)), 1) or None
    state: Literal["printed", "sent", "printing"] = "printing"
    if tried is not None:
        state = "printed" if tried[1] == "confirmed" else "sent"
    size = None if tried is None else tried[0]
    return TrialAnswer(state, size, len(ticket), seconds, hall.translate(language, TRIAL[state]))


async def look(call: Call) -> PaperAnswer:
    """Return how the ticket looks."""
    return await call.read(lambda tx: PaperAnswer(tx.office.paper, tx.office.languages))


async def save_look(call: Call) -> web.Response:
    """Put another look of the ticket in force; the next paper has it."""
    body: SavePaper = call.body
    paper = await asyncio.to_thread(sound_paper, body.paper)

    def command(tx: SqliteTx) -> PaperAnswer:
        change_paper(tx, paper)
        return PaperAnswer(paper, tx.office.languages)

    return await call.do(command)


TRIAL_S = 5
"""How long a test page is waited for; a slow line needs longer."""
TRIAL = {
    "printed": _("The test page is printed."),
    "sent": _("The test page was sent. Please look whether it comes out."),
    "printing": _("The test page is on its way."),
}
PREVIEW = {
    "language": ("^[A-Za-z-]{2,16}$", "of the words, default the reader's"),
    "profile": ("^[a-z0-9=:,-]{1,200}$", "what the printer can do, default raster"),
    "printer": ("^[A-Za-z0-9_-]{1,64}$", "id of one, instead of its profile"),
}
WIDTH, BYTES, SECONDS = "Ramah-Paper-Width", "Ramah-Ticket-Bytes", "Ramah-Ticket-Seconds"
"""Headers of the preview: millimetres, length, and its time on a slow line where that matters."""
CODE = "Ramah-Ticket-Code"
"""Whether tickets carry a code now: not while no phone can reach this server."""
ROUTES = [
    Route(
        "GET", "/api/printers/preview.png", preview, MANAGER_UP,
        "A sample ticket as a picture, as it is set up", answer=bytes, media="image/png",
        query=PREVIEW,
    ),
    Route(
        "POST", "/api/printers/preview.png", preview, MANAGER_UP,
        "A sample ticket as a picture, with a layout that is being tried", answer=bytes,
        body=PreviewPaper, media="image/png", query=PREVIEW,
    ),
    Route(
        "GET", "/api/printers/paper", look, MANAGER_UP, "The look of the ticket",
        answer=PaperAnswer,
    ),
    Route(
        "POST", "/api/printers/paper", save_look, MANAGER_UP,
        "Put another look of the ticket in force", answer=PaperAnswer, body=SavePaper,
        idempotent=True,
    ),
    Route(
        "POST", "/api/printers/{printer}/test", test, MANAGER_UP,
        "Print a test page: size, letters, code, cut, and how long a ticket takes",
        answer=TrialAnswer,
    ),
    Route(
        "GET", "/api/printers", printers, STAFF_UP, "Ticket printers and how they are",
        answer=PrinterList,
    ),
]  # fmt: skip
