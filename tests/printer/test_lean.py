"""A printer that has letters and QR codes of its own gets a ticket that is short on the line."""

from __future__ import annotations

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from printer.escpos_bytes import Press
from printer.layout import TicketPaper, render
from printer.logo import shrink
from printer.preview import PicturePress
from printer.profile import PROFILES, read_profile
from tests.printer.decoder import Cut, Text, decode
from tests.printer.test_layout import PAPER, URL, english, indonesian
from tests.printer.test_template import drawing

LEAN = [name for name, profile in PROFILES.items() if profile.lean]
WIDTHS = pytest.mark.parametrize("width", [58, 80])
EACH = pytest.mark.parametrize("name", LEAN)


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    return Press(tmp_path_factory.mktemp("press") / "cache")


def paper(profile: str, **changes: object) -> TicketPaper:
    return msgspec.structs.replace(PAPER, printer=read_profile(profile), **changes)


def number(ticket: list[Text], label: str = "A012") -> Text:
    [found] = [text for text in ticket if text.words == label and text.height > 2]
    return found


@EACH
@WIDTHS
def test_a_ticket_needs_less_than_a_second_on_a_slow_line(
    press: Press, name: str, width: int
) -> None:
    for words in (english, indonesian):
        assert len(render(paper(name, width_mm=width), words, press)) < 960


def test_it_is_a_twentieth_of_the_drawn_ticket(press: Press) -> None:
    drawn = len(render(paper("raster"), indonesian, press))
    assert len(render(paper("escpos"), indonesian, press)) * 20 < drawn


@EACH
@WIDTHS
def test_it_says_what_the_drawn_ticket_says(press: Press, name: str, width: int) -> None:
    lean = decode(render(paper(name, width_mm=width), indonesian, press))
    drawn = decode(render(paper("raster", width_mm=width), indonesian, press))
    said = " ".join(lean.text.split()).replace("–", "-")
    for line in drawn.text.splitlines():
        for word in line.split():
            assert word in said
    assert lean.rasters == []


@EACH
def test_the_printer_makes_the_code_and_a_phone_reads_it(press: Press, name: str) -> None:
    ticket = decode(render(paper(name), english, press))
    [code] = ticket.codes
    assert (code.words, code.level, code.align) == (URL, "M", 1)
    dots = read_profile(name).fitted(80, cutter=True).dots
    found = zxingcpp.read_barcodes(ticket.picture(dots))
    assert [each.text for each in found] == [URL]


@pytest.mark.parametrize("label", ["A1", "A012", "KTP001", "ABCD0001", "ABC123456"])
@pytest.mark.parametrize("name", ["raster", *LEAN])
@WIDTHS
def test_a_number_of_any_length_fits_and_is_the_largest_thing(
    press: Press, name: str, width: int, label: str
) -> None:
    profile = read_profile(name)
    sheet = profile.fitted(58 if width == 58 else 80, cutter=True)
    data = render(paper(name, width_mm=width, label=label, tracking_url=""), english, press)
    ticket = decode(data)
    others = max(text.height * 24 for text in ticket.texts if text.words != label)
    if profile.lean:
        large = number(ticket.texts, label)
        assert len(label) * large.width <= sheet.columns
        assert large.height * 24 > others
        assert large.width * len(label) * 12 >= min(sheet.dots * 0.6, 96 * len(label))
    else:
        picture = max(ticket.rasters, key=lambda each: each.height)
        assert picture.width <= sheet.dots
        assert picture.height > 0.75 * others  # its ink beside whole cells
    assert ticket.picture(sheet.dots).width == sheet.dots


def test_large_letters_are_rounded_only_where_the_printer_can(press: Press) -> None:
    assert number(decode(render(paper("epson"), english, press)).texts).smooth
    assert b"\x1db" not in render(paper("escpos"), english, press)


def test_letters_that_the_code_page_has_leave_as_text(press: Press) -> None:
    name = "Peña & Résumé – “Kelas I”"
    ticket = decode(render(paper("escpos", service=name), english, press))
    assert name in ticket.text.replace("\n", " ")
    assert ticket.rasters == []


def test_what_the_code_page_lacks_is_typed_or_drawn(press: Press) -> None:
    ticket = decode(render(paper("escpos,codepage=cp858", service="Résumé – 3"), english, press))
    assert "Résumé - 3" in ticket.text
    plain = decode(render(paper("portable", service="Résumé – 3"), english, press))
    assert plain.text.isascii()
    assert len(plain.rasters) == 1


@pytest.mark.parametrize("service", ["办理身份证", "خدمة الهوية", "Услуги", "Łódź"])
def test_only_what_letters_cannot_say_is_drawn(press: Press, service: str) -> None:
    data = render(paper("escpos", service=service), english, press)
    ticket = decode(data)
    assert 1 <= len(ticket.rasters) <= 2
    assert ticket.codes
    assert len(data) < 9_600


def test_a_printer_in_its_chinese_mode_prints_no_chinese_sign(press: Press) -> None:
    data = render(paper("xprinter", service="Résumé"), english, press)
    assert "Résumé" in decode(data, kanji=True).text
    trap = render(paper("escpos", service="Résumé"), english, press)
    assert "Résumé" not in decode(trap, kanji=True).text  # so the model of it is a real one


@EACH
def test_the_job_starts_from_a_known_state_and_ends_with_the_cut(press: Press, name: str) -> None:
    data = render(paper(name, cutter=True), english, press)
    assert data.startswith(b"\x1b@\x1bR\x00\x1b2")
    assert data.count(b"\x1b@") == 1
    profile = read_profile(name)
    ticket = decode(data)
    assert ticket.cuts == ([] if profile.cut is False else [Cut(partial=True)])
    assert ticket.real_time == []


def test_the_printers_own_word_on_its_cutter_and_width_counts(press: Press) -> None:
    cut = decode(render(paper("escpos,cut=yes", cutter=False), english, press))
    assert cut.cuts
    narrow = decode(render(paper("escpos,width=58", width_mm=80), english, press))
    assert max(len(text.words) * text.width for text in narrow.texts) <= 32


@pytest.mark.parametrize("qr", ["yes", "no"])
def test_a_native_code_is_never_sent_to_a_printer_without_one(press: Press, qr: str) -> None:
    ticket = decode(render(paper(f"escpos,qr={qr}"), english, press))
    assert bool(ticket.codes) == (qr == "yes")
    assert bool(ticket.rasters) == (qr == "no")
    found = zxingcpp.read_barcodes(ticket.picture(576))
    assert [each.text for each in found] == [URL]


@pytest.mark.parametrize("url", ["https://antrean.example/t/é", "https://a.example/" + "x" * 395])
def test_an_address_that_could_upset_a_printer_is_drawn(press: Press, url: str) -> None:
    ticket = decode(render(paper("escpos", tracking_url=url), english, press))
    assert ticket.codes == []
    assert [each.text for each in zxingcpp.read_barcodes(ticket.picture(576))] == [url]


# ---- the office's logo


def photo() -> bytes:
    """A picture that is grey all over, darker to the right."""
    out = io.BytesIO()
    Image.linear_gradient("L").rotate(90).resize((800, 340)).save(out, "PNG")
    return out.getvalue()


def seal() -> bytes:
    """A seal with letters and thin lines, as offices have."""
    made = Image.new("L", (400, 400), 255)
    draw = ImageDraw.Draw(made)
    draw.ellipse((10, 10, 390, 390), outline=0, width=6)
    draw.ellipse((60, 60, 340, 340), outline=0, width=3)
    draw.text((110, 170), "KANTOR", fill=0, font_size=50)
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def darkness(picture: Image.Image) -> float:
    """Share of black in a picture."""
    return picture.convert("1").histogram()[0] / (picture.width * picture.height)


@EACH
@WIDTHS
@pytest.mark.parametrize("logo", [drawing(), photo(), seal(), drawing((2000, 300))])
def test_a_logo_costs_little_and_is_as_large_and_as_dark_as_it_was(
    press: Press, name: str, width: int, logo: bytes
) -> None:
    with_logo = {"logo": shrink(logo), "width_mm": width}
    data = render(paper(name, **with_logo), indonesian, press)
    full = decode(render(paper(f"{name},logo=full", **with_logo), indonesian, press))
    assert len(data) < 3000
    [printed], [wanted] = decode(data).rasters, full.rasters
    assert abs(printed.width - wanted.width) <= 16
    assert abs(printed.height - wanted.height) <= 2
    assert darkness(printed) == pytest.approx(darkness(wanted), abs=0.08)


def test_a_small_logo_is_printed_as_it_is(press: Press) -> None:
    kept = shrink(drawing((120, 60)))
    [printed] = decode(render(paper("escpos", logo=kept), english, press)).rasters
    [full] = decode(render(paper("escpos,logo=full", logo=kept), english, press)).rasters
    assert printed.tobytes() == full.tobytes()


@pytest.mark.parametrize("name", ["escpos,logo=no", "raster,logo=no"])
def test_a_printer_can_do_without_the_logo(press: Press, name: str) -> None:
    plain = render(paper(name), english, press)
    assert render(paper(name, logo=shrink(drawing())), english, press) == plain


def test_a_white_logo_takes_no_paper(press: Press) -> None:
    white = io.BytesIO()
    Image.new("L", (300, 100), 255).save(white, "PNG")
    plain = render(paper("escpos"), english, press)
    assert render(paper("escpos", logo=shrink(white.getvalue())), english, press) == plain


@pytest.mark.parametrize("name", ["raster", "raster-58"])
def test_nothing_is_doubled_for_a_printer_that_is_trusted_with_nothing(
    press: Press, name: str
) -> None:
    data = render(paper(name, logo=shrink(photo())), english, press)
    assert b"\x1dv0\x00" in data
    assert b"\x1dv0\x03" not in data


def test_a_drawn_code_of_a_lean_ticket_is_a_quarter_and_reads_the_same(press: Press) -> None:
    small = render(paper("escpos,qr=no"), english, press)
    [code] = decode(small).rasters
    [found] = zxingcpp.read_barcodes(code.convert("L"))
    assert found.text == URL
    assert len(small) < 3000


@pytest.mark.parametrize("name", [*LEAN, "raster", "raster-58"])
@WIDTHS
def test_the_preview_shows_the_layout_of_this_printer(press: Press, name: str, width: int) -> None:
    ticket = paper(name, width_mm=width, logo=shrink(seal()))
    dots = read_profile(name).fitted(58 if width == 58 else 80, cutter=True).dots
    seen = Image.open(io.BytesIO(render(ticket, english, PicturePress(press))))
    real = decode(render(ticket, english, press)).picture(dots)
    assert abs(seen.height - real.height) < real.height * 0.15
    assert dots <= seen.width <= dots + 60
    assert [each.text for each in zxingcpp.read_barcodes(seen)] == [URL]


# ---- what it says of times


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=ZoneInfo("Asia/Makassar"))


@pytest.mark.parametrize(("language", "clock"), [("id", "06.42"), ("en", "06:42"), ("zz", "06.42")])
@pytest.mark.parametrize("name", ["raster", "escpos"])
def test_the_clock_is_written_as_on_the_screens(
    press: Press, name: str, language: str, clock: str
) -> None:
    ticket = decode(render(paper(name, language=language, issued_at=at(6, 42)), english, press))
    assert f"24-11-2026 {clock} WITA" in ticket.text


@pytest.mark.parametrize(
    ("name", "span"),
    [("escpos", "15–25"), ("epson", "15–25"), ("escpos,codepage=cp858", "15-25"),
     ("portable", "15-25"), ("raster", "15-25")],
)  # fmt: skip
def test_a_range_has_a_dash_where_the_printer_has_one(press: Press, name: str, span: str) -> None:
    ticket = decode(render(paper(name), indonesian, press))
    assert f"Kira-kira menunggu {span} menit" in ticket.text


@pytest.mark.parametrize("name", ["raster", "escpos"])
@pytest.mark.parametrize("ahead", [0, 6])
def test_an_appointment_before_its_time_is_told_its_time_and_nothing_of_the_queue(
    press: Press, name: str, ahead: int
) -> None:
    early = paper(name, due=at(14), early=True, ahead=ahead, estimate=(20, 30), language="id")
    text = " ".join(decode(render(early, english, press)).text.split())
    assert "Your appointment is at 14.00" in text
    assert "Not your turn yet. You will be called from 14.00." in text
    for wrong in ("You are next", "ahead of you", "to wait"):
        assert wrong not in text


def test_an_appointment_whose_time_has_come_is_told_the_queue_too(press: Press) -> None:
    text = " ".join(decode(render(paper("raster", due=at(8, 10)), english, press)).text.split())
    assert "Your appointment is at 08.10" in text
    assert "4 people ahead of you" in text
    assert "Not your turn yet" not in text


def test_the_time_of_an_appointment_cannot_be_left_out(press: Press) -> None:
    early = paper("raster", due=at(14), early=True, lines=("number", "office"))
    text = " ".join(decode(render(early, english, press)).text.split())
    assert text.count("Your appointment is at 14.00") == 1
