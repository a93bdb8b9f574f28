"""Any picture becomes a logo; what is none, or far too large, is refused in words."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from printer import logo
from printer.logo import FORMATS, MAX_SIDE, NoPicture, dots, shrink


def picture(mode: str = "RGB", size: tuple[int, int] = (600, 300)) -> Image.Image:
    """Black on white: the left half."""
    white: object = {"CMYK": (0, 0, 0, 0), "RGBA": (255, 255, 255, 255)}.get(mode, "white")
    black: object = {"CMYK": (0, 0, 0, 255), "RGBA": (0, 0, 0, 255)}.get(mode, "black")
    made = Image.new(mode, size, white)  # type: ignore[arg-type]
    ImageDraw.Draw(made).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill=black)  # type: ignore[arg-type]
    return made


def saved(made: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    made.save(out, kind, **how)
    return out.getvalue()


def deep_grey(size: tuple[int, int] = (600, 300)) -> Image.Image:
    """16 bits a dot; the left half is dark, and clipped to eight bits would be white."""
    width, height = size
    row = struct.pack(f"<{width}H", *[300] * (width // 2), *[65_535] * (width - width // 2))
    return Image.frombytes("I;16", size, row * height)


def deep_colour() -> bytes:
    """A PNG of 16 bits a colour, which Pillow reads but does not write."""
    width, height = 64, 32
    row = b"\0" + b"\x00\x10" * 3 * (width // 2) + b"\xff\xf0" * 3 * (width // 2)

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)),
            chunk(b"IDAT", zlib.compress(row * height)),
            chunk(b"IEND", b""),
        )
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(saved(picture(), "PNG"), id="png"),
        pytest.param(saved(picture("RGBA"), "PNG"), id="png with transparency"),
        pytest.param(saved(picture("L"), "PNG"), id="grey"),
        pytest.param(saved(picture().convert("P"), "PNG"), id="palette"),
        pytest.param(saved(deep_grey(), "PNG"), id="16-bit grey"),
        pytest.param(deep_colour(), id="16-bit colour"),
        pytest.param(saved(picture(), "JPEG", quality=90), id="jpeg"),
        pytest.param(saved(picture("CMYK"), "JPEG"), id="cmyk"),
        pytest.param(
            saved(picture(), "MPO", save_all=True, append_images=[picture()]), id="mpo of a phone"
        ),
        pytest.param(saved(picture(), "WEBP", lossless=True), id="webp"),
        pytest.param(saved(picture(size=(5_000, 4_000)), "JPEG"), id="photo of 20 megapixels"),
    ],
)
def test_black_stays_black_and_white_white_whatever_the_file_is(data: bytes) -> None:
    found = dots(shrink(data))
    assert found is not None
    middle = found.height // 2
    row = [found.getpixel((x, middle)) for x in range(found.width)]
    black = [value == 0 for value in row]
    assert sum(black[: found.width * 2 // 5]) > found.width * 0.38
    assert sum(black[found.width * 3 // 5 :]) < found.width * 0.02


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "PCX", "EPS"])
def test_other_formats_are_refused_and_never_opened(kind: str) -> None:
    with pytest.raises(NoPicture) as caught:
        shrink(saved(picture(size=(60, 30)), kind))
    assert str(caught.value) == logo.NO_PICTURE


def test_the_formats_that_are_refused_start_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(subprocess, "check_call", started.append)
    monkeypatch.setattr(subprocess, "Popen", started.append)
    with pytest.raises(NoPicture):
        shrink(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
    assert started == []


def bomb(side: int) -> bytes:
    """A small file of a large picture."""
    return saved(Image.new("1", (side, side)), "PNG")


@pytest.mark.parametrize("side", [2_100, 7_700, MAX_SIDE])
def test_a_picture_too_large_for_memory_is_refused_before_it_is_decoded(side: int) -> None:
    data = bomb(side)
    assert len(data) < 100_000
    tracemalloc.start()
    with pytest.raises(NoPicture, match="too many dots"):
        shrink(data)
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()


def test_the_largest_that_is_taken_needs_bounded_memory(tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    file.write_bytes(saved(Image.effect_noise((2_000, 2_000), 4).point(lambda v: v // 64), "PNG"))
    code = f"""
import resource
from pathlib import Path
from printer.logo import shrink
data = Path({str(file)!r}).read_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
shrink(data)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(run.stdout) < 100_000  # kB


@pytest.mark.parametrize("cut", [10, 40, 200, 800])
def test_a_damaged_picture_is_refused(cut: int) -> None:
    with pytest.raises(NoPicture):
        shrink(saved(picture(), "PNG")[:cut])


def test_no_other_reader_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    real = Image.open

    def note(file: object, mode: str = "r", formats: object = None) -> Image.Image:
        asked.append(formats)
        return real(file, mode, formats)  # type: ignore[arg-type]

    monkeypatch.setattr(Image, "open", note)
    dots(shrink(saved(picture(), "PNG")))
    assert asked == [FORMATS, ("PNG",)]
