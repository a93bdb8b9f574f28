"""What a printer can do is chosen by name, adjusted in words, and kept as it was written."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer.profile import CODE_PAGES, PROFILES, RASTER, Profile, for_address, read_profile
from printer.profile import write_profile as write
from server import papers
from server.auth.registry import put_printer
from server.branches import configure
from server.domain.errors import Invalid
from server.storage.database import connect
from server.storage.ids import Ids
from tests.server.rehearsal import office


@pytest.mark.parametrize("name", PROFILES)
def test_each_profile_is_read_by_its_name(name: str) -> None:
    assert read_profile(name) is PROFILES[name]
    assert write(PROFILES[name]) == name


def test_the_default_is_what_every_printer_can() -> None:
    assert Profile() == RASTER
    assert (RASTER.qr, RASTER.lean, RASTER.code_page) == (False, False, "")


def test_what_differs_is_said_after_the_name() -> None:
    profile = read_profile("Escpos, width=58, cut=no, baud=9600, codepage=cp858:19, letters=4")
    assert (profile.width_mm, profile.cut, profile.baud, profile.times) == (58, False, 9600, 4)
    assert (profile.code_page, profile.code_page_number) == ("cp858", 19)
    paper = profile.fitted(80, cutter=True)
    assert (paper.width_mm, paper.dots, paper.columns, paper.cut) == (58, 384, 32, False)


def test_where_a_printer_says_nothing_the_settings_of_the_office_count() -> None:
    paper = read_profile("escpos").fitted(58, cutter=False)
    assert (paper.width_mm, paper.dots, paper.columns, paper.cut) == (58, 384, 32, False)


def test_a_narrow_head_has_fewer_columns() -> None:
    assert read_profile("raster,dots=512").fitted(80, cutter=True).columns == 42
    assert read_profile("epson-180dpi").fitted(80, cutter=True).dots == 512


@pytest.mark.parametrize(
    "text",
    ["", "laser", "escpos,colour=yes", "escpos,width=72", "escpos,cut=perhaps", "escpos,dots=0",
     "escpos,baud=-1", "escpos,codepage=utf-8", "escpos,codepage=cp858:900", "escpos,columns=²"],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_profile(text)
    assert caught.value.field == "profile"
    assert ":" in str(caught.value)


@given(
    st.sampled_from(sorted(PROFILES)),
    st.fixed_dictionaries(
        {},
        optional={
            "width": st.sampled_from(["58", "80"]),
            "dots": st.integers(192, 832).map(str),
            "columns": st.integers(16, 69).map(str),
            "cut": st.sampled_from(["yes", "no"]),
            "qr": st.sampled_from(["yes", "no"]),
            "letters": st.integers(2, 8).map(str),
            "smooth": st.sampled_from(["yes", "no"]),
            "codepage": st.sampled_from(["none", *CODE_PAGES]),
            "kanji": st.sampled_from(["yes", "no"]),
            "baud": st.integers(1200, 4_000_000).map(str),
        },
    ),
)
def test_a_profile_is_kept_as_it_was_written(name: str, changes: dict[str, str]) -> None:
    profile = read_profile(",".join([name, *(f"{key}={value}" for key, value in changes.items())]))
    assert read_profile(write(profile)) == profile


def test_seconds_on_the_line_are_known_where_its_speed_is() -> None:
    assert read_profile("escpos,baud=9600").seconds(960) == 1
    assert RASTER.seconds(1_000_000) == 0
    assert for_address(RASTER, "serial:/dev/ttyUSB0?baud=19200").baud == 19200
    assert for_address(RASTER, "serial:/dev/ttyUSB0").baud == 9600
    assert for_address(RASTER, "tcp://192.0.2.1").baud is None
    assert for_address(read_profile("raster,baud=4800"), "serial:/dev/ttyS0").baud == 4800


def test_the_profile_stands_with_the_printer(tmp_path: Path) -> None:
    with closing(connect(tmp_path)) as db:
        branch, _ = configure(db, office())

        def put(url: str, profile: str | None = None) -> papers.PrinterSetUp:
            put_printer(db, branch, "depan", url, None, Ids().new(0), 0, profile)
            [row] = papers.printers(db)
            return row

        assert put("tcp://192.0.2.1").can() == RASTER
        assert put("tcp://192.0.2.1", "epson,baud=9600").can().baud == 9600
        moved = put("tcp://192.0.2.2")
        assert (moved.url, moved.profile) == ("tcp://192.0.2.2", "epson,baud=9600")
        assert put("tcp://192.0.2.2", "of-a-newer-program").can() == RASTER
