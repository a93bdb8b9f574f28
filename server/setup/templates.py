"""Owns the kinds of office that a set-up can begin with."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

import msgspec

NAMES = (
    "three", "kelurahan", "puskesmas", "disdukcapil", "dpmptsp", "samsat", "bpjs", "mpp", "empty",
)  # fmt: skip
"""From the simplest to the largest, then none."""


class Template(msgspec.Struct, frozen=True):
    """A kind of office: what people call it, and its settings as a file would have them."""

    name: str
    names: dict[str, str]
    about: dict[str, str]
    settings: dict[str, Any]


@cache
def templates() -> tuple[Template, ...]:
    """Return all of them, in the order they are offered."""
    return tuple(_read(name) for name in NAMES)


def _read(name: str) -> Template:
    file = resources.files("server.setup") / "templates" / f"{name}.toml"
    raw = tomllib.loads(file.read_text("utf-8"))
    told = raw.pop("template")
    return Template(name, told["names"], told["about"], raw)
