"""Says the program's SQL in PostgreSQL's words: places of values, and what ``dialect`` names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import NoneType
from typing import Any

from server.domain.errors import Refused
from server.storage import dialect

Values = Sequence[Any] | Mapping[str, Any]

_PARTS = re.compile(
    r"""(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*") | (?P<note>--[^\n]*) | (?P<cast>::\w+)
    | (?P<place>\?|:[a-z_]\w*) | (?P<kept>(?<![\w."])user(?![\w"])) | (?P<of>\.user(?!\w))""",
    re.VERBOSE,
)
_KIND = re.compile(r"/\*(::[a-z]+(?:\([\d, ]+\))?)\*/")
_ROW = re.compile(r"\bprintf\(('(?:[^']|'')*')")
_TYPES = {int: "bigint", str: "text", float: "double precision", bytes: "bytea"}
"""A value's kind as SQLite takes it; truths take the kind of the place they stand in."""


class NotOnThisStore(Refused):
    """What is asked for is said in SQLite's words only; it is refused before anything is read."""


def kinds(values: Values) -> tuple[type, ...]:
    """Return the kinds of values, in their order."""
    return tuple(map(type, values.values() if isinstance(values, Mapping) else values))


@lru_cache(maxsize=4096)
def worded(
    sql: str, types: tuple[type, ...], names: tuple[str, ...] | None
) -> tuple[str, tuple[int, ...]]:
    """Return a statement for PostgreSQL, and which of the values it takes, in their order.

    Raises:
        NotOnThisStore: it has words that only SQLite understands.
    """
    sql = own_words(sql)
    used: list[int] = []
    count = 0

    def said(match: re.Match[str]) -> str:
        nonlocal count
        if match["kept"]:
            return '"user"'
        if match["of"]:
            return '."user"'
        place = match["place"]
        if place is None:
            return "" if match["note"] else match[0]
        if names is None:
            kind, at = types[count], count
            count += 1
        else:
            at = names.index(place[1:])
            kind = types[at]
        if kind is NoneType:  # a place of its own would want a kind, and NULL has any
            return "NULL"
        if at not in used:
            used.append(at)
        number = used.index(at) + 1
        cast = _TYPES.get(kind)
        return f"(${number}::{cast})" if cast else f"${number}"

    return _PARTS.sub(said, sql), tuple(used)


def _row(match: re.Match[str]) -> str:
    """Return the call that makes a row of text; numbers come in the kind that they are told in."""
    return "format(" + re.sub(r"%(d|\.\d+f)", "%s", match[1])


@lru_cache(maxsize=4096)
def own_words(sql: str) -> str:
    """Return SQL with PostgreSQL's words for all that ``dialect`` says in SQLite's.

    Raises:
        NotOnThisStore: for one of them there is none.
    """
    for ours in sorted(dialect.SAID, key=len, reverse=True):
        sql = sql.replace(ours, dialect.SAID[ours])
    sql = _ROW.sub(_row, _KIND.sub(r"\1", sql))
    if dialect.ONLY_HERE.search(sql):
        raise NotOnThisStore(
            "This cannot be told from a PostgreSQL store yet.", slug="not-on-this-store"
        )
    return sql
