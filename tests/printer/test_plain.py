from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from printer.plain import ascii_only, clean, shortened, spelled, wrap


@given(st.text(max_size=200), st.integers(4, 48))
def test_wrapping_loses_nothing_and_stays_inside(text: str, width: int) -> None:
    cleaned = clean(text)
    lines = wrap(cleaned, width)
    assert all(len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == cleaned.replace(" ", "")


def test_no_word_is_left_alone_on_the_last_line() -> None:
    lines = wrap("Thank you for waiting. Water and toilets are on the left.", 48)
    assert lines == ["Thank you for waiting. Water", "and toilets are on the left."]


@given(st.text(max_size=100))
def test_clean_text_has_no_control_characters(text: str) -> None:
    cleaned = clean(text)
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in cleaned)
    assert cleaned == clean(cleaned)


@given(st.text(max_size=100))
def test_a_spelling_is_always_ascii(text: str) -> None:
    assert ascii_only(spelled(text))


def test_letters_are_spelled_as_people_do() -> None:
    assert spelled("Café Łódź Straße Œuvre") == "Cafe Lodz Strasse OEuvre"


def test_text_direction_overrides_are_removed() -> None:
    assert clean("abc\u202edcba\u2066x") == "abcdcbax"


def test_what_is_left_out_shows_as_dots() -> None:
    assert shortened(["one two", "three four", "five"], 2) == ["one two", "three f..."]
    assert shortened(["one"], 2) == ["one"]
