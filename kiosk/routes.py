"""Owns the pages visitors touch: touchscreen, a ticket's and a wall's phone page, its paper."""

from collections.abc import Awaitable, Callable

from aiohttp import web as http

from kiosk.choice import choice
from web.opening import Opening, drafted, opening
from web.pages import page, page_language

LabelOf = Callable[[str], Awaitable[str | None]]
LABEL_OF: http.AppKey[LabelOf] = http.AppKey("LABEL_OF")
"""Optional; the number behind a tracking token, None when it is over."""


def setup(app: http.Application) -> None:
    """Add the pages to ``app``; ``web.pages`` serves the files beside them."""
    app.router.add_get("/kiosk", show)
    app.router.add_get("/kiosk/paper", paper)
    app.router.add_get("/kiosk/preview", preview)
    app.router.add_get(r"/c/{door:[A-Za-z0-9_-]{8,64}}", comfort)
    app.router.add_get(r"/t/{token:[A-Za-z0-9_-]{8,64}}", track)


async def show(request: http.Request) -> http.Response:
    """Answer with the touchscreen page."""
    opened = await opening(request, "kiosk")
    return await page(request, "kiosk/page.html", "kiosk", _context(request, opened))


def _context(request: http.Request, opened: Opening | None) -> dict[str, object]:
    return {"opening": opened, "choice": choice(opened, page_language(request))}


async def preview(request: http.Request) -> http.Response:
    """Answer with the touchscreen page as a manager's unsaved settings make it."""
    context = _context(request, await drafted(request)) | {"preview": True}
    return await page(request, "kiosk/page.html", "kiosk", context, preview=True)


async def track(request: http.Request) -> http.Response:
    """Answer with the phone page; its number stands in it, for browsers that can do no more."""
    label_of = request.app.get(LABEL_OF)
    label = await label_of(request.match_info["token"]) if label_of else None
    answer = await page(request, "kiosk/track.html", "visitor", {"label": label})
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


async def comfort(request: http.Request) -> http.Response:
    """Answer with the page behind the QR on a wall."""
    answer = await page(request, "kiosk/comfort.html", "care")
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


async def paper(request: http.Request) -> http.Response:
    """Answer with the page on which a manager tries how the ticket looks."""
    return await page(request, "kiosk/paper.html", "staff")
