"""Owns what a ticket looks like on paper: values in, ESC/POS bytes out. No clock, no network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from printer.escpos_bytes import Press
from printer.logo import dots as logo_dots
from printer.moments import clock, stamp
from printer.page import Page
from printer.plain import clean
from printer.profile import RASTER, Profile, Width
from server.domain.words import marked as _

Words = Callable[[str], str]
"""Translates an English sentence into the ticket's language; unknown ones come back as they are."""


Line = Literal[
    "logo", "office", "agency", "rule", "service", "number", "priority", "people", "time", "ahead",
    "wait", "qr", "foot",
]  # fmt: skip
"""The parts of a ticket, as the settings of an office order them."""
LINES: tuple[Line, ...] = (
    "logo", "office", "agency", "rule", "service", "number", "priority", "people", "time", "rule",
    "ahead", "wait", "qr", "foot",
)  # fmt: skip


class TicketPaper(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is printed on one ticket. Holds nothing personal.

    Attributes:
        label: the number, ``A001``.
        people: how many come with this ticket; shown from 2.
        priority: the ticket goes ahead; the reason is never known here.
        issued_at: on the office's wall clock, aware.
        zone_label: what people call the time zone, ``WITA``.
        ahead: people called before this ticket, ``None`` when it is not known.
        attended: somebody who serves it is at a counter; nobody is next before that.
        starts: when serving begins today, aware; ``None`` when that is not known, or past.
        estimate: shortest and longest wait in minutes, ``None`` when no honest one exists.
        hits: of the last hundred who waited, how many were told right; ``None``: not told.
        due: the appointment's time, aware, ``None`` without one.
        early: that time has not come yet when this is printed, so nobody is counted.
        tracking_url: read by phones from the QR; "" for none.
        foot: closing words in the ticket's language; line breaks are kept.
        language: of the words, such as ``id``.
        copy: 0 for the first paper; later ones carry a mark.
        lines: what stands on it, from the top; the mark of a copy is always first, and the
            number always there.
        logo: of the office, as ``printer.logo`` keeps it; "" for none.
        width_mm, cutter: of a printer that says neither itself; without a cutter paper is fed to
            the tear bar.
        printer: what it can do.
    """

    office: str
    service: str
    label: str
    issued_at: datetime
    agency: str | None = None
    people: Annotated[int, msgspec.Meta(ge=1)] = 1
    priority: bool = False
    zone_label: str = ""
    ahead: Annotated[int, msgspec.Meta(ge=0)] | None = None
    attended: bool = True
    starts: datetime | None = None
    estimate: tuple[int, int] | None = None
    hits: int | None = None
    due: datetime | None = None
    early: bool = False
    tracking_url: str = ""
    foot: str = ""
    language: str = "id"
    copy: Annotated[int, msgspec.Meta(ge=0)] = 0
    width_mm: Width = 80
    cutter: bool = True
    lines: tuple[Line, ...] = LINES
    logo: str = ""
    printer: Profile = RASTER


_NAME_LINES = 3
_FOOT_LINES = 8
_SMALL_GAP = 12
_GAP = 24
IN_HOURS_FROM = 120
"""Minutes; a wait that is longer for sure is told in hours, as people do, on the pages too."""

COPY = _("REPRINT")
YOUR_NUMBER = _("Your number")
PRIORITY = _("PRIORITY")
PEOPLE = _("For {n} people")
NEXT = _("You are next")
FIRST = _("You are first in line")
NOT_OPEN = _("The counter is not open yet; we call you as soon as it is.")
OPENS = _("The counter is not open yet; it starts at {time}.")
ONE_AHEAD = _("1 person ahead of you")
AHEAD = _("{n} people ahead of you")
WAIT = _("About {low}\u2013{high} minutes to wait")
WAIT_ABOUT = _("About {n} minutes to wait")
HITS = _("Right for {n} of the last 100 who waited")
WAIT_MINUTE = _("About 1 minute to wait")
WAIT_HOURS = _("About {low}\u2013{high} hours to wait")
WAIT_HOURS_ABOUT = _("About {n} hours to wait")
DUE = _("Your appointment is at {time}")
NOT_YET = _("Not your turn yet. You will be called from {time}.")
SCAN = _("Scan to follow {label} on your phone")
MSGIDS = (
    COPY,
    YOUR_NUMBER,
    PRIORITY,
    PEOPLE,
    NEXT,
    FIRST,
    NOT_OPEN,
    OPENS,
    ONE_AHEAD,
    AHEAD,
    WAIT,
    WAIT_ABOUT,
    HITS,
    WAIT_MINUTE,
    WAIT_HOURS,
    WAIT_HOURS_ABOUT,
    DUE,
    NOT_YET,
    SCAN,
)
"""All sentences of the ticket, for the catalogs."""


def render(paper: TicketPaper, words: Words, press: Press) -> bytes:
    """Return the bytes that print this ticket. Takes a few milliseconds of one core.

    The same paper gives the same bytes on the same machine. Text leaves as ASCII; any other
    script is drawn as a picture, and what no font can draw is left out rather than printed
    as a wrong sign.

    Args:
        paper: what is to be printed.
        words: translation into ``paper.language``.
        press: where sheets and fonts come from.
    """
    with press.lock:
        page = Page(press, paper.printer.fitted(paper.width_mm, cutter=paper.cutter))
        _copy_mark(page, paper, words)
        lines = paper.lines if "number" in paper.lines else ("number", *paper.lines)
        for line in lines:
            _PARTS[line](page, paper, words)
            if line == "number" and "ahead" not in lines:
                _due(page, paper, words)  # whatever the office leaves out
        _label(page, paper, words)
        return page.sheet.finish()


def _copy_mark(page: Page, paper: TicketPaper, words: Words) -> None:
    if paper.copy:
        mark = say(words, COPY)
        page.mark(mark if paper.copy == 1 else f"{mark} {paper.copy}")
        page.gap(_GAP)


def _logo(page: Page, paper: TicketPaper, _: Words) -> None:
    picture = logo_dots(paper.logo) if paper.logo else None
    if picture is not None and page.logo(picture):
        page.gap(_SMALL_GAP)


def _office(page: Page, paper: TicketPaper, _: Words) -> None:
    page.say(paper.office, bold=True, most=_NAME_LINES)


def _agency(page: Page, paper: TicketPaper, _: Words) -> None:
    if paper.agency:
        page.say(paper.agency, most=_NAME_LINES)


def _rule(page: Page, _paper: TicketPaper, _: Words) -> None:
    page.rule()


def _service(page: Page, paper: TicketPaper, _: Words) -> None:
    page.gap(_SMALL_GAP)
    page.large(paper.service)
    page.gap(_GAP)


def _number(page: Page, paper: TicketPaper, words: Words) -> None:
    page.say(say(words, YOUR_NUMBER))
    page.number(paper.label)


def _priority(page: Page, paper: TicketPaper, words: Words) -> None:
    if paper.priority:
        page.mark(say(words, PRIORITY))
        page.gap(_SMALL_GAP)


def _people(page: Page, paper: TicketPaper, words: Words) -> None:
    if paper.people > 1:
        page.large(say(words, PEOPLE, n=paper.people))
        page.gap(_SMALL_GAP)


def _time(page: Page, paper: TicketPaper, _: Words) -> None:
    page.say(f"{stamp(paper.issued_at, paper.language)} {paper.zone_label}")


def _ahead(page: Page, paper: TicketPaper, words: Words) -> None:
    _due(page, paper, words)
    if paper.ahead is not None and not paper.early:
        none = NEXT if paper.attended else FIRST
        sentence = {0: none, 1: ONE_AHEAD}.get(paper.ahead, AHEAD)
        page.large(say(words, sentence, n=paper.ahead))
        if not paper.attended:
            page.say(_not_open(paper, words), bold=True)


def _not_open(paper: TicketPaper, words: Words) -> str:
    if paper.starts is None:
        return say(words, NOT_OPEN)
    time = f"{clock(paper.starts, paper.language)} {paper.zone_label}".strip()
    return say(words, OPENS, time=time)


def _due(page: Page, paper: TicketPaper, words: Words) -> None:
    if paper.due is not None:
        time = clock(paper.due, paper.language)
        page.large(say(words, DUE, time=time))
        if paper.early:
            page.say(say(words, NOT_YET, time=time), bold=True)


def _wait(page: Page, paper: TicketPaper, words: Words) -> None:
    if paper.estimate is not None and paper.ahead != 0 and not paper.early:
        page.say(wait_words(words, *paper.estimate), bold=True)
        if paper.hits is not None:
            page.say(say(words, HITS, n=paper.hits))


def wait_words(words: Words, low: int, high: int) -> str:
    """Return a wait of ``low`` to ``high`` minutes as people say it.

    A range that is none is told as one figure, a very long wait in whole hours.
    """
    if low >= IN_HOURS_FROM:
        low, high = low // 60, -(-high // 60)
        if low < high:
            return say(words, WAIT_HOURS, low=low, high=high)
        return say(words, WAIT_HOURS_ABOUT, n=high)
    if high > max(low, 1):
        return say(words, WAIT, low=low, high=high) if low else say(words, WAIT_ABOUT, n=high)
    return say(words, WAIT_MINUTE) if high <= 1 else say(words, WAIT_ABOUT, n=high)


def _code(page: Page, paper: TicketPaper, words: Words) -> None:
    if not paper.tracking_url:
        return
    page.gap(_SMALL_GAP)
    if page.code(paper.tracking_url):
        caption = say(words, SCAN, label=paper.label)
        page.say(caption)
        page.named = page.named or page.has(clean(caption))


def _foot(page: Page, paper: TicketPaper, _: Words) -> None:
    for paragraph in paper.foot.splitlines()[:_FOOT_LINES]:
        if clean(paragraph):
            page.gap(_SMALL_GAP)
            page.say(paragraph, most=_FOOT_LINES)


def _label(page: Page, paper: TicketPaper, _: Words) -> None:
    """Print the number as text too, for printers that garble pictures, unless it stands there."""
    if not page.named:
        page.gap(_SMALL_GAP)
        page.say(paper.label)


_PARTS: dict[Line, Callable[[Page, TicketPaper, Words], None]] = {
    "logo": _logo,
    "office": _office,
    "agency": _agency,
    "rule": _rule,
    "service": _service,
    "number": _number,
    "priority": _priority,
    "people": _people,
    "time": _time,
    "ahead": _ahead,
    "wait": _wait,
    "qr": _code,
    "foot": _foot,
}


def say(words: Words, msgid: str, **places: object) -> str:
    """Return a sentence in the ticket's language with its places filled in.

    A translation with a broken place falls back to English: a ticket must come out.
    """
    try:
        return words(msgid).format(**places)
    except (KeyError, IndexError, ValueError, AttributeError):
        return msgid.format(**places)
