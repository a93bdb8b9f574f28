"""Owns the tables of spoken languages: their words, their order, and how numbers are put together.

A language is one TOML file. The files beside this module ship with the program; an office adds
its own in ``DATA/voices/languages`` (a file of the same name goes before ours).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from server.domain.errors import Invalid
from server.domain.texts import END

SHIPPED = Path(__file__).parent / "languages"
OWN = Path("voices") / "languages"
PLACES = frozenset({"{label}", "{counter}", "{place}", "{agency}"})
PARTS = frozenset({"round", "count", "rest"})

Key = Annotated[str, msgspec.Meta(pattern=rf"^[A-Za-z0-9][A-Za-z0-9-]{{0,31}}{END}")]
Spoken = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """How numbers from ``start`` on are put together; see ``languages/id.toml``."""

    start: Annotated[int, msgspec.Meta(ge=0)]
    by: Annotated[int, msgspec.Meta(ge=2)]
    say: list[str]
    link: str | None = None
    link_below: int = 0


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One spoken language. Every entry of the five maps is a clip: name -> the text to say.

    Attributes:
        call: order of a call; ``{label}`` and the like are filled in.
        numbers: clip of each number that has one of its own, by its digits.
        rules: how the other numbers are put together, rising.
    """

    language: Annotated[str, msgspec.Meta(pattern=rf"^[a-z]{{2,3}}(-[A-Za-z0-9]{{2,8}})?{END}")]
    name: str
    call: list[str]
    phrases: dict[Key, Spoken]
    places: dict[Key, Spoken]
    letters: dict[Key, Spoken]
    numbers: dict[Key, Spoken]
    units: dict[Key, Spoken] = {}
    rules: list[Rule] = []

    def clips(self) -> dict[str, str]:
        """Return every clip of this language: name -> the text a voice says."""
        return {**self.phrases, **self.places, **self.numbers, **self.units, **self.letters}


def read_table(path: Path) -> Table:
    """Return the table in a file.

    Raises:
        Invalid: the file is not a table, or names clips it does not have.
    """
    try:
        table = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Table)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Invalid("The voice table {file} does not fit: {why}", field="file",
                      file=path.name, why=error) from error  # fmt: skip
    _check(table, path.name)
    return table


def _check(table: Table, file: str) -> None:
    clips = table.clips()
    needed = {"recall", "last", "counter", *map(str, range(10))}
    needed |= {word for word in table.call if word not in PLACES}
    for rule in table.rules:
        needed |= {word for word in rule.say if word not in PARTS}
        if rule.link is not None:
            needed.add(rule.link)
    missing = sorted(needed - clips.keys())
    if missing or "{label}" not in table.call or "{counter}" not in table.call:
        raise Invalid("The voice table {file} lacks: {missing}.", field="file", file=file,
                      missing=", ".join(missing) or "{label}, {counter}")  # fmt: skip


def load_tables(data: Path | None = None) -> dict[str, Table]:
    """Return the tables by language: those that ship, and those of the office in ``data``."""
    folders = [SHIPPED, *([data / OWN] if data is not None else [])]
    tables = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            table = read_table(path)
            tables[table.language] = table
    return tables
