"""Owns finding printers beside the server and trying one, before there is an office."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from printer.cups import CupsTransport
from printer.device import USB_CLASS, USB_NODES
from printer.errors import PrintError, WantsPicture
from printer.escpos_bytes import Press
from printer.layout import Words
from printer.preview import PicturePress
from printer.transport import Delivery, Transport, parse_url
from printer.trial import TrialPaper, render_trial
from server.domain.errors import Invalid

_REACHED = re.compile(
    r"tcp:|cups:|usb:(?:/dev/usb/lp\d{1,3}|[0-9a-f]{4}:[0-9a-f]{4})?$", re.IGNORECASE
)
"""What is set up from a page. A file or another device of this machine is for its technician."""
LOOK_S = 3.0
PRINT_S = 8.0
_MODEL = re.compile(r"(?:^|;)\s*(?:MDL|MODEL|DES|DESCRIPTION)\s*:\s*([^;]+)", re.IGNORECASE)


class Found(msgspec.Struct, frozen=True):
    """A printer that is there: its address, and what it calls itself."""

    url: str
    name: str


async def found() -> list[Found]:
    """Return the printers on USB and the queues of the print service."""
    usb = await asyncio.to_thread(on_usb)
    return [*usb, *await _queues()]


def on_usb(root: Path = USB_CLASS, nodes: Path = USB_NODES) -> list[Found]:
    """Return the printers on USB, by what they say of themselves."""
    told = []
    for node in sorted(nodes.glob("lp*")):
        name = node.name
        with suppress(OSError):
            said = (root / node.name / "device" / "ieee1284_id").read_text("utf-8", "replace")
            model = _MODEL.search(said)
            name = model[1].strip()[:60] if model else name
        told.append(Found(f"usb:{node}", name))
    return told


async def _queues() -> list[Found]:
    """Return the queues of the print service, none where it does not run."""
    try:
        async with asyncio.timeout(LOOK_S):
            names = await CupsTransport("none").names()
    except (PrintError, TimeoutError, OSError):
        return []
    return [Found(f"cups:{name}", name) for name in names if name]


def check_url(url: str) -> Transport:
    """Return the way to a printer that may be set up from a page.

    Raises:
        Invalid: the address is not understood, or is for the technician at the machine.
    """
    way = parse_url(url)
    if not _REACHED.match(url):
        raise Invalid(
            "From here a printer is set up by its network address, on USB, or as a queue of the "
            "print service. Others are added on the server: ramah printer add.",
            field="url",
        )
    return way


async def print_page(url: str, words: Words, press: Press, language: str) -> Delivery:
    """Print a test page.

    Raises:
        Invalid: the address is not one that is set up from a page.
        PrintError: it did not work.
    """
    way = check_url(url)
    page = TrialPaper(name="Ramah", ticket_bytes=0, language=language)
    for each in (press, PicturePress(press)):
        data = await asyncio.to_thread(partial(render_trial, page, words, each))
        try:
            return await way.send(data, timeout=PRINT_S)
        except WantsPicture:
            continue
    raise PrintError("io", "it takes neither commands nor pictures")
