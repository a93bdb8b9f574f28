"""Owns what a ticket looks like on paper: values in, ESC/POS bytes out. No clock, no network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from PIL import Image

from printer.escpos_bytes import COLUMNS, DOTS, Press, Sheet, Size
from printer.lettering import line_pictures, number_picture
from printer.logo import dots as logo_dots
from printer.plain import ascii_only, clean, shortened, spelled, wrap
from printer.raster import qr, rule
from printer.words import marked as _

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
        estimate: shortest and longest wait in minutes, ``None`` when no honest one exists.
        tracking_url: read by phones from the QR; "" for none.
        foot: closing words in the ticket's language; line breaks are kept.
        language: of the words, such as ``id``.
        copy: 0 for the first paper; later ones carry a mark.
        lines: what stands on it, from the top; the mark of a copy is always first, and the
            number always there.
        logo: of the office, as ``printer.logo`` keeps it; "" for none.
        cutter: the printer has one; otherwise paper is fed to the tear bar.
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
    estimate: tuple[int, int] | None = None
    tracking_url: str = ""
    foot: str = ""
    language: str = "id"
    copy: Annotated[int, msgspec.Meta(ge=0)] = 0
    width_mm: Literal[58, 80] = 80
    cutter: bool = True
    lines: tuple[Line, ...] = LINES
    logo: str = ""


NUMBER_DOTS = {58: 104, 80: 152}
"""Height of the giant number, by paper width: 13 and 19 mm."""
_NUMBER_SHARE = 0.92
_LETTER_DOTS: dict[Size, int] = {"normal": 25, "tall": 36, "double": 46}
"""Font size of a drawn line beside printer letters of the same size."""
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
ONE_AHEAD = _("1 person ahead of you")
AHEAD = _("{n} people ahead of you")
WAIT = _("About {low}-{high} minutes to wait")
WAIT_ABOUT = _("About {n} minutes to wait")
WAIT_MINUTE = _("About 1 minute to wait")
WAIT_HOURS = _("About {low}-{high} hours to wait")
WAIT_HOURS_ABOUT = _("About {n} hours to wait")
SCAN = _("Scan to follow {label} on your phone")
MSGIDS = (
    COPY,
    YOUR_NUMBER,
    PRIORITY,
    PEOPLE,
    NEXT,
    ONE_AHEAD,
    AHEAD,
    WAIT,
    WAIT_ABOUT,
    WAIT_MINUTE,
    WAIT_HOURS,
    WAIT_HOURS_ABOUT,
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
        page = _Page(press, paper.width_mm)
        _copy_mark(page, paper, words)
        lines = paper.lines if "number" in paper.lines else ("number", *paper.lines)
        for line in lines:
            _PARTS[line](page, paper, words)
        _label(page, paper, words)
        return page.sheet.finish(cutter=paper.cutter)


def _copy_mark(page: _Page, paper: TicketPaper, words: Words) -> None:
    if paper.copy:
        mark = say(words, COPY)
        page.mark(mark if paper.copy == 1 else f"{mark} {paper.copy}")
        page.gap(_GAP)


def _logo(page: _Page, paper: TicketPaper, _: Words) -> None:
    picture = logo_dots(paper.logo) if paper.logo else None
    if picture is not None:
        page.sheet.picture(picture)
        page.gap(_SMALL_GAP)


def _office(page: _Page, paper: TicketPaper, _: Words) -> None:
    page.say(paper.office, bold=True, most=_NAME_LINES)


def _agency(page: _Page, paper: TicketPaper, _: Words) -> None:
    if paper.agency:
        page.say(paper.agency, most=_NAME_LINES)


def _rule(page: _Page, _paper: TicketPaper, _: Words) -> None:
    page.gap(_SMALL_GAP)
    page.rule()
    page.gap(_SMALL_GAP)


def _service(page: _Page, paper: TicketPaper, _: Words) -> None:
    page.gap(_SMALL_GAP)
    page.large(paper.service)
    page.gap(_GAP)


def _number(page: _Page, paper: TicketPaper, words: Words) -> None:
    page.say(say(words, YOUR_NUMBER))
    page.gap(_SMALL_GAP)
    page.number(clean(paper.label))
    page.gap(_GAP)


def _priority(page: _Page, paper: TicketPaper, words: Words) -> None:
    if paper.priority:
        page.mark(say(words, PRIORITY))
        page.gap(_SMALL_GAP)


def _people(page: _Page, paper: TicketPaper, words: Words) -> None:
    if paper.people > 1:
        page.large(say(words, PEOPLE, n=paper.people))
        page.gap(_SMALL_GAP)


def _time(page: _Page, paper: TicketPaper, _: Words) -> None:
    page.say(f"{paper.issued_at:%d-%m-%Y %H:%M} {paper.zone_label}")


def _ahead(page: _Page, paper: TicketPaper, words: Words) -> None:
    if paper.ahead is not None:
        sentence = {0: NEXT, 1: ONE_AHEAD}.get(paper.ahead, AHEAD)
        page.large(say(words, sentence, n=paper.ahead))


def _wait(page: _Page, paper: TicketPaper, words: Words) -> None:
    if paper.estimate is not None and paper.ahead != 0:
        page.say(wait_words(words, *paper.estimate), bold=True)


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


def _code(page: _Page, paper: TicketPaper, words: Words) -> None:
    code = qr(paper.tracking_url, page.dots) if paper.tracking_url else None
    if code is not None:
        page.gap(_SMALL_GAP)
        page.sheet.picture(code)
        caption = say(words, SCAN, label=clean(paper.label))
        page.say(caption)
        page.named = ascii_only(clean(caption))


def _foot(page: _Page, paper: TicketPaper, _: Words) -> None:
    for paragraph in paper.foot.splitlines()[:_FOOT_LINES]:
        if words_left := clean(paragraph):
            page.gap(_SMALL_GAP)
            page.say(words_left, most=_FOOT_LINES)


def _label(page: _Page, paper: TicketPaper, _: Words) -> None:
    """Print the number as text too, for printers that garble pictures, unless it stands there."""
    if not page.named:
        page.gap(_SMALL_GAP)
        page.say(clean(paper.label))


_PARTS: dict[Line, Callable[[_Page, TicketPaper, Words], None]] = {
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


class _Page:
    """A sheet that knows its width and decides what leaves as text and what as a picture."""

    def __init__(self, press: Press, width_mm: int) -> None:
        self.sheet: Sheet = press.sheet(width_mm)
        self.dots = DOTS[width_mm]
        self.named = False
        """The number stands on the paper as text."""
        self._columns = COLUMNS[width_mm]
        self._number_dots = NUMBER_DOTS[width_mm]
        self._fonts = press.fonts

    def gap(self, dots: int) -> None:
        self.sheet.gap(dots)

    def rule(self) -> None:
        self.sheet.picture(rule(self.dots * 2 // 3))

    def number(self, label: str) -> None:
        self.sheet.picture(
            number_picture(
                label,
                self._fonts,
                dots=int(self.dots * _NUMBER_SHARE),
                height=self._number_dots,
            )
        )

    def large(self, text: str) -> None:
        """Print words in double size if they fit on two lines, else narrower."""
        text = clean(text)
        fits = len(self._lines(text, "double")) <= 2  # noqa: PLR2004
        self.say(text, "double" if fits else "tall", bold=True, most=_NAME_LINES)

    def mark(self, text: str) -> None:
        """Print a few words white on black."""
        text = clean(text)
        if ascii_only(text):
            for line in wrap(text, self._columns // 2 - 2):
                self.sheet.line(f" {line} ", "double", bold=True, inverse=True)
        else:
            self._draw(text, "double", 2, bold=True, inverse=True)

    def say(self, text: str, size: Size = "normal", *, bold: bool = False, most: int = 3) -> None:
        """Print words, broken into lines; in letters of the printer if it surely has them."""
        text = clean(text)
        if not ascii_only(text):
            self._draw(text, size, most, bold=bold)
            return
        for line in shortened(self._lines(text, size), most):
            self.sheet.line(line, size, bold=bold)

    def _lines(self, text: str, size: Size) -> list[str]:
        return wrap(text, self._columns // 2 if size == "double" else self._columns)

    def _draw(self, text: str, size: Size, most: int, *, bold: bool, inverse: bool = False) -> None:
        """Print a line in a script that printers lack; without a font, as near as ASCII goes."""
        if not self._fonts.covers(text):
            fonts = self._fonts
            text = clean("".join(sign if fonts.covers(sign) else spelled(sign) for sign in text))
            if ascii_only(text):
                if inverse:
                    self.mark(text)
                else:
                    self.say(text, size, bold=bold, most=most)
                return
        pictures: list[Image.Image] = line_pictures(
            text,
            self._fonts,
            dots=self.dots,
            size=_LETTER_DOTS[size],
            most=most,
            inverse=inverse,
        )
        for picture in pictures:
            self.sheet.picture(picture)
