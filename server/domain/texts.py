"""Texts that people or programs give: what letters they may have."""

from __future__ import annotations

from typing import Annotated

import msgspec

PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]*$"
"""No control characters, line breaks or direction overrides: texts reach paper and screens."""

SAID = PRINTABLE.replace("^", r"^(?=.*\S)", 1)
"""As ``PRINTABLE``, with at least one character that can be seen."""

CODE = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,15}$"
"""A name for programs, for life."""
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=PRINTABLE)]
Language = Annotated[str, msgspec.Meta(max_length=16, pattern=PRINTABLE)]


def one_line(text: str) -> str:
    """Return a text without spaces around it, and with single ones between its words."""
    return " ".join(text.split())
