"""Owns the picture of a ticket for people at a screen: the same layout, drawn not printed."""

from __future__ import annotations

import io
import threading

from PIL import Image, ImageDraw

from printer.escpos_bytes import DOTS, Press, Size
from printer.fonts import Fonts
from printer.raster import BLACK, WHITE

_CELL = (12, 24)
_SPACING = 30
_MARGIN = 24
_SCALES: dict[Size, tuple[int, int]] = {"normal": (1, 1), "tall": (1, 2), "double": (2, 2)}
_TALLEST = 4000


class PicturePress(Press):
    """Makes sheets that become a picture; letters stand where the printer would put them."""

    def __init__(self, press: Press) -> None:
        self.fonts: Fonts = press.fonts
        self.lock: threading.RLock = press.lock

    def load(self) -> None:
        """Nothing to load."""

    def sheet(self, width_mm: int) -> PictureSheet:  # type: ignore[override]  # drawn, not sent
        """Return an empty sheet for paper of 58 or 80 mm."""
        return PictureSheet(width_mm, self.fonts)


class PictureSheet:
    """One paper; ``finish`` returns it as PNG."""

    def __init__(self, width_mm: int, fonts: Fonts) -> None:
        self._dots = DOTS[width_mm]
        self._fonts = fonts
        self._items: list[tuple[int, Image.Image]] = []
        self._height = _MARGIN

    def line(
        self, text: str, size: Size = "normal", *, bold: bool = False, inverse: bool = False
    ) -> None:
        """Draw one line of text in cells as wide as the printer's."""
        wide, high = _SCALES[size]
        cell, tall = _CELL[0] * wide, _CELL[1] * high
        font, _ = self._fonts.number_font(round(_CELL[1] * 0.8))
        picture = Image.new("L", (max(1, len(text) * _CELL[0]), _CELL[1]), WHITE)
        draw = ImageDraw.Draw(picture)
        for column, sign in enumerate(text):
            middle = (column * _CELL[0] + _CELL[0] // 2, _CELL[1] * 3 // 4)
            draw.text(middle, sign, fill=BLACK, font=font, anchor="ms", stroke_width=int(bold) // 2)
        picture = picture.resize((max(1, len(text) * cell), tall))
        if inverse:
            picture = Image.eval(picture, lambda value: 255 - value)
        self._put(picture, max(_SPACING, tall + 6))

    def picture(self, picture: Image.Image) -> None:
        """Put a black-and-white picture."""
        self._put(picture.convert("L"), picture.height)

    def gap(self, dots: int) -> None:
        """Leave paper empty."""
        self._height += max(0, dots)

    def finish(self, *, cutter: bool) -> bytes:
        """Return the whole sheet as PNG; with a cutter it ends in a dashed line."""
        height = min(_TALLEST, self._height + _MARGIN * 2)
        sheet = Image.new("L", (self._dots + _MARGIN * 2, height), WHITE)
        for top, picture in self._items:
            sheet.paste(picture, ((sheet.width - picture.width) // 2, top))
        if cutter:
            draw = ImageDraw.Draw(sheet)
            for left in range(0, sheet.width, 16):
                draw.line((left, height - 4, left + 8, height - 4), fill=BLACK)
        out = io.BytesIO()
        sheet.save(out, "PNG")
        return out.getvalue()

    def _put(self, picture: Image.Image, height: int) -> None:
        self._items.append((self._height, picture))
        self._height += height
