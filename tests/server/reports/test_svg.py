"""Pictures can be read: words on every tone, a key that never lies over itself."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree as ET

import pytest

from server.reports.charts import axis, percent
from server.reports.svg import (
    DARK,
    LIGHT,
    PAPER,
    SCREEN,
    Bar,
    Line,
    Size,
    bars,
    contrast,
    heat,
    lines,
    ticks,
    words_on,
)


def test_words_in_a_heat_map_can_be_read_on_every_tone() -> None:
    for step in range(101):
        tone = [round(a + (b - a) * step / 100) for a, b in zip(LIGHT, DARK, strict=True)]
        ink = bytes.fromhex(words_on(tone)[1:])
        assert contrast(tone, ink) >= 4.5, tone


def test_every_cell_says_its_number_and_the_unit_stands_below() -> None:
    made = heat("Sibuk", "giliran", ["Senin"], ["08", "09"],
                {(0, 0): (3, "3", "tiga"), (0, 1): (9, "9", "<sembilan>")})  # fmt: skip
    words = [each.text for each in ET.fromstring(made).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    assert words == ["08", "09", "Senin", "3", "9", "giliran"]


@pytest.mark.parametrize("size", [SCREEN, PAPER])
def test_the_key_breaks_into_rows_and_no_name_lies_over_another(size: Size) -> None:
    names = ["9 dari 10 menunggu paling lama", "separuh menunggu paling lama", "9 dari 10, lalu"]
    made = lines(
        "Tunggu", "menit", ["1 Okt"], [Line(name, [5], ["x"]) for name in names], str, size
    )
    spots = []
    for name in names:
        found = re.search(rf'<text x="([\d.]+)" y="([\d.]+)"[^>]*>{name}<', made)
        assert found
        spots.append((float(found[2]), float(found[1]), float(found[1]) + size.glyph * len(name)))
    assert all(end <= size.width for _, _, end in spots)
    rows = sorted(spots)
    for one, other in itertools.pairwise(rows):
        assert one[0] < other[0] or one[2] < other[1]


def test_ticks_are_round_and_reach_the_top() -> None:
    assert ticks(0) == [0, 1]
    assert ticks(66) == [0, 20, 40, 60, 80]
    assert ticks(0.9) == [0, 0.25, 0.5, 0.75, 1]


def test_things_counted_have_whole_numbers_on_the_axis() -> None:
    for most in (1, 2, 3, 9, 10, 11, 26, 104, 3000):
        marks = ticks(most, whole=True)
        assert all(each == int(each) for each in marks), most
        assert marks[-1] >= most
    assert ticks(1, whole=True) == [0, 1]


def test_the_axis_speaks_the_readers_language() -> None:
    made = bars("Datang", "giliran", "jam", [Bar("08", 0.9, "x"), Bar("09", 0.2, "y")],
                axis("id"))  # fmt: skip
    assert {"0,25", "0,5", "0,75"} <= set(re.findall(r">([\d.,]+)<", made))
    english = lines("Wait", "min", ["1"], [Line("x", [3000], ["x"])], axis("en"))
    assert "3,000" in re.findall(r">([\d.,]+)<", english)


def test_a_day_without_a_value_leaves_a_gap_in_the_line() -> None:
    made = lines("Tunggu", "menit", list("abcde"),
                 [Line("p90", [1, 2, None, 4, 5], ["x"] * 5)], str)  # fmt: skip
    found = re.findall(r'polyline points="([^"]+)"', made)
    assert [len(each.split()) for each in found] == [2, 2]


@pytest.mark.parametrize(
    ("share", "language", "told"),
    [(0.831, "id", "83,1%"), (0.831, "en", "83.1%"), (1.0, "id", "100%"), (0.05, "en", "5%")],
)
def test_a_share_is_written_as_the_language_does(share: float, language: str, told: str) -> None:
    assert percent(share, language) == told
