"""Owns what happens to words before they reach paper: cleaning, plain spelling, line breaks."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

_SIGNS = {
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u02bc": "'", "\u2032": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2033": '"',
    "\u2026": "...", "\u2022": "*", "\u00b7": "-", "\u00d7": "x",
    "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " ",
}  # fmt: skip
"""Typographic signs and what a typewriter puts in their place."""

_JOINERS = "\u200c\u200d"
"""Format characters that some scripts cannot be spelled without."""

_LETTERS = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
        "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "\u0131": "i", "þ": "th", "Þ": "Th", "ð": "d",
    }
)  # fmt: skip


def clean(text: str, has: Callable[[str], bool] = str.isascii) -> str:
    """Return ``text`` on one line, without control characters and double spaces.

    Typographic signs become a typewriter's, such as a hyphen for a dash, unless the printer
    ``has`` them.
    """
    kept = "".join(
        character if not unicodedata.category(character).startswith("C") else " "
        for character in _typed(unicodedata.normalize("NFC", text), has)
        if character in _JOINERS or unicodedata.category(character) != "Cf"
    )
    return " ".join(kept.split())


def _typed(text: str, has: Callable[[str], bool]) -> str:
    if text.isascii():
        return text
    return "".join(
        character if character not in _SIGNS or has(character) else _SIGNS[character]
        for character in text
    )


def ascii_only(text: str) -> bool:
    """Tell whether ``text`` can leave as text: printable ASCII, the same on every printer."""
    return text.isascii() and text.isprintable()


def spelled(text: str) -> str:
    """Return the nearest ASCII spelling (``é`` as ``e``); signs that have none are left out."""
    apart = unicodedata.normalize("NFKD", clean(text).translate(_LETTERS))
    return clean("".join(character for character in apart if character.isascii()))


def wrap(text: str, width: int, measure: Callable[[str], float] = len) -> list[str]:
    """Break ``text`` between words into even lines no wider than ``width``.

    The lines are about equally long: no last line of one lonely word.
    A word that is wider than a line by itself is broken anywhere, so that Chinese, which has
    no spaces, and long made-up words are never cut off.

    Args:
        text: cleaned text.
        width: in the unit that ``measure`` returns.
        measure: how wide a piece of text is; the default counts characters.
    """
    lines = _filled(text, width, measure)
    narrowest, widest = width // 2, width
    while len(lines) > 1 and widest - narrowest > max(1, width // 32):
        middle = (narrowest + widest) // 2
        even = _filled(text, middle, measure)
        if len(even) == len(lines):
            lines, widest = even, middle
        else:
            narrowest = middle
    return lines


def _filled(text: str, width: int, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if measure(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while measure(line) > width:
            fits = _fitting(line, width, measure)
            lines.append(line[:fits])
            line = line[fits:]
    if line:
        lines.append(line)
    return lines


def _fitting(word: str, width: int, measure: Callable[[str], float]) -> int:
    """Return how many characters fit, at least one; never splits a letter from its marks."""
    count = 1
    while count < len(word) and measure(word[: count + 1]) <= width:
        count += 1
    whole = count
    while whole > 1 and unicodedata.category(word[whole]).startswith("M"):
        whole -= 1
    return whole if whole > 1 or count == 1 else count


def shortened(lines: list[str], most: int) -> list[str]:
    """Return at most ``most`` lines; what is left out shows as three dots."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], lines[most - 1][:-3].rstrip() + "..."]
