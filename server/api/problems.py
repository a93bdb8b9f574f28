"""Owns errors on the wire: each becomes one RFC 9457 problem document a person understands."""

from __future__ import annotations

import re

import msgspec
from aiohttp import web

from server.api.types import Problem
from server.domain.errors import Conflict, DomainError, Invalid, NotFound, Phrase, Refused
from server.domain.words import marked as _
from server.misfits import misfit

TYPE = "urn:ramah:problem:"
STATUS: dict[type[DomainError], int] = {NotFound: 404, Conflict: 409, Refused: 409, Invalid: 422}
TITLES = {
    400: _("The request is malformed"),
    401: _("Not logged in"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Method not allowed"),
    408: _("The request came too slowly"),
    409: _("Not possible now"),
    413: _("The request is too large"),
    422: _("The request is not valid"),
    429: _("Too many tries"),
    500: _("Something went wrong here"),
    503: _("Please try again shortly"),
}
STATES = {
    "waiting": _("waiting"),
    "called": _("called"),
    "called again": _("called again"),
    "serving": _("being served"),
    "held": _("on hold"),
    "done": _("done"),
    "no_show": _("missed"),
    "cancelled": _("cancelled"),
    "transferred": _("sent on"),
    "expired": _("expired"),
    "closed": _("closed"),
    "open": _("open"),
    "break": _("on a break"),
}
"""States in words, for the sentence of a problem; its members keep the codes."""


class Rejected(Exception):
    """A request that never reaches the rules; becomes a problem document."""

    def __init__(
        self,
        status: int,
        slug: str,
        message: str,
        *,
        field: str | None = None,
        retry_after: int | None = None,
        **params: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.slug = slug
        self.message = message
        self.field = field
        self.retry_after = retry_after
        self.params = params


def problem(
    status: int,
    slug: str,
    detail: str,
    title: str | None = None,
    retry_after: int | None = None,
    **members: str | None,
) -> web.Response:
    """Return the answer with a problem document."""
    document = Problem(
        type=TYPE + slug,
        title=title or TITLES.get(status, "Problem"),
        status=status,
        detail=detail,
        **members,
    )
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if status == 401:  # noqa: PLR2004
        headers["WWW-Authenticate"] = "Bearer"
    return web.Response(
        status=status,
        body=msgspec.json.encode(document),
        content_type="application/problem+json",
        headers=headers,
    )


def members(error: DomainError) -> dict[str, str | None]:
    """Return the extra members of a rule's problem: the field, and the states it speaks of."""
    extra: dict[str, str | None] = {"field": error.field}
    for name in ("state", "wanted", "next_opening"):
        value = error.params.get(name)
        if value is not None:
            extra[name] = str(value)
    return extra


_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]*)`")


def unreadable(error: msgspec.DecodeError) -> Rejected:
    """Return what is wrong with a body that does not fit its type, naming the field."""
    text = str(error)
    if not isinstance(error, msgspec.ValidationError):
        return Rejected(400, "malformed-json", _("The body is not well-formed JSON."), field="body")
    found = _PATH.search(text)
    path = found["path"] if found else ""
    reason = text[: found.start()] if found else text
    for pattern in (_UNKNOWN, _MISSING):
        named = pattern.search(reason)
        if named:
            path = f"{path}.{named['name']}" if path else named["name"]
    return not_valid(path or "body", misfit(clipped(reason, 160)))


def not_valid(field: str, reason: Phrase) -> Rejected:
    """Return the refusal of one field or parameter, whose name came from outside."""
    return Rejected(
        422,
        "invalid-field",
        _("The field '{field}' is not valid: {reason}."),
        field=clipped(field),
        reason=reason,
    )


def clipped(text: str, size: int = 60) -> str:
    """Return text that came from outside, short and without control characters."""
    plain = "".join(each if each.isprintable() else "?" for each in text)
    return plain if len(plain) <= size else plain[: size - 1] + "…"
