"""What an uploaded file really is, whatever its name says."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from server.domain.errors import Invalid
from server.uploads.check import look, redraw


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


def coded(coding: bytes) -> bytes:
    """Return what tells of a track how it is coded, where players look for it."""
    entry = box(coding, bytes(78))
    table = box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1) + entry))
    return box(b"mdia", box(b"mdhd", struct.pack(">IIIII", 0, 0, 0, 600, 0)) + box(b"minf", table))


def mp4(
    width: int = 1280, height: int = 720, seconds: int = 30, coding: bytes = b"avc1",
    *, more: bytes = b"", behind: bytes = b"",
) -> bytes:  # fmt: skip
    """Return the smallest file that has an MP4's size, length and coding where players look."""
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000) + bytes(80))
    tkhd = box(b"tkhd", bytes(12) + b"\0\0\0\7" + bytes(60)
               + struct.pack(">II", width << 16, height << 16))  # fmt: skip
    sound = box(b"trak", box(b"tkhd", bytes(84)) + coded(b"mp4a"))
    return box(b"ftyp", b"isom" + bytes(60)) + box(
        b"moov", mvhd + sound + box(b"trak", tkhd + coded(coding)) + more
    ) + behind  # fmt: skip


TREX = box(b"mvex", box(b"trex", struct.pack(">IIIIII", 0, 7, 1, 60, 0, 0)))
"""Each picture of track 7 stays 60 of 600 ticks where nothing else is said."""


def fragment(track: int, run: bytes, step: int | None = None) -> bytes:
    flags = struct.pack(">I", 0x8 if step is not None else 0)
    head = flags + struct.pack(">I", track) + (b"" if step is None else struct.pack(">I", step))
    return box(b"moof", box(b"traf", box(b"tfhd", head) + box(b"trun", run))) + box(b"mdat", b"")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "upload.part"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_known_by_content_and_drawn_anew(file: Path, form: str) -> None:
    image = Image.new("RGB", (5000, 2500), "teal")
    exif = Image.Exif()
    exif[0x9286] = "secret place"
    exif[0x0112] = 6  # the camera was held on its side
    image.save(file, form, exif=exif)
    found = redraw(file, look(file))
    assert (found.kind, found.type) == ("image", f"image/{form.lower()}")
    assert (found.width, found.height) == (1080, 2160)
    assert b"secret place" not in file.read_bytes()
    with Image.open(file) as drawn:
        assert drawn.size == (1080, 2160)


def test_a_film_tells_its_size_and_length(file: Path) -> None:
    file.write_bytes(mp4())
    found = look(file)
    assert (found.type, found.width, found.height, found.seconds) == ("video/mp4", 1280, 720, 30.0)


def test_a_film_in_fragments_is_as_long_as_they_are_together(file: Path) -> None:
    """As screen recorders and streams write it: its head knows of no length yet."""
    steady = struct.pack(">II", 0, 50)  # 50 pictures of the usual length: 5 s
    sizes = struct.pack(">III", 0x301, 2, 9) + struct.pack(">IIII", 600, 99, 1200, 99)  # 1 s, 2 s
    parts = fragment(7, steady) + fragment(7, steady, 120) + fragment(7, sizes)
    other = fragment(1, struct.pack(">II", 0, 5000))  # of the sound
    file.write_bytes(mp4(seconds=0, more=TREX, behind=parts + other))
    found = look(file)
    assert (found.width, found.height, found.seconds) == (1280, 720, 5.0 + 10.0 + 3.0)
    file.write_bytes(mp4(seconds=0xFFFFFFFF // 1000, more=TREX, behind=parts))
    assert look(file).seconds > 0


@pytest.mark.parametrize(
    ("coding", "name"),
    [(b"hvc1", "H.265"), (b"hev1", "H.265"), (b"mp4v", "MPEG-4 Part 2"), (b"apcn", "ProRes"),
     (b"encv", "DRM"), (b"xyz1", "xyz1"), (b"\0\1\2\3", "?")],
)  # fmt: skip
def test_a_film_that_screens_pass_over_is_refused_by_the_name_of_its_coding(
    file: Path, coding: bytes, name: str
) -> None:
    file.write_bytes(mp4(coding=coding))
    with pytest.raises(Invalid, match=rf"coded as {re.escape(name)}.*H\.264") as refused:
        look(file)
    assert str(refused.value.params["coding"]).startswith(name)


@pytest.mark.parametrize("coding", [b"avc1", b"avc3", b"vp08", b"vp09", b"av01"])
def test_what_browsers_play_is_taken(file: Path, coding: bytes) -> None:
    file.write_bytes(mp4(coding=coding))
    assert look(file).type == "video/mp4"


@pytest.mark.parametrize(
    ("head", "name"),
    [(b"\0\0\0\x18ftypheic", "HEIC"), (b"\0\0\0\x18ftypmif1", "HEIC"), (b"%PDF-1.7", "PDF"),
     (b"\0\0\0\x18ftypavif", "AVIF"), (b"\0\0\0\x18ftypM4A ", "M4A"), (b"GIF89a", "GIF"),
     (b"RIFF....AVI LIST", "AVI"), (b"\x1a\x45\xdf\xa3....matroska", "MKV"), (b"PK\3\4", "ZIP")],
)  # fmt: skip
def test_what_no_screen_shows_is_refused_by_its_name(file: Path, head: bytes, name: str) -> None:
    file.write_bytes(head + bytes(60))
    with pytest.raises(Invalid, match=rf"{name}.*JPEG"):
        look(file)


def test_a_film_no_player_decodes_is_refused(file: Path) -> None:
    file.write_bytes(mp4(width=7680, height=4320))
    with pytest.raises(Invalid, match="4096"):
        look(file)


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"%PDF-1.7", b"GIF89a" * 9,
     b"<html>", b"\x89PNG\r\n\x1a\n" + bytes(50), mp4()[:-9], mp4(seconds=0), mp4(width=0),
     b"\x1a\x45\xdf\xa3" + b"matroska" * 8,
     b"\0\0\0\x08ftyp" + b"\0\0\0\x01moov" + b"\xff" * 8 + bytes(40)],
)  # fmt: skip
def test_everything_else_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(Invalid, match="JPEG"):
        look(file)


def test_a_picture_that_would_fill_the_memory_is_refused(file: Path) -> None:
    Image.new("1", (12_001, 10)).save(file, "PNG")
    with pytest.raises(Invalid, match="pixels"):
        look(file)


@given(at=st.integers(0, 800), value=st.integers(0, 255))
def test_no_damaged_film_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int
) -> None:
    content = bytearray(mp4(more=TREX, behind=fragment(7, struct.pack(">II", 0, 50))))
    content[at % len(content)] = value
    path = tmp_path_factory.getbasetemp() / "damaged.part"
    path.write_bytes(content)
    try:
        look(path)
    except Invalid as error:
        assert error.field == "body"  # noqa: PT017 - either answer is right, a crash is not
