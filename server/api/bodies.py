"""Owns reading what a request brings: bounded in size and time, as its type or as it comes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from aiohttp import web

from server.api.hall import come_back, step_aside
from server.api.problems import Rejected, not_valid, unreadable
from server.domain.errors import Phrase as say  # noqa: N813 - marks the sentence for the catalogs
from server.domain.words import marked as _

MAX_BODY = 64 * 1024
MOST_SETTINGS = 1000 * 1024
"""Bytes of a body with the settings of a hall: some hundred services in several languages."""
BODY_S, SETTINGS_S = 10.0, 120.0
"""How long a body of JSON may take; it is a few hundred bytes, or settings over a poor line."""
SILENT_S, UPLOAD_S = 20.0, 1800.0
"""How long an upload may bring nothing, and take in all."""


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a field that is written twice: which of them was meant cannot be known."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise not_valid(twice, say("it is written twice"))
    return fields


_look_for_twice = json.JSONDecoder(object_pairs_hook=_once_each).decode


def check_packing(request: web.Request) -> None:
    """Refuse packed bodies: ours are small, and a few packed bytes may unpack to gigabytes."""
    packing = request.headers.get("Content-Encoding")
    if packing is not None and packing.strip().lower() != "identity":
        raise Rejected(
            400, "malformed-body",
            _("Packed bodies are not taken here; send it as it is, without Content-Encoding."),
            field="body",
        )  # fmt: skip


def _too_large(most: int) -> Rejected:
    return Rejected(
        413, "too-large", _("The body is larger than {n} kB."), field="body", n=most // 1024
    )


async def body_of(
    request: web.Request, decode: Callable[[bytes], Any], most: int = MAX_BODY
) -> Any:  # noqa: ANN401
    """Return the body as its type, of at most ``most`` bytes; an absent body is ``{}``.

    Raises:
        Rejected: it is too large, came too slowly, or is not what the call takes.
    """
    raw = getattr(request, "body_at_once", None)  # nearly always it came with the head
    if raw is None:
        raw = await _read(request, most)
    if len(raw) > most:
        raise _too_large(most)
    return _decoded(raw, decode)


async def _read(request: web.Request, most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise _too_large(most)
    content = request.content
    if content.is_eof():
        return content.read_nowait()
    step_aside(request)  # who sends half a body keeps nobody waiting
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S if most == MAX_BODY else SETTINGS_S):
            async for chunk in content.iter_any():
                body += chunk
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise _late() from None
    await come_back(request)
    return bytes(body)


def _decoded(raw: bytes, decode: Callable[[bytes], Any]) -> Any:  # noqa: ANN401
    try:
        if raw.count(b":") > 1:
            _look_for_twice(raw.decode())
        return decode(raw or b"{}")
    except msgspec.DecodeError as error:
        raise unreadable(error) from None
    except (RecursionError, ValueError):
        raise Rejected(
            400, "malformed-json", _("The body is not well-formed JSON."), field="body"
        ) from None


def _late() -> Rejected:
    return Rejected(408, "too-slow", _("The request did not come whole in time."), field="body")


async def arriving(request: web.Request, size: int) -> AsyncIterator[bytes]:
    """Pass the body of an upload on as it comes.

    Raises:
        Rejected: nothing came for a while, or it takes longer than any line needs.
    """
    step_aside(request)  # who sends slowly keeps nobody waiting
    content, ends = request.content, time.monotonic() + UPLOAD_S
    while True:
        left = ends - time.monotonic()
        try:
            async with asyncio.timeout(min(SILENT_S, left)):
                chunk = await content.read(size)
        except TimeoutError:
            raise _late() from None
        if not chunk:
            return
        yield chunk
