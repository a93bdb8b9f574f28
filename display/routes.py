"""Owns the lobby display's addresses: its pages; everything else they need comes from the API."""

from __future__ import annotations

from functools import partial

from aiohttp import web as http

from display.first_call import first_call
from web.opening import Opening, drafted, opening
from web.pages import CATALOGS, page, page_language


def setup(app: http.Application) -> None:
    """Add the screen, its preview and the pages to set it up; ``web.pages`` serves files."""
    app.router.add_get("/display", show)
    app.router.add_get("/display/preview", preview)
    app.router.add_get("/display/setup", set_up)
    app.router.add_get("/display/voices", voices)


async def show(request: http.Request) -> http.Response:
    """Answer with the lobby screen page."""
    opened = await opening(request, "display")
    return await page(request, "display/page.html", "display", _context(request, opened))


def _context(request: http.Request, opened: Opening | None) -> dict[str, object]:
    lang = page_language(request)
    say = partial(request.app[CATALOGS].translate, lang)
    return {"opening": opened, "call": first_call(opened, lang, say)}


async def preview(request: http.Request) -> http.Response:
    """Answer with the lobby screen as a manager's unsaved settings make it."""
    context = _context(request, await drafted(request)) | {"preview": True}
    return await page(request, "display/page.html", "display", context, preview=True)


async def set_up(request: http.Request) -> http.Response:
    """Answer with the page for screens, media, playlists and how calls are heard."""
    return await page(request, "display/setup.html", "staff")


async def voices(request: http.Request) -> http.Response:
    """Answer with the page where staff record their voices."""
    return await page(request, "display/voices.html", "staff")
