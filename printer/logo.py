"""Owns the office's logo: from a picture file to dots for paper, and back from the settings."""

from __future__ import annotations

import base64
import binascii
import io

from PIL import Image, ImageOps, UnidentifiedImageError

from printer.raster import WHITE

MAX_BYTES = 1_000_000
MAX_SIDE = 4000
WIDEST, TALLEST = 384, 160
"""Dots that a logo may take: it fits on 58 mm paper, and leaves the number its place."""
_PREFIX = "data:image/png;base64,"


class NoPicture(ValueError):
    """What was given is no picture that can become a logo; the text says why, in English."""


def shrink(data: bytes) -> str:
    """Return a picture file as a small black-and-white one, as the settings keep it.

    Raises:
        NoPicture: it is too large, or no picture at all.
    """
    if len(data) > MAX_BYTES:
        raise NoPicture("the file is larger than 1 MB")
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if max(opened.size) > MAX_SIDE:
                raise NoPicture(f"it is wider or taller than {MAX_SIDE} dots")
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise NoPicture("it is no picture") from error
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    small = ImageOps.contain(paper.convert("L"), (WIDEST, TALLEST))
    out = io.BytesIO()
    small.convert("1").save(out, "PNG", optimize=True)
    return _PREFIX + base64.b64encode(out.getvalue()).decode("ascii")


def dots(kept: str) -> Image.Image | None:
    """Return the logo that ``shrink`` made, ``None`` for one that cannot be read."""
    if not kept.startswith(_PREFIX):
        return None
    try:
        data = base64.b64decode(kept.removeprefix(_PREFIX), validate=True)
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width > WIDEST or opened.height > TALLEST:
                return None
            picture = Image.new("1", opened.size, WHITE)
            picture.paste(opened.convert("1"))
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None
    return picture
