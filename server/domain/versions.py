"""Owns how versions of the program are written and compared."""

from __future__ import annotations

import re

from server.domain.texts import END

PATTERN = rf"^([0-9]{{1,4}}(\.[0-9]{{1,4}}){{1,3}})?{END}"


def numbers(version: str) -> tuple[int, ...]:
    """Return a version's numbers, without zeros at the end; nothing for what is none."""
    if not re.fullmatch(PATTERN, version) or not version:
        return ()
    found = [int(each) for each in version.split(".")]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def newer(version: str, than: str) -> bool:
    """Whether a version comes after another one; an odd one never does."""
    return numbers(version) > numbers(than)
