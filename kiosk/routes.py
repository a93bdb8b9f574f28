"""Owns the pages for visitors: the touchscreen, and the phone page behind a ticket's QR code."""

from aiohttp import web as http

from web.pages import page


def setup(app: http.Application) -> None:
    """Add ``GET /kiosk`` and ``GET /t/{token}``; static files are served by ``web.pages``."""
    app.router.add_get("/kiosk", show)
    app.router.add_get(r"/t/{token:[A-Za-z0-9_-]{8,64}}", track)


async def show(request: http.Request) -> http.Response:
    """Answer with the touchscreen page."""
    return await page(request, "kiosk/page.html", "kiosk")


async def track(request: http.Request) -> http.Response:
    """Answer with the phone page. It holds nothing yet: the token is asked for by its script."""
    answer = await page(request, "kiosk/track.html", "visitor")
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
