"""Owns looking into uploaded files: what they really are, and whether a screen can play them.

The name and the type a browser claims count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec
from PIL import Image, ImageOps

from server.domain.errors import Invalid
from server.uploads.films import NoFilm, look_into

MAX_SIDE = 12_000
MAX_PIXELS = 25_000_000
"""Of a picture that is decoded whole, four bytes each: about 100 MB."""
MAX_PHOTO_PIXELS = 60_000_000
"""Of a JPEG that can be decoded small."""
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
BOXED = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"mif1", b"msf1"), "HEIC"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    b"M4A ": "M4A",
}
"""Made of boxes as an MP4 is, and no film: photos of phones, and sound."""
OTHERS = {
    b"GIF8": "GIF", b"BM": "BMP", b"II*\0": "TIFF", b"MM\0*": "TIFF", b"%PDF": "PDF",
    EBML: "Matroska (MKV)", b"PK\3\4": "ZIP", b"\xd0\xcf\x11\xe0": "Microsoft Office",
    b"OggS": "Ogg", b"ID3": "MP3", b"\x30\x26\xb2\x75": "WMV", b"FLV\1": "FLV",
    b"\0\0\1\xba": "MPEG", b"8BPS": "Photoshop", b"<svg": "SVG", b"<?xml": "XML",
}  # fmt: skip


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


def _no_picture() -> Invalid:
    return Invalid("Please choose a JPEG, PNG or WebP picture.", field="body")


def look(path: Path) -> Found:
    """Return what a file is.

    Raises:
        Invalid: it is nothing a screen plays, is broken, or is too large in pixels.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        if head[4:8] == b"ftyp" and head[8:12] not in BOXED:
            return _film(file, path.stat().st_size)
        if head.startswith(EBML) and WEBM in head:
            return _fitting(Found("video", "video/webm", "webm"))
    kind = _kind(head)
    if kind is not None:
        raise Invalid(
            "This is a file of the kind {kind}. Please choose a JPEG, PNG or WebP picture, or an "
            "MP4 (H.264) or WebM video.",
            field="body", kind=kind,
        )  # fmt: skip
    return _image(path)


def _kind(head: bytes) -> str | None:
    """Return the name of what no screen shows, where people bring such files."""
    if head[4:8] == b"ftyp":
        return BOXED.get(head[8:12])
    if head.startswith(b"RIFF"):
        return {b"AVI ": "AVI", b"WAVE": "WAV"}.get(head[8:12])
    return next((name for mark, name in OTHERS.items() if head.startswith(mark)), None)


def _film(file: BinaryIO, size: int) -> Found:
    try:
        film = look_into(file, size)
    except NoFilm:
        raise _unknown() from None
    return _fitting(Found("video", "video/mp4", "mp4", film.width, film.height, film.seconds))


def _fitting(found: Found) -> Found:
    if max(found.width, found.height) > 4096:  # noqa: PLR2004 - what players decode in hardware
        raise Invalid("A video is at most 4096 pixels wide or high.", field="body")
    return found


def _image(path: Path, refusal: Callable[[], Invalid] = _unknown) -> Found:
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
        raise refusal() from None
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


def redraw(
    path: Path, found: Found, box: tuple[int, int] = SCREEN,
    refusal: Callable[[], Invalid] = _unknown,
) -> Found:  # fmt: skip
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
        raise refusal() from None


def photo(path: Path) -> Found:
    """Write a photo anew as a small JPEG, whatever kind of picture it was.

    Raises:
        Invalid: it is no picture, is broken, or has too many pixels.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = _kind(head) or ("MP4" if head[4:8] == b"ftyp" else None)
    if kind is not None:
        raise Invalid(
            "This is a file of the kind {kind}. Please choose a JPEG, PNG or WebP picture.",
            field="body", kind=kind,
        )  # fmt: skip
    found = _image(path, _no_picture)
    jpeg = msgspec.structs.replace(found, type="image/jpeg", ending="jpg")
    return redraw(path, jpeg, PHOTO, _no_picture)
