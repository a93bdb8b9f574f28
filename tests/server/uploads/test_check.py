"""What an uploaded file really is, whatever its name says."""

from __future__ import annotations

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


def mp4(width: int = 1280, height: int = 720, seconds: int = 30) -> bytes:
    """Return the smallest file that has an MP4's size and length where players look for them."""
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000) + bytes(80))
    tkhd = box(b"tkhd", bytes(76) + struct.pack(">II", width << 16, height << 16))
    sound = box(b"trak", box(b"tkhd", bytes(84)))
    return box(b"ftyp", b"isom" + bytes(60)) + box(
        b"moov", mvhd + sound + box(b"trak", tkhd)
    )  # fmt: skip


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


@given(at=st.integers(0, 200), value=st.integers(0, 255))
def test_no_damaged_film_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int
) -> None:
    content = bytearray(mp4())
    content[at % len(content)] = value
    path = tmp_path_factory.getbasetemp() / "damaged.part"
    path.write_bytes(content)
    try:
        look(path)
    except Invalid as error:
        assert error.field == "body"  # noqa: PT017 - either answer is right, a crash is not
