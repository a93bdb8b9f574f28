"""Owns the language of the command line: what it says to people goes through the catalogs."""

from __future__ import annotations

import os
from pathlib import Path

from server.domain.day import Millis, local
from server.domain.errors import DomainError, Named, Phrase
from server.domain.office import Office
from web.i18n import Catalogs

LANGUAGE_OF = ("LC_ALL", "LC_MESSAGES", "LANG")
SOURCE = "en"
"""What the sentences are written in: for its readers no catalog is loaded."""

Line = Phrase | str
"""A sentence; or what is told as it is, such as an address or what another program says."""


class Speaker:
    """Says sentences in a language: as asked, else the system's, else English."""

    def __init__(self, lang: str | None, kept: Path | None = None) -> None:
        """``kept``: a folder for the catalogs as they were read; by the server's own user only."""
        system = next((os.environ[each] for each in LANGUAGE_OF if os.environ.get(each)), "")
        self.language = lang or system.partition(".")[0].partition("_")[0]
        spoken = self.language != SOURCE and self.language in Catalogs.known()
        self._catalogs = Catalogs.load(kept=kept) if spoken else Catalogs({})

    def say(self, message: str, **params: object) -> str:
        """Return a sentence; the values of it that are sentences are in its language too."""
        return self._catalogs.translate(self.language, message, **self._said(params))

    def line(self, told: Line) -> str:
        """Return a line in the language."""
        return self.say(told.message, **told.params) if isinstance(told, Phrase) else told

    def _decimal(self, number: float) -> str:
        """Return a number with one decimal, with the sign of the language before it."""
        if not self._catalogs.languages:
            return f"{number:.1f}"
        from babel.numbers import format_decimal  # noqa: PLC0415 - it loads for long

        from web.locales import locale_of  # noqa: PLC0415 - the same

        return format_decimal(number, format="0.0", locale=locale_of(self.language))

    def _said(self, params: dict[str, object]) -> dict[str, object]:
        said: dict[str, object] = {}
        for name, value in params.items():
            match value:
                case Phrase() | DomainError():
                    said[name] = self.say(value.message, **value.params)
                case Exception():
                    said[name] = self.say(str(value))
                case Named():
                    said[name] = value.said(self.language)
                case float():
                    said[name] = self._decimal(value)
                case _:
                    said[name] = value
        return said


def moment(at: Millis, office: Office | None) -> str:
    """Return a moment on the wall clock of its office."""
    return f"{local(at, 'UTC' if office is None else office.zone):%Y-%m-%d %H:%M}"
