"""Owns the words for values that do not fit their type: what msgspec says, as people say it.

Bodies of the API use them, and settings may: the reason alone is told, without the path.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from server.domain.errors import Phrase

# The name marks the sentence for the catalogs (web/extract.py).
say = Phrase

KINDS = {
    "int": say("a whole number"),
    "float": say("a number"),
    "str": say("text"),
    "bool": say("true or false"),
    "array": say("a list"),
    "object": say("an object with named fields"),
    "datetime": say("a date and time"),
    "date": say("a date"),
    "time": say("a time of day"),
    "bytes": say("data as base64 text"),
    "null": say("nothing (null)"),
}
"""msgspec's names of types, as people say them."""


def _kind(name: str) -> Phrase | str:
    plain = [each for each in name.split(" | ") if each != "null"]
    return KINDS.get(plain[0] if plain else "null", name)


def _got(found: re.Match[str]) -> Phrase:
    return say("expected {kind}, got {got}", kind=_kind(found[1]), got=_kind(found[2]))


def _bound(found: re.Match[str]) -> Phrase:
    sign, value = found[2], found[3].removesuffix(".0")
    match sign:
        case ">=":
            return say("at least {n}", n=value)
        case "<=":
            return say("at most {n}", n=value)
        case ">":
            return say("more than {n}", n=value)
    return say("less than {n}", n=value)


def _length(found: re.Match[str]) -> Phrase:
    text, sign, size = found[1] == "str", found[2], found[3]
    if size == "1" and sign == ">=":
        return say("it is empty")
    match sign:
        case ">=" if text:
            return say("at least {n} characters", n=size)
        case "<=" if text:
            return say("at most {n} characters", n=size)
        case ">=":
            return say("at least {n} entries", n=size)
        case "<=":
            return say("at most {n} entries", n=size)
    return say("exactly {n} entries", n=size)


def _pattern(found: re.Match[str]) -> Phrase:
    if r"\u202a" in found[1] or "\\x1f" in found[1] or "\x1f" in found[1]:
        return say("plain text on one line, and at least one letter where words are needed")
    return say("it is not written as this field needs it")


RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Phrase]]] = [
    (re.compile(r"Expected `([^`]*)`, got `([^`]*)`"), _got),
    (re.compile(r"Expected `(int|float)` (>=|<=|>|<) (\S+)"), _bound),
    (re.compile(r"Expected `(\w+)` of (?:at least |at most )?length (>=|<=)? ?(\d+)"), _length),
    (re.compile(r"Expected `str` matching regex '(.*)'", re.DOTALL), _pattern),
    (re.compile(r"Expected `\w+` that's a multiple of (\S+)"),
     lambda found: say("a multiple of {n}", n=found[1])),
    (re.compile(r"Expected `\w+` with a timezone component"),
     lambda _: say("it needs its offset, as in 2026-03-02T10:00:00+08:00")),
    (re.compile(r"Invalid RFC3339 encoded (?:datetime|date|time)"),
     lambda _: say("it is no date or time like 2026-03-02T10:00:00+08:00")),
    (re.compile(r"Invalid (?:enum )?value (.*)", re.DOTALL),
     lambda found: say("{value} is no choice here", value=found[1])),
    (re.compile(r"Object contains unknown field `.*`", re.DOTALL),
     lambda _: say("there is no such field")),
    (re.compile(r"Object missing required field `.*`", re.DOTALL), lambda _: say("it is missing")),
    (re.compile(r"Integer value out of range"), lambda _: say("the number is too large")),
    (re.compile(r"Invalid base64 encoded string"), lambda _: say("it is no base64 text")),
]  # fmt: skip


def misfit(reason: str) -> Phrase:
    """Return what is wrong, from msgspec's sentence without its path."""
    for pattern, words in RULES:
        found = pattern.fullmatch(reason)
        if found:
            return words(found)
    return say("it does not fit this field")
