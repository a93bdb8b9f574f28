from __future__ import annotations

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from printer.raster import dangerous, qr, raster_bytes, safe


def picture(data: bytes, row_bytes: int) -> Image.Image:
    rows = len(data) // row_bytes
    return Image.frombytes("1", (row_bytes * 8, rows), bytes(255 - byte for byte in data))


@pytest.mark.parametrize("command", [b"\x10\x04\x01", b"\x10\x05\x01", b"\x10\x14\x08"])
def test_a_picture_that_holds_a_real_time_command_is_nudged(command: bytes) -> None:
    bad = picture(b"\x00" * 5 + command + b"\xff" * 4, 4)
    assert dangerous(raster_bytes(bad))
    good = safe(bad)
    assert not dangerous(raster_bytes(good))
    assert good.height == bad.height
    assert good.width - bad.width <= 8


def test_a_picture_that_is_bad_at_every_shift_gets_a_dot() -> None:
    # Each row becomes the command when the picture moves by ``shift``.
    rows = [(0x100400 << shift).to_bytes(4, "big") for shift in range(8)]
    bad = picture(b"".join(rows), 4)
    for shift in range(8):
        moved = Image.new("1", (40, bad.height), 255)
        moved.paste(bad, (shift, 0))
        assert dangerous(raster_bytes(moved))
    good = safe(bad)
    assert not dangerous(raster_bytes(good))
    before = sum(byte.bit_count() for byte in raster_bytes(bad))
    assert 0 < sum(byte.bit_count() for byte in raster_bytes(good)) - before <= 8


@given(st.binary(min_size=8, max_size=400).map(lambda data: data[: len(data) // 4 * 4]))
def test_a_safe_picture_is_never_dangerous(data: bytes) -> None:
    assert not dangerous(raster_bytes(safe(picture(data, 4))))


def test_a_harmless_picture_stays_as_it_is() -> None:
    plain = picture(b"\x81\x42\x24\x18", 1)
    assert raster_bytes(safe(plain)) == raster_bytes(plain)


def test_a_code_has_its_quiet_zone_and_modules_of_six_dots() -> None:
    code = qr("https://antrean.example/t/abcdefgh", 384)
    assert code is not None
    assert code.width % 6 == 0
    box = code.convert("L").point([255 - level for level in range(256)]).getbbox()
    assert box == (24, 24, code.width - 24, code.height - 24)
    assert zxingcpp.read_barcodes(code)[0].text == "https://antrean.example/t/abcdefgh"


def test_a_code_that_no_phone_could_read_is_not_made() -> None:
    assert qr("x" * 1500, 384) is None
