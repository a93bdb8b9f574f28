"""Owns ``ramah printer test``: a page that shows what a printer can do, printed from here."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from contextlib import closing
from functools import partial

from printer.errors import PrintError, WantsPicture
from printer.escpos_bytes import Press
from printer.layout import render
from printer.preview import PicturePress
from printer.transport import Delivery, Paced, parse_url
from printer.trial import TrialPaper, render_trial
from server import papers as rows
from server.api.printers import STATES
from server.auth import registry
from server.cli.saying import Speaker
from server.cli.words import existing
from server.clock import wall_clock
from server.domain.errors import Invalid, NotFound, Phrase
from server.domain.words import marked as _
from server.spooling import PRINTER_CACHE, sample, trial
from server.storage.queries import offices
from web.i18n import Catalogs

TIMEOUT_S = 15.0
"""Without progress; what a slow line needs comes on top."""


def printer_test(args: argparse.Namespace) -> None:
    """Print a test page and tell what it and a ticket need.

    Raises:
        NotFound: there is no such printer.
        Invalid: it is not reached from here, or it is in trouble; the message says what to do.
    """
    with closing(existing(args.data)) as db:
        branch = registry.branch_of(db, args.branch)
        printer = next(
            (row for row in rows.printer_rows(db, branch) if row.name == args.name), None
        )
        if printer is None:
            raise NotFound("There is no printer '{printer}'.", field="name", printer=args.name)
        office = offices.office(db, branch)
    if office is None:
        raise NotFound("This branch has no settings yet.", field="branch")
    if printer.url.startswith("agent:"):
        raise Invalid(
            "This printer is beside a kiosk; the server reaches it. Please use the button on the "
            "manager's page.",
            field="name",
        )
    language = office.languages[0]
    words = partial(Catalogs.load().translate, language)
    press = Press(args.data / PRINTER_CACHE)
    can = printer.can()
    ticket = render(sample(office, office.paper, language, "", wall_clock(), can), words, press)
    page = trial(office, printer, "", ticket, language)

    def draw(press: Press) -> bytes:
        return render_trial(page, words, press)

    try:
        size, how = asyncio.run(_send(printer.url, page, draw, press))
    except PrintError as error:
        why = Phrase(STATES.get(error.kind, STATES["io"]))
        raise Invalid("{why} ({detail})", field="name", why=why, detail=error) from error
    speaker = Speaker(args.lang)
    came = _("{name}: test page printed, {length}")
    sent = _("{name}: test page sent, {length}; the printer cannot say whether it came out")
    told = came if how == "confirmed" else sent
    print(speaker.say(told, name=printer.name, length=_length(page, size, speaker)))
    length = _length(page, len(ticket), speaker)
    print(speaker.say("A ticket: {length}, profile {name}", length=length, name=printer.profile))


async def _send(
    url: str, page: TrialPaper, draw: Callable[[Press], bytes], press: Press
) -> tuple[int, Delivery]:
    way = parse_url(url)
    baud = page.printer.baud
    if baud is not None and isinstance(way, Paced):
        way.rate = baud / 10  # eight bits travel as ten
    for each in (press, PicturePress(press)):
        data = await asyncio.to_thread(draw, each)
        try:
            return len(data), await way.send(data, timeout=TIMEOUT_S)
        except WantsPicture:
            continue
    raise PrintError("io", "it takes neither commands nor pictures")


def _length(page: TrialPaper, size: int, speaker: Speaker) -> str:
    baud = page.printer.baud
    if baud is None:
        return speaker.say("{size} bytes", size=size)
    seconds = page.printer.seconds(size)
    told = _("{size} bytes, {seconds} seconds at {baud} baud")
    return speaker.say(told, size=size, seconds=seconds, baud=baud)
