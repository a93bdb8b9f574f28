"""Owns the test page: what shows whether a printer can do what its profile says, and more."""

from __future__ import annotations

import msgspec

from printer.escpos_bytes import Press
from printer.layout import Words, say
from printer.logo import dots as logo_dots
from printer.moments import figure
from printer.page import Page
from printer.profile import MOST_TIMES, RASTER, Profile, Width, write_profile
from printer.raster import rule
from server.domain.words import marked as _

CODE = "Ramah"
"""What the code says while no address is known that a phone could follow."""
_ACCENTS = "é ñ ü ç \u2013 €"
_EDGE_DOTS = 4
_GAP = 16
_MODULE_DOTS = 6
_TICKS = "1234567890"

TITLE = _("Test page")
PAPER = _("{width} mm, {dots} dots, {columns} letters a line")
EDGES = _("The bar and the figures reach from edge to edge, each on one line.")
LETTERS = _("Letters: {letters}")
READS = _("The phone reads: {text}")
TICKET = _("A ticket: {bytes} bytes")
TICKET_SECONDS = _("A ticket: {bytes} bytes, {seconds} seconds at {baud} baud")
MORE = _("Are a code and large letters below? Then the profile escpos is shorter and faster.")
CUT = _("Below this line the paper is cut.")
TEAR = _("No cutter: please tear here.")
MARK = _("PRIORITY")
MSGIDS = (TITLE, PAPER, EDGES, LETTERS, READS, TICKET, TICKET_SECONDS, MORE, CUT, TEAR, MARK)
"""All sentences of the page, for the catalogs."""


class TrialPaper(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed on a test page.

    Attributes:
        name: the printer's.
        ticket_bytes: of a ticket as this printer gets it; 0 while no office has tickets.
        address: what the code says, such as the address phones use; "" for none known.
        width_mm, cutter: of the office's settings, for a profile that says neither.
        logo: of the office where its tickets have one, as ``printer.logo`` keeps it.
    """

    name: str
    ticket_bytes: int
    address: str = ""
    language: str = "id"
    width_mm: Width = 80
    cutter: bool = True
    logo: str = ""
    printer: Profile = RASTER


def render_trial(paper: TrialPaper, words: Words, press: Press) -> bytes:
    """Return the bytes of a test page.

    It ends with a try of what a printer with the least profile might be able to do after all.
    A clone may print a few signs of rubbish there: nobody waits for this paper.
    """
    can = paper.printer
    fitted = can.fitted(paper.width_mm, cutter=paper.cutter)
    with press.lock:
        page = Page(press, fitted)
        picture = logo_dots(paper.logo) if paper.logo else None
        if picture is not None and page.logo(picture):
            page.gap(_GAP)
        page.large(say(words, TITLE))
        page.say(paper.name, bold=True)
        page.say(write_profile(can))
        measures = {"width": fitted.width_mm, "dots": fitted.dots, "columns": fitted.columns}
        page.say(say(words, PAPER, **measures))
        page.gap(_GAP)
        page.picture(rule(fitted.dots, _EDGE_DOTS))
        page.sheet.line((_TICKS * -(-fitted.columns // len(_TICKS)))[: fitted.columns])
        page.say(say(words, EDGES))
        page.rule()
        page.number("A001")
        page.say(say(words, LETTERS, letters=_ACCENTS))
        page.mark(say(words, MARK))
        page.gap(_GAP)
        text = paper.address or CODE
        if page.code(text):
            page.say(say(words, READS, text=text))
        page.rule()
        if paper.ticket_bytes:
            page.say(_ticket(paper, words))
        if not can.qr:
            page.gap(_GAP)
            page.say(say(words, MORE))
            page.gap(_GAP)
            page.sheet.code(CODE, _MODULE_DOTS)
            page.sheet.letters("A1", MOST_TIMES, MOST_TIMES)
        page.gap(_GAP)
        page.say(say(words, CUT if fitted.cut else TEAR))
        return page.sheet.finish()


def _ticket(paper: TrialPaper, words: Words) -> str:
    size, baud = paper.ticket_bytes, paper.printer.baud
    if baud is None:
        return say(words, TICKET, bytes=size)
    seconds = figure(paper.printer.seconds(size), paper.language)
    return say(words, TICKET_SECONDS, bytes=size, seconds=seconds, baud=baud)
