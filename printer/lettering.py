"""Owns text drawn as pictures: the giant number, and lines that a printer has no letters for."""

from __future__ import annotations

from PIL import Image, ImageDraw

from printer.fonts import Fonts
from printer.plain import shortened, wrap
from printer.raster import BLACK, WHITE

_CAP = "H"
_DARK = 128
_LINE = 1.42
"""Line height in font sizes: room for what stands above and below Arabic and Thai letters."""
_THIN = 14
"""A thin font gets a stroke of 1/14 of its size to become bold."""


def number_picture(label: str, fonts: Fonts, *, dots: int, height: int) -> Image.Image:
    """Return the giant number, cropped to its ink.

    Args:
        label: such as ``A001``.
        fonts: where letters come from.
        dots: the widest it may be; a longer label gets smaller letters.
        height: of a capital letter, in dots.
    """
    size = height
    font, bold = fonts.number_font(size)
    cap = font.getbbox(_CAP)
    size = max(8, int(size * height / max(1, cap[3] - cap[1])))
    font, bold = fonts.number_font(size)
    width = font.getlength(label)
    if width > dots:
        size = max(8, int(size * dots / width))
        font, bold = fonts.number_font(size)
    stroke = 0 if bold else size // _THIN
    left, top, right, bottom = (
        int(edge) for edge in font.getbbox(label, stroke_width=stroke, anchor="ls")
    )
    canvas = Image.new("L", (right - left, bottom - top), WHITE)
    ImageDraw.Draw(canvas).text(
        (-left, -top), label, fill=BLACK, font=font, stroke_width=stroke, anchor="ls"
    )
    picture = _sharp(canvas)
    return picture.resize((dots, picture.height)) if picture.width > dots else picture


def line_pictures(
    text: str, fonts: Fonts, *, dots: int, size: int, most: int, inverse: bool = False
) -> list[Image.Image]:
    """Return ``text`` as pictures of one line each, broken to the width of the paper.

    What no font can draw is left out; the list is empty when nothing is left.

    Args:
        text: cleaned text in any script.
        fonts: where letters come from.
        dots: the widest a line may be.
        size: font size in dots.
        most: no more lines than this.
        inverse: white on black.
    """
    room = dots - size if inverse else dots

    def measure(piece: str) -> float:
        return sum(font.getlength(part) for part, font in fonts.runs(piece, size))

    lines = shortened(wrap(text, room, measure), most)
    pictures = (_line(line, fonts, size, inverse=inverse) for line in lines)
    return [picture for picture in pictures if picture is not None]


def _line(text: str, fonts: Fonts, size: int, *, inverse: bool) -> Image.Image | None:
    runs = [(part, font) for part, font in fonts.runs(text, size) if part.strip()]
    if not runs:
        return None
    side = size // 2 if inverse else 2
    width = sum(int(font.getlength(part)) + 1 for part, font in runs) + 2 * side
    height = int(size * _LINE)
    canvas = Image.new("L", (width, height), BLACK if inverse else WHITE)
    draw = ImageDraw.Draw(canvas)
    x = side
    baseline = int(height * 0.74)
    for part, font in runs:
        draw.text((x, baseline), part, fill=WHITE if inverse else BLACK, font=font, anchor="ls")
        x += int(font.getlength(part)) + 1
    return _sharp(canvas)


def _sharp(picture: Image.Image) -> Image.Image:
    """Return black and white without grey dots: paper has none."""
    return picture.point([BLACK if level < _DARK else WHITE for level in range(256)], "1")
