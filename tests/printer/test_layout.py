from __future__ import annotations

import logging
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from printer.escpos_bytes import Press, private_dir
from printer.fonts import Fonts, font_dirs
from printer.layout import COPY, MSGIDS, TicketPaper, render, wait_words
from printer.raster import dangerous
from tests.printer.decoder import Cut, Feed, Raster, Text, Ticket, decode

URL = "http://192.0.2.20:8080/t/Zk3vQ0m9Yw8sT1bA"
DOTS = {58: 384, 80: 576}
COLUMNS = {58: 32, 80: 48}
WIDTHS = pytest.mark.parametrize("width", [58, 80])
INDONESIAN = {
    "REPRINT": "CETAK ULANG",
    "Your number": "Nomor Anda",
    "PRIORITY": "PRIORITAS",
    "For {n} people": "Untuk {n} orang",
    "{n} people ahead of you": "{n} orang di depan Anda",
    "About {low}–{high} minutes to wait": "Kira-kira menunggu {low}–{high} menit",
    "Scan to follow {label} on your phone": "Pindai untuk memantau {label} dari ponsel",
}
PAPER = TicketPaper(
    office="Mal Pelayanan Publik Kota Balikpapan",
    agency="Dinas Kependudukan dan Pencatatan Sipil",
    service="Perekaman KTP Elektronik",
    label="A012",
    people=3,
    priority=True,
    issued_at=datetime(2026, 11, 24, 8, 15, tzinfo=ZoneInfo("Asia/Makassar")),
    zone_label="WITA",
    ahead=4,
    estimate=(15, 25),
    tracking_url=URL,
    foot="Terima kasih sudah menunggu.\nLayanan ini gratis.",
)


def english(msgid: str) -> str:
    return msgid


def indonesian(msgid: str) -> str:
    return INDONESIAN.get(msgid, msgid)


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    return Press(tmp_path_factory.mktemp("escpos"))


@pytest.fixture(scope="module")
def bare_press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    """A machine without a single font file."""
    return Press(tmp_path_factory.mktemp("escpos"), Fonts(dirs=[]))


def changed(**changes: object) -> TicketPaper:
    return msgspec.structs.replace(PAPER, **changes)


def words(ticket: Ticket) -> str:
    """All text on one line, as a person reads it across line breaks."""
    return " ".join(ticket.text.split())


@WIDTHS
def test_a_ticket_says_everything_in_its_language(press: Press, width: int) -> None:
    ticket = decode(render(changed(width_mm=width), indonesian, press))
    text = words(ticket)
    for expected in (
        "Mal Pelayanan Publik Kota Balikpapan",
        "Dinas Kependudukan dan Pencatatan Sipil",
        "Perekaman KTP Elektronik",
        "Nomor Anda",
        "PRIORITAS",
        "Untuk 3 orang",
        "24-11-2026 08.15 WITA",
        "4 orang di depan Anda",
        "Kira-kira menunggu 15-25 menit",
        "Pindai untuk memantau A012 dari ponsel",
        "Terima kasih sudah menunggu.",
        "Layanan ini gratis.",
    ):
        assert expected in text
    assert COPY not in text
    assert "CETAK ULANG" not in text


def test_parts_come_in_the_order_people_look_for_them(press: Press) -> None:
    text = words(decode(render(PAPER, english, press)))
    order = ["Mal Pel", "Perekaman", "Your number", "PRIORITY", "For 3", "08.15", "ahead", "Scan"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


@WIDTHS
def test_a_phone_reads_the_exact_address_from_the_printed_code(press: Press, width: int) -> None:
    ticket = decode(render(changed(width_mm=width), english, press))
    found = zxingcpp.read_barcodes(ticket.picture(DOTS[width]))
    assert [code.text for code in found] == [URL]
    assert found[0].format == zxingcpp.BarcodeFormat.QRCode


@WIDTHS
def test_the_number_is_the_largest_thing_on_the_paper(press: Press, width: int) -> None:
    ticket = decode(render(changed(width_mm=width, tracking_url=""), english, press))
    number = max(ticket.rasters, key=lambda picture: picture.height)
    tallest_text = max(24 * text.height for text in ticket.texts)
    assert number.height > 1.6 * tallest_text
    assert DOTS[width] * 0.6 < number.width <= DOTS[width]


@WIDTHS
@pytest.mark.parametrize("label", ["A1", "A001", "CS-016", "ABC123456"])
def test_any_number_fits_on_the_paper(press: Press, width: int, label: str) -> None:
    ticket = decode(render(changed(width_mm=width, label=label), english, press))
    assert all(picture.width <= DOTS[width] for picture in ticket.rasters)
    assert label in words(ticket)


@WIDTHS
def test_no_line_is_wider_than_the_paper(press: Press, width: int) -> None:
    long = "Pelayanan Administrasi Kependudukan dan Pencatatan Sipil Terpadu Satu Pintu " * 3
    ticket = decode(
        render(
            changed(width_mm=width, service=long, office=long, agency="x" * 200, foot=long),
            english,
            press,
        )
    )
    for text in ticket.texts:
        assert len(text.words) * text.width <= COLUMNS[width]
    assert ticket.picture(DOTS[width]).height < 1600


def test_lines_are_broken_between_words_and_evenly(press: Press) -> None:
    ticket = decode(render(changed(width_mm=58), indonesian, press))
    lines = ticket.text.splitlines()
    at = lines.index("Pindai untuk memantau")
    assert lines[at + 1] == "A012 dari ponsel"


def test_everything_is_centred(press: Press) -> None:
    ticket = decode(render(PAPER, english, press))
    assert {item.align for item in ticket.items if isinstance(item, Text | Raster)} == {1}
    paper = ticket.picture(576).point([255 - level for level in range(256)])
    box = paper.getbbox()
    assert box is not None
    assert abs(box[0] - (576 - box[2])) <= 16


def test_what_is_not_known_or_not_special_is_not_printed(press: Press) -> None:
    plain = changed(people=1, priority=False, ahead=None, estimate=None, agency=None, foot="")
    text = words(decode(render(plain, english, press)))
    for absent in ("For ", "PRIORITY", "ahead", "wait", "Dinas"):
        assert absent not in text
    assert "24-11-2026 08.15 WITA" in text


@pytest.mark.parametrize(
    ("ahead", "sentence"),
    [(0, "You are next"), (1, "1 person ahead of you"), (2, "2 people ahead of you")],
)
def test_people_ahead_are_told_in_a_right_sentence(press: Press, ahead: int, sentence: str) -> None:
    text = words(decode(render(changed(ahead=ahead), english, press)))
    assert sentence in text
    assert ("to wait" in text) == (ahead > 0)


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [
        (15, 25, "About 15–25 minutes to wait"),
        (10, 10, "About 10 minutes to wait"),
        (0, 5, "About 5 minutes to wait"),
        (0, 1, "About 1 minute to wait"),
        (1, 1, "About 1 minute to wait"),
        (0, 0, "About 1 minute to wait"),
        (1, 2, "About 1–2 minutes to wait"),
        (100, 125, "About 100–125 minutes to wait"),
        (120, 121, "About 2–3 hours to wait"),
        (340, 355, "About 5–6 hours to wait"),
        (180, 180, "About 3 hours to wait"),
    ],
)
def test_a_wait_is_told_as_people_say_it(low: int, high: int, sentence: str) -> None:
    assert wait_words(english, low, high) == sentence


def test_a_copy_carries_a_mark_at_its_top(press: Press) -> None:
    first = decode(render(changed(copy=1), indonesian, press)).texts[0]
    assert first.words == " CETAK ULANG "
    assert first.inverse
    assert (first.width, first.height) == (2, 2)
    second = decode(render(changed(copy=2), indonesian, press)).texts[0]
    assert second.words == " CETAK ULANG 2 "


def test_inverse_and_size_end_with_their_line(press: Press) -> None:
    ticket = decode(render(changed(copy=1), english, press))
    stamp = next(text for text in ticket.texts if "08.15" in text.words)
    assert (stamp.width, stamp.height, stamp.bold, stamp.inverse) == (1, 1, False, False)


@WIDTHS
def test_paper_is_cut_only_by_a_printer_with_a_cutter(press: Press, width: int) -> None:
    cut = decode(render(changed(width_mm=width, cutter=True), english, press))
    assert cut.cuts == [Cut(partial=True)]
    assert isinstance(cut.items[-1], Cut)
    feed = cut.items[-2]
    assert isinstance(feed, Feed)
    assert 120 <= feed.dots <= 200  # the cutter sits 15 to 25 mm behind the head
    torn = decode(render(changed(width_mm=width, cutter=False), english, press))
    assert torn.cuts == []
    last = torn.items[-1]
    assert isinstance(last, Feed)
    assert last.dots >= 90


def test_the_job_starts_from_a_known_state(press: Press) -> None:
    assert render(PAPER, english, press).startswith(b"\x1b@\x1bR\x00\x1b2")


def test_the_same_paper_gives_the_same_bytes(press: Press) -> None:
    assert render(PAPER, english, press) == render(PAPER, english, press)


@pytest.mark.parametrize(
    "name",
    [
        "خدمة الهوية الوطنية",
        "办理身份证",
        "Kartu 身份证 KTP",
        "रंगीन प्रमाण पत्र",
        "Peña & Résumé Ł",
        "บัตรประชาชน",
        "Услуги € ñ",
    ],
)
@WIDTHS
def test_other_scripts_leave_as_pictures_never_as_wrong_signs(
    press: Press, width: int, name: str
) -> None:
    data = render(changed(width_mm=width, service=name), english, press)
    ticket = decode(data)
    assert ticket.text.isascii()
    assert "?" not in ticket.text
    assert all(picture.width <= DOTS[width] for picture in ticket.rasters)
    if Fonts().covers(name):
        without = decode(render(changed(width_mm=width, service="KTP"), english, press))
        assert len(ticket.rasters) > len(without.rasters)


def test_typographic_signs_become_typewriter_signs(press: Press) -> None:
    paper = changed(office="Kelas I \u201cDenpasar\u201d \u2013 TPI", foot="Buka 08\u201316\u2026")
    text = words(decode(render(paper, english, press)))
    assert 'Kelas I "Denpasar" - TPI' in text
    assert "Buka 08-16..." in text


def test_without_fonts_latin_is_still_printed_and_the_rest_is_left_out(bare_press: Press) -> None:
    ticket = decode(render(changed(service="办理 Ĉu KTP", agency="身份证"), english, bare_press))
    assert ticket.text.isascii()
    assert "A012" in ticket.text
    assert max(picture.height for picture in ticket.rasters[1:2]) > 90
    codes = zxingcpp.read_barcodes(ticket.picture(576))
    assert [code.text for code in codes] == [URL]


def test_a_sign_without_a_font_does_not_take_the_others_along(press: Press) -> None:
    nowhere = "\U0001f9ff\ue000"  # an emoji few fonts draw, and a private one none does
    ticket = decode(render(changed(service=f"Kartu {nowhere} Keluarga"), english, press))
    assert "\ue000" not in ticket.text
    assert ticket.text.isascii()


def test_the_number_is_on_every_ticket_as_text(press: Press) -> None:
    arabic = {"Scan to follow {label} on your phone": "امسح لمتابعة {label}"}
    ticket = decode(render(PAPER, lambda msgid: arabic.get(msgid, msgid), press))
    assert "A012" in ticket.text
    assert "A012" in decode(render(changed(tracking_url=""), english, press)).text


def test_words_cannot_smuggle_printer_commands(press: Press) -> None:
    evil = "Kartu\x1b@\x1dV\x00\x10\x04\x01\nKeluarga\t\x00\x7f"
    data = render(
        changed(office=evil, agency=evil, service=evil, foot=evil, zone_label=evil), english, press
    )
    ticket = decode(data)
    assert ticket.cuts == [Cut(partial=True)]
    assert ticket.real_time == []


def test_a_broken_translation_falls_back_to_english(press: Press) -> None:
    broken = {"{n} people ahead of you": "{jumlah} orang", "PRIORITY": "{", "For {n} people": "{0}"}
    text = words(decode(render(PAPER, lambda msgid: broken.get(msgid, msgid), press)))
    assert "4 people ahead of you" in text
    assert "PRIORITY" in text
    assert "For 3 people" in text


@pytest.mark.parametrize(
    ("starts", "told"),
    [(None, "we call you as soon as it is"), (PAPER.issued_at, "it starts at 08.15 WITA")],
)
def test_nobody_is_next_before_a_counter_is_open(
    press: Press, starts: datetime | None, told: str
) -> None:
    shut = changed(ahead=0, attended=False, starts=starts)
    text = " ".join(decode(render(shut, english, press)).text.split())
    assert "You are first in line" in text
    assert told in text
    assert "You are next" not in text


def test_every_sentence_goes_through_the_catalog(press: Press) -> None:
    asked: set[str] = set()

    def note(msgid: str) -> str:
        asked.add(msgid)
        return msgid

    for ahead in (0, 1, 4):
        for estimate in ((15, 25), (10, 10), (1, 1), (340, 355), (180, 180)):
            render(changed(ahead=ahead, estimate=estimate, copy=1, hits=81), note, press)
    render(changed(due=PAPER.issued_at, early=True), note, press)
    for starts in (None, PAPER.issued_at):
        render(changed(ahead=0, attended=False, starts=starts), note, press)
    assert asked == set(MSGIDS)


@settings(max_examples=60)
@given(
    text=st.text(max_size=60),
    label=st.from_regex(r"[A-Z]{1,3}[0-9]{1,6}", fullmatch=True),
    width=st.sampled_from([58, 80]),
    token=st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=8, max_size=43),
)
def test_any_words_make_a_job_that_a_printer_understands(
    press: Press, text: str, label: str, width: int, token: str
) -> None:
    paper = changed(
        office=text,
        agency=text,
        service=text,
        foot=text,
        zone_label=text[:8],
        label=label,
        width_mm=width,
        tracking_url=f"https://antrean.example/t/{token}",
    )
    data = render(paper, english, press)
    assert not dangerous(data)
    ticket = decode(data)
    assert ticket.text.isascii()
    assert label in ticket.text
    assert all(picture.width <= DOTS[width] for picture in ticket.rasters)
    codes = zxingcpp.read_barcodes(ticket.picture(DOTS[width]))
    assert [code.text for code in codes] == [paper.tracking_url]


def test_an_address_too_long_for_a_code_is_left_out(press: Press) -> None:
    ticket = decode(render(changed(width_mm=58, tracking_url="x" * 2000), english, press))
    assert "Scan" not in ticket.text
    assert "A012" in ticket.text


# ---- the library behind it


def python(code: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout + run.stderr


def test_the_librarys_import_leaves_no_traces(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    temp = tmp_path / "tmp"
    temp.mkdir()
    said = python(
        f"""
import logging, os, tempfile
from pathlib import Path
tempfile.tempdir = {str(temp)!r}
from printer.escpos_bytes import Press
Press(Path({str(cache)!r})).load()
assert logging.getLogger().handlers == [], logging.getLogger().handlers
assert "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ
"""
    )
    assert said == ""
    assert [path.suffix for path in cache.iterdir()] == [".pickle"]
    assert cache.stat().st_mode & 0o777 == 0o700
    assert list(temp.iterdir()) == []


def test_a_pickle_cut_short_by_a_power_failure_is_made_anew(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from printer.escpos_bytes import Press
from printer.profile import RASTER
Press(Path({str(tmp_path)!r})).sheet(RASTER.fitted(80, cutter=True)).finish()
"""
    python(code)
    [pickle] = tmp_path.glob("*.pickle")
    whole = pickle.read_bytes()
    pickle.write_bytes(whole[: len(whole) // 2])
    python(code)
    assert pickle.read_bytes() == whole


def test_a_cache_folder_that_others_could_write_is_closed_or_refused(tmp_path: Path) -> None:
    wide = tmp_path / "wide"
    wide.mkdir(mode=0o777)
    private_dir(wide)
    assert wide.stat().st_mode & 0o777 == 0o700
    link = tmp_path / "link"
    link.symlink_to(wide)
    with pytest.raises(PermissionError):
        private_dir(link)


def test_loading_twice_keeps_the_logging_of_the_program(press: Press) -> None:
    before = list(logging.getLogger().handlers)
    press.load()
    assert logging.getLogger().handlers == before


def test_there_are_fonts_to_test_with() -> None:
    """Says so loudly when the machine has no fonts: the script tests would prove little."""
    if os.environ.get("CI") and not font_dirs():
        pytest.fail("install a font package, for example fonts-dejavu-core")


def test_drawn_words_are_really_black_on_white(press: Press) -> None:
    ticket = decode(render(changed(service="办理身份证"), english, press))
    for picture in ticket.rasters:
        assert isinstance(picture, Image.Image)
        assert 0 < sum(picture.convert("L").histogram()[:1]) <= picture.width * picture.height
