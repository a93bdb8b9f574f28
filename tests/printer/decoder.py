"""A small ESC/POS printer in memory, written from the command manuals; not python-escpos.

``decode`` walks the bytes as a printer does and stops at the first one it does not know.
``Ticket.picture`` shows what a person would hold in the hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
CELL = (12, 24)
LINE_SPACING = 30
DOUBLED = 3
"""Mode of ``GS v 0`` in which each dot is printed twice as wide and high."""


@dataclass(frozen=True)
class Text:
    words: str
    width: int = 1
    height: int = 1
    bold: bool = False
    inverse: bool = False
    align: int = 0
    code_page: int = 0
    spacing: int = LINE_SPACING
    underline: int = 0
    smooth: bool = False


@dataclass(frozen=True)
class Code:
    """A QR code that the printer makes itself."""

    words: str
    module: int
    level: str
    align: int

    @property
    def picture(self) -> Image.Image:
        """As it is printed: without a quiet zone."""
        made = zxingcpp.create_barcode(
            self.words, zxingcpp.BarcodeFormat.QRCode, ec_level=self.level
        )
        drawn = zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False)
        small = Image.fromarray(drawn)
        size = (small.width * self.module, small.height * self.module)
        return small.resize(size, Image.Resampling.NEAREST)


@dataclass(frozen=True)
class Raster:
    picture: Image.Image
    align: int


@dataclass(frozen=True)
class Feed:
    dots: int


@dataclass(frozen=True)
class Cut:
    partial: bool


Item = Text | Raster | Code | Feed | Cut


@dataclass
class Ticket:
    items: list[Item] = field(default_factory=list)
    real_time: list[bytes] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(item.words for item in self.items if isinstance(item, Text))

    @property
    def texts(self) -> list[Text]:
        return [item for item in self.items if isinstance(item, Text)]

    @property
    def rasters(self) -> list[Image.Image]:
        return [item.picture for item in self.items if isinstance(item, Raster)]

    @property
    def codes(self) -> list[Code]:
        return [item for item in self.items if isinstance(item, Code)]

    @property
    def cuts(self) -> list[Cut]:
        return [item for item in self.items if isinstance(item, Cut)]

    def picture(self, dots: int) -> Image.Image:
        """Draw the paper, ``dots`` wide, up to its end."""
        heights = [_height(item) for item in self.items]
        paper = Image.new("L", (dots, sum(heights) or 1), 255)
        y = 0
        for item, height in zip(self.items, heights, strict=True):
            if isinstance(item, Text) and item.words:
                drawn = _letters(item)
                paper.paste(drawn, (_left(item.align, dots, drawn.width), y))
            elif isinstance(item, Raster | Code):
                left = _left(item.align, dots, item.picture.width)
                paper.paste(item.picture.convert("L"), (left, y))
            y += height
        return paper


@dataclass
class _State:
    align: int = 0
    width: int = 1
    height: int = 1
    bold: bool = False
    inverse: bool = False
    code_page: int = 0
    spacing: int = LINE_SPACING
    underline: int = 0
    smooth: bool = False
    kanji: bool = False
    """Two bytes beyond ASCII would be one Chinese sign."""
    stored: str = ""
    module: int = 3
    level: str = "L"


class UnknownCommand(Exception):
    pass


def decode(data: bytes, *, kanji: bool = False) -> Ticket:
    """Walk all commands; with ``kanji`` as a printer that starts in its Chinese mode.

    Raises:
        UnknownCommand: says which bytes, and where.
    """
    ticket = Ticket()
    state = _State(kanji=kanji)
    line = bytearray()
    at = 0
    while at < len(data):
        byte = data[at]
        if byte in (0x10, 0x1B, 0x1D, 0x1C):
            if line and byte != 0x10:
                raise UnknownCommand(f"a command in the middle of a line at {at}: {line!r}")
            at = _command(data, at, state, ticket)
        elif byte == 0x0A:
            ticket.items.append(_text(bytes(line), state))
            line.clear()
            at += 1
        elif byte < 0x20:
            raise UnknownCommand(f"control byte {byte:#04x} at {at}")
        else:
            line.append(byte)
            at += 1
    if line:
        raise UnknownCommand(f"text never printed: {line!r}")
    return ticket


def _text(line: bytes, state: _State) -> Text:
    return Text(
        line.decode("gb18030", "replace")
        if state.kanji
        else line.decode(CODE_PAGES[state.code_page]),
        state.width,
        state.height,
        state.bold,
        state.inverse,
        state.align,
        state.code_page,
        state.spacing,
        state.underline,
        state.smooth,
    )


def _command(  # noqa: C901, PLR0911, PLR0912  # one case per command, as in the manual
    data: bytes, at: int, state: _State, ticket: Ticket
) -> int:
    """Carry out the command at ``at`` and return where the next one starts."""
    name = data[at : at + 2]
    argument = data[at + 2] if at + 2 < len(data) else -1
    match name:
        case b"\x10\x04":
            ticket.real_time.append(data[at : at + 3])
        case b"\x1b@":
            state.__init__(kanji=state.kanji)  # type: ignore[misc]  # back to power-on
            return at + 2
        case b"\x1c.":
            state.kanji = False
            return at + 2
        case b"\x1b-":
            state.underline = argument % 48
        case b"\x1db":
            state.smooth = bool(argument & 1)
        case b"\x1d(":
            return _code(data, at, state, ticket)
        case b"\x1b2":
            state.spacing = LINE_SPACING
            return at + 2
        case b"\x1b3":
            state.spacing = argument
        case b"\x1ba":
            state.align = argument % 48
        case b"\x1bE":
            state.bold = bool(argument & 1)
        case b"\x1b!":
            state.bold = bool(argument & 8)
            state.height = 2 if argument & 16 else 1
            state.width = 2 if argument & 32 else 1
        case b"\x1bR" | b"\x1bM":
            if argument != 0:
                raise UnknownCommand(f"{name!r} {argument} is not expected")
        case b"\x1bt":
            state.code_page = argument
        case b"\x1bJ":
            ticket.items.append(Feed(argument))
        case b"\x1bd":
            ticket.items.append(Feed(argument * state.spacing))
        case b"\x1d!":
            state.width, state.height = (argument >> 4) + 1, (argument & 15) + 1
        case b"\x1dB":
            state.inverse = bool(argument & 1)
        case b"\x1dr":
            ticket.real_time.append(data[at : at + 3])
        case b"\x1dV":
            ticket.items.append(Cut(partial=argument in (1, 49, 66)))
            return at + (4 if argument >= 65 else 3)
        case b"\x1dv":
            return _raster(data, at, state, ticket)
        case _:
            raise UnknownCommand(f"{data[at : at + 8]!r} at {at}")
    return at + 3


def _code(data: bytes, at: int, state: _State, ticket: Ticket) -> int:
    """``GS ( k``: set up, store and print a QR code."""
    size = data[at + 3] + 256 * data[at + 4]
    body = data[at + 5 : at + 5 + size]
    if data[at + 2 : at + 3] != b"k" or len(body) != size or body[:1] != b"1":
        raise UnknownCommand(f"{data[at : at + 8]!r} at {at}")
    function, rest = body[1], body[2:]
    match function:
        case 65:
            if rest != b"2\x00":
                raise UnknownCommand(f"QR model {rest!r} at {at}")
        case 67:
            state.module = rest[0]
        case 69:
            state.level = "LMQH"[rest[0] - 48]
        case 80:
            state.stored = rest[1:].decode("ascii")
        case 81:
            ticket.items.append(Code(state.stored, state.module, state.level, state.align))
        case _:
            raise UnknownCommand(f"GS ( k function {function} at {at}")
    return at + 5 + size


def _raster(data: bytes, at: int, state: _State, ticket: Ticket) -> int:
    if data[at + 2 : at + 4] not in {b"0\x00", b"0\x03"}:
        raise UnknownCommand(f"raster mode {data[at + 2 : at + 4]!r} at {at}")
    row_bytes = data[at + 4] + 256 * data[at + 5]
    rows = data[at + 6] + 256 * data[at + 7]
    start = at + 8
    body = data[start : start + row_bytes * rows]
    if len(body) != row_bytes * rows:
        raise UnknownCommand(f"raster at {at} ends too early")
    white_is_one = bytes(byte ^ 0xFF for byte in body)
    picture = Image.frombytes("1", (row_bytes * 8, rows), white_is_one)
    if data[at + 3] == DOUBLED:
        picture = picture.resize((picture.width * 2, rows * 2), Image.Resampling.NEAREST)
    ticket.items.append(Raster(picture, state.align))
    return start + len(body)


def _height(item: Item) -> int:
    match item:
        case Text(height=height, spacing=spacing):
            return max(spacing, CELL[1] * height)
        case Raster(picture=picture):
            return picture.height
        case Code():
            return item.picture.height
        case Feed(dots=dots):
            return dots
        case _:
            return 0


def _left(align: int, dots: int, width: int) -> int:
    if width > dots:
        raise AssertionError(f"{width} dots do not fit on paper of {dots}")
    return (0, (dots - width) // 2, dots - width)[align]


def _letters(text: Text) -> Image.Image:
    """Draw printer letters: fixed cells of 12 x 24 dots, multiplied."""
    cells = Image.new("L", (CELL[0] * len(text.words), CELL[1]), 255)
    draw = ImageDraw.Draw(cells)
    draw.fontmode = "1"
    for index, letter in enumerate(text.words):
        draw.text((index * CELL[0], 19), letter, fill=0, font=_printer_font(), anchor="ls")
        if text.bold:
            draw.text((index * CELL[0] + 1, 19), letter, fill=0, font=_printer_font(), anchor="ls")
    if text.underline:
        draw.rectangle((0, CELL[1] - text.underline, cells.width, CELL[1]), fill=0)
    if text.inverse:
        cells = cells.point([255 - level for level in range(256)])
    return cells.resize(
        (cells.width * text.width, cells.height * text.height), Image.Resampling.NEAREST
    )


@lru_cache(maxsize=1)
def _printer_font() -> ImageFont.FreeTypeFont:
    for path in (
        "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
        "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    ):
        if Path(path).is_file():
            return ImageFont.truetype(path, 20)
    font = ImageFont.load_default(17)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
