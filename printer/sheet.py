"""Owns how a ticket that was drawn as a picture becomes a page for office printers."""

from __future__ import annotations

import io
import threading

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"
DPI = 203
"""Of the picture: the dots of a receipt printer."""
ROLL_MM = 112.0
"""Paper up to this width comes from a roll, and its page is as long as the ticket."""
_BORDER_MM = 10.0
_LARGEST_MM = 450.0
_WHITE = 255
_ALONE = threading.Lock()
"""One page at a time: a page is a few megabytes while it is made."""


def is_picture(data: bytes) -> bool:
    """Whether this is a picture, not commands for a receipt printer."""
    return data.startswith(PNG)


def page(picture: bytes, width_mm: float, height_mm: float) -> bytes:
    """Return a PDF of one page with the ticket at its top, in its true size where it fits.

    Args:
        picture: the ticket as PNG, 203 dots an inch.
        width_mm: of the sheet; 0 for not known: the page is as large as the ticket.
        height_mm: of the sheet.
    """
    with _ALONE, Image.open(io.BytesIO(picture), formats=("PNG",)) as drawn:
        ticket = drawn.convert("L")
        if 0 < width_mm <= _LARGEST_MM and 0 < height_mm <= _LARGEST_MM:
            ticket = _placed(ticket, width_mm, height_mm)
        out = io.BytesIO()
        ticket.convert("1", dither=Image.Dither.NONE).save(out, "PDF", resolution=DPI)
        return out.getvalue()


def _placed(ticket: Image.Image, width_mm: float, height_mm: float) -> Image.Image:
    roll = width_mm <= ROLL_MM
    border = 0 if roll else _dots(_BORDER_MM)
    width = _dots(width_mm)
    room = width - 2 * border
    most = ticket.height if roll else _dots(height_mm) - 2 * border
    scale = min(1.0, room / ticket.width, most / ticket.height)
    if scale < 1:
        size = (max(1, int(ticket.width * scale)), max(1, int(ticket.height * scale)))
        ticket = ticket.resize(size, Image.Resampling.LANCZOS)
    height = ticket.height if roll else _dots(height_mm)
    sheet = Image.new("L", (width, height), _WHITE)
    sheet.paste(ticket, ((width - ticket.width) // 2, border))
    return sheet


def _dots(millimetres: float) -> int:
    return round(millimetres / 25.4 * DPI)
