"""Tells every call of the API in one line, as the contract has it."""

from __future__ import annotations

from collections.abc import Iterator

from server.api.openapi import TAGS, tag_of
from server.contract import ROUTES
from server.reference import page, table

WHERE = "the routes in `server/api/`"
INTRODUCTION = """\
Fields and examples: `/api/docs` and `GET /api/openapi.json` of a running server. How to log in,
what comes back and what a schema cannot say: [api.md](api.md). *Everybody* needs no
login."""


def written() -> str:
    """Return the page."""
    return page("Calls of the API", WHERE, [INTRODUCTION, "", *_tags()])


def _tags() -> Iterator[str]:
    for tag, meaning in TAGS.items():
        rows = [
            (
                f"`{route.method} {route.path}`",
                " ".join(sorted(route.roles)) or "everybody",
                route.summary,
            )
            for route in ROUTES
            if tag_of(route.path) == tag
        ]
        yield f"## {tag}"
        yield meaning
        yield ""
        yield from table(("Call", "Who", "Does"), rows)
