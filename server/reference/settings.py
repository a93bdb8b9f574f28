"""Tells every setting of an office: how it is written, what it means, what counts without it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import inspect

from server.domain.office import PAPER_LINES, Office
from server.domain.texts import CLOCK, CODE, END, PREFIX, PRINTABLE
from server.reference import Unexplained, attributes, page, summary, table

WHERE = "the docstrings of `server/domain/office.py` and its neighbours"
INTRODUCTION = """\
An office is described in a TOML file, applied with `ramah branch add FILE` and again after each
change; a running server takes it over within a second. `server/demo/office.toml` is one to copy,
`server/demo/office-all.toml` shows every setting with a value. A mistake is told by name, all at
once, and changes nothing. What is told *per language* is written
`{ id = "Loket", en = "Counter" }`. Times of day are `"07:30"`, dates `"2026-12-25"`. What has no
value under "without it" must be there."""
PATTERNS = {
    CODE: "code: 1 to 16 letters, digits, `_`, `-`",
    PREFIX: "1 to 3 capital letters and digits",
    PRINTABLE: "text, one line",
    CLOCK: "time of day",
    rf"{CLOCK}|^24:00{END}": "time of day, up to `24:00`",
    rf"^[a-z0-9-]{{0,40}}{END}": "small letters, digits, `-`",
}
GIVEN = {"services.id", "counters.id"}
"""Ramah gives these itself; a file leaves them out."""


def written() -> str:
    """Return the page.

    Raises:
        Unexplained: names the setting that has no meaning.
    """
    return page("Settings of an office", WHERE, [INTRODUCTION, "", *_block(Office, "", "")])


def paths(owner: type = Office, path: str = "") -> Iterator[str]:
    """Find every setting as ``services.hours.opens``."""
    for field in _fields(owner):
        name = f"{path}{field.encode_name}"
        inner, _many = _inner(field.type)
        if inner is None:
            yield name
        else:
            yield from paths(inner, f"{name}.")


def _fields(owner: type) -> tuple[inspect.Field, ...]:
    kind = inspect.type_info(owner)
    if not isinstance(kind, inspect.StructType):
        raise TypeError(f"{owner} is no block of settings")
    return kind.fields


def _block(owner: type, path: str, header: str) -> Iterator[str]:
    if header:
        yield f"## `{header}`"
        yield summary(owner)
        yield ""
    meanings = attributes(owner)
    rows, blocks = [], []
    for field in _fields(owner):
        name = f"{path}{field.encode_name}"
        if name in GIVEN:
            continue
        inner, many = _inner(field.type)
        if inner is not None:
            blocks.append((inner, name, f"[[{name}]]" if many else f"[{name}]"))
            continue
        if field.name not in meanings:
            raise Unexplained(f"{owner.__name__}.{field.name}: say what it means in Attributes")
        rows.append(
            (
                f"`{field.encode_name}`",
                _kind(field.type),
                _default(field),
                _end(meanings[field.name]),
            )
        )
    yield from table(("Setting", "Is", "Without it", "Meaning"), rows)
    for inner, name, head in blocks:
        yield from _block(inner, f"{name}.", head)


def _end(meaning: str) -> str:
    return meaning[0].upper() + meaning[1:] if meaning[0] != "`" else meaning


def _inner(kind: inspect.Type) -> tuple[type | None, bool]:
    """Return the type of a block below a setting, and whether there may be many of it."""
    kind = _plain(kind)
    many = isinstance(kind, inspect.ListType)
    if isinstance(kind, inspect.ListType):
        kind = _plain(kind.item_type)
    return (kind.cls if isinstance(kind, inspect.StructType) else None), many


def _plain(kind: inspect.Type) -> inspect.Type:
    if isinstance(kind, inspect.Metadata):
        return _plain(kind.type)
    if isinstance(kind, inspect.UnionType):
        return _plain(next(e for e in kind.types if not isinstance(e, inspect.NoneType)))
    return kind


def _kind(kind: inspect.Type) -> str:  # noqa: PLR0911 - one line for each type
    kind = _plain(kind)
    if isinstance(kind, inspect.BoolType):
        return "`true` or `false`"
    if isinstance(kind, inspect.LiteralType):
        return " ".join(f"`{value}`" for value in sorted(kind.values, key=str) if value != "")
    if isinstance(kind, inspect.StrType):
        return PATTERNS[kind.pattern] if kind.pattern else "text"
    if isinstance(kind, (inspect.IntType, inspect.FloatType)):
        word = "whole number" if isinstance(kind, inspect.IntType) else "number"
        low = kind.ge if kind.ge is not None else kind.gt
        if kind.le is not None:
            return (
                f"{word}, {low} to {kind.le}"
                if kind.gt is None
                else f"{word} over {low}, to {kind.le}"
            )
        return f"{word}, {low} or more"
    if isinstance(kind, inspect.ListType):
        return f"list of: {_kind(kind.item_type)}"
    if isinstance(kind, inspect.DictType):
        value = _plain(kind.value_type)
        if isinstance(value, (inspect.IntType, inspect.FloatType)):
            return f"per service code: {_kind(value)}"
        return f"per language: {_kind(value)}"
    raise Unexplained(f"no words for a setting of type {kind}")


def _default(field: inspect.Field) -> str:
    if field.required:
        return ""
    value = field.default
    if field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
    if value is None or value in ("", {}, []):
        return "nothing"
    if value == PAPER_LINES:
        return "all, in this order: " + " ".join(f"`{line}`" for line in PAPER_LINES)
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        return " ".join(f"`{each}`" for each in value)
    return f"`{value}`"
