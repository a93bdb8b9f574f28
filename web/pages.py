"""Owns how pages reach a browser: templates, static files, catalogs, safety headers.

Knows no rules of the queue and nothing of the server; ``PAGE_OPENED`` is where the server
hooks in, for example to pair a page opened on the same machine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp_jinja2
import jinja2
from aiohttp import web as http

from web.i18n import Catalogs

if TYPE_CHECKING:
    from collections.abc import Mapping

PageOpened = Callable[[http.Request, http.Response, str], Awaitable[None]]

CATALOGS = http.AppKey("CATALOGS", Catalogs)
VERSION = http.AppKey("VERSION", str)
PAGE_OPENED: http.AppKey[PageOpened] = http.AppKey("PAGE_OPENED")
"""Optional; awaited with each page before it is sent, with the role it will act in."""

ROOMS = ("web", "kiosk", "display", "counter", "manager")
LANGUAGE_COOKIE = "ramah_lang"

_ROOT = Path(__file__).resolve().parent.parent
_HOST = re.compile(r"^[A-Za-z0-9.\-\[\]:]{1,255}$")


def setup(app: http.Application, version: str) -> None:
    """Add templates, ``/ROOM/file.ext`` static files, catalogs and the start page to ``app``."""
    catalogs = Catalogs.load()
    app[CATALOGS] = catalogs
    app[VERSION] = version
    env = aiohttp_jinja2.setup(
        app,
        loader=jinja2.PrefixLoader({room: jinja2.FileSystemLoader(_ROOT / room) for room in ROOMS}),
        autoescape=jinja2.select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.undefined = jinja2.StrictUndefined
    app.router.add_get("/", start_page)
    app.router.add_get("/web/catalog/{lang}.json", catalog)
    for room in ROOMS:
        # a name with an ending, so that a room may have pages below its own address
        app.router.add_get(
            f"/{room}/{{path:[^?]*\\.[A-Za-z0-9]+}}", partial(static_file, _ROOT / room / "static")
        )


async def page(
    request: http.Request,
    template: str,
    role: str,
    context: Mapping[str, object] | None = None,
) -> http.Response:
    """Render a page in the visitor's language, with safety headers.

    Args:
        request: the request being answered.
        template: ``room/file.html``.
        role: which login of this browser the page acts with: kiosk, display or staff.
        context: more values for the template.
    """
    catalogs = request.app[CATALOGS]
    lang = page_language(request)
    values: dict[str, object] = {
        "_": partial(catalogs.translate, lang),
        "ngettext": partial(catalogs.ngettext, lang),
        "lang": lang,
        "dir": catalogs.direction(lang),
        "languages": catalogs.languages,
        "language_names": {each: catalogs.own_name(each) for each in catalogs.languages},
        "version": request.app[VERSION],
        "role": role,
    }
    response = aiohttp_jinja2.render_template(template, request, {**values, **(context or {})})
    response.headers.update(safety_headers(request))
    response.headers["Cache-Control"] = "no-store"
    hook = request.app.get(PAGE_OPENED)
    if hook is not None:
        await hook(request, response, role)
    return response


def page_language(request: http.Request) -> str:
    """Return the page's language: asked for in the address, remembered, else the default.

    A browser's own preference is not asked: public screens speak Indonesian first.
    """
    offered = request.app[CATALOGS].languages
    for wanted in (request.query.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in offered:
            return str(wanted)
    return offered[0]


def safety_headers(request: http.Request) -> dict[str, str]:
    """Return the headers of every page: only our own files, no frames, no guessing of types."""
    # 'self' does not cover websockets in older browsers, so the host is named
    host = request.host if _HOST.match(request.host) else ""
    sockets = f" ws://{host} wss://{host}" if host else ""
    policy = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        f"form-action 'self'; frame-ancestors 'none'; connect-src 'self'{sockets}"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
    }


async def start_page(request: http.Request) -> http.Response:
    """Answer ``GET /``: who we are, and the way to the four pages."""
    return await page(request, "web/landing.html", "visitor")


async def catalog(request: http.Request) -> http.Response:
    """Answer ``GET /web/catalog/LANG.json``: the words of one language."""
    body = request.app[CATALOGS].script_catalog(request.match_info["lang"])
    if body is None:
        raise http.HTTPNotFound
    tag = hashlib.sha256(body).hexdigest()[:20]
    headers = {"Cache-Control": "no-cache", "ETag": f'"{tag}"'}
    if any(known.value == tag for known in request.if_none_match or ()):
        return http.Response(status=304, headers=headers)
    answer = http.Response(body=body, content_type="application/json", headers=headers)
    answer.enable_compression()  # a quarter of the size, for phones on a slow link
    return answer


async def static_file(folder: Path, request: http.Request) -> http.StreamResponse:
    """Answer with a file of a room; the browser asks each time whether it changed (ETag)."""
    path = (folder / request.match_info["path"]).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise http.HTTPNotFound
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return http.FileResponse(path, headers=headers)
