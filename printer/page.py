"""Owns a sheet that knows its printer: what leaves in its letters, what is drawn, and how large."""

from __future__ import annotations

from typing import Literal

from PIL import Image

from printer.escpos_bytes import SIZES, Press, Sheet, Size, codeable
from printer.fonts import Fonts
from printer.lettering import line_pictures, number_picture
from printer.logo import halved, inked
from printer.plain import ascii_only, clean, shortened, spelled, wrap
from printer.profile import Fitted
from printer.raster import QUIET, qr, qr_module, raster_size, rule

_NUMBER_DOTS = {58: 104, 80: 152}
"""Height of the drawn number, by paper width: 13 and 19 mm."""
_NUMBER_SHARE = 0.92
_NUMBER_GAP = 24
_RULE_GAP = 12
_TALLER = 1
"""Large letters are so many times higher than wide: they are read from further away."""
_LETTER_DOTS: dict[Size, int] = {"normal": 25, "tall": 36, "double": 46}
"""Font size of a drawn line beside printer letters of the same size."""
_NAME_LINES = 3
_LARGE_LINES = 2
_LEAN_LOGO = 1920
"""Bytes that a lean logo may have as it is: two seconds at 9600 baud."""


class Page:
    """One paper as a layout sees it. Hold ``press.lock`` while it is made.

    A line leaves as text if the printer has a letter for each of its signs; any other is drawn,
    and what no font can draw is left out rather than printed as a wrong sign.

    Args:
        press: where sheets and fonts come from.
        paper: the printer and what is in it.
    """

    def __init__(self, press: Press, paper: Fitted) -> None:
        self.sheet: Sheet = press.sheet(paper)
        self.named = False
        """The number stands on the paper as text."""
        self._paper = paper
        self._fonts: Fonts = press.fonts

    def has(self, text: str) -> bool:
        """Tell whether the printer has letters for all of ``text``."""
        if ascii_only(text):
            return True
        code_page = self._paper.can.code_page
        if not code_page or not text.isprintable():
            return False
        try:
            text.encode(code_page)
        except UnicodeEncodeError:
            return False
        return True

    def gap(self, dots: int) -> None:
        """Leave paper empty."""
        self.sheet.gap(dots)

    def rule(self) -> None:
        """Print a horizontal line, two thirds of the paper wide, with room above and below."""
        if self._paper.can.lean:
            self.sheet.rule(self._paper.columns * 2 // 3)
        else:
            self.gap(_RULE_GAP)
            self.sheet.picture(rule(self._paper.dots * 2 // 3))
        self.gap(_RULE_GAP)

    def picture(self, picture: Image.Image) -> None:
        """Print a black-and-white picture."""
        self.sheet.picture(picture)

    def logo(self, picture: Image.Image) -> bool:
        """Print the office's logo as this printer gets it; ``False`` where it gets none."""
        ink = inked(picture)
        if self._paper.can.logo == "no" or ink is None:
            return False
        if self._paper.can.logo == "full" or raster_size(ink) <= _LEAN_LOGO:
            self.sheet.picture(ink)
        else:
            self.sheet.picture(halved(ink), 2)
        return True

    def code(self, text: str) -> bool:
        """Print a QR code; ``False`` when it would be too large or too fine to be read."""
        if self._paper.can.qr and codeable(text):
            module_dots = qr_module(text, self._paper.dots)
            if module_dots is None:
                return False
            # The printer leaves no quiet zone above and below.
            self.gap(QUIET * module_dots)
            self.sheet.code(text, module_dots)
            self.gap(QUIET * module_dots)
            return True
        # Drawn in dots of double size the same code has a quarter of the bytes.
        times: Literal[1, 2] = 1
        if self._paper.can.lean and (qr_module(text, self._paper.dots) or 1) % 2 == 0:
            times = 2
        code = qr(text, self._paper.dots, times)
        if code is not None:
            self.sheet.picture(code, times)
        return code is not None

    def number(self, label: str) -> None:
        """Print the ticket's number as large as the paper allows, with room above and below."""
        text = self._clean(label)
        most = self._paper.can.times
        wide = min(most, self._paper.columns // max(1, len(text)))
        if self._paper.can.lean and wide > 1 and self.has(text):
            # Their cells have room above and below.
            self.sheet.letters(text, wide, min(most, wide + _TALLER))
            self.named = True
            return
        self.gap(_NUMBER_GAP // 2)
        self.sheet.picture(
            number_picture(
                text,
                self._fonts,
                dots=int(self._paper.dots * _NUMBER_SHARE),
                height=_NUMBER_DOTS[self._paper.width_mm],
            )
        )
        self.gap(_NUMBER_GAP)

    def large(self, text: str) -> None:
        """Print words in double size if they fit on two lines, else narrower."""
        fits = len(self._lines(self._clean(text), "double")) <= _LARGE_LINES
        self.say(text, "double" if fits else "tall", bold=True, most=_NAME_LINES)

    def mark(self, text: str) -> None:
        """Print a few words white on black."""
        text = self._clean(text)
        if self.has(text):
            for line in wrap(text, self._paper.columns // 2 - 2):
                self.sheet.line(f" {line} ", "double", bold=True, inverse=True)
        else:
            self._draw(text, "double", 2, bold=True, inverse=True)

    def say(self, text: str, size: Size = "normal", *, bold: bool = False, most: int = 3) -> None:
        """Print words, broken into lines; in letters of the printer if it surely has them."""
        text = self._clean(text)
        if not self.has(text):
            self._draw(text, size, most, bold=bold)
            return
        for line in shortened(self._lines(text, size), most):
            self.sheet.line(line, size, bold=bold)

    def _clean(self, text: str) -> str:
        return clean(text, self.has)

    def _lines(self, text: str, size: Size) -> list[str]:
        return wrap(text, self._paper.columns // SIZES[size][0])

    def _draw(self, text: str, size: Size, most: int, *, bold: bool, inverse: bool = False) -> None:
        """Print a line in a script that printers lack; without a font, as near as ASCII goes."""
        if not self._fonts.covers(text):
            fonts = self._fonts
            text = clean("".join(sign if fonts.covers(sign) else spelled(sign) for sign in text))
            if self.has(text):
                if inverse:
                    self.mark(text)
                else:
                    self.say(text, size, bold=bold, most=most)
                return
        pictures: list[Image.Image] = line_pictures(
            text,
            self._fonts,
            dots=self._paper.dots,
            size=_LETTER_DOTS[size],
            most=most,
            inverse=inverse,
        )
        for picture in pictures:
            self.sheet.picture(picture)
