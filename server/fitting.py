"""Owns what still fits of settings that have mistakes, so that the rest is checked as well."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from difflib import get_close_matches

import msgspec

from server.domain.checks import filled
from server.domain.office import Office

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_AT = re.compile(r" - at `\$\.(.*)`$")
_TRIES = 50
_NAMED = ("services", "counters", "agencies")
_CORE = re.compile(rf"({'|'.join(_NAMED)})\[\d+\]")
"""Others name these; without one of them, they would seem to be wrong."""


def fitting(raw: dict[str, object], wrong: Iterable[str]) -> Office | None:
    """Return the office without the settings at the paths ``wrong``.

    None where what is left would be another office: its services, counters or agencies.
    """
    rest: dict[str, object] = deepcopy(raw)
    paths = set(wrong)
    for _ in range(_TRIES):
        if any(_CORE.fullmatch(path) or get_close_matches(path, _NAMED, 1) for path in paths):
            return None
        # from the end: what stands behind keeps its number
        for path in sorted(paths, key=_order, reverse=True):
            _take_out(rest, path)
        try:
            return filled(msgspec.convert(rest, Office))
        except msgspec.ValidationError as error:
            at = _AT.search(str(error))
            if at is None:
                return None
            paths = {at[1]}
    return None


def _order(path: str) -> list[tuple[str, int]]:
    return [(name, int(number or 0)) for name, number in _STEP.findall(path)]


def _take_out(raw: object, path: str) -> None:
    """Take one value out, if it is there."""
    steps = [name or int(number) for name, number in _STEP.findall(path)]
    for step in steps[:-1]:
        raw = _below(raw, step)
    last = steps[-1]
    if isinstance(raw, dict):
        raw.pop(last, None)
    elif isinstance(raw, list) and isinstance(last, int) and last < len(raw):
        del raw[last]


def _below(raw: object, step: str | int) -> object:
    if isinstance(raw, dict):
        return raw.get(step)
    if isinstance(raw, list) and isinstance(step, int) and step < len(raw):
        return raw[step]
    return None
