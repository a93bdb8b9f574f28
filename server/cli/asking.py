"""Owns asking printers from the command line: how they are now, and what they will need."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from printer.cups import CupsTransport
from printer.errors import PrintError
from printer.transport import Looks, parse_url
from server import papers as rows
from server.api.printers import STATES
from server.cli.saying import Line
from server.clock import wall_clock
from server.domain.errors import Invalid, Phrase
from server.domain.words import marked as _
from server.storage.queries.offices import office

LOOK_S = 12.0
SLOW_S = 6.0
"""A visitor waits longer than this for paper only where it cannot be helped."""
_ASKED = frozenset({"tcp", "usb", "serial", "cups"})
_AGAIN_S = 2.0


class Now(msgspec.Struct, frozen=True):
    """How a printer is, asked this moment.

    ``asked`` is false where only the server can ask (print agents) or nobody can (files);
    ``answered``: the printer itself said it.
    """

    trouble: str = ""
    asked: bool = False
    answered: bool = False
    detail: Line = ""

    @property
    def words(self) -> Phrase:
        """What to tell a technician."""
        if self.trouble:
            why = Phrase(STATES.get(self.trouble, STATES["io"]))
            return Phrase("{why} ({detail})", why=why, detail=self.detail) if self.detail else why
        if self.answered:
            return Phrase(_("{state} (it was asked just now)"), state=Phrase(STATES["ok"]))
        return Phrase(_("It can be reached, and cannot say how it is: a test page will tell"))


def ask_now(urls: list[str]) -> list[Now]:
    """Ask printers how they are, all at once, without printing."""

    async def all_of_them() -> list[Now]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_ask(url)) for url in urls]
        return [task.result() for task in tasks]

    return asyncio.run(all_of_them())


async def _ask(url: str) -> Now:
    if url.partition(":")[0] not in _ASKED:
        return Now()
    try:
        way = parse_url(url)
    except Invalid as error:
        return Now("io", asked=True, detail=Phrase(error.message, **error.params))
    if not isinstance(way, Looks):
        return Now()
    try:
        try:
            answered = await way.look(timeout=LOOK_S)
        except PrintError:  # the server may be talking to it: many take one at a time
            await asyncio.sleep(_AGAIN_S)
            answered = await way.look(timeout=LOOK_S)
    except PrintError as error:
        return Now(error.kind, asked=True, detail=about_path(url) or error.detail[:150])
    return Now(asked=True, answered=answered)


def about_path(url: str) -> Phrase | None:
    """Return in words that a printer's device, or a file's folder, is not there."""
    kind, _colon, rest = url.partition(":")
    path = Path(rest.partition("?")[0])
    if kind in {"usb", "serial"} and path.is_absolute() and not path.exists():
        gone = _("This machine has no {path} now. Once the printer is plugged in, papers follow.")
        return Phrase(gone, path=path)
    if kind == "file" and not path.parent.is_dir():
        none = _("There is no folder {folder}: papers wait until it is there.")
        return Phrase(none, folder=path.parent)
    return None


def about_queue(url: str) -> Phrase | None:
    """Return in words what a queue of CUPS takes, and whether it takes it now.

    Raises:
        Invalid: the print service has no such queue.
    """
    way = parse_url(url)
    if not isinstance(way, CupsTransport):
        return None

    async def ask() -> tuple[str, list[str], str]:
        try:
            queue = await way.queue()
            queue.check()
        except PrintError as error:
            names: list[str] = []
            if error.kind == "no_queue":
                with suppress(PrintError):
                    names = await way.names()
            return error.kind, names, error.detail[:150]
        return f"takes {'a picture' if way.takes(queue) == 'picture' else 'raw bytes'}", [], ""

    said, names, detail = asyncio.run(ask())
    if said == "no_queue":
        raise Invalid(
            "The print service has no queue '{name}'. There is: {known}.",
            field="url",
            slug="unknown-print-queue",
            name=way.name,
            known=", ".join(names) or Phrase(_("none")),
        )
    if said.startswith("takes"):
        if "picture" in said:
            return Phrase(
                _("Its printer takes no receipt commands: each ticket is sent as a picture (PDF).")
            )
        return Phrase(_("Its printer gets the raw bytes of a receipt printer."))
    return Now(said, detail=detail).words


def ticket_on_the_line(db: sqlite3.Connection, data: Path, branch: int, name: str) -> list[Phrase]:
    """Return in words how long a ticket is on its way to a printer, where its line is slow."""
    printer = next(row for row in rows.printer_rows(db, branch) if row.name == name)
    can = printer.can()
    if can.baud is None:
        return []
    described = office(db, branch)
    if described is None:
        return []
    # Drawing takes long to load.
    from printer.escpos_bytes import Press  # noqa: PLC0415
    from printer.layout import render  # noqa: PLC0415
    from server.spooling import PRINTER_CACHE, sample  # noqa: PLC0415
    from web.i18n import Catalogs  # noqa: PLC0415

    language = described.languages[0]
    ticket = sample(described, described.paper, language, "", wall_clock(), can)
    words = partial(Catalogs.load().translate, language)
    size = len(render(ticket, words, Press(data / PRINTER_CACHE)))
    told = [
        Phrase(
            _("A ticket is {size} bytes: {seconds} seconds at {baud} baud."),
            size=size, seconds=can.seconds(size), baud=can.baud,
        )
    ]  # fmt: skip
    if can.seconds(size) > SLOW_S and not can.qr:
        told.append(
            Phrase(
                _("A printer that makes QR codes itself is faster with --profile escpos or epson.")
            )
        )
    return told
