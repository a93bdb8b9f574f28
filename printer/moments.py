"""Owns how moments and numbers are written on paper: as the language has them on screens."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_decimal

_CLOCK = "Hm"
_OTHERWISE = "id"
_BRITISH = "en_GB"
"""The screens write English like this: 08:15, not 8:15 AM."""


def clock(moment: datetime, language: str) -> str:
    """Return the time of day: ``08.15`` in Indonesian, ``08:15`` in English."""
    return format_skeleton(_CLOCK, moment, tzinfo=moment.tzinfo, locale=_locale(language))


def stamp(moment: datetime, language: str) -> str:
    """Return date and time; the date in figures that are read alike everywhere."""
    return f"{moment:%d-%m-%Y} {clock(moment, language)}"


def figure(value: float, language: str) -> str:
    """Return a number with one place behind the comma: ``0,6`` in Indonesian."""
    return format_decimal(value, format="0.0", locale=_locale(language))


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    """Return who knows how this language writes; a language nobody described writes like ours."""
    try:
        return Locale.parse(_BRITISH if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        try:
            return Locale.parse(_BRITISH if language == "en" else language)
        except (UnknownLocaleError, ValueError):
            return Locale.parse(_OTHERWISE)
