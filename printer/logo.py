"""Owns the office's logo: from a picture file to dots for paper, and back from the settings."""

from __future__ import annotations

import base64
import binascii
import io

from PIL import Image, ImageChops, ImageOps, ImageStat

from printer.raster import BLACK, WHITE
from server.domain.words import marked as _

MAX_BYTES = 1_000_000
MAX_SIDE = 10_000
MOST_DOTS = 4_000_000
"""Of a picture that is decoded whole: 16 MB, four bytes a dot, about three times that in all."""
MOST_PHOTO_DOTS = 24_000_000
"""Of a JPEG, which can be decoded small."""
FORMATS = ("PNG", "JPEG", "WEBP")
"""Named at each opening, so that no reader of any other format ever sees what strangers send.
The one of JPEG also reads MPO, a JPEG with a second picture behind it, as phones make them."""
_PHOTOS = {"JPEG", "MPO"}
WIDEST, TALLEST = 384, 160
"""Dots that a logo may take: it fits on 58 mm paper, and leaves the number its place."""
_PREFIX = "data:image/png;base64,"
_DEEP = ("I", "F")
"""First letters of modes with more than eight bits a dot."""
_TO_EIGHT_BITS = 1 / 257
_NEGATIVE = [WHITE - level for level in range(256)]
_HALF_OR_MORE = [BLACK if level <= WHITE // 2 + 1 else WHITE for level in range(256)]
"""Of the four dots that become one, two are enough to make it black: a thin line is one of two."""
_PATCH = 8
"""Dots of a place in which a picture has its grey."""
_GREYISH = 0.36
"""Of all ink, what may stand elsewhere than it did; lines of two or three dots move a quarter."""

TOO_LARGE = _("the file is larger than 1 MB")
TOO_MANY = _("it has too many dots; 2,000 x 2,000 are plenty")
NO_PICTURE = _("it is no PNG, JPEG or WebP picture, or a damaged one")


class NoPicture(ValueError):
    """What was given is no picture that can become a logo; the text says why, in English."""


def shrink(data: bytes) -> str:
    """Return a picture file as a small black-and-white one, as the settings keep it.

    How large it would be in memory is known before it is decoded: at most about 100 MB.

    Raises:
        NoPicture: it is too large, or no picture of a format that is read here.
    """
    if len(data) > MAX_BYTES:
        raise NoPicture(TOO_LARGE)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            fits = _fits(opened)
            picture = _rgba(opened) if fits else None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoPicture(TOO_MANY) from error
    # A damaged file raises nearly anything, whichever the reader stumbles upon.
    except Exception as error:
        raise NoPicture(NO_PICTURE) from error
    if picture is None:
        raise NoPicture(TOO_MANY)
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    small = ImageOps.contain(paper.convert("L"), (WIDEST, TALLEST))
    out = io.BytesIO()
    small.convert("1").save(out, "PNG", optimize=True)
    return _PREFIX + base64.b64encode(out.getvalue()).decode("ascii")


def _fits(opened: Image.Image) -> bool:
    most = MOST_PHOTO_DOTS if opened.format in _PHOTOS else MOST_DOTS
    return max(opened.size) <= MAX_SIDE and opened.width * opened.height <= most


def _rgba(opened: Image.Image) -> Image.Image:
    """Decode the picture, photos not larger than needed; eight bits a colour, whatever it had."""
    if opened.format in _PHOTOS:
        opened.draft(None, (2 * WIDEST, 2 * TALLEST))
    if opened.mode.startswith(_DEEP):
        deep = opened.convert("F").point(lambda value: value * _TO_EIGHT_BITS)
        return deep.convert("L").convert("RGBA")
    if opened.mode in {"CMYK", "YCbCr", "LAB"}:
        return opened.convert("RGB").convert("RGBA")
    return opened.convert("RGBA")


def dots(kept: str) -> Image.Image | None:
    """Return the logo that ``shrink`` made, ``None`` for one that cannot be read."""
    if not kept.startswith(_PREFIX):
        return None
    try:
        data = base64.b64decode(kept.removeprefix(_PREFIX), validate=True)
        with Image.open(io.BytesIO(data), formats=("PNG",)) as opened:
            if opened.width > WIDEST or opened.height > TALLEST:
                return None
            picture = Image.new("1", opened.size, WHITE)
            picture.paste(opened.convert("1"))
    except (binascii.Error, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return picture


def inked(picture: Image.Image) -> Image.Image | None:
    """Return a logo without the white around it, ``None`` when nothing but white is there."""
    box = picture.convert("L").point(_NEGATIVE).getbbox()
    return None if box is None else picture.crop(box)


def halved(picture: Image.Image) -> Image.Image:
    """Return a black-and-white picture of half the width and height.

    Lines stay whole, unless that changes how dark the picture is: a grey, which is scattered
    dots, would become black or white, so it is made anew of fewer dots.
    """
    width, height = (-(-side // 2) for side in picture.size)
    even = Image.new("L", (2 * width, 2 * height), WHITE)
    even.paste(picture)
    small = even.resize((width, height), Image.Resampling.BOX)
    drawn = small.point(_HALF_OR_MORE)
    patches = (-(-width // _PATCH), -(-height // _PATCH))
    ink = [ImageOps.invert(each).resize(patches, Image.Resampling.BOX) for each in (small, drawn)]
    wrong = sum(ImageStat.Stat(ImageChops.difference(*ink)).sum)
    if wrong > _GREYISH * sum(ImageStat.Stat(ink[0]).sum):
        return small.convert("1")
    return drawn.convert("1", dither=Image.Dither.NONE)
