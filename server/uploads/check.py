"""Owns looking into uploaded files: what they really are, and whether a screen can play them.

The name and the type a browser claims count for nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from PIL import Image, ImageOps

from server.domain.errors import Invalid

MAX_SIDE = 12_000
MAX_PIXELS = 25_000_000
"""Of a picture that is decoded whole, four bytes each: about 100 MB."""
MAX_PHOTO_PIXELS = 60_000_000
"""Of a JPEG that can be decoded small."""
MAX_BOXES = 5_000
"""Boxes looked at in a film; a real one has a few dozen, a made one could have millions."""
SCREEN = (3840, 2160)
"""Larger pictures are made smaller: no screen shows more, and a weak one chokes on more."""
PHOTO = (1280, 1280)
"""A photo that somebody acts on: a crack and a puddle can be seen, and it is some 200 kB."""
PHOTOS = {"JPEG", "MPO"}
"""The reader of JPEG also reads MPO, a JPEG with a second picture behind it, as phones make."""
IMAGES = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}
HEAD = 64
EBML, WEBM = b"\x1a\x45\xdf\xa3", b"webm"


class Found(msgspec.Struct, frozen=True):
    """What a file is."""

    kind: str
    type: str
    ending: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0


def _unknown() -> Invalid:
    return Invalid("Please choose a JPEG, PNG or WebP picture, or an MP4 or WebM video.",
                   field="body")  # fmt: skip


def look(path: Path) -> Found:
    """Return what a file is.

    Raises:
        Invalid: it is nothing a screen plays, is broken, or is too large in pixels.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        if head[4:8] == b"ftyp":
            return _mp4(file, path.stat().st_size)
        if head.startswith(EBML):
            if WEBM not in head:
                raise _unknown()
            return _fitting(Found("video", "video/webm", "webm"))
    return _image(path)


def _fitting(found: Found) -> Found:
    if max(found.width, found.height) > 4096:  # noqa: PLR2004 - what players decode in hardware
        raise Invalid("A video is at most 4096 pixels wide or high.", field="body")
    return found


def _image(path: Path) -> Found:
    try:
        with Image.open(path, formats=list(IMAGES)) as image:
            width, height = image.size
            _check_size(image)
            kind, ending = IMAGES["JPEG" if image.format == "MPO" else image.format or ""]
            image.draft(None, SCREEN)
            image.load()
    except Invalid:
        raise
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_many() from None
    except Exception:  # noqa: BLE001 - a damaged file raises nearly anything
        raise _unknown() from None
    return Found("image", kind, ending, width, height)


def _check_size(image: Image.Image) -> None:
    if max(image.size) > MAX_SIDE or image.width * image.height > _most(image):
        raise too_many()


def _most(image: Image.Image) -> int:
    """Return how many pixels a picture of this kind may have.

    A progressive JPEG keeps all its coefficients in memory, however small it is decoded.
    """
    small = image.format in PHOTOS and not image.info.get("progressive")
    return MAX_PHOTO_PIXELS if small else MAX_PIXELS


def too_many() -> Invalid:
    """Return the refusal of a picture that would fill the memory."""
    return Invalid("This picture has too many pixels.", field="body")


def redraw(path: Path, found: Found, box: tuple[int, int] = SCREEN) -> Found:
    """Write a picture anew: upright, no larger than ``box``, without place and camera data.

    Raises:
        Invalid: it cannot be drawn, though it could be read.
    """
    form = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[found.ending]
    try:
        with Image.open(path, formats=list(IMAGES)) as opened:
            opened.draft(None, box)
            opened.thumbnail((max(box), max(box)))  # first: turning makes a copy
            image: Image.Image = ImageOps.exif_transpose(opened)
            image.thumbnail(box)
            if found.ending == "jpg" and image.mode != "RGB":
                image = image.convert("RGB")
            image.save(path, form, quality=88)
            return msgspec.structs.replace(found, width=image.width, height=image.height)
    except MemoryError:
        raise too_many() from None
    except Exception:  # noqa: BLE001 - a damaged file raises nearly anything
        raise _unknown() from None


def photo(path: Path) -> Found:
    """Write a photo anew as a small JPEG, whatever kind of picture it was.

    Raises:
        Invalid: it is no picture, is broken, or has too many pixels.
    """
    found = _image(path)
    jpeg = msgspec.structs.replace(found, type="image/jpeg", ending="jpg")
    return redraw(path, jpeg, PHOTO)


def _mp4(file: BinaryIO, size: int) -> Found:
    """Read size and length of an MP4 (ISO 14496-12): moov/mvhd, and the largest moov/trak/tkhd."""
    width = height = 0
    seconds = 0.0
    try:
        for name, start, end in _boxes(file, 0, size):
            if name != b"moov":
                continue
            for inner, first, last in _boxes(file, start, end):
                if inner == b"mvhd":
                    seconds = _length(file, first)
                elif inner == b"trak":
                    wide, high = _track(file, first, last)
                    if wide * high > width * height:
                        width, height = wide, high
    except (struct.error, ValueError, ZeroDivisionError, IndexError, OverflowError):
        raise _unknown() from None
    if width == 0 or seconds <= 0:
        raise _unknown()
    return _fitting(Found("video", "video/mp4", "mp4", width, height, round(seconds, 1)))


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (name, first byte of content, end) of each box; a box that lies ends the file."""
    for _ in range(MAX_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        content = start + 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            content += 8
        if size == 0:
            size = end - start
        if size < content - start or start + size > end:
            raise ValueError(name)
        yield name, content, start + size
        start += size
    raise ValueError("a film of far too many boxes")


def _length(file: BinaryIO, start: int) -> float:
    file.seek(start)
    version = file.read(4)[0]
    if version == 1:
        _, _, scale, duration = struct.unpack(">QQIQ", file.read(28))
    else:
        _, _, scale, duration = struct.unpack(">IIII", file.read(16))
    return float(duration / scale)


def _track(file: BinaryIO, start: int, end: int) -> tuple[int, int]:
    for name, _, last in _boxes(file, start, end):
        if name == b"tkhd":
            file.seek(last - 8)
            wide, high = struct.unpack(">II", file.read(8))
            return wide >> 16, high >> 16
    return 0, 0
