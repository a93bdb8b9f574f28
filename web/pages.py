"""Owns how pages reach a browser: templates, static files, catalogs, safety headers.

Knows no rules of the queue and nothing of the server; ``PAGE_OPENED`` is where the server
hooks in, for example to pair a page opened on the same machine.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp_jinja2
import jinja2
from aiohttp import web as http

from web.files import KINDS, File, Files, Tree
from web.i18n import Catalogs

if TYPE_CHECKING:
    from collections.abc import Mapping

PageOpened = Callable[[http.Request, http.Response, str], Awaitable[None]]

CATALOGS = http.AppKey("CATALOGS", Catalogs)
VERSION = http.AppKey("VERSION", str)
FILES = http.AppKey("FILES", Files)
PAGE_OPENED: http.AppKey[PageOpened] = http.AppKey("PAGE_OPENED")
"""Optional; awaited with each page before it is sent, with the role it will act in."""

NO_OFFICE: http.AppKey[Callable[[], bool]] = http.AppKey("NO_OFFICE")
"""Optional; whether no office is described yet: every page then says what to do first."""

START: http.AppKey[Callable[[], dict[str, str | None]]] = http.AppKey("START")
"""Optional; what the start page tells of the halls that are here, see ``start_page``."""

ELSEWHERE: http.AppKey[Callable[[http.Request], str]] = http.AppKey("ELSEWHERE")
"""Optional; where a page of staff has to be opened instead, "" for here."""

ROOMS = ("web", "kiosk", "display", "counter", "manager")
LANGUAGE_COOKIE = "ramah_lang"

_ROOT = Path(__file__).resolve().parent.parent
_FILE_HEADERS = {"X-Content-Type-Options": "nosniff"}
_MOST_MADE = 200
_WORDS = re.compile(r"web/catalog/(?P<script>[a-z]+/[a-z-]+)/(?P<lang>[a-z-]{2,12})\.json")
_SHEET = r"[a-z]+(?:/[a-z-]+){1,2}"
_SHEETS = re.compile(rf"sheets/(?P<names>{_SHEET}(?:\+{_SHEET}){{0,11}})\.css")
_SLASHED = re.compile(r"(?:/[A-Za-z0-9_-]+)+/")
_HOST = re.compile(r"^[A-Za-z0-9.\-\[\]:]{1,255}$")


class _Made:
    """What one build's files were put together to."""

    def __init__(self) -> None:
        self.build = ""
        self.files: dict[str, File] = {}


_MADE = http.AppKey("_MADE", _Made)
_DRAWN: http.AppKey[dict[tuple[object, ...], tuple[float, File]]] = http.AppKey("_DRAWN")
_DRAWN_S = 1.0
_WHOLE: http.AppKey[dict[str, File]] = http.AppKey("_WHOLE")


def setup(app: http.Application, version: str, kept: Path | None = None) -> None:
    """Add templates, ``/ROOM/file.ext`` static files, catalogs and the start page to ``app``.

    ``kept``: a folder where the catalogs stay for the next start.
    """
    catalogs = Catalogs.load(kept=kept)
    app[CATALOGS] = catalogs
    app[FILES] = Files({room: _ROOT / room / "static" for room in ROOMS}, catalogs.digest())
    app[_MADE] = _Made()
    app[_WHOLE] = {}
    app[_DRAWN] = {}
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
    app.router.add_get("/web/catalog/{lang:[a-z-]{2,12}}.json", catalog)
    app.router.add_get("/static/{build:[0-9a-f]{12}}/{path:.+}", static_file)
    # a name with an ending, so that a room may have pages below its own address
    rooms = "|".join(ROOMS)
    app.router.add_get(f"/{{path:(?:{rooms})/[^?]*\\.[A-Za-z0-9]+}}", static_file)


def setup_last(app: http.Application) -> None:
    """Let addresses that nothing has, told in words, come after all others of ``app``."""
    app.router.add_get("/{path:.*}", lost)


async def lost(request: http.Request) -> http.Response:
    """Answer a browser kindly where no page is; a slash too many leads to the page.

    Raises:
        HTTPNotFound: whoever asks shows no pages.
    """
    if request.path.endswith("/") and _SLASHED.fullmatch(request.path):
        asked = f"?{request.query_string}" if request.query_string else ""
        there = request.path.rstrip("/") + asked
        raise http.HTTPFound(there, headers={"Cache-Control": "no-store"})
    if "text/html" not in request.headers.get("Accept", ""):
        raise http.HTTPNotFound
    answer = await page(request, "web/lost.html", "visitor", always=True)
    answer.set_status(404)
    return answer


async def page(
    request: http.Request,
    template: str,
    role: str,
    context: Mapping[str, object] | None = None,
    *,
    always: bool = False,
    preview: bool = False,
) -> http.Response:
    """Render a page in the visitor's language, with safety headers.

    Args:
        request: the request being answered.
        template: ``room/file.html``.
        role: which login of this browser the page acts with: kiosk, display or staff.
        context: more values for the template.
        always: it is there before an office is.
        preview: it only shows itself, inside a page of ours: it reaches no call of the server.
    """
    elsewhere = request.app.get(ELSEWHERE)
    if elsewhere is not None and role == "staff" and not preview and (way := elsewhere(request)):
        raise http.HTTPFound(way, headers={"Cache-Control": "no-store"})
    no_office = request.app.get(NO_OFFICE)
    if not always and no_office is not None and no_office():
        template, role, context = "web/first.html", "visitor", None
    file = _drawn(request, template, role, page_language(request), context or {})
    response = http.Response(content_type="text/html", charset="utf-8")
    response.headers.update(safety_headers(request, preview=preview))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Encoding"
    packed = file.packed if _takes_gzip(request) else None
    response.body = packed or file.body
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    hook = request.app.get(PAGE_OPENED)
    if hook is not None and not preview:
        await hook(request, response, role)
    return response


def _drawn(
    request: http.Request, template: str, role: str, lang: str, context: Mapping[str, object]
) -> File:
    """Return a page as it is sent; the same for whoever asks within a second: a crowd may."""
    kept, now = request.app[_DRAWN], time.monotonic()
    tree = request.app[FILES].look()
    plain = all(isinstance(each, str | None) for each in context.values())
    key = (template, role, lang, tree.build, *(sorted(context.items()) if plain else ()))
    if plain and key in kept and now - kept[key][0] < _DRAWN_S:
        return kept[key][1]
    catalogs = request.app[CATALOGS]
    values: dict[str, object] = {
        "_": partial(catalogs.translate, lang),
        "ngettext": partial(catalogs.ngettext, lang),
        "lang": lang,
        "dir": catalogs.direction(lang),
        "languages": catalogs.languages,
        "language_names": {each: catalogs.own_name(each) for each in catalogs.languages},
        "version": request.app[VERSION],
        "role": role,
        "modules": tree.modules,
        "drawings": tree.drawings,
        "opening": None,
        "preview": False,
        "at": f"/static/{tree.build}/",
    }
    text = aiohttp_jinja2.render_string(template, request, {**values, **context})
    file = File(text.encode(), "text/html")
    if plain:
        if len(kept) >= _MOST_MADE:
            kept.clear()
        kept[key] = (now, file)
    return file


def page_language(request: http.Request) -> str:
    """Return the page's language: asked for in the address, remembered, else the default.

    A browser's own preference is not asked: public screens speak Indonesian first.
    """
    offered = request.app[CATALOGS].languages
    for wanted in (request.query.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in offered:
            return str(wanted)
    return offered[0]


def safety_headers(request: http.Request, *, preview: bool = False) -> dict[str, str]:
    """Return the headers of every page: only our own files, no frames, no guessing of types.

    A preview stands in a page of ours and gets files alone: whatever is touched there does nothing.
    """
    # 'self' does not cover websockets in older browsers, so the host is named
    host = request.host if _HOST.match(request.host) else ""
    reached = f"'self' ws://{host} wss://{host}" if host else "'self'"
    if preview:
        reached = f"{host}/static/" if host else "'none'"
    framed = "'self'" if preview else "'none'"
    policy = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        f"form-action 'self'; frame-ancestors {framed}; connect-src {reached}"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN" if preview else "DENY",
        "Referrer-Policy": "same-origin",
    }


async def start_page(request: http.Request) -> http.Response:
    """Answer ``GET /``: who we are, and the way to the four pages.

    Where a demo is shown (``demo``), also to an office of one's own beside it: ``own`` is its name.
    """
    told = request.app.get(START)
    context = {"demo": None, "own": None} if told is None else told()
    return await page(request, "web/landing.html", "visitor", context)


async def catalog(request: http.Request) -> http.Response:
    """Answer ``GET /web/catalog/LANG.json``: all words of one language, for whoever asks."""
    file = _whole(request.app, request.match_info["lang"])
    if file is None:
        raise http.HTTPNotFound
    return text_answer(request, file, build="")


def _whole(app: http.Application, lang: str) -> File | None:
    """Return a whole catalog, packed once: it costs a fifth of a second."""
    kept = app[_WHOLE]
    if lang not in kept:
        body = app[CATALOGS].script_catalog(lang)
        if body is None:
            return None
        kept[lang] = File(body, KINDS[".json"])
    return kept[lang]


def _words(app: http.Application, tree: Tree, script: str, lang: str) -> File | None:
    """Return the words that the pages of one script can say, in one language."""
    if script not in tree.texts:
        return None
    body = app[CATALOGS].script_catalog(lang, tree.words(script))
    return File(body, KINDS[".json"]) if body else None


async def static_file(request: http.Request) -> http.StreamResponse:
    """Answer with a file: for ever under its build's address, else asked for again (ETag)."""
    tree = request.app[FILES].tree
    build = request.match_info.get("build", "")
    name = request.match_info["path"]
    if name in tree.others:
        headers = {**_FILE_HEADERS, "Cache-Control": _keep(build == tree.build)}
        return http.FileResponse(tree.others[name], headers=headers)
    file = _made(request.app, tree, name) or tree.texts.get(name)
    if file is None:
        raise http.HTTPNotFound
    return text_answer(request, file, build)


def _made(app: http.Application, tree: Tree, name: str) -> File | None:
    """Return what is put together from several files; kept, so that it is packed once."""
    kept = app[_MADE]
    if kept.build != tree.build:
        kept.build = tree.build
        kept.files.clear()
    if name in kept.files:
        return kept.files[name]
    file = None
    if found := _WORDS.fullmatch(name):
        file = _words(app, tree, f"{found['script']}.js", found["lang"])
    elif found := _SHEETS.fullmatch(name):
        file = tree.joined(tuple(f"{each}.css" for each in found["names"].split("+")))
    if file is not None and len(kept.files) < _MOST_MADE:
        kept.files[name] = file
    return file


def text_answer(request: http.Request, file: File, build: str) -> http.Response:
    """Answer with a text: packed for who takes that, 304 for who has it."""
    same = request.app[FILES].tree.build == build
    headers = {**_FILE_HEADERS, "Cache-Control": _keep(same), "Vary": "Accept-Encoding"}
    packed = file.packed if _takes_gzip(request) else None
    headers["ETag"] = f'"{file.tag}{"-gz" if packed else ""}"'
    if any(known.value.partition("-")[0] == file.tag for known in request.if_none_match or ()):
        return http.Response(status=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    return http.Response(body=packed or file.body, content_type=file.kind, headers=headers,
                         charset="utf-8")  # fmt: skip


def _keep(for_ever: bool) -> str:  # noqa: FBT001 - the one thing it is asked
    return "public, max-age=31536000, immutable" if for_ever else "no-cache"


def _takes_gzip(request: http.Request) -> bool:
    """Whether the browser said so; a weight of nought is a no."""
    for part in request.headers.get("Accept-Encoding", "")[:200].lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight)
    return False
