"""Texts that people or programs give: what letters they may have."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

END = r"$(?!\n)"
"""The end of a text: alone, ``$`` also stands before a line end that is the last letter."""
PRINTABLE = rf"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]*{END}"
"""No control characters, line breaks or direction overrides: texts reach paper and screens."""

LINES = PRINTABLE.replace(r"\x00-\x1f", r"\x00-\x09\x0b-\x1f", 1)
"""As ``PRINTABLE``, of several lines."""

SAID = PRINTABLE.replace("^", r"^(?=.*\S)", 1)
"""As ``PRINTABLE``, with at least one character that can be seen."""

CODE = rf"^[A-Za-z0-9][A-Za-z0-9_-]{{0,15}}{END}"
"""A name for programs, for life."""
PREFIX = rf"^[A-Z][A-Z0-9]{{0,2}}{END}"
"""What may stand before a number."""
DAY = rf"^\d{{4}}-\d{{2}}-\d{{2}}{END}"
"""A date such as 2026-03-02, by its looks."""
CLOCK = rf"^([01]\d|2[0-3]):[0-5]\d{END}"
"""A time of day such as 07:30."""
Code = Annotated[str, msgspec.Meta(pattern=CODE)]
Words = dict[str, str]
"""A text per language, for example ``{"id": "Loket", "en": "Counter"}``."""
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=PRINTABLE)]
Language = Annotated[str, msgspec.Meta(max_length=16, pattern=PRINTABLE)]
Paragraph = Annotated[str, msgspec.Meta(extra={"lines": True, "most": 300})]
"""A text of lines in an office's settings; what was kept before it had bounds is still read."""


def is_seen(text: str, *, lines: bool = False) -> bool:
    """Whether nothing in a text moves, hides or turns letters round; it may have ``lines``."""
    return re.search(LINES if lines else PRINTABLE, text) is not None


def one_line(text: str) -> str:
    """Return a text without spaces around it, and with single ones between its words."""
    return " ".join(text.split())
