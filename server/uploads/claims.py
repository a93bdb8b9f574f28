"""Owns what a picture's head says of its size, read without decoding anything.

Most monstrous pictures tell it themselves: they are refused for the price of a few bytes. What a
head says is only believed when it is too much; all else is looked into apart.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from server.uploads.check import MAX_PHOTO_PIXELS, MAX_PIXELS, MAX_SIDE, too_many

PNG, RIFF, WEBP, JPEG = b"\x89PNG\r\n\x1a\n", b"RIFF", b"WEBP", b"\xff\xd8"
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG's frame head, which holds the size (ITU-T T.81, table B.1)."""
PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length behind them."""
MAX_SEGMENTS = 1_000


def check_claim(path: Path) -> None:
    """Refuse a picture that calls itself too large.

    Raises:
        Invalid: it does.
    """
    with path.open("rb") as file:
        try:
            width, height, most = claim(file)
        except (struct.error, IndexError):
            return  # no head of a picture; whoever looks further says what it is
    if max(width, height) > MAX_SIDE or width * height > most:
        raise too_many()


def claim(file: BinaryIO) -> tuple[int, int, int]:
    """Return width, height and how many pixels such a picture may have."""
    head = file.read(30)
    if head.startswith(PNG):
        return *struct.unpack(">II", head[16:24]), MAX_PIXELS
    if head.startswith(RIFF) and head[8:12] == WEBP:
        return *_webp(head), MAX_PIXELS
    if head.startswith(JPEG):
        return _jpeg(file)
    return 0, 0, 1


def _webp(head: bytes) -> tuple[int, int]:
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _jpeg(file: BinaryIO) -> tuple[int, int, int]:
    file.seek(2)
    for _ in range(MAX_SEGMENTS):
        mark = file.read(2)
        if mark[0] != 0xFF:  # noqa: PLR2004 - every marker begins so
            break
        kind = mark[1]
        if kind == 0xFF:  # noqa: PLR2004 - a byte to fill up
            file.seek(-1, 1)
            continue
        if kind in ALONE:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if kind in FRAMES:
            height, width = struct.unpack(">HH", file.read(5)[1:])
            return width, height, MAX_PIXELS if kind in PROGRESSIVE else MAX_PHOTO_PIXELS
        file.seek(length - 2, 1)
    return 0, 0, 1
