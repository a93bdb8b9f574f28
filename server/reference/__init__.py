"""Owns the reference pages of ``docs/``: settings, commands, events, metrics, calls of the API.

``python -m server.reference`` (part of ``make docs``) writes them from what the program has: types
with the meanings in their docstrings, the parser of the command line, the routes. What has no words
is refused, so nothing new can stay in no guide.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator

HEAD = "<!-- Made by `make docs` from {source}; change that. -->\n# {title}\n\n"


class Unexplained(Exception):
    """Something a person meets has no words yet; says where to write them."""


def page(title: str, source: str, body: Iterable[str]) -> str:
    """Return a whole page."""
    return HEAD.format(source=source, title=title) + "\n".join(body).rstrip("\n") + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Write a table, line by line, with an empty line behind it."""
    head = list(head)
    for cells in (head, ["---"] * len(head), *rows):
        yield (
            "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
        )
    yield ""


def _docstring(owner: type) -> str:
    return inspect.cleandoc(owner.__doc__ or "")  # Python 3.13 has taken the margin off itself


def summary(owner: type) -> str:
    """Return what a docstring says before its ``Attributes:``, in one line.

    Raises:
        Unexplained: there is none.
    """
    text = _docstring(owner).partition("Attributes:")[0].strip()
    if not text:
        raise Unexplained(f"{owner.__module__}.{owner.__name__} has no docstring")
    return code(" ".join(text.split()))


def attributes(owner: type) -> dict[str, str]:
    """Return the meaning of each field that the docstring of a type tells under ``Attributes:``."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in _docstring(owner).partition("Attributes:")[2].splitlines():
        entry = re.match(r" {4}([a-z_]+(?:, [a-z_]+)*): (.*)", line)
        if entry:
            names = entry[1].split(", ")
            found |= dict.fromkeys(names, entry[2])
        elif names and line.strip():
            found |= dict.fromkeys(names, f"{found[names[0]]} {line.strip()}")
    return {name: code(text) for name, text in found.items()}


def code(text: str) -> str:
    """Return a docstring's words as Markdown: one tick where it has two."""
    return text.replace("``", "`")
