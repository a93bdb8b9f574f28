"""Offices decide what stands on their tickets, and see it before they print it."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageDraw

from printer.escpos_bytes import Press
from printer.layout import LINES, Line, render
from printer.logo import TALLEST, WIDEST, NoPicture, dots, shrink
from printer.preview import PicturePress
from printer.profile import DOTS
from server.branches import read_office
from server.domain.errors import Invalid
from server.domain.office import PAPER_LINES
from tests.printer.decoder import decode
from tests.printer.test_layout import PAPER, english
from tests.server.process import office_toml


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    return Press(tmp_path_factory.mktemp("press") / "cache")


def drawing(size: tuple[int, int] = (800, 300), mode: str = "RGBA") -> bytes:
    picture = Image.new(mode, size)
    ImageDraw.Draw(picture).ellipse((20, 20, size[0] - 20, size[1] - 20), fill="black")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def printed(press: Press, *lines: Line, logo: str = "") -> str:
    paper = msgspec.structs.replace(PAPER, lines=lines, logo=logo)
    return decode(render(paper, english, press)).text


def test_settings_and_paper_know_the_same_lines() -> None:
    assert tuple(PAPER_LINES) == LINES


def test_only_the_chosen_lines_are_printed_in_their_order(press: Press) -> None:
    text = printed(press, "time", "number", "service")
    assert text.index(f"{PAPER.issued_at:%d-%m-%Y}") < text.index("Your number")
    assert PAPER.office not in text
    assert "Scan to follow" not in text


def test_the_number_and_the_mark_of_a_copy_cannot_be_left_out(press: Press) -> None:
    paper = msgspec.structs.replace(PAPER, lines=("office",), copy=1)
    text = decode(render(paper, english, press)).text
    assert text.index("REPRINT") < text.index("Your number") < text.index(PAPER.office)
    assert PAPER.label in text


@pytest.mark.parametrize("width", [58, 80])
def test_a_logo_is_printed_black_on_white(press: Press, width: int) -> None:
    plain = msgspec.structs.replace(PAPER, width_mm=width)
    with_logo = msgspec.structs.replace(plain, logo=shrink(drawing()))
    before = decode(render(plain, english, press)).picture(DOTS[width])
    after = decode(render(with_logo, english, press)).picture(DOTS[width])
    assert after.height - before.height > 100
    top = after.crop((0, 0, after.width, after.height - before.height)).convert("L")
    dark = sum(top.point(lambda value: 255 if value < 128 else 0).histogram()[255:])
    assert 0.1 < dark / (top.width * top.height) < 0.7  # the ellipse, not its surroundings


def test_a_logo_becomes_small_whatever_it_was() -> None:
    kept = shrink(drawing((1600, 1600)))
    picture = dots(kept)
    assert picture is not None
    assert picture.width <= WIDEST
    assert picture.height <= TALLEST
    assert len(kept) < 20_000


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", b"\x89PNG\r\n\x1a\n" + b"x" * 50])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NoPicture):
        shrink(data)


def test_a_broken_logo_costs_no_ticket(press: Press) -> None:
    assert "Your number" in printed(press, "logo", "number", logo="data:image/png;base64,AAAA")


def test_the_settings_file_names_its_logo(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(drawing())
    file = tmp_path / "office.toml"
    lines = 'lines = ["logo", "office", "number", "qr"]'
    file.write_text(office_toml() + f'\n[paper]\nlogo = "logo.png"\n{lines}\n')
    paper = read_office(file).paper
    assert dots(paper.logo) is not None
    assert paper.lines == ["logo", "office", "number", "qr"]


@pytest.mark.parametrize(
    ("setting", "field"),
    [('logo = "none.png"', "paper.logo"), ('lines = ["nmber"]', "paper.lines[0]")],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: str, field: str) -> None:
    file = tmp_path / "office.toml"
    file.write_text(office_toml() + f"\n[paper]\n{setting}\n")
    with pytest.raises(Invalid) as caught:
        read_office(file)
    assert caught.value.field == field


@pytest.mark.parametrize("width", [58, 80])
def test_the_preview_looks_like_the_paper(press: Press, width: int) -> None:
    paper = msgspec.structs.replace(PAPER, width_mm=width, logo=shrink(drawing()))
    seen = Image.open(io.BytesIO(render(paper, english, PicturePress(press))))
    real = decode(render(paper, english, press)).picture(DOTS[width])
    assert abs(seen.height - real.height) < real.height * 0.15
    assert DOTS[width] <= seen.width <= DOTS[width] + 60
