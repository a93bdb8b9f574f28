"""What people write is shown and printed as they wrote it: no letter moves, hides or turns one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from server.contract import ROUTES
from server.domain.office import Office, Paper
from server.domain.texts import PRINTABLE, SAID, is_seen
from server.lobby.voice.tables import Table

UNSEEN = [
    "\x00",
    "\t",
    "\r",
    "\x1b[2J",
    "\x7f",
    "\x9b",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066",
    "\ufeff",
]
FITTING = ("Kantor", "A", "08:00", "24:00", "2026-03-02", "id", "0a1b2c3d", "12", "1.2.0")


@pytest.mark.parametrize("letter", UNSEEN)
def test_a_letter_that_is_not_seen_is_found_at_any_place(letter: str) -> None:
    for text in (letter, f"{letter}abc", f"a{letter}b", f"abc{letter}"):
        assert not is_seen(text), repr(text)
        assert not is_seen(text, lines=True), repr(text)


def test_the_end_of_a_line_is_seen_only_where_there_may_be_lines() -> None:
    for text in ("\n", "a\nb", "abc\n"):
        assert not is_seen(text)
        assert is_seen(text, lines=True)


def test_letters_of_all_scripts_are_seen() -> None:
    for text in ("", "Kantor Kelurahan", "ᬅᬓ᭄ᬱᬭ", "مكتب", "役所", "Köln 🏛️", "ni\u00f1o\u200d"):
        assert is_seen(text)


def patterns(kind: Any, seen: set[str]) -> Iterator[str]:  # noqa: ANN401 - any type
    """Find the pattern of every text in a type, and below it."""
    if isinstance(kind, inspect.StructType):
        if kind.cls.__name__ in seen:
            return
        seen.add(kind.cls.__name__)
        for field in kind.fields:
            yield from patterns(field.type, seen)
    elif isinstance(kind, inspect.StrType):
        if kind.pattern:
            yield kind.pattern
    else:
        for name in ("type", "types", "item_type", "item_types", "key_type", "value_type"):
            below = getattr(kind, name, None)
            for each in below if isinstance(below, tuple) else (below,):
                if isinstance(each, inspect.Type):
                    yield from patterns(each, seen)


def test_no_text_that_is_checked_may_end_with_the_end_of_a_line() -> None:
    bodies = [route.body for route in ROUTES if route.body is not None]
    found = {
        each
        for kind in (*bodies, Office, Table)
        for each in patterns(inspect.type_info(kind), set())
    }
    assert {PRINTABLE, SAID} <= found
    for pattern in sorted(found):
        fitting = [each for each in FITTING if re.search(pattern, each)]
        assert fitting, f"no text here fits {pattern}"
        for each in fitting:
            assert not re.search(pattern, f"{each}\n"), pattern
            assert re.search(pattern, each)


def test_settings_that_were_kept_before_are_still_read() -> None:
    foot = {"id": "x" * 400 + "\t"}
    assert msgspec.convert({"foot": foot}, Paper).foot == foot
