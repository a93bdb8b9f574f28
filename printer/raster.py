"""Owns black-and-white pictures for paper: QR codes, and making pictures safe to send.

A printer acts on real-time commands (``DLE EOT``, ``DLE ENQ``, ``DLE DC4``) as soon as their
bytes arrive, even inside a picture. Such bytes are rare in pictures, but not impossible.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

WHITE = 255
BLACK = 0
_REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
_BYTE = 8
_INVERTED = bytes(255 - byte for byte in range(256))
QUIET = 4
"""Empty modules around a QR code that ISO/IEC 18004 asks for."""
_MODULE_DOTS = 6
"""0.75 mm at 203 dpi: old phone cameras read it at arm's length."""
_LEAST_MODULE_DOTS = 3


def raster_bytes(picture: Image.Image) -> bytes:
    """Return the rows of a mode "1" picture as a printer gets them: a set bit is black."""
    width, height = picture.size
    padded = Image.new("1", (-(-width // _BYTE) * _BYTE, height), WHITE)
    padded.paste(picture, (0, 0))
    return padded.tobytes().translate(_INVERTED)


def raster_size(picture: Image.Image) -> int:
    """Return how many bytes the rows of a picture take."""
    return -(-picture.width // _BYTE) * picture.height


def dangerous(data: bytes) -> bool:
    """Tell whether a printer would find a real-time command in ``data``."""
    return _REAL_TIME.search(data) is not None


def safe(picture: Image.Image) -> Image.Image:
    """Return the picture without bytes that a printer takes for a real-time command.

    First it is moved to the right by up to 7 dots, which changes all bytes; if that does not
    help, single dots are blackened. The result is as wide as a multiple of 8 dots.
    """
    picture = picture.convert("1", dither=Image.Dither.NONE)
    for shift in range(_BYTE):
        moved = _moved(picture, shift)
        if not dangerous(raster_bytes(moved)):
            return moved
    dotted = _moved(picture, 0)
    row_bytes = dotted.width // _BYTE
    while found := _REAL_TIME.search(raster_bytes(dotted)):
        row, column = divmod(found.start(), row_bytes)
        # 0001 0000 becomes 0001 1000: one dot more, beside a black one.
        dotted.putpixel((column * _BYTE + 4, row), BLACK)
    return dotted


def _moved(picture: Image.Image, shift: int) -> Image.Image:
    width = -(-(picture.width + shift) // _BYTE) * _BYTE
    moved = Image.new("1", (width, picture.height), WHITE)
    moved.paste(picture, (shift, 0))
    return moved


def rule(dots: int, thickness: int = 2) -> Image.Image:
    """Return a horizontal line."""
    return Image.new("1", (dots, thickness), BLACK)


def qr_module(text: str, dots: int) -> int | None:
    """Return how many dots wide a module of the QR code of ``text`` can be.

    Args:
        text: what a phone shall read.
        dots: the widest the code may be with its quiet zone.

    Returns:
        The dots, or ``None`` when it cannot be made so small that it still can be read.
    """
    return _module_dots(_code(text).best_fit(start=1), dots)


def qr(text: str, dots: int, times: Literal[1, 2] = 1) -> Image.Image | None:
    """Return the QR code of ``text`` with its quiet zone, error correction M.

    Drawn here, since many printers cannot make one.

    Args:
        text: what a phone shall read.
        dots: the widest it may be.
        times: the printer will make each dot so many times as wide and high.

    Returns:
        The picture, or ``None`` when it cannot be made so small that it still can be read.
    """
    code = _code(text)
    code.make(fit=True)
    module_dots = _module_dots(code.version, dots)
    if module_dots is None:
        return None
    modules = code.get_matrix()
    side = len(modules)
    small = Image.frombytes(
        "L", (side, side), bytes(BLACK if dark else WHITE for row in modules for dark in row)
    )
    size = side * (module_dots // times)
    return small.resize((size, size), Image.Resampling.NEAREST).convert(
        "1", dither=Image.Dither.NONE
    )


def _code(text: str) -> qrcode.QRCode[Any]:
    code: qrcode.QRCode[Any] = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    return code


def _module_dots(version: int, dots: int) -> int | None:
    module_dots = min(_MODULE_DOTS, dots // (17 + 4 * version + 2 * QUIET))
    return module_dots if module_dots >= _LEAST_MODULE_DOTS else None
