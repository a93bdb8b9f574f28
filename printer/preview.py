"""Owns the picture of a ticket for people at a screen: the same layout, drawn not printed."""

from __future__ import annotations

import io
import math
import threading
from typing import Literal

from PIL import Image, ImageDraw

from printer.escpos_bytes import SIZES, Press, Size
from printer.fonts import Fonts
from printer.profile import CELL_DOTS, Fitted
from printer.raster import BLACK, QUIET, WHITE, qr, qr_module

_CELL = (CELL_DOTS, 24)
_SPACING = 30
_BASELINE = 18
_MARGIN = 24
_DARK = 128
_TALLEST = 4000


class PicturePress(Press):
    """Makes sheets that become a picture; letters stand where the printer would put them."""

    def __init__(self, press: Press) -> None:
        self.fonts: Fonts = press.fonts
        self.lock: threading.RLock = press.lock

    def load(self) -> None:
        """Nothing to load."""

    def sheet(self, paper: Fitted) -> PictureSheet:  # type: ignore[override]  # drawn, not sent
        """Return an empty sheet for this printer and its paper."""
        return PictureSheet(paper, self.fonts)


class PictureSheet:
    """One paper; ``finish`` returns it as PNG."""

    def __init__(self, paper: Fitted, fonts: Fonts) -> None:
        self._paper = paper
        self._fonts = fonts
        self._items: list[tuple[int, Image.Image]] = []
        self._height = _MARGIN

    def line(
        self, text: str, size: Size = "normal", *, bold: bool = False, inverse: bool = False
    ) -> None:
        """Draw one line of text in cells as wide as the printer's."""
        wide, high = SIZES[size]
        picture = self._cells(text, bold=bold).resize(
            (max(1, len(text) * _CELL[0] * wide), _CELL[1] * high)
        )
        if inverse:
            picture = Image.eval(picture, lambda value: 255 - value)
        self._put(picture, max(_SPACING, picture.height + 6))

    def letters(self, text: str, wide: int, high: int) -> None:
        """Draw large letters: with stairs, unless the printer rounds them."""
        size = (max(1, len(text) * _CELL[0] * wide), _CELL[1] * high)
        if self._paper.can.smooth:
            picture = self._cells(text, times=high).resize(size)
        else:
            stairs = _sharp(self._cells(text))
            picture = stairs.resize(size, Image.Resampling.NEAREST).convert("L")
        self._put(picture, picture.height)

    def rule(self, columns: int) -> None:
        """Draw a horizontal line where underlined spaces have theirs."""
        line = Image.new("L", (columns * _CELL[0], _CELL[1]), WHITE)
        line.paste(BLACK, (0, _CELL[1] - 2, line.width, _CELL[1]))
        self._put(line, _SPACING)

    def code(self, text: str, module_dots: int) -> None:
        """Draw the QR code that the printer makes, without the quiet zone that it leaves out."""
        code, drawn = qr(text, self._paper.dots), qr_module(text, self._paper.dots)
        if code is not None and drawn is not None:
            edge = QUIET * drawn
            bare = code.crop((edge, edge, code.width - edge, code.height - edge))
            side = bare.width * module_dots // drawn
            self.picture(bare.resize((side, side), Image.Resampling.NEAREST))

    def picture(self, picture: Image.Image, times: Literal[1, 2] = 1) -> None:
        """Put a black-and-white picture, in dots so many times as wide and high."""
        size = (picture.width * times, picture.height * times)
        large = picture.convert("L").resize(size, Image.Resampling.NEAREST)
        self._put(large, large.height)

    def gap(self, dots: int) -> None:
        """Leave paper empty."""
        self._height += max(0, dots)

    def finish(self) -> bytes:
        """Return the whole sheet as PNG; with a cutter it ends in a dashed line."""
        height = min(_TALLEST, self._height + _MARGIN * 2)
        sheet = Image.new("L", (self._paper.dots + _MARGIN * 2, height), WHITE)
        for top, picture in self._items:
            sheet.paste(picture, ((sheet.width - picture.width) // 2, top))
        if self._paper.cut:
            draw = ImageDraw.Draw(sheet)
            for left in range(0, sheet.width, 16):
                draw.line((left, height - 4, left + 8, height - 4), fill=BLACK)
        out = io.BytesIO()
        sheet.save(out, "PNG")
        return out.getvalue()

    def _cells(self, text: str, *, bold: bool = False, times: int = 1) -> Image.Image:
        """Draw letters in the printer's cells, ``times`` as large."""
        wide, high = _CELL[0] * times, _CELL[1] * times
        size = round(high * 0.8)
        font, _ = self._fonts.number_font(size)
        plain = self._fonts.runs(text, size)
        if not bold and len(plain) == 1:
            font = plain[0][1]
        picture = Image.new("L", (max(1, len(text) * wide), high), WHITE)
        draw = ImageDraw.Draw(picture)
        for column, sign in enumerate(text):
            own = math.ceil(font.getlength(sign))
            if own <= wide:
                middle = (column * wide + wide // 2, _BASELINE * times)
                draw.text(middle, sign, fill=BLACK, font=font, anchor="ms")
            else:  # a printer's M is no wider than its i
                cell = Image.new("L", (own, high), WHITE)
                ImageDraw.Draw(cell).text(
                    (0, _BASELINE * times), sign, fill=BLACK, font=font, anchor="ls"
                )
                picture.paste(cell.resize((wide, high), Image.Resampling.BOX), (column * wide, 0))
        return picture

    def _put(self, picture: Image.Image, height: int) -> None:
        self._items.append((self._height, picture))
        self._height += height


def _sharp(picture: Image.Image) -> Image.Image:
    return picture.point([BLACK if level < _DARK else WHITE for level in range(256)], "1")
