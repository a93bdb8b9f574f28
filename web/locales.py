"""Owns what is known of languages' numbers and dates: their own locale data, or a kin's.

Many languages of this country have no locale data (Balinese, Banjar, Bugis, Minangkabau, Aceh,
Madura ...). Their speakers write numbers and dates the Indonesian way.
"""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError

PARENT = "id"
RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"})


@cache
def locale_of(language: str) -> Locale:
    """Return the locale data to write numbers and dates of a language with.

    ``bew-Latn-ID`` goes by ``bew-Latn``, then ``bew``, then Indonesian; never raises.
    """
    parts = language.replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("-".join(parts[:length]), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(PARENT)


def has_data(language: str) -> bool:
    """Whether the language itself has locale data."""
    return locale_of(language).language == language.replace("_", "-").partition("-")[0].lower()


def direction_of(language: str) -> str:
    """Return ``rtl`` or ``ltr``: by the script in the tag, else by the locale data."""
    if any(part.title() in RIGHT_TO_LEFT for part in language.split("-")[1:]):
        return "rtl"
    return locale_of(language).text_direction if has_data(language) else "ltr"
