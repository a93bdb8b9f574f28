"""Owns settings as a file has them: without what Ramah gives by itself; and as TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from server.domain.checks import filled
from server.domain.office import Office

Raw = dict[str, Any]
_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
BASE = "# Settings version"
"""How the line begins that says which version of the settings a file was made from."""


def as_written(office: Office) -> Raw:
    """Return settings as somebody would write them: nothing that is given, or counts without it."""
    raw: Raw = msgspec.to_builtins(office)
    bare = msgspec.convert(raw | {"zone_label": ""}, Office)
    given = filled(
        msgspec.structs.replace(
            bare,
            services=[msgspec.structs.replace(each, id="", prefix="") for each in bare.services],
            counters=[msgspec.structs.replace(each, id="") for each in bare.counters],
        )
    )
    for kind in ("services", "counters"):
        for entry, usual in zip(raw[kind], getattr(given, kind), strict=True):
            for name in ("id", "prefix"):
                if name in entry and entry[name] == getattr(usual, name):
                    del entry[name]
    if raw["zone_label"] == given.zone_label:
        del raw["zone_label"]
    return _without_defaults(raw, office)


def _without_defaults(raw: Raw, value: msgspec.Struct) -> Raw:
    """Leave out what counts without being written, at every depth."""
    kept: Raw = {}
    for field in msgspec.structs.fields(type(value)):
        name = field.encode_name
        if name not in raw:
            continue
        mine = getattr(value, field.name)
        usual = field.default
        if field.default_factory is not msgspec.NODEFAULT:
            usual = field.default_factory()
        if usual is not msgspec.NODEFAULT and mine == usual:
            continue
        kept[name] = _inner(raw[name], mine)
    return kept


def _inner(raw: Any, value: Any) -> Any:  # noqa: ANN401 - any part of the settings
    if isinstance(value, msgspec.Struct):
        return _without_defaults(raw, value)
    if isinstance(value, list) and value and isinstance(value[0], msgspec.Struct):
        return [_without_defaults(one, each) for one, each in zip(raw, value, strict=True)]
    return raw


def toml(raw: Mapping[str, Any], head: list[str]) -> str:
    """Return settings as a TOML file that begins with comments."""
    lines = [f"# {each}".rstrip() for each in head]
    lines += ["", *_table(raw, ())]
    return "\n".join(lines).rstrip("\n") + "\n"


def _table(raw: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for name, value in raw.items():
        if not _is_block(value):
            yield f"{_key(name)} = {_value(value)}"
    for name, value in raw.items():
        below = (*path, _key(name))
        if isinstance(value, Mapping) and _is_block(value):
            yield ""
            yield f"[{'.'.join(below)}]"
            yield from _table(value, below)
        elif _is_block(value):
            for each in value:
                yield ""
                yield f"[[{'.'.join(below)}]]"
                yield from _table(each, below)


def _is_block(value: object) -> bool:
    """Whether a value stands under a heading of its own: a block, or a list of such."""
    if isinstance(value, Mapping):
        # words per language stay on one line, blocks do not
        return any(not isinstance(each, str | int) for each in value.values()) or len(value) > 6  # noqa: PLR2004
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, Mapping) for each in value)
        and any(_long(each) for each in value)
    )


def _long(entry: Mapping[str, Any]) -> bool:
    return any(not isinstance(each, str) for each in entry.values())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    raise TypeError(f"{type(value)} is no setting")


def _key(name: str) -> str:
    return name if _BARE.match(name) else _text(name)


def _text(text: str) -> str:
    """Return a text as TOML's basic string, whose escapes are JSON's; DEL has one more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def file_head(version: int, code: str) -> list[str]:
    """Return the comments that a file of a version begins with, and ``base_of`` reads."""
    return [
        f"{BASE.removeprefix('# ')} {version} of {code}.",
        "Brought back, this file changes what was changed in it since, and nothing else; where",
        "somebody changed the same on the pages meanwhile, it says so and changes nothing.",
    ]


def base_of(text: str) -> int:
    """Return the version of the settings that a file was made from; 0 where it does not say."""
    found = re.search(rf"(?m)^{BASE} (\d{{1,9}})\b", text[:2000])
    return int(found[1]) if found else 0
