"""Owns the sheets for the walls: a page a place with its QR, A5 or A6, tagged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Literal

import msgspec
import typst

from server.domain.comfort import ComfortPlace
from server.domain.names import named
from server.domain.office import Office
from server.domain.words import marked as _
from server.reports.paper import STANDARDS

Translate = Callable[..., str]
ASKED = _("Is something not well here?")
SCAN = _("Point your phone's camera here and tell us. No name, no log-in.")
EVERY = _("Looked at every {n} minutes")
TIMES = _("Looked at: {times}")


class Wall(msgspec.Struct, frozen=True):
    """What hangs on one wall."""

    office: Office
    place: ComfortPlace
    qr: bytes


async def pdf(walls: Sequence[Wall], translate: Translate, language: str, size: str) -> bytes:
    """Return the sheets as a PDF, set beside the event loop."""
    return await asyncio.to_thread(render, walls, translate, language, size)


def render(
    walls: Sequence[Wall], translate: Translate, language: str, size: str,
    form: Literal["pdf", "png"] = "pdf",
) -> bytes:  # fmt: skip
    """Return the sheets as ``pdf``, or the first one as ``png`` to look at."""
    source = (resources.files("server.comfort") / "sheet.typ").read_bytes()
    data = msgspec.json.encode({
        "paper": size,
        "lang": language,
        "title": translate(language, _("Sheets for the walls")),
        "sheets": [_sheet(each, translate, language) for each in walls],
    }).decode()  # fmt: skip
    made: bytes | list[bytes] = typst.compile(
        source, format=form, sys_inputs={"data": data}, ppi=90,
        pdf_standards=[*STANDARDS] if form == "pdf" else None,
    )  # fmt: skip
    return made[0] if isinstance(made, list) else made


def _sheet(wall: Wall, translate: Translate, language: str) -> dict[str, object]:
    place, office = wall.place, wall.office
    languages = list(dict.fromkeys([language, *office.languages]))[:2]
    if place.times:
        when = translate(language, TIMES, times=", ".join(sorted(place.times)))
    else:
        when = translate(language, EVERY, n=place.every_minutes) if place.every_minutes else ""
    return {
        "office": office.name,
        "name": named(place.names, language, place.code),
        "also": [
            name
            for each in languages[1:]
            if (name := place.names.get(each)) and name != place.names.get(language)
        ],
        "words": [
            {"lang": each, "asked": translate(each, ASKED), "scan": translate(each, SCAN)}
            for each in languages
        ],
        "qr": wall.qr.decode(),
        "alt": translate(language, _("QR code of {place}"), place=named(place.names, language, "")),
        "foot": " · ".join(filter(None, [when, named(place.who, language, "")])),
    }
