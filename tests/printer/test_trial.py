"""The test page shows a technician what a printer can do, and whether its profile is right."""

from __future__ import annotations

import pytest
import zxingcpp

from printer.escpos_bytes import Press
from printer.profile import PROFILES, read_profile
from printer.trial import CODE, MSGIDS, TrialPaper, render_trial
from tests.printer.decoder import Text, decode
from tests.printer.test_layout import english


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    return Press(tmp_path_factory.mktemp("press") / "cache")


def page(profile: str, **changes: object) -> TrialPaper:
    return TrialPaper(
        name="hall", ticket_bytes=571, printer=read_profile(profile), **changes  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("width", [58, 80])
def test_it_shows_size_letters_code_cut_and_profile(press: Press, name: str, width: int) -> None:
    paper = page(name, width_mm=width, address="http://192.0.2.1:8080", language="en")
    ticket = decode(render_trial(paper, english, press))
    fitted = paper.printer.fitted(58 if width == 58 else 80, cutter=True)
    text = " ".join(ticket.text.split())
    for expected in (
        "hall",
        name,
        f"{fitted.width_mm} mm, {fitted.dots} dots, {fitted.columns} letters a line",
        "A ticket: 571 bytes",
        "PRIORITY",
        "The phone reads: http://192.0.2.1:8080",
        "the paper is cut" if fitted.cut else "tear here",
    ):
        assert expected in text
    [ruler] = [line for line in ticket.text.splitlines() if line.startswith("1234567890123")]
    assert len(ruler) == fitted.columns
    assert any(picture.width == fitted.dots for picture in ticket.rasters)
    assert bool(ticket.cuts) == fitted.cut
    read = {each.text for each in zxingcpp.read_barcodes(ticket.picture(fitted.dots))}
    assert "http://192.0.2.1:8080" in read


def test_accents_leave_as_letters_or_as_a_picture(press: Press) -> None:
    lean = decode(render_trial(page("escpos"), english, press))
    assert "é ñ ü ç – €" in lean.text
    assert len(lean.rasters) == 1  # the bar
    drawn = decode(render_trial(page("raster"), english, press))
    assert drawn.text.isascii()


def test_the_least_profile_tries_whether_the_printer_can_more(press: Press) -> None:
    ticket = decode(render_trial(page("raster"), english, press))
    assert "Then the profile escpos is shorter and faster." in " ".join(ticket.text.split())
    assert [code.words for code in ticket.codes] == [CODE]
    assert any(isinstance(item, Text) and item.height == 8 for item in ticket.items)
    known = decode(render_trial(page("escpos"), english, press))
    assert "Then the profile" not in known.text


@pytest.mark.parametrize(("language", "seconds"), [("id", "0,6"), ("en", "0.6")])
def test_seconds_on_a_slow_line_are_told(press: Press, language: str, seconds: str) -> None:
    paper = page("escpos,baud=9600", language=language)
    text = " ".join(decode(render_trial(paper, english, press)).text.split())
    assert f"A ticket: 571 bytes, {seconds} seconds at 9600 baud" in text


def test_every_sentence_goes_through_the_catalog(press: Press) -> None:
    asked: set[str] = set()

    def note(msgid: str) -> str:
        asked.add(msgid)
        return msgid

    for profile in ("raster,baud=9600", "portable"):
        render_trial(page(profile), note, press)
    assert asked == set(MSGIDS)
