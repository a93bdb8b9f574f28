"""Owns how mistakes in settings are told: what, in which part of the office, all at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from server.domain.errors import Invalid
from server.domain.words import marked as _

Say = Callable[..., str]
"""Turns an English sentence into the reader's language and fills its places."""
Place = tuple[str, dict[str, object]]
"""The part of an office that is meant, as a sentence and its values."""
MOST = 30
"""Mistakes told at once; a file with more has one mistake of another kind."""
_SHOWN = 40


class Mistake(Invalid):
    """One thing that is wrong, and the part of the office it is in."""

    def __init__(
        self, message: str, path: str, place: Place | None = None, **params: object,
    ) -> None:  # fmt: skip
        super().__init__(message, field=path, slug=None, **params)
        self.place = place

    def words(self, say: Say) -> str:
        """Return it as a sentence in the reader's language."""
        what = say(self.message, **self.params)
        return f"{say(self.place[0], **self.place[1])}: {what}" if self.place else what


class Mistakes(Invalid):
    """A settings file with mistakes; as an error it says the first one."""

    def __init__(self, all_of_them: list[Invalid]) -> None:
        first = all_of_them[0]
        super().__init__(first.message, field=first.field, slug=first.slug, **first.params)
        self.all_of_them = all_of_them

    def lines(self, say: Say) -> list[str]:
        """Return every mistake in the reader's language, in the file's order."""
        told = [
            each.words(say) if isinstance(each, Mistake) else say(each.message, **each.params)
            for each in self.all_of_them[:MOST]
        ]
        more = len(self.all_of_them) - MOST
        return told if more <= 0 else [*told, say(_("And {n} more."), n=more)]

    def __str__(self) -> str:
        """Return every mistake in English."""
        return "\n".join(self.lines(in_english))


def in_english(message: str, **params: object) -> str:
    """Return a sentence as it is in the source."""
    return message.format(**params) if params else message


def short(value: object) -> str:
    """Return a value as a sentence can hold it."""
    text = "".join(each if each.isprintable() else "?" for each in str(value))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def unreadable(path_text: str, error: Exception) -> Invalid:
    """Return where a file stops being TOML, with the line itself."""
    found = re.search(r"\(at line (\d+), column \d+\)", str(error))
    if found is None:
        return Invalid("The file is not valid TOML: {why}", field="file", why=error)
    number = int(found[1])
    lines = path_text.splitlines()
    line = lines[number - 1].strip() if number <= len(lines) else ""
    return Invalid(
        "The file is not valid TOML: line {number} cannot be read: {line} ({why})",
        field="file", number=number, line=short(line), why=str(error).partition(" (at")[0],
    )  # fmt: skip


def no_language(
    value: str, path: str, known: Collection[str], place: Place | None = None
) -> Mistake:
    """Return that there is no such language, and which there are."""
    return Mistake(
        _("There is no language '{value}'. Ramah speaks: {known} (docs/languages.md)."),
        path, place, value=short(value), known=", ".join(known),
    )  # fmt: skip


def spoken(languages: object, known: Collection[str]) -> Iterator[Invalid]:
    """Find languages that the program's pages cannot speak."""
    for path, each in _unknown(languages, known, "languages"):
        yield no_language(each, path, known)


def voiced(languages: object, known: Collection[str]) -> Iterator[Invalid]:
    """Find languages that calls cannot be spoken in."""
    message = _("No voice speaks '{value}'. There is: {known} (docs/voice.md).")
    for path, each in _unknown(languages, known, "voice.languages"):
        yield Mistake(message, path, value=short(each), known=", ".join(known))


def _unknown(languages: object, known: Collection[str], path: str) -> Iterator[tuple[str, str]]:
    for index, each in enumerate(languages if isinstance(languages, list) else []):
        if isinstance(each, str) and each not in known:
            yield f"{path}[{index}]", each
