"""Owns the forms of the settings pages: made from the settings' types, so none is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec
from msgspec import inspect

from server.domain.office import Office
from server.editing.labels import CHOICES, LABELS

Kind = Literal[
    "text", "number", "switch", "choice", "time", "date", "words", "lists", "texts", "dates",
    "reasons", "days", "codes", "parts", "weights", "picture", "block", "blocks",
]  # fmt: skip
"""How a setting is edited.

``words``: a text per language; ``lists``: lines per language; ``texts``: lines; ``reasons``: texts
per language, any number; ``codes``: some of the services, agencies or languages (``of``);
``parts``: some of a few in an order; ``block``: settings of its own below; ``blocks``: many such.
"""
GIVEN = frozenset({"services.id", "counters.id"})
_DATES = frozenset(
    {f"{block}.{end}" for block in ("special_days", "seasons") for end in ("first", "last")}
)
_OF = {
    "languages": "languages", "voice.languages": "languages", "services.agency": "agencies",
    "counters.services": "services", "special_days.services": "services",
    "seasons.services": "services", "zone": "zones",
    "voice.pack": "voices",
}  # fmt: skip


class FormChoice(msgspec.Struct, frozen=True):
    """One of a few values, and what people call it."""

    value: str
    label: str


class FormField(msgspec.Struct, frozen=True):
    """One setting as a form shows it.

    Attributes:
        path: its place in the settings without positions, such as ``services.names``.
        of: whose codes it names: services, agencies, languages, zones or voices.
        default: what counts without it, JSON text; empty where it must be there.
        lines: a text, or each of its languages, may have several.
        fields: the settings below a block.
        optional: a block that may be left out.
    """

    name: str
    path: str
    label: str
    hint: str
    kind: Kind
    of: str = ""
    default: str = ""
    low: float | None = None
    high: float | None = None
    whole: bool = False
    lines: bool = False
    choices: list[FormChoice] = []
    fields: list[FormField] = []
    optional: bool = False


Say = Callable[[str], str]


def form(say: Say) -> list[FormField]:
    """Return the form of all settings, in words of the reader's language."""
    return _fields(inspect.type_info(Office), "", say)


def paths(fields: list[FormField]) -> list[str]:
    """Return the path of every setting in a form."""
    found = []
    for each in fields:
        found += paths(each.fields) if each.fields else [each.path]
    return found


def _fields(kind: inspect.Type, path: str, say: Say) -> list[FormField]:
    assert isinstance(kind, inspect.StructType)  # noqa: S101 - blocks are structs
    return [
        _field(each, f"{path}{each.encode_name}", say)
        for each in kind.fields
        if f"{path}{each.encode_name}" not in GIVEN
    ]


def _field(field: inspect.Field, path: str, say: Say) -> FormField:
    kind, optional = _plain(field.type)
    label, hint = LABELS.get(path, (field.encode_name, ""))
    more: dict[str, Any] = {
        "name": field.encode_name, "path": path, "label": say(label),
        "hint": say(hint) if hint else "", "of": _OF.get(path, ""), "default": _default(field),
        "optional": optional,
    }  # fmt: skip
    if isinstance(kind, inspect.StructType):
        return FormField(**more, kind="block", fields=_fields(kind, f"{path}.", say))
    if isinstance(kind, inspect.ListType):
        item, _none = _plain(kind.item_type)
        if isinstance(item, inspect.StructType):
            return FormField(**more, kind="blocks", fields=_fields(item, f"{path}.", say))
        return FormField(**more, **_list(item, path, say))
    return FormField(**more, **_single(kind, path, say))


def _list(item: inspect.Type, path: str, say: Say) -> dict[str, Any]:
    if path in _OF:
        return {"kind": "codes"}
    if isinstance(item, inspect.IntType):
        return {"kind": "days"}
    if isinstance(item, inspect.LiteralType):
        return {"kind": "parts", "choices": _choices(item, path, say)}
    if isinstance(item, inspect.DictType):
        return {"kind": "reasons"}
    return {"kind": "dates" if path.endswith("closed_dates") else "texts"}


def _single(kind: inspect.Type, path: str, say: Say) -> dict[str, Any]:
    if isinstance(kind, inspect.BoolType):
        return {"kind": "switch"}
    if isinstance(kind, inspect.LiteralType):
        return {"kind": "choice", "choices": _choices(kind, path, say),
                "whole": isinstance(kind.values[0], int)}  # fmt: skip
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        low = kind.ge if kind.ge is not None else kind.gt
        return {"kind": "number", "whole": isinstance(kind, inspect.IntType), "low": low,
                "high": kind.le}  # fmt: skip
    if isinstance(kind, inspect.DictType):
        value, _none = _plain(kind.value_type)
        whole = isinstance(value, inspect.IntType)
        lines = isinstance(value, inspect.ListType)
        told = kind.value_type.extra if isinstance(kind.value_type, inspect.Metadata) else None
        return {"kind": "weights" if whole else "lists" if lines else "words",
                "lines": bool(told and told.get("lines"))}  # fmt: skip
    return {"kind": _kind_of_text(getattr(kind, "pattern", None) or "", path)}


def _kind_of_text(pattern: str, path: str) -> Kind:
    if path == "paper.logo":
        return "picture"
    if path in _DATES:
        return "date"
    return "time" if ":[0-5]" in pattern else "text"


def _choices(kind: inspect.LiteralType, path: str, say: Say) -> list[FormChoice]:
    names = CHOICES.get(path, {})
    values = [str(each) for each in kind.values]
    order = [each for each in names if each in values] or sorted(values)
    return [FormChoice(each, say(names[each]) if each in names else each) for each in order]


def _plain(kind: inspect.Type) -> tuple[inspect.Type, bool]:
    """Return a type without its wrapping, and whether it may be nothing."""
    if isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.UnionType):
        inner = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        return _plain(inner[0])[0], len(inner) < len(kind.types)
    return kind, False


def _default(field: inspect.Field) -> str:
    value = field.default
    if field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
    if value is msgspec.NODEFAULT:
        return ""
    return msgspec.json.encode(value).decode()
